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

/// Column scales gamma: a step along their gradient, which is that of all weights of the column in common, the weights moving with them; weights
/// limited as `clip` says; where `remap`, maxima back into the scales. `effective` [outputs][inputs]: the weights of the step, `gradients` theirs,
/// `weights` after the optimiser, `scales` of all blocks one after the other.
void follow_column_scales(const tiles::TileParameters& tile, const tiles::MatrixLayout& layout, const ScaleStep& step,
                          std::span<const float> effective, std::span<const float> gradients, std::span<float> weights, std::span<float> scales);

}  // namespace mho::workloads
