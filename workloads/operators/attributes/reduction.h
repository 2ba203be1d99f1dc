#pragma once

#include <cstdint>
#include <vector>

#include "periphery/digital/reduction.h"

namespace mho::workloads {

struct Reduce {
  periphery::digital::Reduction reduction = periphery::digital::Reduction::mean;
  std::vector<std::int64_t> axes;  ///< in ascending order
  bool keepdims = true;
};

}  // namespace mho::workloads
