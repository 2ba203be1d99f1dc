#include "tiles/device/pcm_device.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/elementary.h"
#include "base/vector_math.h"

namespace mho::tiles {

namespace {

constexpr float always = std::numeric_limits<float>::infinity();
/// Keeps the logarithm finite. The fits are clamped at much larger values.
constexpr float smallest_relative = 1e-9F;
/// Devices handled at once: their intermediate numbers stay in the first-level cache.
constexpr std::size_t chunk = 1024;
using Chunk = std::array<float, chunk>;

template <class Body>
void in_chunks(std::size_t count, const Body& body) {
  for (std::size_t begin = 0; begin < count; begin += chunk) body(begin, std::min(chunk, count - begin));
}

/// ln max(values / most, smallest) of one chunk.
void log_relative(std::span<const float> values, float most, std::span<float> logs) {
  for (std::size_t k = 0; k < values.size(); ++k) logs[k] = std::max(values[k] / most, smallest_relative);
  base::logarithms(logs.first(values.size()));
}

/// g (t / t0)^-nu of one chunk.
void drifted(std::span<const float> programmed, std::span<const float> exponent, float log_ratio, std::span<float> out) {
  const std::size_t count = programmed.size();
  for (std::size_t k = 0; k < count; ++k) out[k] = -exponent[k] * log_ratio;
  base::exponentials(out.first(count));
  for (std::size_t k = 0; k < count; ++k) out[k] *= programmed[k];
}

float log_of_ages(double seconds, double reference_time_s) {
  return static_cast<float>(base::logarithm((seconds + reference_time_s) / reference_time_s));
}

}  // namespace

const PcmFit& mushroom_fit() {
  static const PcmFit fit{25.0,
                          20.0,
                          250e-9,
                          {0.26348F, 1.9650F, -1.1731F, 0.0F},
                          {always, -0.0155F, 0.0244F, 0.049F, 0.1F, {}},
                          {always, -0.0125F, -0.0059F, 0.008F, 0.045F, {}},
                          true,
                          {}};
  return fit;
}

const PcmFit& hermes_two_device_fit() {
  static const PcmFit fit{20.7,
                          300.0,
                          512e-9,
                          {0.16603F, 4.71806F, -8.48101F, 4.68961F},
                          {0.0945F, -0.0387F, -0.0182F, 0.072F, 0.13F, {0.0736F, -0.0126F, -0.0436F, 0.0F}},
                          {0.3055F, -0.0117F, -0.0057F, 0.0091F, 0.04F, {0.0073F, 0.0093F, -0.0118F, 0.0F}},
                          false,
                          {0.16F, -0.0117F, -0.0069F, 0.015F, 0.04F, {0.0123F, 0.0211F, -0.0280F, 0.0069F}}};
  return fit;
}

const PcmFit& hermes_one_device_fit() {
  static const PcmFit fit{10.35,
                          200.0,
                          512e-9,
                          {0.15782F, 2.32444F, -2.16311F, 0.68842F},
                          {0.0945F, -0.0387F, -0.0182F, 0.072F, 0.13F, {0.0736F, -0.0126F, -0.0436F, 0.0F}},
                          {0.3039F, -0.0120F, -0.0023F, 0.0124F, 0.04F, {0.0104F, 0.0116F, -0.0165F, 0.0F}},
                          false,
                          {0.1591F, -0.0078F, 0.0038F, 0.0179F, 0.04F, {0.0088F, 0.0768F, -0.1352F, 0.0664F}}};
  return fit;
}

double read_noise_growth(double seconds, double reference_time_s, double read_duration_s) {
  return std::sqrt(base::logarithm((seconds + reference_time_s + read_duration_s) / (2.0 * read_duration_s)));
}

PcmDevice::PcmDevice(const DeviceParameters& parameters, const PcmFit& fit)
    : Device(parameters.least_us, parameters.most_us), parameters_(parameters), fit_(fit) {}

void PcmDevice::program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
                        std::span<float> second) const {
  const auto most = static_cast<float>(most_us());
  const auto programming = static_cast<float>(parameters_.programming_scale);
  const auto drift = static_cast<float>(parameters_.drift_scale);
  const PcmFit fit = fit_;
  in_chunks(target.size(), [&](std::size_t begin, std::size_t count) {
    // Local copies: the draws may be stored in the arrays of the state, and the compiler knows that local arrays do not overlap.
    Chunk goal, draw, logs, result;
    std::copy_n(target.data() + begin, count, goal.begin());
    log_relative(target.subspan(begin, count), most, logs);
    std::copy_n(error.data() + begin, count, draw.begin());
    for (std::size_t k = 0; k < count; ++k) {
      const float relative = goal[k] / most;
      const float sigma = fit.sigma[0] + relative * (fit.sigma[1] + relative * (fit.sigma[2] + relative * fit.sigma[3]));
      result[k] = std::max(goal[k] + programming * sigma * draw[k], 0.0F);
    }
    std::copy_n(trait.data() + begin, count, draw.begin());
    std::copy_n(result.begin(), count, first.data() + begin);
    for (std::size_t k = 0; k < count; ++k) {
      const float relative = goal[k] / most;
      result[k] = drift * std::abs(fit.drift_mean(relative, logs[k]) + fit.drift_sd(relative, logs[k]) * draw[k]);
    }
    std::copy_n(result.begin(), count, second.data() + begin);
  });
}

