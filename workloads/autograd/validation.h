#pragma once

#include <cstdint>
#include <string>

#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Value of the data's metric for one state of a network.
struct ValidationScore {
  double in_float = 0;  ///< without nonidealities
  double on_tiles = 0;  ///< on the whole design, with its devices; mean over programming instances
};

/// Scores states of a network during training.
class Validation {
 public:
  /// `tiled`: the tiles and layout of the design as in `mho run`, independent of the nonidealities that take part in training; its network and
  /// calibration are not used. The first `samples` of `data` are scored. If a state has no learned input ranges, they are calibrated on `calibration`
  /// as in `mho run`. All references must outlive this object.
  Validation(const TiledNetwork& tiled, const Dataset& data, const Dataset& calibration, const Recipe& recipe, int threads);

  /// Programming instances: those of every epoch, equal in each call, or those of the final score, which are not used for selection. `mho run` uses
  /// neither.
  enum class Programmings { of_every_epoch, final_ones };
  /// Scores a state. `label`: text of the progress line; empty: none. Throws Interrupted.
  [[nodiscard]] ValidationScore score(const Network& network, Programmings which, const std::string& label) const;
  [[nodiscard]] std::size_t samples() const { return samples_; }

 private:
  [[nodiscard]] InputCalibration calibration_of(const TiledNetwork& tiled) const;

  const TiledNetwork& tiled_;
  const Dataset &data_, &calibration_;
  Recipe::Validation recipe_;
  std::uint64_t seed_;
  int threads_;
  std::size_t samples_;
};

/// Whether `score` is better than `best` in the metric. A score that is not finite is never better.
bool is_better(Metric metric, double score, double best);

}  // namespace mho::workloads
