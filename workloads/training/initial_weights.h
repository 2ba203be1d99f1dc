#pragma once

#include <cstdint>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Sets the weights of a network before any training. Matrices: normal numbers with variance 2 / fan-in for convolutional networks and perceptrons
/// (He et al., ICCV 2015), 1 / fan-in for the others; exact zeros stay. Tables of rows: standard normal numbers. Biases: 0.
void set_initial_weights(Network& network, std::uint64_t seed);

}  // namespace mho::workloads
