// The state of a tile: programming, ageing, drift compensation. The product is in tile_mvm.cpp.
#include "tiles/tile_array.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tiles/analog_matrix.h"
#include "tiles/scales.h"

namespace mho::tiles {

namespace {

/// time_index of the reading right after programming, the reference of the drift compensation. No evaluation time has this index.
constexpr std::uint32_t reference_reading_index = 0xFFFFFFFFU;
/// Bit in the time_index of readings that measured the drift compensation at an earlier age. Indices of evaluation times are smaller.
constexpr std::uint32_t earlier_reading_bit = 0x80000000U;
/// EventId::pass of readings for the drift compensation: 254 and 255. Inference uses 0 and 1.
constexpr std::uint8_t compensation_pass = 254;

/// The block's weights over the scale of their output, clipped to +-1, [inputs][outputs].
void scale_weights(std::span<const float> weights, std::size_t matrix_inputs, const Block& block, std::span<const float> scales,
                   std::vector<float>& scaled) {
  const auto inputs = static_cast<std::size_t>(block.inputs());
  const auto outputs = static_cast<std::size_t>(block.outputs());
  const auto first_weight = static_cast<std::size_t>(block.output_begin) * matrix_inputs + static_cast<std::size_t>(block.input_begin);
  scaled.resize(inputs * outputs);
  // Transposed a few outputs at a time, so that each cache line of the result is written once.
  constexpr std::size_t outputs_at_once = 16;
  for (std::size_t first = 0; first < outputs; first += outputs_at_once) {
    for (std::size_t j = 0; j < inputs; ++j) {
      for (std::size_t i = first; i < std::min(first + outputs_at_once, outputs); ++i) {
        scaled[j * outputs + i] = std::min(std::max(weights[first_weight + i * matrix_inputs + j] / scales[i], -1.0F), 1.0F);
      }
    }
  }
}

}  // namespace

TileArray::TileArray(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float unit, float range,
                     std::uint64_t seed, std::uint64_t node, std::uint32_t programming, ConductanceExchange* exchange)
    : parameters_(parameters),
      block_(block),
      identity_{seed,
                node,
                static_cast<std::uint32_t>(block.row_part),
                static_cast<std::uint32_t>(block.column_part),
                programming,
                static_cast<std::uint32_t>(block.copy)},
      range_(parameters.input_range.is_static() ? range : 1.0F) {
  selection_.ir_drop = parameters_.wires.kind == Wires::Kind::approximate;
  selection_.square = parameters_.read_noise == ReadNoise::pcm && parameters_.read_noise_scale > 0.0;
  scales_ = column_scales(parameters_, block_, weights, matrix_inputs, unit, &outside_scales_);
  thread_local std::vector<float> scaled;
  scale_weights(weights, static_cast<std::size_t>(matrix_inputs), block_, scales_, scaled);
  profile_ = ir_drop_profile(parameters_.wires, inputs());
  const std::shared_ptr<const Device> device = make_device(parameters_.device);
  for (const SliceWeights& slice : slice_weights(parameters_.coding, scaled)) add_slice(slice, device, exchange);
  spread_ = draw_readout_spread(parameters_, outputs(), base::RandomStream(identity_.key(base::Purpose::offset, 0, 0, 0)));
  output_scale_.resize(outputs());
  measure_reference();
  for (std::size_t i = 0; i < outputs(); ++i) output_scale_[i] = range_ * scales_[i];
}

void TileArray::add_slice(const SliceWeights& slice, const std::shared_ptr<const Device>& device, ConductanceExchange* exchange) {
  const auto index = static_cast<int>(slices_.size());
  slices_.emplace_back(parameters_, device, identity_, index, block_.inputs(), block_.outputs(), slice.weights, exchange,
                       parameters_.block_selector ? &block_ : nullptr);
  slice_factors_.push_back(slice.factor);
  const base::RandomStream stream(identity_.key(base::Purpose::converter, static_cast<std::uint32_t>(index), 0, 0));
  const auto property_of = [](int property) { return base::EventId{.phase = static_cast<std::uint8_t>(property)}; };
  adcs_.emplace_back(parameters_.adc, outputs(),
                     periphery::StaticDraws{[&](int property, std::span<float> out) { stream.normals(property_of(property), 0, out); },
                                            [&](int property, std::span<float> out) { stream.uniforms(property_of(property), 0, out); }});
}

TileArray::Draws TileArray::draws(std::uint32_t time_index) const {
  const auto stream = [&](base::Purpose purpose, std::size_t slice, std::uint32_t sign) {
    return base::RandomStream(identity_.key(purpose, static_cast<std::uint32_t>(slice), sign, time_index));
  };
  Draws all{stream(base::Purpose::input, 0, 0), stream(base::Purpose::rounding, 0, 0), {}, {}, {}};
  for (std::size_t line = 0; line < lines(); ++line) {
    all.read.push_back(stream(base::Purpose::read, line, 0));
    all.output.push_back(stream(base::Purpose::output, line, 0));
    all.output_rounding.push_back(stream(base::Purpose::rounding, line, 1));
  }
  return all;
}

std::vector<double> TileArray::one_hot_products(std::uint32_t time_index) const {
  // For a one-hot vector of full scale, step 4 gives a row of the packed weights: bit for bit the result of products(), without multiplying zeros.
  std::vector<float> row(padded_outputs()), shaped(padded_outputs()), load(padded_outputs()), drawn;
  if (draws_together()) drawn.resize(outputs());
  std::vector<double> magnitudes(outputs(), 0.0);
  const Draws streams = draws(time_index);
  for (std::size_t j = 0; j < inputs(); ++j) {
    slices_.front().weights().copy_row(static_cast<int>(j), row);
    for (std::size_t i = 0; i < row.size(); ++i) {
      shaped[i] = row[i] * profile_[j];
      load[i] = std::abs(row[i]);  // serves also for the square of the input, which is 1
    }
    const base::EventId event{.sample = static_cast<std::uint32_t>(j), .pass = compensation_pass};
    const auto y = std::span(row).first(outputs());
    if (selection_.ir_drop) subtract_ir_drop(parameters_.wires, inputs(), shaped, load, y);
    if (!drawn.empty()) streams.output[0].short_normals({&event, 1}, outputs(), drawn);
    read_out(y, {selection_.square ? std::span<const float>(load) : std::span<const float>(), 1.0F}, event, streams, 0, drawn);
    for (std::size_t i = 0; i < outputs(); ++i) magnitudes[i] += static_cast<double>(std::abs(y[i]));
  }
  for (double& sum : magnitudes) sum /= static_cast<double>(inputs());
  return magnitudes;
}

std::vector<double> TileArray::one_hot_readings(std::uint32_t time_index) const {
  const bool plain = lines() == 1 && parameters_.dac.readouts() == 1 && parameters_.dac.input_noise == 0.0 && !parameters_.adc.repeat_clipped;
  if (plain) return one_hot_products(time_index);
  // Rows of the identity, a few at a time: the matrix of one-hot inputs itself would be as large as the weights.
  constexpr std::size_t rows_at_once = 32;
  std::vector<float> x(rows_at_once * inputs());
  std::vector<base::EventId> events(rows_at_once);
  std::vector<float> y(rows_at_once * padded_outputs());
  std::vector<double> sums(outputs(), 0.0);
  const Draws streams = draws(time_index);
  for (std::size_t first = 0; first < inputs(); first += rows_at_once) {
    const std::size_t rows = std::min(rows_at_once, inputs() - first);
    std::ranges::fill(x, 0.0F);
    for (std::size_t r = 0; r < rows; ++r) {
      x[r * inputs() + first + r] = range_;
      events[r].sample = static_cast<std::uint32_t>(first + r);
      events[r].pass = compensation_pass;
    }
    (void)convert_all(x, inputs(), std::span(events).first(rows), streams, y, nullptr);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t i = 0; i < outputs(); ++i) sums[i] += static_cast<double>(std::abs(y[r * padded_outputs() + i]));
    }
  }
  for (double& sum : sums) sum /= static_cast<double>(inputs());
  return sums;
}

