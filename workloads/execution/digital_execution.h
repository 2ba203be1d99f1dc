#pragma once

#include <span>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// True for nodes whose output holds the values of their first input in the same order (reshape, flatten, squeeze, unsqueeze, identity).
bool is_view(const Node& node);

/// Element by element over two tensors, with broadcasting.
bool is_binary(Operator op);

/// Runs a node that is not on tiles for one sample: `inputs` in the order of node.inputs, `y` one sample of the output. Operators are those of
/// periphery/digital. A node on tiles is a programmer error.
void run_digital(const Network& network, const Node& node, std::span<const std::span<const float>> inputs, std::span<float> y);

}  // namespace mho::workloads
