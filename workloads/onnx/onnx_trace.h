#pragma once

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Origin of the numbers of the constant that folding `node` has just made.
[[nodiscard]] InitializerSource origin_of_folded(const Network& network, const Node& node);

}  // namespace mho::workloads
