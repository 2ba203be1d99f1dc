#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/input_limit.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

class MappedNpy;

/// An array as its file holds it. Unsigned bytes stay bytes (a quarter of the memory); other element types become float or stay in the file.
struct FileArray {
  Shape shape;
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;
  std::shared_ptr<const MappedNpy> mapped;  ///< set if the numbers stay in the file
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] float at(std::size_t index) const;
};

/// An array in double precision.
struct NumberArray {
  Shape shape;
  std::vector<double> values;
};

/// Images and labels of one CIFAR-10 binary.
struct CifarArrays {
  FileArray images;  ///< [n][3][32][32]
  FileArray labels;  ///< [n]
};

/// Bytes of a file, decompressed if it is gzip. Decompressed bytes count against the limit as they are produced. Throws UserError for a file that
/// cannot be read or is damaged.
std::string read_plain_or_gzip(const std::string& path, const base::InputLimit& limit = base::InputLimit());

/// IDX (the format of MNIST): magic 0 0 type rank, big-endian lengths, data; unsigned bytes only. `bytes` is the content of `path`. This and the
/// following parsers throw UserError that names the file and what was expected.
FileArray parse_idx(const std::string& bytes, const std::string& path);
/// CIFAR-10 binary: records of 1 label and 3072 bytes (planes R, G, B of 32x32).
CifarArrays parse_cifar(const std::string& bytes, const std::string& path);
/// NumPy .npy, versions 1 and 2, C order, little-endian: u1, i1, i2, i4, i8, f4, f8.
FileArray parse_npy(const std::string& bytes, const std::string& path);
/// A text as symbols: each byte is replaced by its rank among the byte values that occur in the whole file. The rows are consecutive windows of
/// `window` bytes from `begin` up to `end`; a last part that fills no window is dropped.
FileArray parse_text(const std::string& bytes, const std::string& path, std::size_t window, std::size_t begin, std::size_t end);
/// The array of a .npy file that stays on disk: read page by page, so it may be larger than the memory. `hash` is set to the digest of its bytes.
FileArray map_npy(const std::string& path, std::string& hash);
/// A .npy file with the same element types, as double.
NumberArray parse_npy_numbers(const std::string& bytes, const std::string& path);
/// Bytes of a .npy file: version 1, C order, little-endian f4 or f8. Throws std::logic_error unless the number of values matches `shape`.
std::string npy_bytes(const Shape& shape, std::span<const float> values);
std::string npy_bytes(const Shape& shape, std::span<const double> values);

}  // namespace mho::workloads
