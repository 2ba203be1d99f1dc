#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <optional>
#include <string>

namespace mho::workloads {

/// An ONNX file without the numbers of its large initialisers, which stay in the file.
struct OnnxOutline {
  std::string bytes;  ///< an ONNX model whose large initialisers hold their position in the file instead of numbers
  std::string hash;   ///< base::content_hash of the whole file
};

/// Reads the outline. Empty if the file cannot be parsed; the reader of whole files then reports why. Throws UserError if the file cannot be read.
std::optional<OnnxOutline> read_outline(const std::string& path);

/// Position of the numbers of an initialiser of an outline in its file, in bytes.
struct OwnPlace {
  std::size_t offset = 0, bytes = 0;
};
/// Empty if the initialiser holds its numbers itself.
std::optional<OwnPlace> own_place(const onnx::TensorProto& tensor);

}  // namespace mho::workloads
