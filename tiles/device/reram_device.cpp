#include "tiles/device/reram_device.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/elementary.h"
#include "base/vector_math.h"

namespace mho::tiles {

namespace {

/// Coefficients of sigma in uS by ascending powers of G / g_max, at one of the measured times.
struct WanFit {
  double seconds;
  double sigma[5];
};
constexpr double day = 86400.0;
constexpr std::array<WanFit, 3> wan_fits{{{1.0, {0.348, 16.030, -43.853, 45.393, -16.815}},
                                          {day, {0.701, 22.086, -50.773, 47.095, -16.458}},
                                          {2.0 * day, {0.782, 20.274, -43.507, 37.062, -11.934}}}};

/// sigma's coefficients at `seconds`, linear in ln t between the fits.
std::array<float, 5> wan_sigma(double seconds) {
  const double t = std::clamp(seconds, wan_fits.front().seconds, wan_fits.back().seconds);
  std::size_t k = 0;
  while (k + 2 < wan_fits.size() && t > wan_fits[k + 1].seconds) ++k;
  const double share = base::logarithm(t / wan_fits[k].seconds) / base::logarithm(wan_fits[k + 1].seconds / wan_fits[k].seconds);
  std::array<float, 5> sigma;
  for (std::size_t c = 0; c < sigma.size(); ++c) {
    sigma[c] = static_cast<float>((1.0 - share) * wan_fits[k].sigma[c] + share * wan_fits[k + 1].sigma[c]);
  }
  return sigma;
}

}  // namespace

WanReramDevice::WanReramDevice(const DeviceParameters& parameters) : Device(parameters.least_us, parameters.most_us), parameters_(parameters) {}

void WanReramDevice::program(std::span<const float> target, std::span<const float> error, std::span<const float> /*trait*/, std::span<float> first,
                             std::span<float> second) const {
  // In this order, because `error` may be the array `first`.
  std::ranges::copy(error, second.begin());
  std::ranges::copy(target, first.begin());
}

void WanReramDevice::read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const {
  // The error at one second is the programming error and has its factor. Its growth with time is relaxation and has the factor of the drift.
  const auto at_first = wan_sigma(wan_fits.front().seconds);
  const auto now = wan_sigma(seconds);
  const auto most = static_cast<float>(most_us());
  std::array<float, 5> c;
  for (std::size_t k = 0; k < c.size(); ++k) {
    c[k] = static_cast<float>(parameters_.programming_scale) * at_first[k] + static_cast<float>(parameters_.drift_scale) * (now[k] - at_first[k]);
  }
  constexpr float reading_share = 0.01F;
  const float reading = static_cast<float>(parameters_.read_scale) * reading_share * most;
  for (std::size_t k = 0; k < first.size(); ++k) {
    const float g = first[k] / most;
    const float sigma = std::max(c[0] + g * (c[1] + g * (c[2] + g * (c[3] + g * c[4]))), 0.0F);
    conductance[k] = std::max(first[k] + sigma * second[k] + reading * conductance[k], 0.0F);
  }
}

CmoReramDevice::CmoReramDevice(const DeviceParameters& parameters) : Device(parameters.least_us, parameters.most_us), parameters_(parameters) {}

void CmoReramDevice::program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
                             std::span<float> second) const {
  // Measured for two acceptance ranges of the write-verify loop.
  constexpr double tight = 0.002;
  const bool is_tight = parameters_.acceptance <= tight;
  const float constant = is_tight ? 0.00081107F : 0.0112185F;
  const float slope = is_tight ? 0.00106879F : 0.0112903F;
  const auto scale = static_cast<float>(parameters_.programming_scale);
  for (std::size_t k = 0; k < target.size(); ++k) {
    first[k] = std::max(target[k] + scale * (constant + slope * target[k]) * error[k], 0.0F);
    second[k] = trait[k];
  }
}

void CmoReramDevice::read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const {
  constexpr double first_second = 1.0;  // the fit of the relaxation begins there
  const double log_time = base::logarithm(std::max(seconds, first_second));
  const auto mean = static_cast<float>(parameters_.drift_scale * -0.0890 * log_time);
  const auto sd = static_cast<float>(parameters_.drift_scale * (0.0420 * log_time + 0.4118));
  constexpr double microsecond = 1e-6;
  const double growth = std::sqrt(base::logarithm((std::max(seconds, first_second) + microsecond) / (2.0 * microsecond)));
  constexpr double per_decade = 0.02773;
  constexpr double log_of_ten = 2.302585092994046;
  const auto reading = static_cast<float>(parameters_.read_scale * per_decade / log_of_ten * growth);
  // The fit contains the logarithm of the conductance in uS, which would be a negative spread below 1 uS.
  std::vector<float> logs(first.size());
  for (std::size_t k = 0; k < first.size(); ++k) logs[k] = std::max(first[k] + mean + sd * second[k], 1.0F);
  base::logarithms(logs);
  for (std::size_t k = 0; k < first.size(); ++k) {
    const float now = first[k] + mean + sd * second[k];
    conductance[k] = std::max(now + reading * logs[k] * conductance[k], 0.0F);
  }
}

}  // namespace mho::tiles
