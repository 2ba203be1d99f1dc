#pragma once

#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// The busiest unit or link of one kind: it works so long for one inference, and no interval is shorter.
struct IntervalBound {
  std::string what;   ///< "tiles", "digital units", "ports", "links"
  std::string where;  ///< the unit or link
  double seconds = 0;
};

/// One of each kind that works at all, the longest first. `one`: of one inference.
std::vector<IntervalBound> interval_bounds(const Design& design, const hw::Program& program, const hw::Activity& one);

}  // namespace mho::analysis
