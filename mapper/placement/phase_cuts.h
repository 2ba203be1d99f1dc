#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowered.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// A program in the order in which phases take it. A step is a stage with tiles, or all stages of a recurrence; other stages belong to the last step
/// that they depend on, memory that is read from the beginning to the step that reads it.
struct PhaseSteps {
  std::vector<int> step_of;             ///< by stage
  std::vector<int> first_stage;         ///< by step
  std::vector<std::vector<int>> tiles;  ///< by step: indices in Lowered::tiles, ascending
};
PhaseSteps phase_steps(const Lowered& lowered);

/// Where parts begin, each of consecutive steps.
using PhaseCuts = std::vector<int>;

/// Parts that are filled one after the other; `limit`: most tiles of part 0, 1 ... A step that has more is a part of its own.
PhaseCuts filled_cuts(const PhaseSteps& steps, const std::function<std::size_t(int)>& limit);

/// Seconds that a batch of inferences spends on parts. A part is programmed, all its tiles at the same time, as fast as the slowest tile takes its
/// rows or the ports bring its weights; then it computes the batch: the first inference along its longest path, each stage beginning when it has what
/// its first position needs, and the others at the pace of the busiest stage or of what parts before and behind exchange through the ports. The time
/// of a part depends on its steps alone.
class PartTimes {
 public:
  /// References must outlive it.
  PartTimes(const Lowered& lowered, const PhaseSteps& steps, const hw::ChipParameters& chip, const tiles::TileParameters& tile, int batch);
  /// Of the parts from step `begin` to `begin`, to the one behind it and so on, as long as they have at most `tiles` tiles; at least one.
  [[nodiscard]] std::vector<double> from(int begin, std::size_t tiles) const;

 private:
  struct Reads {
    int producer = 0;        ///< stage
    double first_share = 0;  ///< of its positions that the first position of the reader needs
  };
  const Lowered& lowered_;
  const PhaseSteps& steps_;
  int batch_;
  std::vector<std::vector<int>> stages_;     ///< by step, ascending
  std::vector<std::vector<Reads>> reads_;    ///< by stage, states that come back aside
  std::vector<int> last_reader_;             ///< by stage: the last step that reads it
  std::vector<double> busy_s_, port_s_;      ///< by stage, for one inference: its own work; its results through the ports
  std::vector<double> write_s_, weights_s_;  ///< by tile: all rows; its weights through the ports
};

/// The time of a part that must not be.
inline constexpr double no_part = std::numeric_limits<double>::infinity();

/// The cuts with the least sum of times: a shortest path over the places between steps, of at most `most_parts` parts. `times` as PartTimes::from
/// answers for each step, no_part where a part must not be. Empty where no cuts are possible.
PhaseCuts fastest_cuts(const std::vector<std::vector<double>>& times, std::size_t most_parts = std::numeric_limits<std::size_t>::max());

}  // namespace mho::mapper
