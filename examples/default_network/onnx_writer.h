#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::examples {

/// One trained layer with its weights as ONNX stores them.
struct Layer {
  std::string name;
  enum class Kind { conv, gemm } kind = Kind::conv;
  std::vector<std::int64_t> shape;  ///< conv: [outputs, inputs, 3, 3]; gemm: [outputs, inputs]
  std::vector<float> weights;       ///< row-major over `shape`
  std::vector<float> bias;          ///< [outputs]
  bool relu = true;                 ///< rectify the outputs
  bool pool = false;                ///< then take the maximum over 2 x 2
};

/// The layers in sequence as an ONNX model (opset 13, input "image" [batch, 1, side, side], output "scores"). The first gemm is preceded by a
/// Flatten. Returns the bytes of the file; the same layers give the same bytes.
std::string write_onnx(const std::vector<Layer>& layers, std::int64_t side, std::int64_t classes, const std::string& description);

}  // namespace mho::examples