void PcmDevice::read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const {
  const auto most = static_cast<float>(most_us());
  const float log_ratio = log_of_ages(seconds, fit_.reference_time_s);
  const auto growth = static_cast<float>(parameters_.read_scale * read_noise_growth(seconds, fit_.reference_time_s, fit_.read_duration_s));
  const PcmFit fit = fit_;
  in_chunks(first.size(), [&](std::size_t begin, std::size_t count) {
    Chunk amplitude;
    Chunk now;
    const auto programmed = first.subspan(begin, count);
    log_relative(programmed, most, amplitude);
    if (fit.power_law) {
      for (std::size_t k = 0; k < count; ++k) amplitude[k] *= 0.65F;
      base::exponentials(std::span(amplitude).first(count));
      for (std::size_t k = 0; k < count; ++k) amplitude[k] = std::min(0.0088F / std::max(amplitude[k], 1e-3F), 0.2F);
    } else {
      for (std::size_t k = 0; k < count; ++k) amplitude[k] = fit.read_amplitude(programmed[k] / most, amplitude[k]);
    }
    drifted(programmed, second.subspan(begin, count), log_ratio, now);
    float* out = conductance.data() + begin;
    for (std::size_t k = 0; k < count; ++k) out[k] = std::max(now[k] + now[k] * amplitude[k] * growth * out[k], 0.0F);
  });
}

StateIndependentDevice::StateIndependentDevice(const DeviceParameters& parameters)
    : Device(parameters.least_us, parameters.most_us), parameters_(parameters) {}

void StateIndependentDevice::program(std::span<const float> target, std::span<const float> error, std::span<const float> trait,
                                     std::span<float> first, std::span<float> second) const {
  constexpr float sigma_us = 0.2F;
  constexpr float mean = 0.1F;
  constexpr float sd = 0.05F;
  const float spread = sigma_us * static_cast<float>(parameters_.programming_scale);
  const auto drift = static_cast<float>(parameters_.drift_scale);
  for (std::size_t k = 0; k < target.size(); ++k) {
    first[k] = std::max(target[k] + spread * error[k], 0.0F);
    second[k] = drift * std::abs(mean + sd * trait[k]);
  }
}

void StateIndependentDevice::read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const {
  const PcmFit& times = mushroom_fit();
  const float log_ratio = log_of_ages(seconds, times.reference_time_s);
  const auto growth =
      static_cast<float>(parameters_.read_scale * read_noise_growth(seconds, times.reference_time_s, times.read_duration_s) / most_us());
  in_chunks(first.size(), [&](std::size_t begin, std::size_t count) {
    Chunk now;
    drifted(first.subspan(begin, count), second.subspan(begin, count), log_ratio, now);
    float* out = conductance.data() + begin;
    for (std::size_t k = 0; k < count; ++k) out[k] = std::max(now[k] + now[k] * growth * out[k], 0.0F);
  });
}

}  // namespace mho::tiles
