#include "analysis/cost/core_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "analysis/cost/failed_check.h"

namespace mho::analysis {

namespace {

/// Busy cycles of one core over all its stages. Tiles work in parallel, so the busiest one counts; work on a shared unit adds up.
class CoreCycles {
 public:
  void add(const hw::Stage& stage, const hw::StageActivity& activity) {
    const int tile = stage.mvm ? stage.mvm->tile : stage.write ? stage.write->tile : 0;
    tiles_[{tile, stage.mvm ? stage.mvm->lane : 0}] += activity.busy_cycles;
    shared_ += activity.shared_cycles;
  }
  [[nodiscard]] std::int64_t busiest() const {
    std::int64_t most = shared_;
    for (const auto& [tile, cycles] : tiles_) most = std::max(most, cycles);
    return most;
  }

 private:
  std::map<std::pair<int, int>, std::int64_t> tiles_;  ///< by tile and lane
  std::int64_t shared_ = 0;
};

}  // namespace

CoreLoad busiest_core(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& steady, double inferences, double interval_s) {
  std::map<std::pair<hw::Stage::Kind, int>, CoreLoad> loads;
  std::map<std::pair<hw::Stage::Kind, int>, CoreCycles> cycles;
  for (std::size_t i = 0; i < program.stages.size(); ++i) {
    // Source and sink share a node but no unit (the port works in both directions at once), hence the kind in the key.
    const hw::Stage& stage = program.stages[i];
    CoreLoad& load = loads[{stage.kind, stage.core}];
    load.core = stage.core;
    load.stages.push_back(static_cast<int>(i));
    cycles[{stage.kind, stage.core}].add(stage, steady.stages[i]);
    load.waiting_input_cycles += static_cast<double>(steady.stages[i].waiting_input_cycles) / inferences;
    load.waiting_output_cycles += static_cast<double>(steady.stages[i].waiting_output_cycles) / inferences;
  }
  CoreLoad busiest;
  for (auto& [key, load] : loads) {
    load.busy_cycles = static_cast<double>(cycles[key].busiest()) / inferences;
    load.share_of_interval = load.busy_cycles / (interval_s * chip.clock_of(chip.kind(load.core)).si());
    if (load.share_of_interval > busiest.share_of_interval) busiest = load;
  }
  return busiest;
}

void check_interval(const hw::Program& program, const CoreLoad& load, double interval_s, bool settled) {
  constexpr double tolerance = 1.05;  // the last intervals agree within 1 %, and consecutive work overlaps by the depth of a pipeline
  if (load.share_of_interval <= tolerance) return;
  fail_costs(
      fmt::format("inferences leave every {} s, but {} on node {} works {:.0f} cycles for each, {:.1f} times as long; no steady state was reached{}",
                  interval_s, program.stages[static_cast<std::size_t>(load.stages.front())].name, load.core, load.busy_cycles, load.share_of_interval,
                  settled ? "" : ": so few inferences are a burst; raise --inferences or leave it out"));
}

}  // namespace mho::analysis
