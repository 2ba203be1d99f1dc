#pragma once

#include <cstdint>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Gives a network the weights it has before any training: He et al., ICCV 2015, for rectifiers, Glorot's for the rest; biases zero.
void set_initial_weights(Network& network, std::uint64_t seed);

}  // namespace mho::workloads
