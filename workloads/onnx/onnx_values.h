#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Element types by their numbers in ONNX files, as far as operators ask for them; 0: not known.
enum ElementType : int {
  float32_type = 1,
  uint8_type = 2,
  int8_type = 3,
  uint16_type = 4,
  int16_type = 5,
  int32_type = 6,
  int64_type = 7,
  bool_type = 9,
  float16_type = 10,
  float64_type = 11,
  bfloat16_type = 16,
};

/// Signed or unsigned integers of any width; not bool.
bool is_whole(int data_type);
/// Floating-point numbers of any width.
bool is_real(int data_type);

/// Least and largest number of an integer type that quantised values have, 8 or 16 bits; empty for others.
std::optional<std::pair<float, float>> quantized_range(int data_type);

/// Name of an element type: "float16".
std::string type_name(int data_type);

/// Values of an ONNX tensor as float32 (integers up to 2^53 in between as doubles, then rounded to float).
struct OnnxTensor {
  Shape shape;
  std::vector<float> data;
};

/// Largest number of elements of one tensor that is accepted (1 GiB of float32); larger ones are refused instead of running out of memory.
inline constexpr std::int64_t largest_tensor = std::int64_t{1} << 28U;

}  // namespace mho::workloads
