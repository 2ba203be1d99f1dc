#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// ONNX element types that operators use, with their numbers in ONNX files. 0: unknown.
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

/// Whether the type is a signed or unsigned integer of any width (not bool).
bool is_whole(int data_type);
/// Whether the type is a floating-point number of any width.
bool is_real(int data_type);

/// Smallest and largest number of an integer type of quantised values (8 or 16 bits). Empty for other types.
std::optional<std::pair<float, float>> quantized_range(int data_type);

/// Name of an element type: "float16".
std::string type_name(int data_type);

/// Values of an ONNX tensor as float32, row-major. Integers are converted through double (exact up to 2^53), then rounded to float.
struct OnnxTensor {
  Shape shape;
  std::vector<float> data;
};

/// Largest accepted number of elements of one tensor (1 GiB of float32). Larger tensors are refused.
inline constexpr std::int64_t largest_tensor = std::int64_t{1} << 28U;

}  // namespace mho::workloads
