#pragma once

#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Writes a copy of the ONNX file `source` with the present numbers of `network`, which was imported from it with ImportOptions::trace. Everything
/// else stays. Learned input ranges are written as metadata. Numbers keep the element type of the file. The file appears at `path` whole or not at
/// all, with all data inside. Throws UserError if two tensors made from one number of the file disagree, if a changed number is not in the file, if
/// the network was imported without trace or from another file, or if the data are too large for one file.
void export_onnx(const std::string& source, const Network& network, const std::string& path);

/// An ONNX file in memory.
struct OnnxBytes {
  std::string name;    ///< for messages
  std::string folder;  ///< folder of external data
  std::string bytes;
};
/// The folder of an ONNX file's external data: that of the file.
std::string folder_of(const std::string& path);
/// The same with a file in memory as `source`.
void export_onnx(const OnnxBytes& source, const Network& network, const std::string& path);

/// The tensors of a traced network whose numbers cannot be written back: matrices, biases as "conv1 bias", constants by name.
std::vector<std::string> not_writable(const Network& network);

}  // namespace mho::workloads
