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
  int tiles = 10;               ///< number of tiles, each with weights, vectors and a programming instance of its own
  int vectors = 64;             ///< input vectors of each tile
  std::vector<double> times_s;  ///< seconds after programming, strictly increasing; errors by source are at the first
  std::uint64_t seed = 1;
  int threads = 1;  ///< does not change results
};

/// Relative errors for one source of errors; means over tiles.
struct SourceErrors {
  std::string name;
  int depth = 0;                                ///< number of sources that contain it
  std::optional<MeanAndError> alone;            ///< with all other sources off; empty for a remedy
  std::optional<MeanAndError> with_converters;  ///< with DAC and ADC as designed; empty for these and for a remedy
  MeanAndError without;                         ///< with all sources except this
};

struct TimeErrors {
  double time_s = 0;
  MeanAndError designed;
  std::optional<MeanAndError> uncompensated;  ///< empty if the design has no drift compensation
};

/// Errors of one tile of a design. Relative error: mean over vectors of |y - y~| / mean |y|, with y exact and y~ analog. Weights are normal with
/// standard deviation 0.246, clipped to 1; inputs are uniform in [-1, 1] (Rasch et al., Nat. Commun. 14:5282).
struct TileStudy {
  std::string design;
  int inputs = 0, outputs = 0;
  TileStudyOptions options;
  std::vector<SourceErrors> sources;  ///< sources that are on in the design
  std::vector<TimeErrors> times;
  /// Exact and analog outputs of the first tile at the first time, [vector][output]. A weight of full scale times an input of full scale is 1.
  std::vector<float> exact, analog;
};

/// Studies a full tile of tile.rows x tile.columns as the design describes it. Throws UserError with exit code failed_check if an error is not a
/// finite number.
TileStudy study_tile(const Design& design, const TileStudyOptions& options);

/// Tiles whose weights, vectors and exact outputs are drawn once, for measuring many settings: the tiles of study_tile with these options.
class ReferenceTiles {
 public:
  /// `shape` gives the numbers of inputs and outputs. Of options.times_s only the first is used.
  ReferenceTiles(const tiles::TileParameters& shape, TileStudyOptions options);
  ~ReferenceTiles();
  ReferenceTiles(const ReferenceTiles&) = delete;
  ReferenceTiles& operator=(const ReferenceTiles&) = delete;
  /// Relative error of tiles with these settings, which must have the same shape. Throws UserError as study_tile.
  [[nodiscard]] double relative_error(const tiles::TileParameters& parameters) const;

 private:
  struct Tiles;
  std::unique_ptr<const Tiles> tiles_;
  TileStudyOptions options_;
};

/// The study as a JSON object. Errors are shares, not percent; outputs are left out.
base::Json tile_study_json(const TileStudy& study);

/// Scatter of exact against analog outputs (at most 2000 points) and histogram of their difference, as the text of an SVG file.
std::string tile_study_svg(const TileStudy& study);

}  // namespace mho::analysis
