#include "tiles/analog_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/error.h"
#include "tiles/product.h"
#include "tiles/scales.h"
#include "tiles/tile_array.h"

namespace mho::tiles {

namespace {

base::UserError not_finite(const std::string& node) {
  return base::UserError(
      fmt::format("node {}: an input of the tile is not a finite number; the layers before it overflow or the data hold NaN", node),
      base::ExitCode::failed_check);
}

}  // namespace

MvmStatistics& MvmStatistics::operator+=(const MvmStatistics& other) {
  vectors += other.vectors;
  inputs += other.inputs;
  clipped_inputs += other.clipped_inputs;
  outputs += other.outputs;
  clipped_outputs += other.clipped_outputs;
  partial_sums += other.partial_sums;
  largest_output = std::max(largest_output, other.largest_output);
  pulses += other.pulses;
  driven_siemens += other.driven_siemens;
  return *this;
}

struct AnalogMatrix::State {
  std::string node;
  int inputs = 0;
  int outputs = 0;
  std::vector<float> bias;
  std::vector<TileArray> tiles;
  std::vector<char> partial;  ///< by tile: its outputs are added to another tile's, so they cross a block boundary
  MatrixLayout layout;
};

AnalogMatrix::AnalogMatrix(const TileParameters& parameters, const MatrixLayout& layout, std::span<const float> weights, std::span<const float> bias,
                           std::span<const float> input_ranges, std::uint64_t seed, std::uint32_t programming,
                           std::span<ConductanceExchange> exchange)
    : state_(std::make_unique<State>()) {
  if (weights.size() != static_cast<std::size_t>(layout.inputs) * static_cast<std::size_t>(layout.outputs) ||
      (!bias.empty() && bias.size() != static_cast<std::size_t>(layout.outputs)) ||
      (!input_ranges.empty() && input_ranges.size() != static_cast<std::size_t>(layout.row_parts))) {
    throw std::logic_error("AnalogMatrix: sizes of weights, bias or input ranges do not belong to the layout of " + layout.node);
  }
  if (const auto bad = std::ranges::find_if_not(weights, [](float w) { return std::isfinite(w); }); bad != weights.end()) {
    const auto at = static_cast<std::size_t>(bad - weights.begin());
    throw base::UserError(
        fmt::format("node {}: the weight at output {}, input {} is {}; conductances need finite weights. Check the training of the network",
                    layout.node, at / static_cast<std::size_t>(layout.inputs), at % static_cast<std::size_t>(layout.inputs), *bad));
  }
  state_->node = layout.node;
  state_->inputs = layout.inputs;
  state_->outputs = layout.outputs;
  state_->bias.assign(bias.begin(), bias.end());
  state_->layout = layout;
  const std::uint64_t node = base::hash_name(layout.node);
  const float unit = scale_unit(weights);
  for (std::size_t b = 0; b < layout.all_blocks(); ++b) {
    const Block block = layout.block(b);
    const float range = input_ranges.empty() ? 1.0F : input_ranges[static_cast<std::size_t>(block.row_part)];
    TileParameters tile = parameters;
    if (input_ranges.empty() && tile.input_range.is_static()) tile.input_range.kind = InputRange::Kind::off;
    ConductanceExchange* own = exchange.empty() ? nullptr : &exchange[state_->tiles.size()];
    state_->tiles.emplace_back(tile, block, weights, layout.inputs, unit, range, seed, node, programming, own);
    const auto same_outputs = std::ranges::count(layout.blocks, block.column_part, &Block::column_part);
    state_->partial.push_back(same_outputs > 1 ? 1 : 0);
  }
}

AnalogMatrix::~AnalogMatrix() = default;
AnalogMatrix::AnalogMatrix(AnalogMatrix&&) noexcept = default;
AnalogMatrix& AnalogMatrix::operator=(AnalogMatrix&&) noexcept = default;

void AnalogMatrix::set_time(double seconds, std::uint32_t time_index) {
  for (TileArray& tile : state_->tiles) tile.set_time(seconds, time_index);
}

void AnalogMatrix::forward(std::span<const float> x, std::span<const base::EventId> events, std::span<float> y, MvmStatistics* statistics) const {
  const std::size_t batch = events.size();
  const auto inputs = static_cast<std::size_t>(state_->inputs);
  const auto outputs = static_cast<std::size_t>(state_->outputs);
  if (x.size() < batch * inputs || y.size() < batch * outputs) throw std::logic_error("AnalogMatrix::forward: a span is shorter than the batch");
  std::fill_n(y.begin(), static_cast<std::ptrdiff_t>(batch * outputs), 0.0F);
  const std::size_t blocks = state_->layout.blocks.size();
  for (std::size_t begin = 0, end = 0; begin < batch; begin = end) {
    // Successive rows on the same copy form one call.
    const int copy = state_->layout.copy_of(events[begin].position);
    for (end = begin + 1; end < batch && (state_->layout.copies == 1 || state_->layout.copy_of(events[end].position) == copy);) ++end;
    const std::size_t rows = end - begin;
    for (std::size_t k = static_cast<std::size_t>(copy) * blocks; k < (static_cast<std::size_t>(copy) + 1) * blocks; ++k) {
      if (!state_->tiles[k].accumulate(x.subspan(begin * inputs, rows * inputs), inputs, events.subspan(begin, rows),
                                       y.subspan(begin * outputs, rows * outputs), outputs, state_->partial[k] != 0, statistics))
        throw not_finite(state_->node);
    }
  }
  if (state_->bias.empty()) return;
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t i = 0; i < outputs; ++i) y[b * outputs + i] += state_->bias[i];
  }
}

