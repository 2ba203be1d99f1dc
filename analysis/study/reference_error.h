#pragma once

#include <map>
#include <string>
#include <utility>

#include "analysis/study/nonidealities.h"
#include "analysis/study/threshold_search.h"
#include "analysis/study/tile_study.h"

namespace mho::analysis {

/// Relative errors of products on a tile that is ideal but for one nonideality. The tile is the one that such errors are stated for whatever the
/// design has: 512 x 512, weights of full scale as they are, inputs of full scale.
class ReferenceError {
 public:
  /// Of the design: its devices and bound, where a nonideality is relative to them. Of the options: tiles, vectors, the first time, seed, threads.
  ReferenceError(base::Config design, TileStudyOptions options);

  /// With the nonideality at `value`; at least 1e-12, so that it has a logarithm. Between two whole settings: theirs, weighted as logarithms.
  double at(const Nonideality& nonideality, double value);
  /// The value that makes the error.
  ThresholdSearch value_for(const Nonideality& nonideality, double error);

 private:
  double measured(const Nonideality& nonideality, double value);
  base::Config design_;
  ReferenceTiles tiles_;
  std::map<std::pair<std::string, double>, double> errors_;  ///< by name and value
};

}  // namespace mho::analysis