void TileArray::measure_reference() {
  const bool reads = parameters_.compensation == DriftCompensation::global || parameters_.compensation == DriftCompensation::column;
  for (CellArray& slice : slices_) {
    if (reads) slice.read(0.0, reference_reading_index);
  }
  switch (parameters_.compensation) {
    case DriftCompensation::none:
      return;
    case DriftCompensation::exact:
      reference_ = {mean_magnitude(true)};
      return;
    case DriftCompensation::global:
    case DriftCompensation::column:
      reference_ = one_hot_readings(reference_reading_index);
  }
}

double TileArray::mean_magnitude(bool programmed) const {
  double sum = 0;
  for (std::size_t s = 0; s < slices_.size(); ++s) {
    sum += static_cast<double>(slice_factors_[s]) * (programmed ? slices_[s].programmed_magnitude() : slices_[s].mean_magnitude());
  }
  return sum;
}

void TileArray::compensate(std::uint32_t time_index) {
  const std::size_t outputs = output_scale_.size();
  std::vector<float> factors(outputs, 1.0F);
  // A tile or column whose readings are 0 (weights zero, no noise) is not compensated.
  const auto ratio = [](double then, double now) { return then > 0.0 && now > 0.0 ? static_cast<float>(then / now) : 1.0F; };
  const auto total = [](const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); };
  switch (parameters_.compensation) {
    case DriftCompensation::none:
      break;
    case DriftCompensation::exact:
      std::ranges::fill(factors, ratio(reference_.front(), mean_magnitude(false)));
      break;
    case DriftCompensation::global:
      std::ranges::fill(factors, ratio(total(reference_), total(one_hot_readings(time_index))));
      break;
    case DriftCompensation::column: {
      const auto now = one_hot_readings(time_index);
      for (std::size_t i = 0; i < outputs; ++i) factors[i] = ratio(reference_[i], now[i]);
    }
  }
  set_factors(factors);
}