void AnalogMatrix::contribute(std::size_t block, std::span<const float> x, const base::EventId& event, std::span<float> y,
                              MvmStatistics* statistics) const {
  const TileArray& tile = state_->tiles.at(block);
  if (x.size() != static_cast<std::size_t>(tile.block().inputs()) || y.size() != static_cast<std::size_t>(tile.block().outputs())) {
    throw std::logic_error("AnalogMatrix::contribute: a span does not have the size of the block");
  }
  if (!tile.contribute(x, event, y, state_->partial[block] != 0, statistics)) throw not_finite(state_->node);
}

void AnalogMatrix::measure_conductances() {
  for (TileArray& tile : state_->tiles) tile.measure_conductances();
}

double AnalogMatrix::conductance_sum(std::size_t block) const { return state_->tiles.at(block).conductance_sum(); }

periphery::OutsideFormat AnalogMatrix::outside_scales() const {
  periphery::OutsideFormat all;
  for (const TileArray& tile : state_->tiles) all += tile.outside_scales();
  return all;
}

std::vector<float> AnalogMatrix::compensation() const {
  std::vector<float> factors;
  for (const TileArray& tile : state_->tiles) factors.push_back(tile.compensation());
  return factors;
}

struct FloatMatrix::Packed {
  PackedWeights weights;
};

FloatMatrix::FloatMatrix(int inputs, int outputs, std::span<const float> weights, std::span<const float> bias) : bias_(bias.begin(), bias.end()) {
  if (weights.size() != static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs)) {
    throw std::logic_error("FloatMatrix: the number of weights is not inputs times outputs");
  }
  auto packed = std::make_shared<Packed>(Packed{PackedWeights(inputs, outputs)});
  for (int i = 0; i < outputs; ++i) {
    for (int j = 0; j < inputs; ++j) {
      packed->weights.at(j, i) = weights[static_cast<std::size_t>(i) * static_cast<std::size_t>(inputs) + static_cast<std::size_t>(j)];
    }
  }
  packed_ = std::move(packed);
}

void FloatMatrix::forward(std::span<const float> x, std::size_t batch, std::span<float> y) const {
  const PackedWeights& weights = packed_->weights;
  const auto outputs = static_cast<std::size_t>(weights.outputs());
  const auto padded = static_cast<std::size_t>(weights.padded_outputs());
  thread_local std::vector<float> result;
  result.resize(batch * padded);
  products(weights, {}, batch, x, result);
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t i = 0; i < outputs; ++i) y[b * outputs + i] = result[b * padded + i] + (bias_.empty() ? 0.0F : bias_[i]);
  }
}

