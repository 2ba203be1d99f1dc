#pragma once

#include <cstdint>
#include <string>

#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// The data's metric of one state of a network.
struct ValidationScore {
  double in_float = 0;  ///< every nonideality off
  double on_tiles = 0;  ///< of the whole design, with its devices; mean over programmings
};

/// Scores states of a network while it is trained.
class Validation {
 public:
  /// `tiled` as mho run would have it, whatever of it takes part in training; its network and calibration do not count. The first `samples` of `data`
  /// are scored. Where a state has no learned input ranges, `calibration` sets them as mho run does. All must outlive it.
  Validation(const TiledNetwork& tiled, const Dataset& data, const Dataset& calibration, const Recipe& recipe, int threads);

  /// Programmings that are the same in every call, or those of the final score, by which nothing was chosen. None of them is one of `mho run`.
  enum class Programmings { of_every_epoch, final_ones };
  /// `label` of the progress line; empty: none. Throws Interrupted.
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

/// Whether `score` is better than `best` in the metric; what is not finite is no better than anything.
bool is_better(Metric metric, double score, double best);

}  // namespace mho::workloads
