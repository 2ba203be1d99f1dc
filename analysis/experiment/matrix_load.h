#pragma once

#include "analysis/cost/digital_machine.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// The load of all trained matrices of a network, digital ones included. `share`: part of an inference over the whole sample, e.g. that of one token
/// of a sequence.
MatrixLoad matrix_load(const workloads::Network& network, double share);

}  // namespace mho::analysis
