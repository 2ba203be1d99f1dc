#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Reads learned input ranges from the metadata of an ONNX file, key mho.input_ranges: a list of positive numbers per matrix name. Empty if the key
/// is absent. Throws UserError, starting with `where`, for malformed metadata, for matrices that `network` does not have and for numbers that are not
/// positive and finite.
std::map<std::string, std::vector<float>> read_input_ranges(const onnx::ModelProto& model, const Network& network, const std::string& where);

/// Writes the network's input ranges to the model's metadata and removes earlier ones. Throws UserError for a range that is not positive and finite.
void write_input_ranges(onnx::ModelProto& model, const Network& network);

}  // namespace mho::workloads
