#pragma once

#include <cstdint>
#include <string>

#include "workloads/graph/network.h"

namespace mho::mapper {

/// Whether a node only changes each element by itself (constants aside).
bool is_unary(const workloads::Network& network, const workloads::Node& node);
/// Whether a node only renames or reorders elements.
bool rearranges(const workloads::Node& node);
/// Activation inputs of a node: indices of values that are not constants.
std::vector<int> activations(const workloads::Network& network, const workloads::Node& node);
/// Whether a node multiplies two activations, as attention does.
bool multiplies_activations(const workloads::Network& network, const workloads::Node& node);
/// Elements that one position of a product of two activations reads, `channels` of its results at once: for each row of results one row of the first
/// operand and the whole second one. 0 for other nodes.
std::int64_t operand_elements(const workloads::Network& network, const workloads::Node& node, int channels);
/// Element operations (one vector lane, one cycle) per output element.
std::int64_t operations_per_element(const workloads::Network& network, const workloads::Node& node);

}  // namespace mho::mapper
