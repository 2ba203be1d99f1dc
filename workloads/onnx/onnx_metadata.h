#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Learned input ranges in the metadata of an ONNX file, under the key mho.input_ranges, for the matrices of `network`; empty where it has none.
/// Throws UserError, starting with `where`, for matrices that the network does not have and ranges that are no positive numbers.
std::map<std::string, std::vector<float>> read_input_ranges(const onnx::ModelProto& model, const Network& network, const std::string& where);

/// Replaces those of the model by the network's; without any, none are left.
void write_input_ranges(onnx::ModelProto& model, const Network& network);

}  // namespace mho::workloads
