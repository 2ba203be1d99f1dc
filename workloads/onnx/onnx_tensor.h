#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "base/input_limit.h"
#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {

/// Reads float, double, float16, bfloat16, signed and unsigned integers of 8 to 64 bits and bool, raw or typed. `where` starts the message ("file:
/// initialiser 'w'"). Throws UserError for other types, data outside the file, negative lengths, and counts that disagree with the shape.
OnnxTensor read_tensor(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder = "",
                       const base::InputLimit& limit = base::InputLimit());

/// Makes `after` of the elements `before` that read_tensor read; those that stay keep their bits, the others are rounded to the type of the tensor, a
/// floating-point one. The data lie in the tensor afterwards, not in another file. Throws UserError for numbers beyond the type's range.
void replace_elements(onnx::TensorProto& tensor, const std::vector<float>& before, const std::vector<float>& after, const std::string& where,
                      const std::string& folder);

/// Takes data from another file into the tensor.
void take_inside(onnx::TensorProto& tensor, const std::string& where, const std::string& folder);

/// Bytes of one element; 0: the type is not supported.
std::size_t element_bytes(int data_type);
/// Elements of a supported type, least significant byte first.
std::vector<float> numbers_of(const std::string& bytes, int data_type, std::size_t elements);
/// The shape alone. Throws UserError as read_tensor.
Shape read_shape(const onnx::TensorProto& tensor, const std::string& where);

/// Where data lie in another file.
struct DataPlace {
  std::string path;
  std::size_t offset = 0;
  bool missing = false;  ///< there is no such file
};
bool is_external(const onnx::TensorProto& tensor);
/// Throws UserError for files outside `folder`, of another length, and those that end too early.
DataPlace external_place(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder);

/// Bytes that the data of a tensor take.
std::size_t data_bytes(const onnx::TensorProto& tensor);

}  // namespace mho::workloads
