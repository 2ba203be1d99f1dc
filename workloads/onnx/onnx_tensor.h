#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "base/input_limit.h"
#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {

/// Reads a tensor of float, double, float16, bfloat16, signed or unsigned integers of 8 to 64 bits, or bool, raw or typed. `where` starts messages
/// ("file: initialiser 'w'"). Throws UserError for other types, data outside the file, negative lengths, and counts that disagree with the shape.
OnnxTensor read_tensor(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder = "",
                       const base::InputLimit& limit = base::InputLimit());

/// Replaces the elements `before`, as read_tensor returned them, by `after`. Unchanged elements keep their bits; others are rounded to the tensor's
/// type, which must be floating-point. External data are moved into the tensor. Throws UserError for numbers beyond the type's range.
void replace_elements(onnx::TensorProto& tensor, const std::vector<float>& before, const std::vector<float>& after, const std::string& where,
                      const std::string& folder);

/// Moves data from an external file into the tensor.
void take_inside(onnx::TensorProto& tensor, const std::string& where, const std::string& folder);

/// Bytes of one element; 0: the type is not supported.
std::size_t element_bytes(int data_type);
/// Converts elements of a supported type, little-endian, to float.
std::vector<float> numbers_of(const std::string& bytes, int data_type, std::size_t elements);
/// The shape only. Throws UserError under the same conditions as read_tensor.
Shape read_shape(const onnx::TensorProto& tensor, const std::string& where);

/// Position of a tensor's data in another file.
struct DataPlace {
  std::string path;
  std::size_t offset = 0;
  bool missing = false;  ///< the file does not exist
};
bool is_external(const onnx::TensorProto& tensor);
/// Position of a tensor's external data. Throws UserError for files outside `folder`, for a length that disagrees with the shape, and for files that
/// end too early.
DataPlace external_place(const onnx::TensorProto& tensor, const std::string& where, const std::string& folder);

/// Number of bytes of the data of a tensor.
std::size_t data_bytes(const onnx::TensorProto& tensor);

}  // namespace mho::workloads
