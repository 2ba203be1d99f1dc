#include "tiles/mvm_steps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "periphery/converters/quantiser.h"

namespace mho::tiles {

namespace {

using periphery::InputPasses;
using periphery::NumberFormat;
using periphery::Quantiser;

/// Properties of the read-out that are drawn once. The value is EventId::phase of the draws.
enum Property : std::uint8_t { voltage_offset, curvature, noise_spread };

/// Rounds activations to their format. With the width of the DAC its rounding suffices, because a second rounding would change nothing.
void round_activations(const TileParameters& tile, std::span<float> row) {
  const NumberFormat& format = tile.digital.activation_format;
  if (format.kind != NumberFormat::Kind::integer) {
    periphery::round_to(format, row);
  } else if (format.integer_bits != tile.dac.bits || tile.dac.stochastic_rounding) {
    Quantiser(format.integer_bits, 1.0F).apply(row);
  }
}

}  // namespace

bool all_finite(std::span<const float> x) {
  unsigned bad = 0;
  for (const float v : x) bad += std::abs(v) <= std::numeric_limits<float>::max() ? 0U : 1U;
  return bad == 0;
}

// --- 1. Input range ---

float vector_range(const TileParameters& tile, std::span<const float> x) {
  float largest = 0.0F;
  float positive = 0.0F;
  float negative = 0.0F;
  for (const float v : x) {
    largest = std::max(largest, std::abs(v));
    positive += std::max(v, 0.0F);
    negative += std::max(-v, 0.0F);
  }
  if (largest == 0.0F) return 1.0F;
  if (tile.input_range.kind == InputRange::Kind::per_vector || !tile.adc.bound || !tile.dac.bits) return largest;
  constexpr float share_of_bound = 0.6F;
  constexpr float share_of_step = 0.25F;
  const float load = share_of_bound / static_cast<float>(*tile.adc.bound) * std::max(positive, negative);
  const float steps = share_of_step * Quantiser::largest_code(*tile.dac.bits) * largest;
  return std::max(largest, std::min(load, steps));
}

float apply_input_range(const TileParameters& tile, float alpha, std::span<const float> x, std::span<float> row) {
  switch (tile.input_range.kind) {
    case InputRange::Kind::off:
      std::ranges::copy(x, row.begin());
      return 1.0F;
    case InputRange::Kind::calibrated:
      for (std::size_t j = 0; j < row.size(); ++j) row[j] = std::min(std::max(x[j], -alpha), alpha) * (1.0F / alpha);
      return 1.0F;
    case InputRange::Kind::per_vector:
    case InputRange::Kind::constrained:
      break;
  }
  const float own = vector_range(tile, x);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = x[j] / own;
  return own;
}

// --- 2. DAC ---

void convert_inputs(const TileParameters& tile, std::span<float> row, std::span<const float> dither) {
  round_activations(tile, row);
  if (!tile.dac.bits) return;
  const Quantiser grid(*tile.dac.bits, 1.0F);
  dither.empty() ? grid.apply(row) : grid.apply(row, dither);
}

void select_readout(const periphery::DacParameters& dac, std::span<const float> row, std::size_t readout, std::span<float> driven) {
  const auto phases = static_cast<std::size_t>(dac.phases());
  std::ranges::copy(row, driven.begin());
  if (dac.passes != InputPasses::one) {
    const bool negative_pass = readout >= phases;
    for (float& v : driven) v = negative_pass ? std::min(v, 0.0F) : std::max(v, 0.0F);
  }
  if (phases == 1) return;
  const std::size_t bit = readout % phases;
  const float limit = Quantiser::largest_code(*dac.bits);
  for (float& v : driven) {
    const auto code = static_cast<std::uint32_t>(Quantiser::round_even(std::abs(v) * limit));
    if (dac.twos_complement) {
      v = static_cast<float>(((v < 0.0F ? 0U - code : code) >> bit) & 1U);
    } else {
      v = std::copysign(static_cast<float>((code >> bit) & 1U), v);  // the bit has the sign of the code
    }
  }
}

// --- 3. Input noise ---

void add_input_noise(const TileParameters& tile, std::span<const float> normals, std::span<float> driven) {
  if (!normals.empty()) {
    const auto sigma = static_cast<float>(tile.dac.input_noise);
    for (std::size_t j = 0; j < driven.size(); ++j) driven[j] += sigma * normals[j];
  }
  weaken_negative(tile.input_asymmetry, driven);
}

// --- 5. IR drop ---

std::vector<float> ir_drop_profile(const Wires& wires, std::size_t inputs) {
  std::vector<float> profile(inputs);
  for (std::size_t j = 0; j < inputs; ++j) {
    const std::size_t from_sense = wires.sense_first ? j : inputs - 1 - j;
    const double u = 1.0 - static_cast<double>(from_sense) / static_cast<double>(inputs);
    profile[j] = static_cast<float>(1.0 - u * u);
  }
  return profile;
}

void subtract_ir_drop(const Wires& wires, std::size_t inputs, std::span<const float> shaped, std::span<const float> load, std::span<float> y) {
  const auto per_load = static_cast<float>(static_cast<double>(inputs) / wires.ratio);
  const auto scale = static_cast<float>(wires.scale);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const float a = per_load * load[i];
    const float c = a * (0.5F + a * (-0.2F + a * 0.05F));
    y[i] -= scale * c * shaped[i];
  }
}

