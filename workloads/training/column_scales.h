#pragma once

#include <span>

#include "tiles/layout.h"
#include "tiles/parameters.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// What happens to the scales and weights of a matrix after the optimiser's step.
struct ScaleStep {
  double rate = 0;  ///< of the scales; 0: not learned
  Recipe::Clip clip;
  bool remap = true;
};

/// Scales of all blocks of a matrix, one after the other, and the running means of their squared gradients.
struct ColumnScales {
  std::span<float> gamma, squares;
};

/// Column scales gamma: a relative step of at most a tenth along the gradient of log gamma, which is that of all weights of the column in common,
/// over its running root mean square (as RMSprop does, so that columns of all sizes move alike), the weights moving with them. Then weights are
/// limited as `clip` says, and scales become the largest weights: of kind fixed in steps with `remap`, in which nothing is limited, so that the
/// largest weight of a column can grow; of the other kinds in every step. Columns without weights stay. `effective` [outputs][inputs]: the weights of
/// the step, `gradients` theirs, `weights` after the optimiser.
void follow_column_scales(const tiles::TileParameters& tile, const tiles::MatrixLayout& layout, const ScaleStep& step,
                          std::span<const float> effective, std::span<const float> gradients, std::span<float> weights, ColumnScales scales);

}  // namespace mho::workloads
