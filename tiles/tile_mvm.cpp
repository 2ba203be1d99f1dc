// The analog matrix-vector product of one tile: steps 1 to 11 of docs/model.md.
#include <algorithm>
#include <cmath>

#include "tiles/analog_matrix.h"
#include "tiles/tile_array.h"

namespace mho::tiles {

namespace {

/// Rounds half to even for |v| < 2^22: adding 1.5 * 2^23 leaves no fraction bits.
inline float round_even(float v) {
  constexpr float to_integer = 12582912.0F;
  return (v + to_integer) - to_integer;
}

/// Steps per unit of a symmetric converter with `bits` bits over [-bound, bound]: codes -(2^(bits-1)-1) .. 2^(bits-1)-1.
inline float largest_code(int bits) { return static_cast<float>((1 << (bits - 1)) - 1); }

inline float quantise(float v, float codes_per_unit, float code_limit) {
  return std::clamp(round_even(std::clamp(v * codes_per_unit, -code_limit - 1.0F, code_limit + 1.0F)), -code_limit, code_limit) / codes_per_unit;
}

}  // namespace

bool TileArray::convert_inputs(const float* x, const base::EventId& event, const base::Stream& noise, float* interleaved, float& norm_square,
                               MvmStatistics* statistics) const {
  const auto inputs = static_cast<std::size_t>(block_.inputs());
  thread_local std::vector<float> row_storage;
  std::vector<float>& row = row_storage;
  row.assign(x, x + inputs);
  bool finite = true;
  std::uint64_t clipped = 0;
  for (std::size_t j = 0; j < inputs; ++j) {
    finite = finite && std::isfinite(row[j]);
    if (parameters_.input_range_on) {
      clipped += std::abs(row[j]) > range_ ? 1U : 0U;
      row[j] = std::clamp(row[j], -range_, range_) / range_;
    }
  }
  if (!finite) return false;
  const auto grid = [&row](int bits) {
    const float limit = largest_code(bits);
    for (float& v : row) v = quantise(v, limit, limit);
  };
  const auto& dac_bits = parameters_.dac.bits;
  const auto& format = parameters_.digital.activation_format;
  // Activations travel on the input converter's own grid when the widths agree: rounding twice would change nothing.
  if (format.kind == periphery::NumberFormat::Kind::integer && format.integer_bits != dac_bits) {
    grid(format.integer_bits);
  } else if (format.kind != periphery::NumberFormat::Kind::integer) {
    periphery::round_to(format, row);
  }
  if (dac_bits) grid(*dac_bits);
  if (parameters_.dac.input_noise > 0.0) {
    thread_local std::vector<float> normals;
    normals.resize(inputs);
    noise.normals(event, 0, normals);
    const auto sigma = static_cast<float>(parameters_.dac.input_noise);
    for (std::size_t j = 0; j < inputs; ++j) row[j] += sigma * normals[j];
  }
  if (parameters_.input_asymmetry_on) {
    const auto factor = static_cast<float>(1.0 - parameters_.input_asymmetry);
    for (float& v : row) v = v < 0.0F ? v * factor : v;
  }
  norm_square = 0.0F;
  if (parameters_.read_noise == ReadNoise::constant) {
    for (const float v : row) norm_square += v * v;
  }
  for (std::size_t j = 0; j < inputs; ++j) {
    *interleaved++ = row[j];
    if (selection_.ir_drop) {
      *interleaved++ = row[j] * profile_[j];
      *interleaved++ = std::abs(row[j]);
    }
    if (selection_.square) *interleaved++ = row[j] * row[j];
  }
  if (statistics != nullptr) {
    statistics->vectors += 1;
    statistics->inputs += inputs;
    statistics->clipped_inputs += clipped;
  }
  return true;
}

void TileArray::convert_outputs(std::span<float> y, const float* shaped, const float* load, const float* variance, float norm_square,
                                const base::EventId& event, const base::Stream& noise, std::span<float> normals, MvmStatistics* statistics) const {
  if (selection_.ir_drop) {
    const auto per_load = static_cast<float>(static_cast<double>(block_.inputs()) / parameters_.wire_ratio);
    const auto scale = static_cast<float>(parameters_.ir_drop_scale);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const float a = per_load * load[i];
      const float c = a * (0.5F + a * (-0.2F + a * 0.05F));
      y[i] -= scale * c * shaped[i];
    }
  }
  // Read and output noise are both normal and nothing stands between them: one draw with the summed variance.
  const auto out = static_cast<float>(parameters_.output_noise * parameters_.output_noise);
  const auto read = static_cast<float>(parameters_.read_noise_scale * parameters_.read_noise_scale);
  if (selection_.square) {
    noise.normals(event, 0, normals);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += std::sqrt(read * variance[i] + out) * normals[i];
  } else if (parameters_.read_noise == ReadNoise::constant || out > 0.0F) {
    const float sigma = std::sqrt((parameters_.read_noise == ReadNoise::constant ? read * norm_square : 0.0F) + out);
    noise.normals(event, 0, normals);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += sigma * normals[i];
  }
  std::uint64_t clipped = 0;
  if (parameters_.adc.bound) {
    const auto bound = static_cast<float>(*parameters_.adc.bound);
    for (const float v : y) clipped += std::abs(v) > bound ? 1U : 0U;
    if (parameters_.adc.bits) {
      const float limit = largest_code(*parameters_.adc.bits);
      const float codes_per_unit = limit / bound;
      for (float& v : y) v = quantise(v, codes_per_unit, limit);
    } else {
      for (float& v : y) v = std::clamp(v, -bound, bound);
    }
  }
  if (statistics != nullptr) {
    statistics->outputs += y.size();
    statistics->clipped_outputs += clipped;
  }
}

