#include "workloads/data/array_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "base/design_file/document.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::workloads {
namespace {

std::uint64_t little_endian(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

std::uint64_t big_endian(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// Number of elements of `shape`; empty if it exceeds `available` (also on overflow).
std::optional<std::size_t> elements_within(const Shape& shape, std::size_t available) {
  std::size_t count = 1;
  for (const std::int64_t length : shape) {
    if (length < 0) return std::nullopt;
    if (length != 0 && count > available / static_cast<std::size_t>(length)) return std::nullopt;
    count *= static_cast<std::size_t>(length);
  }
  return count;
}

/// The text of entry `key` in a .npy header, up to the next comma or brace; a tuple is returned whole.
std::string_view header_entry(std::string_view header, std::string_view key) {
  const std::size_t found = header.find(fmt::format("'{}'", key));
  if (found == std::string_view::npos) return {};
  const std::size_t colon = header.find(':', found);
  if (colon == std::string_view::npos) return {};
  std::size_t begin = colon + 1;
  while (begin < header.size() && header[begin] == ' ') ++begin;
  const bool tuple = begin < header.size() && header[begin] == '(';
  const std::size_t end = header.find_first_of(tuple ? ")" : ",}", begin);
  return end == std::string_view::npos ? std::string_view() : header.substr(begin, end - begin + (tuple ? 1 : 0));
}

std::optional<Shape> parse_tuple(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::nullopt;
  Shape shape;
  std::int64_t number = -1;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      number = (number < 0 ? 0 : number) * 10 + (c - '0');
      if (number > (std::int64_t{1} << 40U)) return std::nullopt;
    } else if (c == ',' || c == ')') {
      if (number >= 0) shape.push_back(number);
      number = -1;
    } else if (c != ' ') {
      return std::nullopt;
    }
  }
  return shape;
}

constexpr std::string_view npy_magic("\x93NUMPY", 6);

/// A parsed .npy file: the place of its elements and how each is read.
struct NpyFile {
  Shape shape;
  std::string_view type;
  std::size_t width = 0, count = 0;
  const char* data = nullptr;
  [[nodiscard]] double at(std::size_t index) const {
    const std::uint64_t bits = little_endian(data + index * width, width);
    if (type == "|i1") return static_cast<double>(static_cast<std::int8_t>(bits));
    if (width == 1) return static_cast<double>(bits);
    if (width == 2) return static_cast<double>(static_cast<std::int16_t>(bits));
    if (type == "<i4") return static_cast<double>(static_cast<std::int32_t>(bits));
    if (type == "<i8") return static_cast<double>(static_cast<std::int64_t>(bits));
    if (type == "<f4") return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    return std::bit_cast<double>(bits);
  }
};

/// Points into `bytes`.
NpyFile open_npy(std::string_view bytes, const std::string& path) {
  const auto fail = [&](const std::string& why) { throw base::UserError(fmt::format("{}: {}", path, why)); };
  if (bytes.size() < 10 || !bytes.starts_with(npy_magic)) fail("not a .npy file: it must begin with \\x93NUMPY");
  const int version = static_cast<unsigned char>(bytes[6]);
  if (version != 1 && version != 2) fail(fmt::format(".npy version {} is not supported; 1 and 2 are", version));
  const std::size_t prefix = version == 1 ? 10 : 12;
  if (bytes.size() < prefix) fail("truncated in its .npy header");
  const std::size_t length = little_endian(bytes.data() + 8, prefix - 8);
  if (length > bytes.size() - prefix) fail("truncated in its .npy header");
  const std::string_view header(bytes.data() + prefix, length);
  std::string_view type = header_entry(header, "descr");
  if (type.size() > 2 && (type.front() == '\'' || type.front() == '"')) type = type.substr(1, type.size() - 2);
  const auto shape = parse_tuple(header_entry(header, "shape"));
  if (type.empty() || !shape) fail("its .npy header lacks a usable 'descr' or 'shape'");
  if (!header_entry(header, "fortran_order").starts_with("False")) fail("Fortran order is not supported; save it with numpy.ascontiguousarray");
  constexpr std::array<std::string_view, 8> types{"|u1", "<u1", "|i1", "<i2", "<i4", "<i8", "<f4", "<f8"};
  constexpr std::array<std::size_t, 8> widths{1, 1, 1, 2, 4, 8, 4, 8};
  std::size_t kind = 0;
  while (kind < types.size() && types[kind] != type) ++kind;
  if (kind == types.size()) fail(fmt::format("element type '{}' is not supported; |u1, |i1, <i2, <i4, <i8, <f4 and <f8 are", type));
  NpyFile file;
  file.shape = *shape;
  file.type = types[kind];
  file.width = widths[kind];
  file.data = bytes.data() + prefix + length;
  const std::size_t available = bytes.size() - prefix - length;
  const auto count = elements_within(*shape, available / file.width);
  if (!count || *count * file.width != available) {
    fail(fmt::format("its header says {} elements of {} bytes, the file holds {} bytes of data; truncated or damaged", shape_text(*shape), file.width,
                     available));
  }
  file.count = *count;
  return file;
}

}  // namespace

