#pragma once

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Where the numbers of the constant come from that `node` has just made of constants.
[[nodiscard]] InitializerSource origin_of_folded(const Network& network, const Node& node);

}  // namespace mho::workloads
