#pragma once

#include <cstdint>

#include "workloads/training/recipe.h"

namespace mho::workloads {

/// What a step saw of the inputs of one row part of a matrix, over all its products.
struct InputStatistics {
  double sum = 0, squares = 0, count = 0;
  double clipped = 0;   ///< inputs at the range or beyond it
  double gradient = 0;  ///< of the range
};

/// The range after step `step` (from 0). In the first `recipe.initial_batches` steps it is the running mean of so many deviations of the inputs; then
/// it goes against its gradient, with a slow decay while the share of inputs inside is larger than `recipe.inside`, and a step at most halves or
/// doubles it (Rasch et al., Nat. Commun. 14:5282, 2023, Methods). `factor` of the schedule on the rate. Without inputs, or where ranges are not
/// learned, it stays.
float followed_range(const Recipe::Ranges& recipe, const InputStatistics& seen, std::int64_t step, double factor, float range);

}  // namespace mho::workloads
