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

/// An array as its file holds it. Bytes stay bytes (a quarter of the memory); every other type becomes float, or stays in its file.
struct FileArray {
  Shape shape;
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;
  std::shared_ptr<const MappedNpy> mapped;  ///< where the file stays on disk
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] float at(std::size_t index) const;
};

/// An array whose every digit counts.
struct NumberArray {
  Shape shape;
  std::vector<double> values;
};

/// Images and labels of one CIFAR-10 binary.
struct CifarArrays {
  FileArray images;  ///< [n][3][32][32]
  FileArray labels;  ///< [n]
};

/// Bytes of a file, inflated where it is gzip; those that come out count against the limit as they come. Throws UserError for a file that cannot be
/// read or is damaged.
std::string read_plain_or_gzip(const std::string& path, const base::InputLimit& limit = base::InputLimit());

/// IDX (the format of MNIST): magic 0 0 type rank, big-endian lengths, data; unsigned bytes only. `bytes` are those of `path`. All throw UserError
/// naming the file and what was expected.
FileArray parse_idx(const std::string& bytes, const std::string& path);
/// CIFAR-10 binary: records of 1 label and 3072 bytes (planes R, G, B of 32x32).
CifarArrays parse_cifar(const std::string& bytes, const std::string& path);
/// NumPy .npy, versions 1 and 2, C order, little-endian: u1, i1, i2, i4, i8, f4, f8.
FileArray parse_npy(const std::string& bytes, const std::string& path);
/// A text as symbols: every byte becomes its rank among the values that occur in the whole file. Windows of `window` bytes one after the other from
/// `begin` up to `end` are the rows; what is left over is dropped.
FileArray parse_text(const std::string& bytes, const std::string& path, std::size_t window, std::size_t begin, std::size_t end);
/// The same of a .npy file that stays on disk: read page by page, so it may be larger than the memory. `hash` becomes the digest of its bytes.
FileArray map_npy(const std::string& path, std::string& hash);
/// The same files; every element type becomes double.
NumberArray parse_npy_numbers(const std::string& bytes, const std::string& path);
/// A .npy file, version 1, C order, little-endian f4 or f8. As many values as `shape` says, else std::logic_error.
std::string npy_bytes(const Shape& shape, std::span<const float> values);
std::string npy_bytes(const Shape& shape, std::span<const double> values);

}  // namespace mho::workloads
