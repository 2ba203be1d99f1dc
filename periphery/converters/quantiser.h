#pragma once

#include <algorithm>
#include <span>

namespace mho::periphery {

/// A symmetric uniform grid over [-bound, bound]: codes -(2^(bits-1) - 1) .. 2^(bits-1) - 1, exact zero, step 2 bound / (2^bits - 2).
class Quantiser {
 public:
  Quantiser(int bits, float bound) : limit_(largest_code(bits)), codes_per_unit_(limit_ / bound) {}

  /// 2^(bits-1) - 1.
  [[nodiscard]] static float largest_code(int bits) { return static_cast<float>((1 << (bits - 1)) - 1); }
  /// Rounds half to even for |v| < 2^22: adding 1.5 * 2^23 leaves no fraction bits.
  [[nodiscard]] static float round_even(float v) {
    constexpr float to_integer = 12582912.0F;
    return (v + to_integer) - to_integer;
  }

  /// The nearest code, half to even, clipped; `dither` in steps is added before (stochastic rounding: uniform in (-0.5, 0.5)).
  [[nodiscard]] float code(float v, float dither = 0.0F) const {
    // Clip first: the rounding above is only valid for |v| < 2^22.
    const float steps = std::min(std::max(v * codes_per_unit_, -limit_ - 1.0F), limit_ + 1.0F);
    return std::min(std::max(round_even(steps + dither), -limit_), limit_);
  }
  [[nodiscard]] float value(float code) const { return code / codes_per_unit_; }
  [[nodiscard]] float operator()(float v) const { return value(code(v)); }
  [[nodiscard]] float limit() const { return limit_; }
  [[nodiscard]] float codes_per_unit() const { return codes_per_unit_; }

  /// Rounds every value to its grid point; with `dither`, uniform in (0, 1) by value, to one of its two neighbours (the nearer is more probable).
  void apply(std::span<float> values) const {
    for (float& v : values) v = (*this)(v);
  }
  void apply(std::span<float> values, std::span<const float> dither) const {
    constexpr float half = 0.5F;
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = value(code(values[k], dither[k] - half));
  }

 private:
  float limit_;
  float codes_per_unit_;
};

}  // namespace mho::periphery
