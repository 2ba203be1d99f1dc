#pragma once

#include <cstring>
#include <string>
#include <vector>

namespace mho::cli::test {

/// A .npy file as NumPy writes it, of the numbers as `Real` (`type` "<f4" or "<f8"); `shape` as in Python: "(2, 3)".
template <typename Real>
std::string npy(const std::string& type, const std::string& shape, const std::vector<Real>& values) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.append(118 - header.size() - 1, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Real));
  return bytes;
}

/// The numbers of a .npy file of version 1.
template <typename Real>
std::vector<Real> npy_values(const std::string& bytes) {
  const std::size_t begin = 10U + static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
  std::vector<Real> values((bytes.size() - begin) / sizeof(Real));
  std::memcpy(values.data(), bytes.data() + begin, values.size() * sizeof(Real));
  return values;
}

}  // namespace mho::cli::test
