#pragma once

#include "analysis/cost/digital_machine.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// All trained matrices of a network, those that are multiplied digitally too. `share`: of an inference over the whole sample, as that of a token in
/// a sequence.
MatrixLoad matrix_load(const workloads::Network& network, double share);

}  // namespace mho::analysis
