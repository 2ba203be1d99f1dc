#pragma once

#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Writes the ONNX file `source` again with the numbers that `network`, imported from it with ImportOptions::trace, has now; all else stays. Learned
/// input ranges go with it as metadata. Numbers keep the type they have in the file. The file appears under `path` whole or not at all, with all data
/// inside. Throws UserError where two tensors made from one number of the file disagree, where a number that the file does not hold was changed,
/// where the network was imported without trace or from another file, and where the data would be too large for one file.
void export_onnx(const std::string& source, const Network& network, const std::string& path);

/// An ONNX file that need not lie on the disk.
struct OnnxBytes {
  std::string name;    ///< for messages
  std::string folder;  ///< where external data lie
  std::string bytes;
};
/// Where the external data of an ONNX file lie: beside it.
std::string folder_of(const std::string& path);
/// The same with a file in memory as `source`.
void export_onnx(const OnnxBytes& source, const Network& network, const std::string& path);

/// The tensors of a traced network whose numbers cannot be written back: matrices, biases as "conv1 bias", constants by name.
std::vector<std::string> not_writable(const Network& network);

}  // namespace mho::workloads