/// A .npy file mapped into memory; pages are read on access.
class MappedNpy {
 public:
  explicit MappedNpy(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file < 0 || fstat(file, &status) != 0) {
      if (file >= 0) close(file);
      throw base::UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    }
    if (!S_ISREG(status.st_mode)) {
      close(file);
      throw base::UserError(fmt::format("{}: this is no plain file", path));
    }
    length_ = static_cast<std::size_t>(status.st_size);
    void* pages = length_ == 0 ? MAP_FAILED : mmap(nullptr, length_, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (pages == MAP_FAILED) throw base::UserError(fmt::format("{}: cannot be mapped into memory: {}", path, std::strerror(errno)));
    pages_ = pages;
    try {
      file_ = open_npy({static_cast<const char*>(pages_), length_}, path);
    } catch (...) {
      munmap(pages_, length_);
      throw;
    }
  }
  MappedNpy(const MappedNpy&) = delete;
  MappedNpy& operator=(const MappedNpy&) = delete;
  ~MappedNpy() { munmap(pages_, length_); }
  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(pages_), length_}; }
  [[nodiscard]] const NpyFile& file() const { return file_; }

 private:
  void* pages_ = nullptr;
  std::size_t length_ = 0;
  NpyFile file_;
};

std::size_t FileArray::size() const { return mapped ? mapped->file().count : bytes.size() + floats.size(); }

float FileArray::at(std::size_t index) const {
  if (mapped) return static_cast<float>(mapped->file().at(index));
  return bytes.empty() ? floats[index] : static_cast<float>(bytes[index]);
}

FileArray map_npy(const std::string& path, std::string& hash) {
  FileArray array;
  array.mapped = std::make_shared<MappedNpy>(path);
  array.shape = array.mapped->file().shape;
  hash = base::content_hash(array.mapped->bytes());
  return array;
}

namespace {

template <typename Real, typename Bits>
std::string npy_text(std::string_view type, const Shape& shape, std::span<const Real> values) {
  std::string axes;
  std::int64_t count = 1;
  for (const std::int64_t length : shape) {
    axes += fmt::format("{},", length);
    count *= length;
  }
  if (count != static_cast<std::int64_t>(values.size())) throw std::logic_error("npy_bytes: the values are not as many as the shape says");
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, axes);
  // The format requires that data begin at a multiple of 64 bytes.
  constexpr std::size_t prefix = 10, alignment = 64;
  header.append((alignment - (prefix + header.size() + 1) % alignment) % alignment, ' ');
  header += '\n';
  std::string bytes(npy_magic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xFFU), static_cast<char>(header.size() >> 8U)};
  bytes += header;
  const std::size_t begin = bytes.size();
  bytes.resize(begin + values.size() * sizeof(Real));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = std::bit_cast<Bits>(values[i]);
    for (std::size_t k = 0; k < sizeof(Real); ++k) bytes[begin + i * sizeof(Real) + k] = static_cast<char>((bits >> (8 * k)) & 0xFFU);
  }
  return bytes;
}

}  // namespace

std::string read_plain_or_gzip(const std::string& path, const base::InputLimit& limit) {
  std::string packed = base::read_file(path, limit);
  if (packed.size() < 2 || packed[0] != '\x1f' || packed[1] != '\x8b') return packed;
  const auto damaged = [&](const std::string& why) { return base::UserError(fmt::format("{}: this gzip file {}; download it again", path, why)); };
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;  // zlib: largest window, gzip wrapper
  if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::runtime_error("zlib cannot start");
  const struct Close {
    z_stream* stream;
    ~Close() { inflateEnd(stream); }
  } close{&stream};
  std::string result;
  std::vector<char> block(std::size_t{1} << 18U);
  std::size_t fed = 0;
  int status = Z_OK;
  while (status != Z_STREAM_END || fed < packed.size() || stream.avail_in > 0) {
    base::check_interrupt();
    if (status == Z_STREAM_END) {
      // A file may consist of several gzip members.
      const auto next = packed.size() - fed + stream.avail_in;
      if (next == 0) break;
      if (inflateReset(&stream) != Z_OK) throw damaged("is damaged");
    }
    if (stream.avail_in == 0) {
      const std::size_t piece = std::min<std::size_t>(packed.size() - fed, std::size_t{1} << 30U);
      if (piece == 0) throw damaged("ends in the middle (truncated)");
      stream.next_in = reinterpret_cast<Bytef*>(packed.data() + fed);
      stream.avail_in = static_cast<uInt>(piece);
      fed += piece;
    }
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) throw damaged("is damaged");
    limit.take(block.size() - stream.avail_out, path);
    result.append(block.data(), block.size() - stream.avail_out);
    if (status == Z_BUF_ERROR && stream.avail_in == 0 && fed == packed.size()) throw damaged("ends in the middle (truncated)");
  }
  return result;
}