namespace {

/// Weights of a block in [-1, 1], [output][input].
std::vector<float> scaled_weights(const TileParameters& parameters, const MatrixLayout& layout, const Block& block, std::span<const float> weights,
                                  float unit) {
  const auto scales = column_scales(parameters, block, weights, layout.inputs, unit);
  std::vector<float> scaled;
  scaled.reserve(static_cast<std::size_t>(block.inputs()) * static_cast<std::size_t>(block.outputs()));
  for (int i = block.output_begin; i < block.output_end; ++i) {
    for (int j = block.input_begin; j < block.input_end; ++j) {
      const float w = weights[static_cast<std::size_t>(i) * static_cast<std::size_t>(layout.inputs) + static_cast<std::size_t>(j)];
      scaled.push_back(std::clamp(w / scales[static_cast<std::size_t>(i - block.output_begin)], -1.0F, 1.0F));
    }
  }
  return scaled;
}

/// Whether a cell of a block conducts. A selector of blocks cuts off cells without a weight.
bool conducts(const TileParameters& parameters, const Block& block, std::size_t input, std::size_t output) {
  return !parameters.block_selector || block.holds(static_cast<int>(input), static_cast<int>(output));
}

}  // namespace

std::vector<double> target_row_conductances(const TileParameters& parameters, const MatrixLayout& layout, const Block& block,
                                            std::span<const float> weights, float unit) {
  const DeviceParameters& device = parameters.device;
  const double range = device.most_us - device.least_us;
  const bool differential = parameters.coding.kind == WeightCoding::Kind::differential;
  const auto inputs = static_cast<std::size_t>(block.inputs()), outputs = static_cast<std::size_t>(block.outputs());
  std::vector<double> rows(inputs, 0.0);
  for (const SliceWeights& slice : slice_weights(parameters.coding, scaled_weights(parameters, layout, block, weights, unit))) {
    for (std::size_t j = 0; j < inputs; ++j) {
      double shares = 0;
      std::size_t cells = 0;
      for (std::size_t i = 0; i < outputs; ++i) {
        const auto w = static_cast<double>(slice.weights[i * inputs + j]);
        shares += differential ? std::abs(w) : 0.5 * (w + 1.0);
        cells += conducts(parameters, block, j, i) ? 1U : 0U;
      }
      const double references = differential ? 0.0 : device.least_us + 0.5 * range;
      rows[j] += shares * range + static_cast<double>(cells) * device.least_us * (differential ? 2.0 : 1.0) + references;
    }
  }
  for (double& row : rows) row *= parameters.coding.pairs * base::unit::microsiemens.si();
  return rows;
}

double target_conductance_sum(const TileParameters& parameters, const MatrixLayout& layout, const Block& block, std::span<const float> weights,
                              float unit) {
  const std::vector<float> scaled = scaled_weights(parameters, layout, block, weights, unit);
  const DeviceParameters& device = parameters.device;
  const double range = device.most_us - device.least_us;
  const bool differential = parameters.coding.kind == WeightCoding::Kind::differential;
  std::size_t conducting = scaled.size();
  if (parameters.block_selector) {
    conducting = 0;
    for (std::size_t k = 0; k < scaled.size(); ++k) {
      const auto inputs = static_cast<std::size_t>(block.inputs());
      conducting += conducts(parameters, block, k % inputs, k / inputs) ? 1U : 0U;
    }
  }
  double sum_us = 0.0;
  for (const SliceWeights& slice : slice_weights(parameters.coding, scaled)) {
    double shares = 0;
    // Both devices of a pair have the least conductance, and one adds the weight. A single device has the middle of the range plus half the weight.
    for (const float w : slice.weights) shares += differential ? static_cast<double>(std::abs(w)) : 0.5 * (static_cast<double>(w) + 1.0);
    const auto cells = static_cast<double>(conducting);
    const double references = differential ? 0.0 : static_cast<double>(block.inputs()) * (device.least_us + 0.5 * range);
    sum_us += shares * range + cells * device.least_us * (differential ? 2.0 : 1.0) + references;
  }
  return sum_us * parameters.coding.pairs * base::unit::microsiemens.si();
}

}  // namespace mho::tiles
