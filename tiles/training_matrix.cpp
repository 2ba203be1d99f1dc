#include "tiles/training_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/progress.h"
#include "tiles/scales.h"

namespace mho::tiles {

namespace {

/// Parameters of a tile in training: ideal devices, no drift compensation.
TileParameters trained(TileParameters parameters) {
  parameters.device = DeviceParameters{};
  parameters.device.kind = DeviceKind::ideal;
  parameters.device.stuck_rate = 0.0;
  parameters.coding = WeightCoding{};
  // Training holds signed weights, not one device for each sign.
  if (parameters.dac.splits_weights()) parameters.dac.passes = periphery::InputPasses::two_digital;
  parameters.compensation = DriftCompensation::none;
  if (parameters.wires.kind == Wires::Kind::exact) parameters.wires.kind = Wires::Kind::approximate;
  return parameters;
}

constexpr std::uint32_t noise_slice = 0, drop_slice = 1;

}  // namespace

TrainingMatrix::TrainingMatrix(const TileParameters& parameters, const MatrixLayout& layout, std::uint64_t seed) : layout_(layout), seed_(seed) {
  const TileParameters tile = trained(parameters);
  const std::vector<float> zeros(static_cast<std::size_t>(layout.inputs) * static_cast<std::size_t>(layout.outputs), 0.0F);
  effective_ = zeros;
  tiles_.reserve(layout.blocks.size());
  for (const Block& block : layout.blocks) {
    tiles_.emplace_back(tile, block, zeros, layout.inputs, 1.0F, 1.0F, seed, base::hash_name(layout.node), 0);
    first_scale_.push_back(scale_count_);
    scale_count_ += static_cast<std::size_t>(block.outputs());
  }
}

void TrainingMatrix::hold_panel(std::size_t which, int panel, std::span<const float> weights, std::span<const float> scales, const Step& step) {
  constexpr int lanes = PackedWeights::panel;
  const Block& block = layout_.blocks[which];
  const auto inputs = static_cast<std::size_t>(block.inputs());
  const std::span<float> held = tiles_[which].held().panel_values(panel);
  base::StreamKey key{.seed = seed_,
                      .purpose = base::Purpose::training,
                      .node = base::hash_name(layout_.node),
                      .block_row = static_cast<std::uint32_t>(block.row_part),
                      .block_column = static_cast<std::uint32_t>(block.column_part),
                      .slice = noise_slice,
                      .programming = step.number};
  const base::RandomStream noise(key);
  key.slice = drop_slice;
  const base::RandomStream drop(key);
  const bool noisy = step.noise != nullptr && !step.noise->none() && step.noise_scale > 0.0;
  const auto level = static_cast<float>(step.noise_scale);
  thread_local std::vector<float> normals, lots, row;
  normals.resize(inputs);
  lots.resize(inputs);
  row.resize(inputs);
  for (int lane = 0; lane < std::min(lanes, block.outputs() - panel * lanes); ++lane) {
    const int output = panel * lanes + lane;
    const float gamma = scales[first_scale_[which] + static_cast<std::size_t>(output)];
    const std::size_t first = static_cast<std::size_t>(block.output_begin + output) * static_cast<std::size_t>(layout_.inputs) +
                              static_cast<std::size_t>(block.input_begin);
    const auto own = weights.subspan(first, inputs);
    for (std::size_t j = 0; j < inputs; ++j) row[j] = std::min(std::max(own[j] / gamma, -1.0F), 1.0F);
    if (noisy) {
      noise.normals({.sample = static_cast<std::uint32_t>(output)}, 0, normals);
      step.noise->apply(row, normals, level);
    }
    if (step.drop_connect > 0.0) {
      drop.uniforms({.sample = static_cast<std::uint32_t>(output)}, 0, lots);
      for (std::size_t j = 0; j < inputs; ++j) row[j] = static_cast<double>(lots[j]) < step.drop_connect ? 0.0F : row[j];
    }
    float* effective = effective_.data() + first;
    for (std::size_t j = 0; j < inputs; ++j) {
      effective[j] = gamma * row[j];
      held[j * lanes + static_cast<std::size_t>(lane)] = row[j];
    }
  }
}

void TrainingMatrix::begin_step(std::span<const float> weights, std::span<const float> scales, std::span<const float> ranges, const Step& step,
                                int threads) {
  if (weights.size() != effective_.size() || scales.size() != scale_count_ || ranges.size() != static_cast<std::size_t>(layout_.row_parts)) {
    throw std::logic_error("TrainingMatrix: sizes of weights, scales or ranges do not belong to the layout of " + layout_.node);
  }
  std::vector<std::pair<std::size_t, int>> panels;
  for (std::size_t b = 0; b < tiles_.size(); ++b) {
    const Block& block = layout_.blocks[b];
    tiles_[b].begin_step(scales.subspan(first_scale_[b], static_cast<std::size_t>(block.outputs())), ranges[static_cast<std::size_t>(block.row_part)],
                         step.number);
    for (int p = 0; p < tiles_[b].held().panels(); ++p) panels.emplace_back(b, p);
  }
  // Starting a thread takes as long as the noise of some ten thousand weights.
  constexpr std::size_t weights_worth_a_thread = 1U << 15U;
  const int helpers = weights.size() < weights_worth_a_thread ? 1 : threads;
  base::parallel_for(panels.size(), helpers, [&](std::size_t k) { hold_panel(panels[k].first, panels[k].second, weights, scales, step); });
}

void TrainingMatrix::forward(std::span<const float> x, std::span<const base::EventId> events, std::span<float> y, MvmStatistics* statistics,
                             std::vector<std::vector<std::size_t>>* saturated) const {
  const auto inputs = static_cast<std::size_t>(layout_.inputs), outputs = static_cast<std::size_t>(layout_.outputs);
  std::fill_n(y.begin(), static_cast<std::ptrdiff_t>(events.size() * outputs), 0.0F);
  for (std::size_t b = 0; b < tiles_.size(); ++b) {
    std::vector<std::size_t>* const own = saturated == nullptr ? nullptr : &saturated->at(static_cast<std::size_t>(layout_.blocks[b].row_part));
    if (tiles_[b].accumulate(x, inputs, events, y, outputs, layout_.row_parts > 1, statistics, own)) continue;
    throw base::UserError(
        fmt::format("node {}: an input of the tile is not a finite number; the training diverged, or the data hold NaN", layout_.node),
        base::ExitCode::failed_check);
  }
}

std::vector<float> mapped_scales(const TileParameters& parameters, const MatrixLayout& layout, std::span<const float> weights) {
  std::vector<float> scales;
  const float unit = scale_unit(weights);
  for (const Block& block : layout.blocks) {
    const auto own = column_scales(parameters, block, weights, layout.inputs, unit);
    scales.insert(scales.end(), own.begin(), own.end());
  }
  return scales;
}

}  // namespace mho::tiles
