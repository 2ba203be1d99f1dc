#pragma once

#include <vector>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// What a core did during one steady-state interval, in cycles of its own clock; the busiest one bounds the throughput.
struct CoreLoad {
  int core = 0;
  std::vector<int> stages;           ///< indices in Program::stages
  double busy_cycles = 0;            ///< per inference
  double share_of_interval = 0;      ///< 0..1
  double waiting_input_cycles = 0;   ///< per inference
  double waiting_output_cycles = 0;  ///< per inference
};

/// The core with most work per inference; stages of a digital core share it, so their cycles add up.
CoreLoad busiest_core(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& steady, double inferences, double interval_s);

/// A unit cannot work longer per inference than inferences are apart: completions that come in bursts look like steady state, and are not. Throws
/// UserError (failed_check) then, which says of intervals that have not `settled` that more inferences are needed.
void check_interval(const hw::Program& program, const CoreLoad& load, double interval_s, bool settled);

}  // namespace mho::analysis
