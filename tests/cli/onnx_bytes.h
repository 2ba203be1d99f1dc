#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::cli::test {

/// The few bytes of the ONNX file format (protocol buffers) that a one-node model needs, written by hand so that no library vouches for itself.
inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
inline std::string number_field(int field, std::uint64_t value) { return varint(static_cast<std::uint64_t>(field) << 3) + varint(value); }
inline std::string bytes_field(int field, const std::string& value) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(value.size()) + value;
}
inline std::string float_tensor(const std::string& name, const std::vector<std::int64_t>& shape) {
  constexpr int float32 = 1;
  std::string dimensions;
  for (auto size : shape) dimensions += bytes_field(1, number_field(1, static_cast<std::uint64_t>(size)));
  return bytes_field(1, name) + bytes_field(2, bytes_field(1, number_field(1, float32) + bytes_field(2, dimensions)));
}

/// A model with the single node `node` of type `operation` from x to y, both of `shape`.
inline std::string one_node_model(const std::string& operation, const std::string& node, const std::vector<std::int64_t>& shape) {
  const std::string graph = bytes_field(1, bytes_field(1, "x") + bytes_field(2, "y") + bytes_field(3, node) + bytes_field(4, operation)) +
                            bytes_field(2, "graph") + bytes_field(11, float_tensor("x", shape)) + bytes_field(12, float_tensor("y", shape));
  constexpr int ir_version = 8, opset = 13;
  return number_field(1, ir_version) + bytes_field(7, graph) + bytes_field(8, number_field(2, opset));
}

/// An IDX file (the format of MNIST) of unsigned bytes, all zero.
inline std::string idx_zeros(const std::vector<std::uint32_t>& shape) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(shape.size())};
  std::size_t count = 1;
  for (auto size : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
    count *= size;
  }
  return bytes + std::string(count, '\0');
}

}  // namespace mho::cli::test
