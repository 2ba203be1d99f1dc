#include "workloads/data/npz_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>

#include "base/error.h"
#include "base/progress.h"

namespace mho::workloads {

namespace {

// Signatures and sizes of the ZIP format (APPNOTE 6.3.3); all numbers little-endian.
constexpr std::uint32_t local_signature = 0x04034b50, central_signature = 0x02014b50, end_signature = 0x06054b50;
constexpr std::size_t local_size = 30, central_size = 46, end_size = 22, longest_comment = 65535;
constexpr std::uint16_t stored = 0, deflated = 8, version = 20;
constexpr std::string_view ending = ".npy";
/// One deflated byte expands to at most 1032 bytes (RFC 1951: two bits for a match of 258 bytes).
constexpr std::size_t most_per_byte = 1032;
constexpr std::size_t unpacked_block = std::size_t{1} << 18U;

std::uint32_t check_sum(std::string_view bytes) {
  uLong sum = crc32(0, nullptr, 0);
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, std::size_t{1} << 30U);
    sum = crc32(sum, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
    bytes.remove_prefix(piece.size());
  }
  return static_cast<std::uint32_t>(sum);
}

void put(std::string& bytes, std::uint64_t value, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i, value >>= 8) bytes += static_cast<char>(value & 0xFFU);
}

}  // namespace

NpzFile::NpzFile(const std::string& bytes, std::string path, base::InputLimit limit)
    : bytes_(bytes), path_(std::move(path)), limit_(std::move(limit)) {
  const std::size_t end = find_end(), count = number(end + 10, 2), directory = number(end + 16, 4);
  std::size_t at = directory;
  for (std::size_t i = 0; i < count; ++i) {
    if (number(at, 4) != central_signature) damaged();
    const std::size_t name_length = number(at + 28, 2), extra = number(at + 30, 2), comment = number(at + 32, 2);
    std::string name(range(at + central_size, name_length));
    const Entry entry = read_entry(at, name);
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    if (!entries_.emplace(name, entry).second) damaged(fmt::format("two arrays of it are called '{}'", name));
    at += central_size + name_length + extra + comment;
  }
  check_places(directory);
}

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

FileArray NpzFile::array(const std::string& name) const { return parse_npy(contents(name), where(name)); }
NumberArray NpzFile::numbers(const std::string& name) const { return parse_npy_numbers(contents(name), where(name)); }

void NpzFile::damaged(const std::string& why) const { throw base::UserError(fmt::format("{}: {}; save or download the file again", path_, why)); }

std::string_view NpzFile::range(std::size_t at, std::size_t length) const {
  if (at > bytes_.size() || length > bytes_.size() - at) damaged();
  return std::string_view(bytes_).substr(at, length);
}

std::uint64_t NpzFile::number(std::size_t at, std::size_t length) const {
  std::uint64_t value = 0;
  const std::string_view read = range(at, length);
  for (std::size_t i = 0; i < length; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(read[i])) << (8 * i);
  return value;
}

std::size_t NpzFile::find_end() const {
  std::size_t at = bytes_.size() < end_size ? 0 : bytes_.size() - end_size;
  const std::size_t first = at > longest_comment ? at - longest_comment : 0;
  while (at > first && number(at, 4) != end_signature) --at;
  if (bytes_.size() < end_size || number(at, 4) != end_signature) {
    throw base::UserError(path_ + ": not a .npz file, or a truncated one: it has no ZIP directory at its end");
  }
  return at;
}

NpzFile::Entry NpzFile::read_entry(std::size_t at, const std::string& name) const {
  constexpr std::uint64_t made_on_unix = 3, encrypted = 1, kinds = 0170000, plain = 0100000;
  // The upper half of the external attributes is the file mode, if the archive was made on Unix.
  const std::uint64_t kind = number(at + 5, 1) == made_on_unix ? (number(at + 38, 4) >> 16U) & kinds : 0;
  if (kind != 0 && kind != plain) damaged(fmt::format("'{}' in it is a link, a folder or a special file, no array", name));
  if ((number(at + 8, 2) & encrypted) != 0) damaged(fmt::format("'{}' in it is encrypted", name));
  Entry entry;
  entry.method = static_cast<std::uint16_t>(number(at + 10, 2));
  entry.check = static_cast<std::uint32_t>(number(at + 16, 4));
  entry.size = number(at + 24, 4);
  entry.begin = number(at + 42, 4);
  if (number(entry.begin, 4) != local_signature) damaged();
  entry.packed = entry.begin + local_size + number(entry.begin + 26, 2) + number(entry.begin + 28, 2);
  entry.end = entry.packed + range(entry.packed, number(at + 20, 4)).size();
  return entry;
}

/// Refuses overlapping entries: with them a small file could expand to a very large one.
void NpzFile::check_places(std::size_t directory) const {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (const auto& [name, entry] : entries_) places.emplace_back(entry.begin, entry.end);
  std::ranges::sort(places);
  std::size_t free = 0;
  for (const auto& [begin, end] : places) {
    if (begin < free || end > directory) damaged("its arrays overlap");
    free = end;
  }
}

std::string NpzFile::where(const std::string& name) const { return fmt::format("{}: array '{}'", path_, name); }

std::string NpzFile::contents(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    throw base::UserError(fmt::format("{}: there is no array '{}'; the archive holds {}", path_, name, fmt::join(names(), ", ")));
  }
  const Entry& entry = found->second;
  const std::string_view packed = range(entry.packed, entry.end - entry.packed);
  std::string result;
  if (entry.method == stored) {
    limit_.take(packed.size(), path_);
    result = packed;
  } else if (entry.method == deflated) {
    if (entry.size / most_per_byte > packed.size()) damaged(fmt::format("array '{}' cannot have the {} bytes it says", name, entry.size));
    result = inflated(entry, packed);
  } else {
    throw base::UserError(fmt::format("{}: array '{}' is packed by method {}; stored and deflated ones can be read", path_, name, entry.method));
  }
  if (result.size() != entry.size || check_sum(result) != entry.check) damaged(fmt::format("array '{}' is damaged", name));
  return result;
}

std::string NpzFile::inflated(const Entry& entry, std::string_view packed) const {
  std::string result;
  std::vector<char> block(unpacked_block);
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib does not write there
  stream.avail_in = static_cast<uInt>(packed.size());
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  const struct Close {
    z_stream* stream;
    ~Close() { inflateEnd(stream); }
  } close{&stream};
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    base::check_interrupt();
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = block.size() - stream.avail_out;
    if ((status != Z_OK && status != Z_STREAM_END) || got > entry.size - result.size()) damaged();
    limit_.take(got, path_);
    result.append(block.data(), got);
  }
  return result;
}

std::string npz_bytes(std::span<const std::pair<std::string, std::string>> arrays) {
  std::string bytes, directory;
  for (const auto& [name, contents] : arrays) {
    const std::string file = name + std::string(ending);
    if (bytes.size() + contents.size() > std::numeric_limits<std::uint32_t>::max() - local_size - file.size()) {
      throw base::UserError("the arrays are more than 4 GiB together, the most a .npz file holds; write fewer");
    }
    const std::uint32_t check = check_sum(contents);
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
