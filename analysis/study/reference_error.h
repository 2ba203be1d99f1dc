#pragma once

#include <map>
#include <string>
#include <utility>

#include "analysis/study/nonidealities.h"
#include "analysis/study/threshold_search.h"
#include "analysis/study/tile_study.h"

namespace mho::analysis {

/// Relative errors of products on a reference tile that is ideal except for one nonideality. The reference tile does not depend on the design's size
/// and scaling: 512 x 512, weights and inputs of full scale, weights not scaled.
class ReferenceError {
 public:
  /// Used from `design`: devices and bound, if a nonideality is relative to them. Used from `options`: tiles, vectors, the first time, seed, threads.
  ReferenceError(base::Config design, TileStudyOptions options);

  /// The error with the nonideality at `value`, at least 1e-12, so that its logarithm exists. Between two integer settings: interpolated between
  /// their logarithms.
  double at(const Nonideality& nonideality, double value);
  /// The value that causes the relative error `error`.
  ThresholdSearch value_for(const Nonideality& nonideality, double error);

 private:
  double measured(const Nonideality& nonideality, double value);
  base::Config design_;
  ReferenceTiles tiles_;
  std::map<std::pair<std::string, double>, double> errors_;  ///< by name and value
};

}  // namespace mho::analysis
