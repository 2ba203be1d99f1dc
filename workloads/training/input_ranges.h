#pragma once

#include <cstdint>

#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Statistics of the inputs of one row part of a matrix in one training step, over all its products.
struct InputStatistics {
  double sum = 0, squares = 0, count = 0;
  double clipped = 0;   ///< number of inputs at the range or beyond it
  double gradient = 0;  ///< gradient of the loss with respect to the range
};

/// The input range after step `step` (from 0). In the first `recipe.initial_batches` steps it is the running mean of `recipe.initial_sigmas` standard
/// deviations of the inputs. Later it follows its gradient. It decays slowly while the share of inputs inside the range exceeds `recipe.inside`. One
/// step at most halves or doubles it (Rasch et al., Nat. Commun. 14:5282, 2023, Methods). `factor` is that of the schedule on the rate. The range
/// stays unchanged if there are no inputs or if ranges are not learned.
float followed_range(const Recipe::Ranges& recipe, const InputStatistics& seen, std::int64_t step, double factor, float range);

}  // namespace mho::workloads
