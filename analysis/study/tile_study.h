#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "base/json.h"

namespace mho::analysis {

struct TileStudyOptions {
  int tiles = 10;               ///< programmings, each of weights and vectors of its own
  int vectors = 64;             ///< inputs of each tile
  std::vector<double> times_s;  ///< after programming, strictly increasing; the first is that of the errors by source
  std::uint64_t seed = 1;
  int threads = 1;  ///< never changes a bit
};

/// Relative errors of one source of errors. Means over tiles.
struct SourceErrors {
  std::string name;
  int depth = 0;                                ///< 0, or how many others it is a part of
  std::optional<MeanAndError> alone;            ///< everything else off; empty for a remedy
  std::optional<MeanAndError> with_converters;  ///< with DAC and ADC as designed; empty for those and for a remedy
  MeanAndError without;                         ///< everything but this
};

struct TimeErrors {
  double time_s = 0;
  MeanAndError designed;
  std::optional<MeanAndError> uncompensated;  ///< empty when the design has no drift compensation
};

/// What one tile of a design makes of its products. Relative error: mean over vectors of |y - y~| / mean |y|, y exact and y~ analog, with weights
/// normal of deviation 0.246 clipped to 1 and inputs uniform in [-1, 1] (Rasch et al., Nat. Commun. 14:5282).
struct TileStudy {
  std::string design;
  int inputs = 0, outputs = 0;
  TileStudyOptions options;
  std::vector<SourceErrors> sources;  ///< those that the design has on
  std::vector<TimeErrors> times;
  /// Exact and analog outputs of the first tile at the first time, [vector][output]; a weight and an input of full scale make 1.
  std::vector<float> exact, analog;
};

/// One tile of tile.rows x tile.columns, full of weights, as the design describes it. Throws UserError with failed_check when an error is no number.
TileStudy study_tile(const Design& design, const TileStudyOptions& options);

/// Tiles whose weights, vectors and exact outputs are drawn once, to measure many settings by: the tiles of study_tile with these options.
class ReferenceTiles {
 public:
  /// `shape` says how many inputs and outputs they have. Of the times the first is meant.
  ReferenceTiles(const tiles::TileParameters& shape, TileStudyOptions options);
  ~ReferenceTiles();
  ReferenceTiles(const ReferenceTiles&) = delete;
  ReferenceTiles& operator=(const ReferenceTiles&) = delete;
  /// Relative error of tiles of these settings, which must have the shape. Throws UserError as study_tile does.
  [[nodiscard]] double relative_error(const tiles::TileParameters& parameters) const;

 private:
  struct Tiles;
  std::unique_ptr<const Tiles> tiles_;
  TileStudyOptions options_;
};

/// The study as one object for scripts; errors are shares, not percent. The outputs are left out.
base::Json tile_study_json(const TileStudy& study);

/// Scatter of exact against analog outputs (at most 2000 points) and histogram of their difference, as the text of an SVG file.
std::string tile_study_svg(const TileStudy& study);

}  // namespace mho::analysis
