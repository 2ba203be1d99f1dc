// The analog matrix-vector product of one tile: the eleven steps of mvm_steps.h and docs/model.md in their order. The options of a tile are the
// control flow around them:
//
//   accumulate    for each group of vectors:
//     convert_all   bound management: repeats the whole product with halved inputs while an output clips
//       convert       one batch:
//         drive         for each vector:                    1 input range, 2 DAC
//                         for each sign and bit of it:        3 input noise
//                       for each line (slice, and sign of weight if read separately), all rows at once:
//                                                           4 product
//         read_line       for each vector, sign and bit:      5 IR drop; then the sum of signs and bits that are added before the converters
//           read_out                                          6 offset and series resistance, 7 read noise, 8 output nonlinearity,
//                                                             9 output noise, 10 ADC
//                                                             11 digital: shift-and-add of bits, signs and slices
//                   for each vector:                      11 digital: scales, format of partial sums, sum over the tiles
//
// A row is one read-out of the array: one vector, or one sign and one bit of it.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "periphery/converters/quantiser.h"
#include "tiles/analog_matrix.h"
#include "tiles/mvm_steps.h"
#include "tiles/tile_array.h"

namespace mho::tiles {

namespace {

using periphery::InputPasses;
using periphery::Quantiser;

/// Random numbers of one row, valid until the next call of the same function in this thread.
std::span<const float> normals(const base::RandomStream& stream, const base::EventId& event, std::size_t count) {
  thread_local std::vector<float> numbers;
  numbers.resize(count);
  stream.normals(event, 0, numbers);
  return numbers;
}
std::span<const float> uniforms(const base::RandomStream& stream, const base::EventId& event, std::size_t count) {
  thread_local std::vector<float> numbers;
  numbers.resize(count);
  stream.uniforms(event, 0, numbers);
  return numbers;
}

float largest_magnitude(std::span<const float> values) {
  float most = 0.0F;
  for (const float v : values) most = std::max(most, std::abs(v));
  return most;
}

/// Appends the indices of values whose magnitude is at least `bound`; the first value has index `first`.
void note_saturated(std::span<const float> values, float bound, std::size_t first, std::vector<std::size_t>& saturated) {
  if (largest_magnitude(values) < bound) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(values[i]) >= bound) saturated.push_back(first + i);
  }
}

}  // namespace

/// State of one batch between the steps. A thread reuses it for its next batches, so that the arrays are allocated once.
struct TileArray::Batch {
  std::span<const Job> jobs;
  std::size_t phases = 1;             ///< bits of a vector that are read out one after the other
  std::size_t readouts = 1;           ///< rows of a vector, [sign][bit]
  std::vector<base::EventId> events;  ///< by row

  std::vector<float> vector, driven;  ///< one vector after the DAC, and the part of it that one row drives
  std::vector<float> operands;        ///< inputs of step 4: [rows][inputs][selection.count()]
  std::vector<float> square_norms;    ///< ||x||_2^2 by row where the read noise is constant, else 0
  std::vector<float> products;        ///< results of step 4: [selection.count()][rows][padded outputs]
  std::vector<float> noise;           ///< normal numbers of all rows where draws_together(): [rows][outputs]

  std::vector<float> factors;       ///< by job: divisor of the inputs in step 1 and bound management
  std::vector<std::size_t> beyond;  ///< by job: outputs beyond the converters' bound

  [[nodiscard]] std::size_t rows() const { return jobs.size() * readouts; }
};

/// Results of step 4 for one row, by output; empty if not selected.
struct TileArray::Sums {
  std::span<float> y;       ///< sum_j w_ij x_j
  std::span<float> shaped;  ///< sum_j w_ij x_j p_j
  std::span<float> load;    ///< sum_j |w_ij x_j|
  std::span<float> square;  ///< sum_j |w_ij| x_j^2
};

TileArray::Sums TileArray::sums(Batch& batch, std::size_t row) const {
  const auto part = [&](std::size_t which) { return std::span(batch.products).subspan((which * batch.rows() + row) * padded_outputs(), outputs()); };
  Sums sums{part(0), {}, {}, {}};
  if (selection_.ir_drop) {
    sums.shaped = part(1);
    sums.load = part(2);
  }
  if (selection_.square) sums.square = part(static_cast<std::size_t>(selection_.count()) - 1);
  return sums;
}

