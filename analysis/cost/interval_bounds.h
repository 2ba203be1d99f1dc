#pragma once

#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// The busiest unit or link of one kind. Its work for one inference is a lower bound of the interval.
struct IntervalBound {
  std::string what;   ///< "tiles", "digital units", "ports", "links", "links between chips"
  std::string where;  ///< the unit or link
  double seconds = 0;
};

/// The bounds by kind, the longest first, without kinds that do not work. `one`: activity of one inference.
std::vector<IntervalBound> interval_bounds(const Design& design, const hw::Program& program, const hw::Activity& one);

}  // namespace mho::analysis