FileArray parse_idx(const std::string& bytes, const std::string& path) {
  constexpr std::size_t magic_size = 4, length_size = 4;
  constexpr unsigned char unsigned_byte = 0x08;
  if (bytes.size() < magic_size || bytes[0] != 0 || bytes[1] != 0 || bytes[3] < 1 || bytes[3] > 8) {
    throw base::UserError(
        fmt::format("{}: not an IDX file: it must begin with two zero bytes, the element type and the number of axes (1 to 8)", path));
  }
  if (static_cast<unsigned char>(bytes[2]) != unsigned_byte) {
    throw base::UserError(
        fmt::format("{}: IDX element type 0x{:02x} is not supported; 0x08 (unsigned byte) is", path, static_cast<unsigned char>(bytes[2])));
  }
  const auto rank = static_cast<std::size_t>(static_cast<unsigned char>(bytes[3]));
  const std::size_t header = magic_size + rank * length_size;
  if (bytes.size() < header)
    throw base::UserError(fmt::format("{}: truncated: its IDX header needs {} bytes, the file has {}", path, header, bytes.size()));
  FileArray result;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    result.shape.push_back(static_cast<std::int64_t>(big_endian(bytes.data() + magic_size + axis * length_size, length_size)));
  }
  const auto count = elements_within(result.shape, bytes.size() - header);
  if (!count || *count != bytes.size() - header) {
    throw base::UserError(fmt::format("{}: its IDX header says {} bytes of data, the file holds {}; truncated or damaged", path,
                                      shape_text(result.shape), bytes.size() - header));
  }
  result.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  return result;
}

CifarArrays parse_cifar(const std::string& bytes, const std::string& path) {
  constexpr std::size_t pixels = std::size_t{3} * 32 * 32, record = 1 + pixels;
  constexpr std::uint8_t classes = 10;
  if (bytes.empty() || bytes.size() % record != 0) {
    throw base::UserError(fmt::format("{}: not a CIFAR-10 binary, or truncated: {} bytes are no multiple of {} (a label and 3x32x32 pixels)", path,
                                      bytes.size(), record));
  }
  CifarArrays result;
  const std::size_t count = bytes.size() / record;
  result.images.shape = {static_cast<std::int64_t>(count), 3, 32, 32};
  result.labels.shape = {static_cast<std::int64_t>(count)};
  result.images.bytes.resize(count * pixels);
  result.labels.bytes.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    result.labels.bytes[i] = static_cast<std::uint8_t>(bytes[i * record]);
    if (result.labels.bytes[i] >= classes) {
      throw base::UserError(
          fmt::format("{}: record {} begins with {}, but a CIFAR-10 label is 0 to 9; this is no CIFAR-10 binary", path, i, result.labels.bytes[i]));
    }
    std::memcpy(result.images.bytes.data() + i * pixels, bytes.data() + i * record + 1, pixels);
  }
  return result;
}

FileArray parse_npy(const std::string& bytes, const std::string& path) {
  const NpyFile file = open_npy(bytes, path);
  FileArray result;
  result.shape = file.shape;
  if (file.width == 1 && file.type != "|i1") {
    result.bytes.assign(file.data, file.data + file.count);
    return result;
  }
  result.floats.resize(file.count);
  for (std::size_t i = 0; i < file.count; ++i) result.floats[i] = static_cast<float>(file.at(i));
  return result;
}

FileArray parse_text(const std::string& bytes, const std::string& path, std::size_t window, std::size_t begin, std::size_t end) {
  constexpr std::size_t values = 256;
  std::array<std::uint8_t, values> rank{};
  for (const char c : bytes) rank[static_cast<unsigned char>(c)] = 1;
  std::uint8_t next = 0;
  for (std::uint8_t& r : rank) r = r == 1 ? next++ : std::uint8_t{0};
  end = std::min(end, bytes.size());
  const std::size_t rows = begin < end ? (end - begin) / window : 0;
  if (rows == 0) {
    throw base::UserError(
        fmt::format("{}: no window of {} bytes fits between byte {} and byte {} (the file has {})", path, window, begin, end, bytes.size()));
  }
  FileArray result;
  result.shape = {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(window)};
  result.bytes.resize(rows * window);
  for (std::size_t i = 0; i < result.bytes.size(); ++i) result.bytes[i] = rank[static_cast<unsigned char>(bytes[begin + i])];
  return result;
}

NumberArray parse_npy_numbers(const std::string& bytes, const std::string& path) {
  const NpyFile file = open_npy(bytes, path);
  NumberArray result{file.shape, std::vector<double>(file.count)};
  for (std::size_t i = 0; i < file.count; ++i) result.values[i] = file.at(i);
  return result;
}

std::string npy_bytes(const Shape& shape, std::span<const float> values) { return npy_text<float, std::uint32_t>("<f4", shape, values); }
std::string npy_bytes(const Shape& shape, std::span<const double> values) { return npy_text<double, std::uint64_t>("<f8", shape, values); }

}  // namespace mho::workloads