void TileArray::begin(Batch& batch, std::span<const Job> jobs) const {
  const auto count = static_cast<std::size_t>(selection_.count());
  batch.jobs = jobs;
  batch.phases = static_cast<std::size_t>(parameters_.dac.phases());
  batch.readouts = static_cast<std::size_t>(parameters_.dac.driven_vectors());
  batch.events.clear();
  for (const Job& job : jobs) {
    for (std::size_t r = 0; r < batch.readouts; ++r) {
      base::EventId event = job.event;
      event.pass = static_cast<std::uint8_t>(event.pass + r / batch.phases);
      event.phase = static_cast<std::uint8_t>(r % batch.phases);
      batch.events.push_back(event);
    }
  }
  batch.vector.resize(inputs());
  batch.driven.resize(inputs());
  batch.operands.resize(batch.rows() * inputs() * count);
  batch.square_norms.resize(batch.rows());
  batch.products.resize(batch.rows() * padded_outputs() * count);
  batch.factors.resize(jobs.size());
  batch.beyond.assign(jobs.size(), 0);
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

bool TileArray::drive(Batch& batch, const Draws& draws, MvmStatistics* statistics) const {
  const auto stage = input_stage();
  const bool power = statistics != nullptr && statistics->power;
  const std::size_t length = inputs() * static_cast<std::size_t>(selection_.count());
  for (std::size_t b = 0; b < batch.jobs.size(); ++b) {
    std::uint64_t clipped = 0;
    if (stage && batch.jobs[b].attenuation == 1.0F && !power) {
      // Steps 1 and 2 in one pass; there is no noise for step 3.
      if (!stage->run({batch.jobs[b].x, inputs()}, batch.operands.data() + b * length, clipped)) return false;
      batch.factors[b] = 1.0F;
      batch.square_norms[b] = 0.0F;
    } else {
      if (!drive_vector(batch, b, draws)) return false;
      if (statistics != nullptr) clipped = beyond_range({batch.jobs[b].x, inputs()});
      if (power) measure(batch.vector, *statistics);
    }
    if (statistics != nullptr) {
      statistics->vectors += 1;
      statistics->inputs += inputs();
      statistics->clipped_inputs += clipped;
    }
  }
  return true;
}

bool TileArray::drive_vector(Batch& batch, std::size_t b, const Draws& draws) const {
  const Job& job = batch.jobs[b];
  const std::span<const float> x(job.x, inputs());
  const std::span<float> vector(batch.vector);
  if (!all_finite(x)) return false;

  float factor = apply_input_range(parameters_, range_, x, vector);  // step 1
  if (job.attenuation != 1.0F) {
    for (float& v : vector) v *= job.attenuation;
    factor /= job.attenuation;
  }
  batch.factors[b] = factor;

  const bool dithered = parameters_.dac.bits && parameters_.dac.stochastic_rounding;
  convert_inputs(parameters_, vector, dithered ? uniforms(draws.input_rounding, job.event, inputs()) : std::span<const float>());  // step 2

  const std::size_t length = inputs() * static_cast<std::size_t>(selection_.count());
  const bool noisy = parameters_.dac.input_noise > 0.0;
  for (std::size_t r = 0; r < batch.readouts; ++r) {
    const std::size_t row = b * batch.readouts + r;
    const std::span<float> driven = batch.driven;
    select_readout(parameters_.dac, vector, r, driven);
    add_input_noise(parameters_, noisy ? normals(draws.input, batch.events[row], inputs()) : std::span<const float>(), driven);  // step 3
    batch.square_norms[row] = parameters_.read_noise == ReadNoise::constant ? square_norm(driven) : 0.0F;
    interleave(driven, profile_, selection_, batch.operands.data() + row * length);
  }
  return true;
}

std::uint64_t TileArray::beyond_range(std::span<const float> x) const {
  if (parameters_.input_range.kind != InputRange::Kind::calibrated) return 0;
  std::uint32_t beyond = 0;
  for (const float v : x) beyond += std::abs(v) > range_ ? 1U : 0U;
  return beyond;
}

void TileArray::measure(std::span<const float> vector, MvmStatistics& statistics) const {
  if (row_siemens_.size() != vector.size()) throw std::logic_error("TileArray: power is asked for before conductances are measured");
  const periphery::DacParameters& dac = parameters_.dac;
  const double levels = dac.bits ? static_cast<double>(Quantiser::largest_code(*dac.bits)) : 1.0;
  for (std::size_t j = 0; j < vector.size(); ++j) {
    const double share = periphery::drive_share(dac, static_cast<double>(vector[j]));
    statistics.pulses += dac.coding == periphery::InputCoding::bit_serial ? share * dac.phases() : std::abs(static_cast<double>(vector[j])) * levels;
    statistics.driven_siemens += share * row_siemens_[j];
  }
}

bool TileArray::noise_is_one_draw() const { return spread_.curvature.empty() && spread_.output_sigma.empty(); }

bool TileArray::draws_together() const {
  const bool noisy = parameters_.output_noise > 0.0 || (parameters_.read_noise != ReadNoise::off && parameters_.read_noise_scale > 0.0);
  return noisy && noise_is_one_draw() && outputs() <= base::RandomStream::short_length;
}

std::size_t TileArray::read_out(std::span<float> y, const ReadLoad& load, const base::EventId& event, const Draws& draws, std::size_t line,
                                std::span<const float> drawn) const {
  const double s_w = parameters_.read_noise == ReadNoise::off ? 0.0 : parameters_.read_noise_scale;
  const double s_out = parameters_.output_noise;
  const bool reads = static_cast<float>(s_w * s_w) > 0.0F;
  const bool noisy = static_cast<float>(s_out * s_out) > 0.0F;

  apply_offset_and_series_resistance(parameters_.readout, spread_.kept, y);  // step 6
  if (noise_is_one_draw()) {
    if (reads || noisy) {
      const auto numbers = drawn.empty() ? normals(draws.output[line], event, y.size()) : drawn;
      add_read_and_output_noise(s_w, s_out, load, numbers, y);  // steps 7 and 9
    }
  } else {
    if (reads) add_read_noise(s_w, load, normals(draws.read[line], event, y.size()), y);           // step 7
    apply_s_curve(spread_, y);                                                                     // step 8
    if (noisy) add_output_noise(s_out, spread_, normals(draws.output[line], event, y.size()), y);  // step 9
  }
  weaken_negative(parameters_.readout.asymmetry, y);

  const periphery::Adc& adc = adcs_[slice_of(line)];
  return adc.convert(y, adc.stochastic() ? uniforms(draws.output_rounding[line], event, y.size()) : std::span<const float>());  // step 10
}

float TileArray::bit_weight(std::size_t bit) const {
  const periphery::DacParameters& dac = parameters_.dac;
  if (dac.phases() == 1) return 1.0F;
  const float weight = 1.0F / Quantiser::largest_code(*dac.bits) * static_cast<float>(1U << bit);
  return dac.twos_complement && bit + 1 == static_cast<std::size_t>(dac.phases()) ? -weight : weight;
}

bool TileArray::meet(Batch& batch, std::size_t row, std::size_t readout, ReadLoad& load) const {
  const Sums own = sums(batch, row);
  load = {own.square, batch.square_norms[row]};
  if (parameters_.dac.passes == InputPasses::two_analog) {
    if (readout < batch.phases) return false;  // is added to the row of the other sign
    const Sums other = sums(batch, row - batch.phases);
    add_contribution(other.y, own.y);
    add_contribution(other.square, own.square);
    load.of_row += batch.square_norms[row - batch.phases];
  }
  if (!parameters_.dac.sums_bits) return true;
  // The previous row contains the sum of the charges of the lower bits.
  const std::size_t bit = readout % batch.phases;
  const float weight = bit_weight(bit);
  for (float& v : own.y) v *= weight;
  for (float& v : own.square) v *= weight * weight;
  load.of_row *= weight * weight;
  if (bit > 0) {
    const Sums before = sums(batch, row - 1);
    add_contribution(before.y, own.y);
    add_contribution(before.square, own.square);
    load.of_row += batch.square_norms[row - 1];
  }
  batch.square_norms[row] = load.of_row;
  return bit + 1 == batch.phases;
}

void TileArray::read_line(Batch& batch, std::size_t line, const Draws& draws, std::span<float> y, MvmStatistics* statistics) const {
  const bool together = draws_together();
  const bool joined = batch.readouts > 1 || lines() > 1;
  const auto bound = static_cast<float>(parameters_.adc.bound.value_or(0.0));
  const float line_factor = line < slices_.size() ? slice_factors_[line] : -slice_factors_[slice_of(line)];
  for (std::size_t b = 0; b < batch.jobs.size(); ++b) {
    const auto total = y.subspan(batch.jobs[b].row * padded_outputs(), outputs());
    bool first = line == 0;
    for (std::size_t r = 0; r < batch.readouts; ++r) {
      const std::size_t row = b * batch.readouts + r;
      const Sums own = sums(batch, row);
      if (selection_.ir_drop) subtract_ir_drop(parameters_.wires, inputs(), own.shaped, own.load, own.y);  // step 5
      ReadLoad load;
      if (!meet(batch, row, r, load)) continue;
      const auto drawn = together ? std::span<const float>(batch.noise).subspan(row * outputs(), outputs()) : std::span<const float>();
      batch.beyond[b] += read_out(own.y, load, batch.events[row], draws, line, drawn);  // steps 6 to 10
      if (statistics != nullptr && bound > 0.0F) {
        statistics->largest_output = std::max(statistics->largest_output, largest_magnitude(own.y) / bound);
      }
      if (joined) {
        const float factor = parameters_.dac.sums_bits ? line_factor : line_factor * bit_weight(r % batch.phases);
        shift_and_add(factor, std::exchange(first, false), own.y, total);  // step 11
      } else {
        std::ranges::copy(own.y, total.begin());
      }
    }
  }
}

bool TileArray::convert(std::span<const Job> jobs, const Draws& draws, std::span<float> y, std::vector<Job>* clipped,
                        MvmStatistics* statistics) const {
  thread_local Batch batch;
  begin(batch, jobs);
  if (!drive(batch, draws, statistics)) return false;  // steps 1 to 3
  const std::vector<float> norms = lines() > 1 && parameters_.dac.sums_bits ? batch.square_norms : std::vector<float>();
  for (std::size_t line = 0; line < lines(); ++line) {
    products(weights_of(line), selection_, batch.rows(), batch.operands, batch.products);  // step 4
    if (draws_together()) {
      batch.noise.resize(batch.rows() * outputs());
      draws.output[line].short_normals(batch.events, outputs(), batch.noise);
    }
    if (!norms.empty()) batch.square_norms = norms;  // read_line() has added up those of bits
    read_line(batch, line, draws, y, statistics);    // steps 5 to 10, and shift-and-add
  }
  for (std::size_t b = 0; b < jobs.size(); ++b) {
    if (batch.factors[b] != 1.0F) {
      for (float& v : y.subspan(jobs[b].row * padded_outputs(), outputs())) v *= batch.factors[b];
    }
    if (statistics != nullptr) {
      statistics->outputs += outputs() * static_cast<std::size_t>(parameters_.conversions_per_output());
      statistics->clipped_outputs += batch.beyond[b];
    }
    if (clipped != nullptr && batch.beyond[b] > 0) clipped->push_back(jobs[b]);
  }
  return true;
}

bool TileArray::convert_all(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, const Draws& draws,
                            std::span<float> y, MvmStatistics* statistics) const {
  thread_local std::vector<Job> jobs;
  jobs.clear();
  for (std::size_t b = 0; b < events.size(); ++b) jobs.push_back({x.data() + b * x_stride, events[b], 1.0F, b});
  if (!parameters_.adc.repeat_clipped) return convert(jobs, draws, y, nullptr, statistics);
  // Halving ends once full scale is below 4 steps of the input grid (factor above a quarter of the largest code); without a grid, at a factor of
  // 1000.
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

bool TileArray::accumulate(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::span<float> y,
                           std::size_t y_stride, bool partial_sum, MvmStatistics* statistics, std::vector<std::size_t>* saturated) const {
  // Rows at once: enough to reuse the weights, few enough that the kernel's inputs and outputs stay in the second-level cache.
  constexpr std::size_t rows_at_once = 24;
  thread_local std::vector<float> converted;
  converted.resize(rows_at_once * padded_outputs());
  const Draws streams = draws(time_index_);
  periphery::OutsideFormat* const partial_sums = statistics == nullptr ? nullptr : &statistics->partial_sums;
  // Outputs are compared with the bound only if each is one conversion with a static range. Rounding may put a clipped output just below the bound.
  constexpr double rounding = 1e-6;
  const bool single = parameters_.input_range.is_static() && !parameters_.adc.repeat_clipped;
  const auto bound = saturated != nullptr && single ? static_cast<float>(parameters_.adc.bound.value_or(0.0) * (1 - rounding)) : 0.0F;
  for (std::size_t first = 0; first < events.size(); first += rows_at_once) {
    const std::size_t rows = std::min(rows_at_once, events.size() - first);
    const auto part = x.subspan(first * x_stride + static_cast<std::size_t>(block_.input_begin));
    if (!convert_all(part, x_stride, events.subspan(first, rows), streams, converted, statistics)) return false;
    for (std::size_t b = 0; b < rows; ++b) {
      const auto row = std::span(converted).subspan(b * padded_outputs(), outputs());
      const std::size_t place = (first + b) * y_stride + static_cast<std::size_t>(block_.output_begin);
      if (bound > 0.0F) note_saturated(row, bound, place, *saturated);
      scale_outputs(output_scale_, parameters_.digital, partial_sum, row, partial_sums);  // step 11
      add_contribution(row, y.subspan(place, outputs()));
    }
  }
  return true;
}

bool TileArray::contribute(std::span<const float> x, const base::EventId& event, std::span<float> y, bool partial_sum,
                           MvmStatistics* statistics) const {
  thread_local std::vector<float> converted;
  converted.resize(padded_outputs());
  if (!convert_all(x, x.size(), {&event, 1}, draws(time_index_), converted, statistics)) return false;
  const auto row = std::span(converted).first(outputs());
  scale_outputs(output_scale_, parameters_.digital, partial_sum, row, statistics == nullptr ? nullptr : &statistics->partial_sums);  // step 11
  std::ranges::copy(row, y.begin());
  return true;
}

}  // namespace mho::tiles
