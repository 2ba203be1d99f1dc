#pragma once

#include <cstdint>
#include <string>

#include "workloads/graph/network.h"

namespace mho::mapper {

/// Whether a node is element-wise with one activation, other operands being constants.
bool is_unary(const workloads::Network& network, const workloads::Node& node);
/// Whether a node only renames or reorders elements.
bool rearranges(const workloads::Node& node);
/// Indices of the input values of a node that are not constants.
std::vector<int> activations(const workloads::Network& network, const workloads::Node& node);
/// Whether a node multiplies two activations, as in attention.
bool multiplies_activations(const workloads::Network& network, const workloads::Node& node);
/// Elements that a product of two activations reads for one position of `channels` results: for each row of results one row of the first operand and
/// the whole second operand. 0 for other nodes.
std::int64_t operand_elements(const workloads::Network& network, const workloads::Node& node, int channels);
/// Element operations per output element; one operation occupies one vector lane for one cycle.
std::int64_t operations_per_element(const workloads::Network& network, const workloads::Node& node);

}  // namespace mho::mapper
