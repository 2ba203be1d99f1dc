#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "periphery/converters/parameters.h"
#include "periphery/converters/quantiser.h"

namespace mho::periphery {

/// Draws standard normal numbers, and uniform ones in (0, 1), of one chip. `index` counts the numbers of the static property `property`.
struct StaticDraws {
  std::function<void(int property, std::span<float> out)> normals;
  std::function<void(int property, std::span<float> out)> uniforms;
};

/// The effect of a tile's output converters on its outputs: gain and offset of each converter, integral and differential nonlinearity, missing codes,
/// rounding and clipping. Columns with the same c / mux (integer division) share a converter. Immutable after construction.
class Adc {
 public:
  Adc(const AdcParameters& parameters, std::size_t columns, const StaticDraws& draws);
  /// Step 10 of docs/model.md: gain and offset, the bow of the transfer curve, then half to even to the step 2 B / (2^b - 2), clipped to +-B.
  /// Converts one row of outputs in place, in full cells. `dither` uniform in (0, 1) for each column, empty for rounding to nearest. Returns the
  /// number of outputs beyond the bound.
  std::size_t convert(std::span<float> y, std::span<const float> dither) const;
  [[nodiscard]] bool stochastic() const { return parameters_.bits.has_value() && parameters_.stochastic_rounding; }

 private:
  void apply_gain_and_offset(std::span<float> y) const;
  /// Adds the bow of the transfer curve (integral nonlinearity).
  void bend(const Quantiser& grid, float bound, std::span<float> y) const;
  void round_to_codes(const Quantiser& grid, std::span<float> y, std::span<const float> dither) const;
  /// The code of a converter whose thresholds are shifted or whose codes are dead.
  [[nodiscard]] float uneven_code(float steps, std::size_t converter) const;
  AdcParameters parameters_;
  std::vector<float> gain_, offset_;    ///< by column; empty if all are 1 and 0
  std::vector<float> threshold_shift_;  ///< [converter][code]: shift of the threshold above the code, in steps; empty if there is none
  std::vector<float> given_code_;       ///< [converter][code]: the code that is given instead; empty if there are no dead codes
};

}  // namespace mho::periphery