bool TileArray::convert(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::uint32_t time_index,
                        std::vector<float>& y, MvmStatistics* statistics) const {
  const std::size_t batch = events.size();
  const auto inputs = static_cast<std::size_t>(block_.inputs());
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  const auto padded = static_cast<std::size_t>(weights_.padded_outputs());
  const auto count = static_cast<std::size_t>(selection_.count());
  thread_local std::vector<float> interleaved;
  thread_local std::vector<float> normals;
  thread_local std::vector<float> norms;
  interleaved.resize(batch * inputs * count);
  normals.resize(outputs);
  norms.resize(batch);
  y.resize(batch * padded * count);
  const base::Stream input_noise(key(base::Purpose::input, 0, time_index));
  const base::Stream output_noise(key(base::Purpose::output, 0, time_index));
  for (std::size_t b = 0; b < batch; ++b) {
    if (!convert_inputs(x.data() + b * x_stride, events[b], input_noise, interleaved.data() + b * inputs * count, norms[b], statistics)) return false;
  }
  products(weights_, selection_, batch, interleaved, y);
  const std::size_t one = batch * padded;
  const float* shaped = selection_.ir_drop ? y.data() + one : nullptr;
  const float* load = selection_.ir_drop ? y.data() + 2 * one : nullptr;
  const float* variance = selection_.square ? y.data() + (count - 1) * one : nullptr;
  for (std::size_t b = 0; b < batch; ++b) {
    const auto at = [&](const float* values) { return values == nullptr ? nullptr : values + b * padded; };
    convert_outputs(std::span(y).subspan(b * padded, outputs), at(shaped), at(load), at(variance), norms[b], events[b], output_noise, normals,
                    statistics);
  }
  return true;
}

bool TileArray::accumulate(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::span<float> y,
                           std::size_t y_stride, bool partial_sum, MvmStatistics* statistics) const {
  // Rows at once: enough to reuse the weights, few enough that the kernel's inputs and outputs stay in the second-level cache.
  constexpr std::size_t rows_at_once = 24;
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  const auto padded = static_cast<std::size_t>(weights_.padded_outputs());
  thread_local std::vector<float> converted;
  for (std::size_t first = 0; first < events.size(); first += rows_at_once) {
    const std::size_t rows = std::min(rows_at_once, events.size() - first);
    const auto part = x.subspan(first * x_stride + static_cast<std::size_t>(block_.input_begin));
    if (!convert(part, x_stride, events.subspan(first, rows), time_index_, converted, statistics)) return false;
    for (std::size_t b = 0; b < rows; ++b) {
      const auto row = std::span(converted).subspan(b * padded, outputs);
      for (std::size_t i = 0; i < outputs; ++i) row[i] *= output_scale_[i];
      if (partial_sum) periphery::round_to(parameters_.digital.partial_sum_format, row);
      float* target = y.data() + (first + b) * y_stride + static_cast<std::size_t>(block_.output_begin);
      for (std::size_t i = 0; i < outputs; ++i) target[i] += row[i];
    }
  }
  return true;
}

}  // namespace mho::tiles
