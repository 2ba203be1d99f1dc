#include "tiles/weight_noise.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tiles/weight_noise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/fused-inl.h"
#include "base/random.h"
#include "tiles/device/device.h"
#include "tiles/device/pcm_device.h"

HWY_BEFORE_NAMESPACE();
namespace mho::tiles::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using base::HWY_NAMESPACE::fused;

/// Adds noise to `row`. `nodes` [steps + 1]: standard deviations at magnitudes from 0 to 1; `count`: a multiple of the lanes.
void noisy_row(const float* nodes, int steps, float level, const float* normals, float* row, std::size_t count) {
  const hn::CappedTag<float, 16> tag;
  const hn::RebindToSigned<decltype(tag)> ints;
  const auto scale = hn::Set(tag, static_cast<float>(steps));
  const auto last = hn::Set(ints, steps - 1);
  const auto factor = hn::Set(tag, level);
  const auto zero = hn::Zero(tag);
  for (std::size_t k = 0; k < count; k += hn::Lanes(tag)) {
    const auto weight = hn::LoadU(tag, row + k);
    const auto magnitude = hn::Abs(weight);
    const auto place = hn::Mul(magnitude, scale);
    // Not below 0 either, so that a weight of NaN does not read outside the table.
    const auto at = hn::Max(hn::Min(hn::ConvertTo(ints, place), last), hn::Zero(ints));
    const auto low = hn::GatherIndex(tag, nodes, at), high = hn::GatherIndex(tag, nodes + 1, at);
    const auto sigma = fused(hn::Sub(high, low), hn::Sub(place, hn::ConvertTo(tag, at)), low);
    const auto moved = hn::Max(fused(hn::Mul(factor, sigma), hn::LoadU(tag, normals + k), magnitude), zero);
    hn::StoreU(hn::IfThenElseZero(hn::Gt(magnitude, zero), hn::CopySign(moved, weight)), tag, row + k);
  }
}

}  // namespace mho::tiles::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mho::tiles {

namespace {

HWY_EXPORT(noisy_row);

/// Standard deviation of the published fits of the mushroom cell (Nandakumar et al., ICECS 2020; Joshi et al., Nat. Commun. 11:2473, 2020) at t0,
/// without drift and without the clamp at zero.
double pcm_sigma(double relative) {
  const PcmFit& fit = mushroom_fit();
  const double programming =
      (static_cast<double>(fit.sigma[0]) + relative * (static_cast<double>(fit.sigma[1]) + relative * static_cast<double>(fit.sigma[2]))) /
      fit.most_us;
  const double amplitude = std::min(0.0088 / std::max(std::pow(relative, 0.65), 1e-3), 0.2);
  const double reading = relative * amplitude * read_noise_growth(0.0, fit.reference_time_s, fit.read_duration_s);
  return std::hypot(programming, reading);
}

/// Standard deviation of many devices with the same target. All targets use the same draws, so that the curve is smooth.
double device_sigma(const Device& device, double relative) {
  constexpr std::size_t count = 4096;  // 1.1 % sampling error, the same in all nodes
  const base::RandomStream stream({.seed = 1, .purpose = base::Purpose::training, .node = base::hash_name("expected noise")});
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

void WeightNoise::apply(std::span<float> row, std::span<const float> normals, float level) const {
  if (normals.size() != row.size()) throw std::logic_error("WeightNoise::apply: a number for every weight");
  if (none() || row.empty()) return;
  constexpr std::size_t lanes = 16;
  const std::size_t whole = row.size() / lanes * lanes, rest = row.size() - whole;
  const auto run = HWY_DYNAMIC_DISPATCH(noisy_row);
  run(sigma_.data(), steps, level, normals.data(), row.data(), whole);
  if (rest == 0) return;
  HWY_ALIGN float values[lanes] = {}, lots[lanes] = {};
  std::copy_n(row.data() + whole, rest, values);
  std::copy_n(normals.data() + whole, rest, lots);
  run(sigma_.data(), steps, level, lots, values, lanes);
  std::copy_n(values, rest, row.data() + whole);
}

}  // namespace mho::tiles
#endif
