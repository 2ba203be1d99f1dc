#include "tiles/pcm_device.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"

namespace mho::tiles::pcm {

namespace {

/// Below this the clamps of the fits are reached long before; it only keeps the logarithm finite.
constexpr double smallest_relative = 1e-9;

double log_relative(double relative) { return base::logarithm(std::max(relative, smallest_relative)); }

}  // namespace

double programming_sigma_us(double relative) { return 0.26348 + 1.9650 * relative - 1.1731 * relative * relative; }

Drift drift(double relative) {
  const double log_g = log_relative(relative);
  return {.mean = std::clamp(-0.0155 * log_g + 0.0244, 0.049, 0.1), .sd = std::clamp(-0.0125 * log_g - 0.0059, 0.008, 0.045)};
}

double read_noise_amplitude(double programmed) {
  const double power = base::exponential(0.65 * log_relative(programmed));
  return std::min(0.2, 0.0088 / std::max(power, 1e-3));
}

double read_noise_growth(double seconds) { return std::sqrt(base::logarithm((seconds + read_duration_s) / (2.0 * read_duration_s))); }

}  // namespace mho::tiles::pcm
