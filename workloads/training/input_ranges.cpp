#include "workloads/training/input_ranges.h"

#include <algorithm>
#include <cmath>

namespace mho::workloads {

float followed_range(const Recipe::Ranges& recipe, const InputStatistics& seen, std::int64_t step, double factor, float range) {
  if (!recipe.learned || seen.count == 0) return range;
  const auto before = static_cast<double>(range);
  if (step < recipe.initial_batches) {
    const double mean = seen.sum / seen.count;
    const double spread = recipe.initial_sigmas * std::sqrt(std::max(0.0, seen.squares / seen.count - mean * mean));
    if (spread <= 0) return range;
    const auto steps = static_cast<double>(step);
    return static_cast<float>((before * steps + spread) / (steps + 1));
  }
  double gradient = seen.gradient;
  if (1.0 - seen.clipped / seen.count > recipe.inside) gradient += recipe.decay * before;
  const double next = before - recipe.rate * factor * gradient;
  return static_cast<float>(std::clamp(next, 0.5 * before, 2.0 * before));
}

}  // namespace mho::workloads
