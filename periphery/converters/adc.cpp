#include "periphery/converters/adc.h"

#include <algorithm>
#include <cmath>

namespace mho::periphery {

namespace {

enum Property : int { gain, offset, thresholds, dead_codes };

/// One value per converter, repeated over its columns.
std::vector<float> by_column(std::span<const float> by_converter, std::size_t columns, int mux) {
  std::vector<float> values(columns);
  for (std::size_t c = 0; c < columns; ++c) values[c] = by_converter[c / static_cast<std::size_t>(mux)];
  return values;
}

}  // namespace

Adc::Adc(const AdcParameters& parameters, std::size_t columns, const StaticDraws& draws) : parameters_(parameters) {
  const std::size_t converters = (columns + static_cast<std::size_t>(parameters.mux) - 1) / static_cast<std::size_t>(parameters.mux);
  const double left = 1.0 - parameters.calibration;
  std::vector<float> drawn(converters);
  if (parameters.gain_spread * left > 0.0) {
    draws.normals(Property::gain, drawn);
    for (float& v : drawn) v = 1.0F + static_cast<float>(parameters.gain_spread * left) * v;
    gain_ = by_column(drawn, columns, parameters.mux);
  }
  if (parameters.offset_spread * left > 0.0) {
    draws.normals(Property::offset, drawn);
    for (float& v : drawn) v *= static_cast<float>(parameters.offset_spread * left);
    offset_ = by_column(drawn, columns, parameters.mux);
  }
  if (!parameters.bits) return;
  const auto codes = 2 * static_cast<std::size_t>(Quantiser::largest_code(*parameters.bits)) + 1;
  if (parameters.dnl > 0.0) {
    threshold_shift_.resize(converters * codes);
    draws.normals(Property::thresholds, threshold_shift_);
    for (float& v : threshold_shift_) v *= static_cast<float>(parameters.dnl);
  }
  if (parameters.dead_codes > 0.0) {
    std::vector<float> lots(converters * codes);
    draws.uniforms(Property::dead_codes, lots);
    given_code_.resize(converters * codes);
    const float limit = Quantiser::largest_code(*parameters.bits);
    for (std::size_t k = 0; k < converters; ++k) {
      // The lowest code is never dead. A dead code is replaced by the nearest code below it that is not dead.
      for (std::size_t code = 0; code < codes; ++code) {
        const std::size_t at = k * codes + code;
        const bool dead = code > 0 && static_cast<double>(lots[at]) < parameters.dead_codes;
        given_code_[at] = dead ? given_code_[at - 1] : static_cast<float>(code) - limit;
      }
    }
  }
}

float Adc::uneven_code(float steps, std::size_t converter) const {
  const float limit = Quantiser::largest_code(*parameters_.bits);
  const auto codes = static_cast<std::size_t>(2.0F * limit + 1.0F);
  const float below = std::floor(std::clamp(steps, -limit, limit));
  constexpr float half = 0.5F;
  const auto index = static_cast<std::size_t>(below + limit);
  const float shift = threshold_shift_.empty() ? 0.0F : threshold_shift_[converter * codes + index];
  const float fraction = steps - below;
  float code = below;
  if (threshold_shift_.empty()) {
    code = std::clamp(Quantiser::round_even(std::clamp(steps, -limit - 1.0F, limit + 1.0F)), -limit, limit);
  } else if (below < limit && fraction > half + shift) {
    code = below + 1.0F;
  }
  return given_code_.empty() ? code : given_code_[converter * codes + static_cast<std::size_t>(code + limit)];
}

void Adc::apply_gain_and_offset(std::span<float> y) const {
  if (!gain_.empty()) {
    for (std::size_t c = 0; c < y.size(); ++c) y[c] *= gain_[c];
  }
  if (!offset_.empty()) {
    for (std::size_t c = 0; c < y.size(); ++c) y[c] += offset_[c];
  }
}

void Adc::bend(const Quantiser& grid, float bound, std::span<float> y) const {
  if (parameters_.inl == 0.0) return;
  // An odd cubic with zeros at 0 and +-bound and the stated peak, reached at bound / sqrt(3).
  const float peak = static_cast<float>(parameters_.inl * 1.5 * std::sqrt(3.0)) / grid.codes_per_unit();
  for (float& v : y) {
    const float u = std::clamp(v / bound, -1.0F, 1.0F);
    v += peak * (u - u * u * u);
  }
}

void Adc::round_to_codes(const Quantiser& grid, std::span<float> y, std::span<const float> dither) const {
  if (threshold_shift_.empty() && given_code_.empty()) {
    dither.empty() ? grid.apply(y) : grid.apply(y, dither);
    return;
  }
  for (std::size_t c = 0; c < y.size(); ++c) {
    const float noise = dither.empty() ? 0.0F : dither[c] - 0.5F;
    y[c] = grid.value(uneven_code(y[c] * grid.codes_per_unit() + noise, c / static_cast<std::size_t>(parameters_.mux)));
  }
}

std::size_t Adc::convert(std::span<float> y, std::span<const float> dither) const {
  apply_gain_and_offset(y);
  if (!parameters_.bound) return 0;
  const auto bound = static_cast<float>(*parameters_.bound);
  std::size_t clipped = 0;
  for (const float v : y) clipped += std::abs(v) > bound ? 1U : 0U;
  if (!parameters_.bits) {
    for (float& v : y) v = std::clamp(v, -bound, bound);
    return clipped;
  }
  const Quantiser grid(*parameters_.bits, bound);
  bend(grid, bound, y);
  round_to_codes(grid, y, dither);
  return clipped;
}

}  // namespace mho::periphery
