#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <optional>
#include <string>

namespace mho::workloads {

/// An ONNX file without the numbers of its large initialisers, which stay where they lie.
struct OnnxOutline {
  std::string bytes;  ///< of a model whose large initialisers say where in the file they are
  std::string hash;   ///< of the whole file
};

/// Reads the outline; nothing where the file is none that this can take apart, which the reader of whole files then explains. Throws UserError where
/// it cannot be read.
std::optional<OnnxOutline> read_outline(const std::string& path);

/// Where the numbers of an initialiser of an outline lie in its file.
struct OwnPlace {
  std::size_t offset = 0, bytes = 0;
};
/// Nothing for others.
std::optional<OwnPlace> own_place(const onnx::TensorProto& tensor);

}  // namespace mho::workloads
