// The analog matrix-vector product of one tile: steps 1 to 11 of docs/model.md.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "periphery/converters/quantiser.h"
#include "tiles/analog_matrix.h"
#include "tiles/tile_array.h"
#include "tiles/tile_draws.h"

namespace mho::tiles {

namespace {

using periphery::InputPasses;
using periphery::Quantiser;

}  // namespace

/// max|x|, but enlarged where the outputs would otherwise clip, as far as the input grid allows (input management of Rasch et al., AICAS 2021).
float TileArray::vector_range(std::span<const float> x) const {
  float largest = 0.0F;
  float positive = 0.0F;
  float negative = 0.0F;
  for (const float v : x) {
    largest = std::max(largest, std::abs(v));
    positive += std::max(v, 0.0F);
    negative += std::max(-v, 0.0F);
  }
  if (largest == 0.0F) return 1.0F;
  if (parameters_.input_range.kind == InputRange::Kind::per_vector || !parameters_.adc.bound || !parameters_.dac.bits) return largest;
  constexpr float share_of_bound = 0.6F;
  constexpr float share_of_step = 0.25F;
  const float load = share_of_bound / static_cast<float>(*parameters_.adc.bound) * std::max(positive, negative);
  const float steps = share_of_step * Quantiser::largest_code(*parameters_.dac.bits) * largest;
  return std::max(largest, std::min(load, steps));
}

std::optional<float> TileArray::drive(const Job& job, const Draws& draws, std::span<float> row, MvmStatistics* statistics) const {
  const std::span<const float> x(job.x, row.size());
  unsigned bad = 0;
  for (const float v : x) bad += std::abs(v) <= std::numeric_limits<float>::max() ? 0U : 1U;
  if (bad > 0) return std::nullopt;
  float back = 1.0F;  // static ranges are part of the output scales
  std::uint32_t clipped = 0;
  switch (parameters_.input_range.kind) {
    case InputRange::Kind::off:
      std::ranges::copy(x, row.begin());
      break;
    case InputRange::Kind::calibrated:
      if (statistics != nullptr) {
        for (const float v : x) clipped += std::abs(v) > range_ ? 1U : 0U;
      }
      for (std::size_t j = 0; j < row.size(); ++j) row[j] = std::min(std::max(x[j], -range_), range_) * (1.0F / range_);
      break;
    case InputRange::Kind::per_vector:
    case InputRange::Kind::constrained:
      back = vector_range(x);
      for (std::size_t j = 0; j < row.size(); ++j) row[j] = x[j] / back;
  }
  if (job.attenuation != 1.0F) {
    for (float& v : row) v *= job.attenuation;
    back /= job.attenuation;
  }
  const auto& dac_bits = parameters_.dac.bits;
  const auto& format = parameters_.digital.activation_format;
  // Activations travel on the input converter's own grid when the widths agree: rounding twice would change nothing.
  if (format.kind == periphery::NumberFormat::Kind::integer && (format.integer_bits != dac_bits || parameters_.dac.stochastic_rounding)) {
    Quantiser(format.integer_bits, 1.0F).apply(row);
  } else if (format.kind != periphery::NumberFormat::Kind::integer) {
    periphery::round_to(format, row);
  }
  if (dac_bits && parameters_.dac.stochastic_rounding) {
    thread_local std::vector<float> dither;
    dither.resize(row.size());
    draws.input_rounding.uniforms(job.event, 0, dither);
    Quantiser(*dac_bits, 1.0F).apply(row, dither);
  } else if (dac_bits) {
    Quantiser(*dac_bits, 1.0F).apply(row);
  }
  if (statistics != nullptr) {
    statistics->vectors += 1;
    statistics->inputs += row.size();
    statistics->clipped_inputs += clipped;
  }
  return back;
}

void TileArray::measure(std::span<const float> row, MvmStatistics& statistics) const {
  if (row_siemens_.size() != row.size()) throw std::logic_error("TileArray: power is asked for before conductances are measured");
  const periphery::DacParameters& dac = parameters_.dac;
  const double levels = dac.bits ? static_cast<double>(Quantiser::largest_code(*dac.bits)) : 1.0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    const double share = periphery::drive_share(dac, std::abs(static_cast<double>(row[j])));
    statistics.pulses += dac.coding == periphery::InputCoding::bit_serial ? share * dac.phases() : std::abs(static_cast<double>(row[j])) * levels;
    statistics.driven_siemens += share * row_siemens_[j];
  }
}

