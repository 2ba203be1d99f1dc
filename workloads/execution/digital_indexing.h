#pragma once

#include <span>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Runs an operator along one axis or one that picks or places single elements; false where the node is none of them.
bool run_digital_indexing(const Network& network, const Node& node, std::span<const std::span<const float>> inputs, std::span<float> y);

}  // namespace mho::workloads
