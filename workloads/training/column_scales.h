#pragma once

#include <span>

#include "tiles/layout.h"
#include "tiles/parameters.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Settings for the update of the scales and weights of a matrix after the optimiser's step.
struct ScaleStep {
  double rate = 0;  ///< learning rate of the scales; 0: not learned
  /// Limit of the weights.
  Recipe::Clip clip;
  bool remap = true;  ///< whether this step sets scales of clip.kind fixed to the largest weights
};

/// Scales of all blocks of a matrix, one block after the other, and the running means of their squared gradients.
struct ColumnScales {
  std::span<float> gamma, squares;
};

/// Updates the column scales gamma and the weights after one optimiser step.
/// 1. If scales are learned: gamma and the weights of its column are multiplied by 1 - rate * gradient / RMS, limited to 0.9 ... 1.1. The gradient is
/// that of log gamma, summed over the column; RMS is its running root mean square, so that columns of all sizes move alike (as in RMSprop).
/// 2. Weights are limited as `step.clip` states. Kind fixed does not limit in steps with `remap`, so that the largest weight of a column can grow.
/// 3. Gamma becomes the largest weight of the column: for kind fixed in steps with `remap`, for other kinds in every step. Columns without weights
/// stay unchanged.
/// `effective`, `gradients`, `weights` are [outputs][inputs]: the weights that the step used, their gradients, and the weights after the optimiser.
void follow_column_scales(const tiles::TileParameters& tile, const tiles::MatrixLayout& layout, const ScaleStep& step,
                          std::span<const float> effective, std::span<const float> gradients, std::span<float> weights, ColumnScales scales);

}  // namespace mho::workloads