void TileArray::select(std::span<const float> row, std::size_t readout, std::span<float> driven) const {
  const int phases = parameters_.dac.phases();
  const bool negative_pass = static_cast<int>(readout) >= phases;
  std::ranges::copy(row, driven.begin());
  if (parameters_.dac.passes != InputPasses::one) {
    for (float& v : driven) v = negative_pass ? std::min(v, 0.0F) : std::max(v, 0.0F);
  }
  if (phases == 1) return;
  // Bit `phase` of the magnitude, least significant first, with the sign of the whole.
  const auto phase = static_cast<unsigned>(static_cast<int>(readout) % phases);
  const float limit = Quantiser::largest_code(*parameters_.dac.bits);
  for (float& v : driven) {
    const auto code = static_cast<std::uint32_t>(Quantiser::round_even(std::abs(v) * limit));
    v = std::copysign(static_cast<float>((code >> phase) & 1U), v);
  }
}

float TileArray::interleave(std::span<float> driven, const base::EventId& event, const Draws& draws, float* interleaved) const {
  if (parameters_.dac.input_noise > 0.0) {
    thread_local std::vector<float> normals;
    normals.resize(driven.size());
    draws.input.normals(event, 0, normals);
    const auto sigma = static_cast<float>(parameters_.dac.input_noise);
    for (std::size_t j = 0; j < driven.size(); ++j) driven[j] += sigma * normals[j];
  }
  if (parameters_.input_asymmetry != 0.0) {
    const auto factor = static_cast<float>(1.0 - parameters_.input_asymmetry);
    for (float& v : driven) v = v < 0.0F ? v * factor : v;
  }
  float norm_square = 0.0F;
  if (parameters_.read_noise == ReadNoise::constant) {
    for (const float v : driven) norm_square += v * v;
  }
  // Converted already: the stage only lays the values out.
  std::uint64_t none_clipped = 0;
  (void)InputStage{.ranged = false, .profile = profile_, .selection = selection_}.run(driven, interleaved, none_clipped);
  return norm_square;
}

void TileArray::drop_voltage(std::span<float> y, const float* shaped, const float* load) const {
  const auto per_load = static_cast<float>(static_cast<double>(block_.inputs()) / parameters_.wires.ratio);
  const auto scale = static_cast<float>(parameters_.wires.scale);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const float a = per_load * load[i];
    const float c = a * (0.5F + a * (-0.2F + a * 0.05F));
    y[i] -= scale * c * shaped[i];
  }
}

void TileArray::read_out(std::span<float> y, const float* variance, float norm_square, const base::EventId& event, const Draws& draws,
                         std::size_t slice, std::span<const float> drawn) const {
  thread_local std::vector<float> normal_storage;
  normal_storage.resize(y.size());
  const std::span<float> normals(normal_storage);
  const Readout& readout = parameters_.readout;
  if (!static_.kept.empty()) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] *= static_.kept[i];
  }
  if (readout.series > 0.0) {
    const auto series = static_cast<float>(readout.series);
    const auto limit = static_cast<float>(readout.series_limit);
    for (float& v : y) v /= 1.0F + std::min(series * std::abs(v), limit);
  }
  const auto read = static_cast<float>(parameters_.read_noise_scale * parameters_.read_noise_scale);
  const auto out = static_cast<float>(parameters_.output_noise * parameters_.output_noise);
  const bool reads = parameters_.read_noise != ReadNoise::off && read > 0.0F;
  const auto read_variance = [&](std::size_t i) { return selection_.square ? read * variance[i] : read * norm_square; };
  if (static_.curvature.empty() && static_.output_sigma.empty()) {
    // Read and output noise are both normal and nothing stands between them: one draw with the summed variance.
    if (reads || out > 0.0F) {
      if (drawn.empty()) draws.output[slice].normals(event, 0, normals);
      const float* numbers = drawn.empty() ? normals.data() : drawn.data();
      if (selection_.square) {
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += std::sqrt(read * variance[i] + out) * numbers[i];
      } else {
        const float sigma = std::sqrt((reads ? read * norm_square : 0.0F) + out);
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += sigma * numbers[i];
      }
    }
  } else {
    if (reads) {
      draws.read[slice].normals(event, 0, normals);
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += std::sqrt(read_variance(i)) * normals[i];
    }
    if (!static_.curvature.empty()) {
      for (std::size_t i = 0; i < y.size(); ++i) y[i] *= static_.curve_factor / (1.0F + static_.curvature[i] * std::abs(y[i]));
    }
    if (out > 0.0F) {
      draws.output[slice].normals(event, 0, normals);
      const auto common = static_cast<float>(parameters_.output_noise);
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += (static_.output_sigma.empty() ? common : static_.output_sigma[i]) * normals[i];
    }
  }
  if (readout.asymmetry != 0.0) {
    const auto factor = static_cast<float>(1.0 - readout.asymmetry);
    for (float& v : y) v = v < 0.0F ? v * factor : v;
  }
}

