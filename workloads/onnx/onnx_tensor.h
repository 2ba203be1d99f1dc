#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {

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

}  // namespace mho::workloads
