#include "tiles/weight_noise.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "tiles/device.h"
#include "tiles/pcm_device.h"

namespace mho::tiles {

namespace {

/// The published fits of the mushroom cell (Nandakumar et al., ICECS 2020; Joshi et al., Nat. Commun. 11:2473, 2020), at t0: neither drifted nor
/// clamped at zero, so that the deviation is that of the fit.
double pcm_sigma(double relative) {
  const PcmFit& fit = mushroom_fit();
  const double programming =
      (static_cast<double>(fit.sigma[0]) + relative * (static_cast<double>(fit.sigma[1]) + relative * static_cast<double>(fit.sigma[2]))) /
      fit.most_us;
  const double amplitude = std::min(0.0088 / std::max(std::pow(relative, 0.65), 1e-3), 0.2);
  const double reading = relative * amplitude * read_noise_growth(0.0, fit.reference_time_s, fit.read_duration_s);
  return std::hypot(programming, reading);
}

/// Deviation of many devices with the same target; the same draws for every target, so that the curve is smooth.
double device_sigma(const Device& device, double relative) {
  constexpr std::size_t count = 4096;  // 1.1 % of sampling error, in all nodes alike
  const base::Stream stream({.seed = 1, .purpose = base::Purpose::training, .node = base::hash_name("expected noise")});
  std::vector<float> target(count, static_cast<float>(device.least_us() + relative * (device.most_us() - device.least_us())));
  std::vector<float> first(count), second(count), now(count);
  if (device.exact()) return 0.0;
  stream.normals({.sample = 0}, 0, first);
  stream.normals({.sample = 1}, 0, second);
  stream.normals({.sample = 2}, 0, now);
  device.program(target, first, second, first, second);
  device.read(0.0, first, second, now);
  double sum = 0, squares = 0;
  for (const float g : now) {
    sum += static_cast<double>(g);
    squares += static_cast<double>(g) * static_cast<double>(g);
  }
  const double mean = sum / count;
  return std::sqrt(std::max(0.0, squares / count - mean * mean)) / (device.most_us() - device.least_us());
}

}  // namespace

WeightNoise::WeightNoise(WeightNoiseKind kind, const DeviceParameters& device, double sigma) {
  if (kind == WeightNoiseKind::none) return;
  const auto own = kind == WeightNoiseKind::device ? make_device(device) : nullptr;
  for (int k = 0; k <= steps; ++k) {
    const double relative = static_cast<double>(k) / steps;
    double value = sigma;
    if (kind == WeightNoiseKind::pcm) value = pcm_sigma(relative);
    if (own != nullptr) value = device_sigma(*own, relative);
    sigma_.push_back(static_cast<float>(value));
  }
}

}  // namespace mho::tiles