std::size_t TileArray::digitise(std::span<float> y, const base::EventId& event, const Draws& draws, std::size_t slice) const {
  if (!adcs_[slice].stochastic()) return adcs_[slice].convert(y, {});
  thread_local std::vector<float> dither;
  dither.resize(y.size());
  draws.output_rounding[slice].uniforms(event, 0, dither);
  return adcs_[slice].convert(y, dither);
}

std::optional<InputStage> TileArray::input_stage() const {
  const bool ranged = parameters_.input_range.kind == InputRange::Kind::calibrated;
  const bool is_static = ranged || parameters_.input_range.kind == InputRange::Kind::off;
  const auto& dac = parameters_.dac;
  const auto& format = parameters_.digital.activation_format;
  using Kind = periphery::NumberFormat::Kind;
  const bool on_grid = format.kind == Kind::float32 || (format.kind == Kind::integer && format.integer_bits == dac.bits);
  const bool plain = dac.readouts() == 1 && !dac.stochastic_rounding && dac.input_noise == 0.0 && parameters_.input_asymmetry == 0.0 &&
                     parameters_.read_noise != ReadNoise::constant;
  if (!is_static || !on_grid || !plain) return std::nullopt;
  return InputStage{range_, ranged, dac.bits ? Quantiser::largest_code(*dac.bits) : 0.0F, profile_, selection_};
}

bool TileArray::draws_together() const {
  const bool noisy = parameters_.output_noise > 0.0 || (parameters_.read_noise != ReadNoise::off && parameters_.read_noise_scale > 0.0);
  return noisy && static_.curvature.empty() && static_.output_sigma.empty() &&
         static_cast<std::size_t>(block_.outputs()) <= base::RandomStream::short_length;
}

