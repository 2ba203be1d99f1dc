#include "workloads/data/npz_files.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/error.h"

namespace mho::workloads {

namespace {

// Signatures and sizes of the ZIP format (APPNOTE 6.3.3); all numbers little-endian.
constexpr std::uint32_t local_signature = 0x04034b50, central_signature = 0x02014b50, end_signature = 0x06054b50;
constexpr std::size_t local_size = 30, central_size = 46, end_size = 22, longest_comment = 65535;
constexpr std::uint16_t stored = 0, deflated = 8, version = 20;
/// Largest inflated array, as for gzip: a hostile archive must not fill the memory.
constexpr std::size_t largest_entry = std::size_t{1} << 32U;
constexpr std::string_view ending = ".npy";

[[noreturn]] void fail(const std::string& path, const std::string& why) { throw base::UserError(fmt::format("{}: {}", path, why)); }

class Archive {
 public:
  Archive(const std::string& bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  /// Name and contents of every file.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    std::size_t at = bytes_.size() < end_size ? 0 : bytes_.size() - end_size;
    const std::size_t first = at > longest_comment ? at - longest_comment : 0;
    while (at > first && number(at, 4) != end_signature) --at;
    if (bytes_.size() < end_size || number(at, 4) != end_signature)
      fail(path_, "not a .npz file, or a truncated one: it has no ZIP directory at its end");
    const std::size_t count = number(at + 10, 2);
    std::size_t entry = number(at + 16, 4);
    std::map<std::string, std::string> result;
    for (std::size_t i = 0; i < count; ++i) {
      if (number(entry, 4) != central_signature) damaged();
      const std::size_t name_length = number(entry + 28, 2), extra = number(entry + 30, 2), comment = number(entry + 32, 2);
      const std::string name(range(entry + central_size, name_length));
      result[name] = contents(number(entry + 42, 4), static_cast<std::uint16_t>(number(entry + 10, 2)), number(entry + 20, 4), number(entry + 24, 4),
                              static_cast<std::uint32_t>(number(entry + 16, 4)));
      entry += central_size + name_length + extra + comment;
    }
    return result;
  }

 private:
  [[noreturn]] void damaged() const { fail(path_, "its ZIP directory is damaged; save or download the file again"); }
  [[nodiscard]] std::string_view range(std::size_t at, std::size_t length) const {
    if (at > bytes_.size() || length > bytes_.size() - at) damaged();
    return std::string_view(bytes_).substr(at, length);
  }
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t length) const {
    std::uint64_t value = 0;
    const std::string_view read = range(at, length);
    for (std::size_t i = 0; i < length; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(read[i])) << (8 * i);
    return value;
  }
  [[nodiscard]] std::string contents(std::size_t header, std::uint16_t method, std::size_t packed_size, std::size_t size, std::uint32_t check) const {
    if (number(header, 4) != local_signature) damaged();
    const std::string_view packed = range(header + local_size + number(header + 26, 2) + number(header + 28, 2), packed_size);
    std::string result;
    if (method == stored) {
      result = packed;
    } else if (method == deflated) {
      if (size > largest_entry) fail(path_, "an array has more than 4 GiB");
      result.resize(size);
      z_stream stream{};
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib does not write there
      stream.avail_in = static_cast<uInt>(packed.size());
      stream.next_out = reinterpret_cast<Bytef*>(result.data());
      stream.avail_out = static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
      if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) damaged();
      const int outcome = inflate(&stream, Z_FINISH);
      inflateEnd(&stream);
      if (outcome != Z_STREAM_END || stream.total_out != size) damaged();
    } else {
      fail(path_, fmt::format("an array is packed by method {}; stored and deflated ones can be read", method));
    }
    if (crc32(0, reinterpret_cast<const Bytef*>(result.data()), static_cast<uInt>(result.size())) != check) damaged();
    return result;
  }
  const std::string& bytes_;
  const std::string& path_;
};

template <typename Array, typename Parse>
std::map<std::string, Array> arrays(const std::string& bytes, const std::string& path, Parse parse) {
  std::map<std::string, Array> result;
  for (const auto& [name, contents] : Archive(bytes, path).files()) {
    const std::string key = name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
    result.emplace(key, parse(contents, fmt::format("{}: array '{}'", path, key)));
  }
  return result;
}

void put(std::string& bytes, std::uint64_t value, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i, value >>= 8) bytes += static_cast<char>(value & 0xFFU);
}

}  // namespace

std::map<std::string, FileArray> parse_npz(const std::string& bytes, const std::string& path) { return arrays<FileArray>(bytes, path, parse_npy); }

std::map<std::string, NumberArray> parse_npz_numbers(const std::string& bytes, const std::string& path) {
  return arrays<NumberArray>(bytes, path, parse_npy_numbers);
}

std::string npz_bytes(std::span<const std::pair<std::string, std::string>> arrays) {
  std::string bytes, directory;
  for (const auto& [name, contents] : arrays) {
    const std::string file = name + std::string(ending);
    if (bytes.size() + contents.size() > std::numeric_limits<std::uint32_t>::max() - local_size - file.size()) {
      throw base::UserError("the arrays are more than 4 GiB together, the most a .npz file holds; write fewer");
    }
    const std::uint32_t check =
        static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(contents.data()), static_cast<uInt>(contents.size())));
    const std::size_t offset = bytes.size();
    // Method, time and date (1980-01-01, so that the same arrays give the same bytes), check, sizes, lengths of name and extra field.
    std::string common;
    put(common, version, 2);
    put(common, 0, 2);
    put(common, stored, 2);
    put(common, 0, 2);
    put(common, 0x21, 2);
    put(common, check, 4);
    put(common, contents.size(), 4);
    put(common, contents.size(), 4);
    put(common, file.size(), 2);
    put(common, 0, 2);
    put(bytes, local_signature, 4);
    bytes.append(common).append(file).append(contents);
    put(directory, central_signature, 4);
    put(directory, version, 2);
    directory += common;
    put(directory, 0, 2 + 2 + 2 + 4);  // comment, disk, internal and external attributes
    put(directory, offset, 4);
    directory += file;
  }
  const std::size_t begin = bytes.size();
  bytes += directory;
  put(bytes, end_signature, 4);
  put(bytes, 0, 4);
  put(bytes, arrays.size(), 2);
  put(bytes, arrays.size(), 2);
  put(bytes, directory.size(), 4);
  put(bytes, begin, 4);
  put(bytes, 0, 2);
  return bytes;
}

}  // namespace mho::workloads
