#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Values of an ONNX tensor as float32 (integers up to 2^53 in between as doubles, then rounded to float).
struct OnnxTensor {
  Shape shape;
  std::vector<float> data;
};

/// Largest number of elements of one tensor that is accepted (1 GiB of float32); larger ones are refused instead of running out of memory.
inline constexpr std::int64_t largest_tensor = std::int64_t{1} << 28U;

/// Reads float, double, float16, bfloat16, signed and unsigned integers of 8 to 64 bits and bool, raw or typed. `where` starts the message ("file:
/// initialiser 'w'"). Throws UserError for other types, data outside the file, negative lengths, and counts that disagree with the shape.
OnnxTensor read_tensor(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder = "");

/// Makes `after` of the elements `before` that read_tensor read; those that stay keep their bits, the others are rounded to the type of the tensor, a
/// floating-point one. The data lie in the tensor afterwards, not in another file. Throws UserError for numbers beyond the type's range.
void replace_elements(onnx::TensorProto& tensor, const std::vector<float>& before, const std::vector<float>& after, const std::string& where,
                      const std::string& folder);

/// Takes data from another file into the tensor.
void take_inside(onnx::TensorProto& tensor, const std::string& where, const std::string& folder);

/// Bytes that the data of a tensor take.
std::size_t data_bytes(const onnx::TensorProto& tensor);

/// Signed or unsigned integers of any width; not bool.
bool is_whole(int data_type);

/// Name of an element type: "float16".
std::string type_name(int data_type);

}  // namespace mho::workloads