bool TileArray::convert(std::span<const Job> jobs, const Draws& draws, std::span<float> y, std::vector<Job>* clipped,
                        MvmStatistics* statistics) const {
  const auto inputs = static_cast<std::size_t>(block_.inputs());
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  const auto padded = static_cast<std::size_t>(slices_.front().weights().padded_outputs());
  const auto count = static_cast<std::size_t>(selection_.count());
  const auto readouts = static_cast<std::size_t>(parameters_.dac.readouts());
  const auto phases = static_cast<std::size_t>(parameters_.dac.phases());
  const bool sums_signs = parameters_.dac.passes == InputPasses::two_analog;
  const auto bound = static_cast<float>(parameters_.adc.bound.value_or(0.0));
  thread_local std::vector<float> row, driven, interleaved, products_of, norms, backs;
  const std::size_t rows = jobs.size() * readouts;
  row.resize(inputs);
  driven.resize(inputs);
  interleaved.resize(rows * inputs * count);
  norms.resize(rows);
  backs.resize(jobs.size());
  products_of.resize(rows * padded * count);
  const auto event_of = [&](const Job& job, std::size_t readout) {
    base::EventId event = job.event;
    event.pass = static_cast<std::uint8_t>(event.pass + readout / phases);
    event.phase = static_cast<std::uint8_t>(readout % phases);
    return event;
  };
  const auto stage = input_stage();
  const bool together = draws_together();
  thread_local std::vector<base::EventId> events;
  thread_local std::vector<float> noise;
  events.clear();
  if (together) {
    for (const Job& job : jobs) {
      for (std::size_t r = 0; r < readouts; ++r) events.push_back(event_of(job, r));
    }
  }
  for (std::size_t b = 0; b < jobs.size(); ++b) {
    const bool power = statistics != nullptr && statistics->power;
    if (stage && jobs[b].attenuation == 1.0F && !power) {
      std::uint64_t beyond_range = 0;
      if (!stage->run({jobs[b].x, inputs}, interleaved.data() + b * inputs * count, beyond_range)) return false;
      backs[b] = 1.0F;
      norms[b] = 0.0F;
      if (statistics != nullptr) {
        statistics->vectors += 1;
        statistics->inputs += inputs;
        statistics->clipped_inputs += beyond_range;
      }
      continue;
    }
    const auto back = drive(jobs[b], draws, row, statistics);
    if (!back) return false;
    backs[b] = *back;
    if (power) measure(row, *statistics);
    for (std::size_t r = 0; r < readouts; ++r) {
      const std::size_t at = b * readouts + r;
      const bool whole = readouts == 1;
      if (!whole) select(row, r, driven);
      norms[at] = interleave(whole ? row : driven, event_of(jobs[b], r), draws, interleaved.data() + at * inputs * count);
    }
  }
  const bool several = readouts > 1 || slices_.size() > 1;
  const float phase_scale = phases > 1 ? 1.0F / Quantiser::largest_code(*parameters_.dac.bits) : 1.0F;
  std::vector<std::size_t> beyond(jobs.size(), 0);
  for (std::size_t s = 0; s < slices_.size(); ++s) {
    products(slices_[s].weights(), selection_, rows, interleaved, products_of);
    if (together) {
      noise.resize(rows * outputs);
      draws.output[s].short_normals(events, outputs, noise);
    }
    const std::size_t one = rows * padded;
    for (std::size_t b = 0; b < jobs.size(); ++b) {
      float* total = y.data() + jobs[b].row * padded;
      for (std::size_t r = 0; r < readouts; ++r) {
        const std::size_t at = (b * readouts + r) * padded;
        const std::span<float> one_readout(products_of.data() + at, outputs);
        if (selection_.ir_drop) drop_voltage(one_readout, products_of.data() + one + at, products_of.data() + 2 * one + at);
        float* variance = selection_.square ? products_of.data() + (count - 1) * one + at : nullptr;
        float norm = norms[b * readouts + r];
        if (sums_signs && r < phases) continue;  // waits for the other sign
        if (sums_signs) {
          const std::size_t other = at - phases * padded;
          for (std::size_t i = 0; i < outputs; ++i) one_readout[i] += products_of[other + i];
          if (variance != nullptr) {
            for (std::size_t i = 0; i < outputs; ++i) variance[i] += products_of[(count - 1) * one + other + i];
          }
          norm += norms[b * readouts + r - phases];
        }
        const base::EventId event = event_of(jobs[b], r);
        read_out(one_readout, variance, norm, event, draws, s,
                 together ? std::span<const float>(noise).subspan((b * readouts + r) * outputs, outputs) : std::span<const float>());
        beyond[b] += digitise(one_readout, event, draws, s);
        if (statistics != nullptr && bound > 0.0F) {
          float most = 0.0F;
          for (const float v : one_readout) most = std::max(most, std::abs(v));
          statistics->largest_output = std::max(statistics->largest_output, most / bound);
        }
        if (!several) {
          std::ranges::copy(one_readout, total);
          continue;
        }
        const float factor = slice_factors_[s] * phase_scale * static_cast<float>(1U << (r % phases));
        const bool first = s == 0 && (sums_signs ? r == phases : r == 0);
        for (std::size_t i = 0; i < outputs; ++i) total[i] = (first ? 0.0F : total[i]) + factor * one_readout[i];
      }
    }
  }
  for (std::size_t b = 0; b < jobs.size(); ++b) {
    if (backs[b] != 1.0F) {
      float* total = y.data() + jobs[b].row * padded;
      for (std::size_t i = 0; i < outputs; ++i) total[i] *= backs[b];
    }
    if (statistics != nullptr) {
      statistics->outputs += outputs * static_cast<std::size_t>(parameters_.conversions_per_output());
      statistics->clipped_outputs += beyond[b];
    }
    if (clipped != nullptr && beyond[b] > 0) clipped->push_back(jobs[b]);
  }
  return true;
}

