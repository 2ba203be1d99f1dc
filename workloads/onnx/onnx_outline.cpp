// A serialised message is a sequence of fields. A field is a key (number of the field, type of its content) and its content. Only the fields that
// lead to initialisers are parsed; all others are copied.
#include "workloads/onnx/onnx_outline.h"

#include <charconv>
#include <cstdint>
#include <fstream>
#include <limits>
#include <vector>

#include "base/design_file/document.h"

namespace mho::workloads {

namespace {

constexpr std::uint64_t large_data = 1U << 18U;  ///< bytes
constexpr const char* own_offset = "mho offset";
constexpr const char* own_bytes = "mho bytes";

/// Numbers of fields in ONNX's definition.
enum KnownField : std::uint64_t { model_graph = 7, graph_initializer = 5, tensor_float_data = 4, tensor_raw_data = 9 };
enum WireKind : std::uint64_t { wire_integer = 0, wire_eight_bytes = 1, wire_counted = 2, wire_four_bytes = 5 };

/// A field of a message and its place.
struct WireField {
  std::uint64_t number = 0, kind = 0;
  std::uint64_t begin = 0;    ///< place of the key
  std::uint64_t content = 0;  ///< place of the data behind key and length
  std::uint64_t end = 0;
};

void put_varint(std::string& out, std::uint64_t value) {
  constexpr unsigned more = 0x80, low = 0x7F, bits = 7;
  for (; value >= more; value >>= bits) out.push_back(static_cast<char>(value % more | more));
  out.push_back(static_cast<char>(value & low));
}

/// Reads the fields of messages in a file. At damaged data reading stops, and ok() returns false.
class Wire {
 public:
  explicit Wire(const std::string& path) : file_(path, std::ios::binary) {
    file_.seekg(0, std::ios::end);
    const auto size = static_cast<std::int64_t>(file_.tellg());
    ok_ = file_.good() && size > 0 && size <= std::numeric_limits<int>::max();
    size_ = ok_ ? static_cast<std::uint64_t>(size) : 0;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The fields of a message that lies between two places.
  std::vector<WireField> fields(std::uint64_t begin, std::uint64_t end) {
    std::vector<WireField> found;
    for (std::uint64_t at = begin; ok_ && at < end; at = found.back().end) {
      file_.seekg(static_cast<std::streamoff>(at));
      const std::uint64_t key = number();
      WireField field{.number = key >> 3U, .kind = key & 7U, .begin = at};
      std::uint64_t length = 0;
      if (field.kind == wire_integer) {
        static_cast<void>(number());
      } else if (field.kind == wire_counted) {
        length = number();
      } else if (field.kind == wire_four_bytes || field.kind == wire_eight_bytes) {
        length = field.kind == wire_four_bytes ? 4 : 8;
      } else {
        ok_ = false;
      }
      if (!ok_) break;
      field.content = static_cast<std::uint64_t>(file_.tellg());
      if (field.content > end || length > end - field.content) ok_ = false;
      field.end = field.content + length;
      found.push_back(field);
    }
    return found;
  }

  void copy(const WireField& field, std::string& out) {
    const std::size_t before = out.size(), count = field.end - field.begin;
    out.resize(before + count);
    file_.seekg(static_cast<std::streamoff>(field.begin));
    file_.read(out.data() + before, static_cast<std::streamsize>(count));
    ok_ = ok_ && file_.good();
  }

 private:
  std::uint64_t number() {
    constexpr unsigned bits = 7, last = 63, more = 0x80, low = 0x7F;
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift <= last; shift += bits) {
      const int byte = file_.get();
      if (!file_) break;
      value |= static_cast<std::uint64_t>(static_cast<unsigned>(byte) & low) << shift;
      if ((static_cast<unsigned>(byte) & more) == 0) return value;
    }
    ok_ = false;
    return 0;
  }

  std::ifstream file_;
  std::uint64_t size_ = 0;
  bool ok_ = false;
};

void put_message(std::string& out, std::uint64_t number, const std::string& content) {
  put_varint(out, number << 3U | wire_counted);
  put_varint(out, content.size());
  out += content;
}

/// Writes an initialiser without its numbers. Initialisers with few numbers, or whose numbers are not in one piece, are written whole.
void put_initializer(Wire& wire, const WireField& field, std::string& out) {
  const std::vector<WireField> fields = wire.fields(field.content, field.end);
  const WireField* numbers = nullptr;
  int pieces = 0;
  for (const WireField& inner : fields) {
    if (inner.kind != wire_counted || (inner.number != tensor_raw_data && inner.number != tensor_float_data)) continue;
    ++pieces;
    numbers = &inner;
  }
  if (pieces != 1 || numbers->end - numbers->content < large_data) return wire.copy(field, out);
  std::string content;
  for (const WireField& inner : fields) {
    if (&inner != numbers) wire.copy(inner, content);
  }
  onnx::TensorProto place;
  const auto note = [&](const char* key, std::uint64_t value) {
    auto* entry = place.add_external_data();
    entry->set_key(key);
    entry->set_value(std::to_string(value));
  };
  note(own_offset, numbers->content);
  note(own_bytes, numbers->end - numbers->content);
  // Repeated messages are merged.
  content += place.SerializeAsString();
  put_message(out, graph_initializer, content);
}

std::string outline_of_graph(Wire& wire, const WireField& graph) {
  std::string out;
  for (const WireField& field : wire.fields(graph.content, graph.end)) {
    if (field.kind == wire_counted && field.number == graph_initializer && field.end - field.content >= large_data) {
      put_initializer(wire, field, out);
    } else {
      wire.copy(field, out);
    }
  }
  return out;
}

}  // namespace

std::optional<OnnxOutline> read_outline(const std::string& path) {
  Wire wire(path);
  if (!wire.ok()) return std::nullopt;
  OnnxOutline outline;
  for (const WireField& field : wire.fields(0, wire.size())) {
    if (field.kind == wire_counted && field.number == model_graph) {
      put_message(outline.bytes, model_graph, outline_of_graph(wire, field));
    } else {
      wire.copy(field, outline.bytes);
    }
  }
  if (!wire.ok()) return std::nullopt;
  outline.hash = base::file_hash(path);
  return outline;
}

std::optional<OwnPlace> own_place(const onnx::TensorProto& tensor) {
  if (tensor.has_raw_data() || tensor.float_data_size() > 0) return std::nullopt;
  OwnPlace place;
  int found = 0;
  for (const auto& entry : tensor.external_data()) {
    const bool offset = entry.key() == own_offset;
    if (!offset && entry.key() != own_bytes) continue;
    std::size_t& number = offset ? place.offset : place.bytes;
    const char* end = entry.value().data() + entry.value().size();
    if (std::from_chars(entry.value().data(), end, number).ptr == end) ++found;
  }
  return found == 2 ? std::optional(place) : std::nullopt;
}

}  // namespace mho::workloads
