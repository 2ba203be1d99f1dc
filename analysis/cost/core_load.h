#pragma once

#include <vector>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// Load of a core in one interval of the steady state, in cycles of its own clock. The busiest core bounds the throughput.
struct CoreLoad {
  int core = 0;
  std::vector<int> stages;           ///< indices in Program::stages
  double busy_cycles = 0;            ///< per inference
  double share_of_interval = 0;      ///< busy time over the interval; above 1 only without a steady state
  double waiting_input_cycles = 0;   ///< per inference
  double waiting_output_cycles = 0;  ///< per inference
};

/// The core with the longest work per inference. Cycles of stages on one unit add up; tiles of a core work in parallel.
CoreLoad busiest_core(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& steady, double inferences, double interval_s);

/// Throws UserError (failed_check) if a core works longer per inference than the interval (by more than 5 %): completions in a burst were taken for a
/// steady state. If the intervals have not `settled`, the message asks for more inferences.
void check_interval(const hw::Program& program, const CoreLoad& load, double interval_s, bool settled);

}  // namespace mho::analysis