bool TileArray::convert_all(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, const Draws& draws,
                            std::span<float> y, MvmStatistics* statistics) const {
  thread_local std::vector<Job> jobs;
  jobs.clear();
  for (std::size_t b = 0; b < events.size(); ++b) jobs.push_back({x.data() + b * x_stride, events[b], 1.0F, b});
  if (!parameters_.adc.repeat_clipped) return convert(jobs, draws, y, nullptr, statistics);
  // Halving goes on until inputs would fall below a quarter of their grid's step; without a grid, a thousandfold.
  constexpr float share_of_step = 0.25F;
  constexpr float most_without_grid = 1000.0F;
  const float most = parameters_.dac.bits ? share_of_step * Quantiser::largest_code(*parameters_.dac.bits) : most_without_grid;
  std::vector<Job> pending = jobs;
  while (!pending.empty()) {
    std::vector<Job> clipped;
    if (!convert(pending, draws, y, &clipped, statistics)) return false;
    std::erase_if(clipped, [&](const Job& job) { return 1.0F / job.attenuation > most; });
    for (Job& job : clipped) {
      job.attenuation *= 0.5F;
      ++job.event.attempt;
    }
    pending = std::move(clipped);
  }
  return true;
}

bool TileArray::contributions(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, const Draws& streams,
                              std::span<float> y, bool partial_sum, MvmStatistics* statistics,
                              const std::function<void(std::size_t, std::span<const float>)>& converted) const {
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  const auto padded = static_cast<std::size_t>(slices_.front().weights().padded_outputs());
  if (!convert_all(x, x_stride, events, streams, y, statistics)) return false;
  for (std::size_t b = 0; b < events.size(); ++b) {
    const auto row = y.subspan(b * padded, outputs);
    if (converted) converted(b, row);
    for (std::size_t i = 0; i < outputs; ++i) row[i] *= output_scale_[i];
    if (partial_sum) periphery::round_to(parameters_.digital.partial_sum_format, row);
  }
  return true;
}

bool TileArray::accumulate(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::span<float> y,
                           std::size_t y_stride, bool partial_sum, MvmStatistics* statistics, std::vector<std::size_t>* saturated) const {
  // Rows at once: enough to reuse the weights, few enough that the kernel's inputs and outputs stay in the second-level cache.
  constexpr std::size_t rows_at_once = 24;
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  const auto padded = static_cast<std::size_t>(slices_.front().weights().padded_outputs());
  thread_local std::vector<float> rows_of;
  rows_of.resize(rows_at_once * padded);
  const Draws streams = draws(time_index_);
  // Where one conversion gives the output, and nothing multiplies it afterwards. What was rounded may lie a rounding below the bound.
  constexpr double rounding = 1e-6;
  const bool single = parameters_.input_range.is_static() && !parameters_.adc.repeat_clipped;
  const auto bound = saturated != nullptr && single ? static_cast<float>(parameters_.adc.bound.value_or(0.0) * (1 - rounding)) : 0.0F;
  for (std::size_t first = 0; first < events.size(); first += rows_at_once) {
    const std::size_t rows = std::min(rows_at_once, events.size() - first);
    std::function<void(std::size_t, std::span<const float>)> note;
    if (bound > 0.0F) {
      note = [&](std::size_t b, std::span<const float> row) {
        float most = 0.0F;
        for (const float v : row) most = std::max(most, std::abs(v));
        for (std::size_t i = 0; most >= bound && i < outputs; ++i) {
          if (std::abs(row[i]) >= bound) saturated->push_back((first + b) * y_stride + static_cast<std::size_t>(block_.output_begin) + i);
        }
      };
    }
    const auto part = x.subspan(first * x_stride + static_cast<std::size_t>(block_.input_begin));
    if (!contributions(part, x_stride, events.subspan(first, rows), streams, rows_of, partial_sum, statistics, note)) return false;
    for (std::size_t b = 0; b < rows; ++b) {
      add_contribution(std::span(rows_of).subspan(b * padded, outputs),
                       y.subspan((first + b) * y_stride + static_cast<std::size_t>(block_.output_begin), outputs));
    }
  }
  return true;
}

bool TileArray::contribute(std::span<const float> x, const base::EventId& event, std::span<float> y, bool partial_sum,
                           MvmStatistics* statistics) const {
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  thread_local std::vector<float> row;
  row.resize(static_cast<std::size_t>(slices_.front().weights().padded_outputs()));
  if (!contributions(x, x.size(), {&event, 1}, draws(time_index_), row, partial_sum, statistics, {})) return false;
  std::copy_n(row.begin(), outputs, y.begin());
  return true;
}

}  // namespace mho::tiles