// --- 6. Offset and series resistance ---

ReadoutSpread draw_readout_spread(const TileParameters& tile, std::size_t outputs, const base::RandomStream& stream) {
  const auto drawn = [&](Property property) {
    std::vector<float> normals(outputs);
    stream.normals({.phase = property}, 0, normals);
    return normals;
  };
  const Readout& readout = tile.readout;
  ReadoutSpread spread;
  if (readout.offset > 0.0) {
    spread.kept = drawn(voltage_offset);
    for (float& v : spread.kept) v = 1.0F - std::min(std::max(static_cast<float>(readout.offset) * v, 0.0F), 1.0F);
  }
  if (readout.s_curve != 0.0) {
    const double bound = tile.adc.bound.value_or(1.0);
    const auto n0 = static_cast<float>(readout.s_curve / bound);
    spread.curvature = drawn(curvature);
    for (float& v : spread.curvature) v = std::abs(n0 * (1.0F + static_cast<float>(readout.s_curve_spread) * v));
    const double mean = std::accumulate(spread.curvature.begin(), spread.curvature.end(), 0.0) / static_cast<double>(outputs);
    const double root = 1.0 + mean * readout.s_curve_correction * bound;
    spread.curve_factor = static_cast<float>(root * root);
  }
  if (readout.noise_spread > 0.0) {
    spread.output_sigma = drawn(noise_spread);
    for (float& v : spread.output_sigma) {
      v = static_cast<float>(tile.output_noise) * std::abs(1.0F + static_cast<float>(readout.noise_spread) * v);
    }
  }
  return spread;
}

void apply_offset_and_series_resistance(const Readout& readout, std::span<const float> kept, std::span<float> y) {
  if (!kept.empty()) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] *= kept[i];
  }
  if (readout.series > 0.0) {
    const auto series = static_cast<float>(readout.series);
    const auto limit = static_cast<float>(readout.series_limit);
    for (float& v : y) v /= 1.0F + std::min(series * std::abs(v), limit);
  }
}

// --- 7. Read noise ---

float square_norm(std::span<const float> x) {
  float sum = 0.0F;
  for (const float v : x) sum += v * v;
  return sum;
}

void add_read_noise(double s_w, const ReadLoad& load, std::span<const float> normals, std::span<float> y) {
  add_read_and_output_noise(s_w, 0.0, load, normals, y);
}

// --- 8. Output nonlinearity ---

void apply_s_curve(const ReadoutSpread& spread, std::span<float> y) {
  if (spread.curvature.empty()) return;
  for (std::size_t i = 0; i < y.size(); ++i) y[i] *= spread.curve_factor / (1.0F + spread.curvature[i] * std::abs(y[i]));
}

// --- 9. Output noise ---

void add_output_noise(double s_out, const ReadoutSpread& spread, std::span<const float> normals, std::span<float> y) {
  const auto common = static_cast<float>(s_out);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += (spread.output_sigma.empty() ? common : spread.output_sigma[i]) * normals[i];
}

void add_read_and_output_noise(double s_w, double s_out, const ReadLoad& load, std::span<const float> normals, std::span<float> y) {
  const auto read = static_cast<float>(s_w * s_w);
  const auto out = static_cast<float>(s_out * s_out);
  if (!load.by_output.empty()) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += std::sqrt(read * load.by_output[i] + out) * normals[i];
  } else {
    const float sigma = std::sqrt(read * load.of_row + out);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += sigma * normals[i];
  }
}

void weaken_negative(double asymmetry, std::span<float> values) {
  if (asymmetry == 0.0) return;
  const auto factor = static_cast<float>(1.0 - asymmetry);
  for (float& v : values) v = v < 0.0F ? v * factor : v;
}

// --- 11. Digital ---

void shift_and_add(float factor, bool first, std::span<const float> y, std::span<float> total) {
  for (std::size_t i = 0; i < y.size(); ++i) total[i] = (first ? 0.0F : total[i]) + factor * y[i];
}

void scale_outputs(std::span<const float> scales, const periphery::DigitalParameters& digital, bool partial_sum, std::span<float> y,
                   periphery::OutsideFormat* partial_sums) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] *= scales[i];
  if (!partial_sum) return;
  if (partial_sums != nullptr) *partial_sums += periphery::outside(digital.partial_sum_format, y);
  periphery::round_to(digital.partial_sum_format, y);
}

}  // namespace mho::tiles