void TileArray::set_factors(const std::vector<float>& factors) {
  const std::size_t outputs = output_scale_.size();
  compensation_ = std::accumulate(factors.begin(), factors.end(), 0.0F) / static_cast<float>(outputs);
  if (parameters_.compensation != DriftCompensation::column) compensation_ = factors.front();
  for (std::size_t i = 0; i < outputs; ++i) output_scale_[i] = range_ * scales_[i] * factors[i];
}

void TileArray::begin_step(std::span<const float> scales, float range, std::uint32_t step) {
  identity_.programming = step;
  range_ = parameters_.input_range.is_static() ? range : 1.0F;
  for (std::size_t i = 0; i < output_scale_.size(); ++i) {
    scales_[i] = scales[i];
    output_scale_[i] = range_ * scales[i];
  }
}

void TileArray::measure_conductances() {
  row_siemens_.assign(static_cast<std::size_t>(block_.inputs()), 0.0);
  for (const CellArray& slice : slices_) slice.add_row_conductances(seconds_, time_index_, row_siemens_);
}

double TileArray::conductance_sum() const { return std::accumulate(row_siemens_.begin(), row_siemens_.end(), 0.0); }

void TileArray::set_time(double seconds, std::uint32_t time_index) {
  const double age = std::min(seconds, parameters_.refresh_s.value_or(seconds));
  seconds_ = age;
  time_index_ = time_index;
  const auto read = [&](double at, std::uint32_t index) {
    for (CellArray& slice : slices_) slice.read(at, index);
  };
  if (!parameters_.recalibration_s) {
    read(age, time_index);
    compensate(time_index);
    return;
  }
  // The evaluation is just before the next measurement: the factor was measured one interval ago, or within the first interval after programming.
  if (const double measured = age - *parameters_.recalibration_s; measured > 0) {
    read(measured, time_index | earlier_reading_bit);
    compensate(time_index | earlier_reading_bit);
  } else {
    set_factors(std::vector<float>(output_scale_.size(), 1.0F));
  }
  read(age, time_index);
}

}  // namespace mho::tiles
