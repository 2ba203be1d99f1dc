#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowered.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// A program as a sequence of steps, which phases take in order. A step is a stage with tiles, or all stages of a recurrence. Other stages belong to
/// the last step that they depend on; sources in memory belong to the step that reads them.
struct PhaseSteps {
  std::vector<int> step_of;             ///< by stage
  std::vector<int> first_stage;         ///< by step
  std::vector<std::vector<int>> tiles;  ///< by step: indices in Lowered::tiles, ascending
};
PhaseSteps phase_steps(const Lowered& lowered);

/// First steps of parts; a part is a range of consecutive steps.
using PhaseCuts = std::vector<int>;

/// Parts that are filled one after the other. `limit(part)`: most tiles of a part. A step with more tiles is a part of its own.
PhaseCuts filled_cuts(const PhaseSteps& steps, const std::function<std::size_t(int)>& limit);

/// Estimated time in s of a batch of inferences on a part. First the part is programmed, all tiles in parallel: the time of the slowest tile, or of
/// the weights through the ports if that is longer. Then it computes the batch: the first inference takes its longest path, where each stage begins
/// when the inputs of its first position are there; each further inference takes the time of the busiest stage or of the data through the ports. The
/// time of a part depends only on its steps.
class PartTimes {
 public:
  /// References outlive the object. `batch`: inferences.
  PartTimes(const Lowered& lowered, const PhaseSteps& steps, const hw::ChipParameters& chip, const tiles::TileParameters& tile, int batch);
  /// Times of the parts [begin, begin], [begin, begin + 1], ..., while they have at most `tiles` tiles; at least the first.
  [[nodiscard]] std::vector<double> from(int begin, std::size_t tiles) const;

 private:
  struct Reads {
    int producer = 0;        ///< stage
    double first_share = 0;  ///< share of its positions that the first position of the reader needs
  };
  const Lowered& lowered_;
  const PhaseSteps& steps_;
  int batch_;
  std::vector<std::vector<int>> stages_;     ///< by step, ascending
  std::vector<std::vector<Reads>> reads_;    ///< by stage, without states that are fed back
  std::vector<int> last_reader_;             ///< by stage: the last step that reads its output
  std::vector<double> busy_s_, port_s_;      ///< by stage, per inference: its own work; transfer of its results through the ports
  std::vector<double> write_s_, weights_s_;  ///< by tile: programming of all rows; transfer of its weights through the ports
};

/// Marks a part that is not permitted.
inline constexpr double no_part = std::numeric_limits<double>::infinity();

/// The cuts into at most `most_parts` parts with the smallest sum of times: a shortest path over the cuts. `times`: by first step, as
/// PartTimes::from() returns them, or no_part. Empty if no cuts are possible.
PhaseCuts fastest_cuts(const std::vector<std::vector<double>>& times, std::size_t most_parts = std::numeric_limits<std::size_t>::max());

}  // namespace mho::mapper
