#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "hw/chip/simulation.h"
#include "mapper/functional/functional_chip.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {

/// Normal numbers in place of what a hand-made network has for weights.
inline workloads::Network with_weights(workloads::Network network, float deviation = 0.2F) {
  for (std::size_t m = 0; m < network.matrices.size(); ++m) {
    const base::RandomStream stream({.seed = 5, .purpose = base::Purpose::data, .node = m});
    stream.normals({}, 0, network.matrices[m].weights);
    for (float& w : network.matrices[m].weights) w *= deviation;
  }
  return network;
}

inline std::vector<ChipSample> random_samples(const workloads::Network& network, std::size_t count, float deviation = 1.0F) {
  std::vector<ChipSample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    ChipSample sample;
    sample.id = static_cast<std::uint32_t>(17 + i);
    sample.values.resize(static_cast<std::size_t>(workloads::element_count(network.values[static_cast<std::size_t>(network.input)].shape)));
    base::RandomStream({.seed = 6, .purpose = base::Purpose::data, .node = i}).normals({}, 0, sample.values);
    for (float& v : sample.values) v *= deviation;
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// On tiles whose inputs are ordinary numbers.
inline workloads::TiledNetwork with_ordinary_inputs(workloads::Network network, const Setting& on) {
  workloads::TiledNetwork tiled = lay_out(std::move(network), on.tile);
  assign_copies(tiled, on.chip, on.mapper.copies, {}, on.mapper.row_turns);
  pack_blocks(tiled, on.chip, on.mapper.packing);
  for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {.range = 3.0F, .mean_drive = 0.3});
  return tiled;
}

/// Exact products that see what integers between blocks have to hold.
class WatchedProducts : public workloads::FloatProducts {
 public:
  WatchedProducts(const workloads::Network& network, workloads::ResultScaleRecorder& recorder) : FloatProducts(network), recorder_(recorder) {}
  void results(std::size_t node, workloads::RoundedTensor tensor, std::span<const float> values) override { recorder_.see(node, tensor, values); }

 private:
  workloads::ResultScaleRecorder& recorder_;
};

/// As a calibration does.
inline void calibrate_results(workloads::TiledNetwork& tiled, const std::vector<ChipSample>& samples) {
  if (tiled.tiles.standard().digital.result_format.kind != periphery::NumberFormat::Kind::integer) return;
  workloads::ResultScaleRecorder recorder(tiled.network);
  WatchedProducts products(tiled.network, recorder);
  const workloads::ResultScales none;
  const workloads::ResultRounding watch({.kind = periphery::NumberFormat::Kind::float32}, none);
  for (const ChipSample& sample : samples) {
    const std::vector<std::uint32_t> ids{sample.id};
    std::vector<float> length;
    if (sample.length) length.push_back(*sample.length);
    recorder.see_input(sample.values);
    static_cast<void>(
        workloads::Execution(tiled.network).run({.ids = ids, .samples = sample.values, .lengths = length, .states = {}}, products, &watch));
  }
  tiled.calibration.results = recorder.scales();
}

/// A network on a chip that computes, and what the accuracy path says of the same samples on the same programmed matrices.
class Comparison {
 public:
  Comparison(workloads::TiledNetwork tiled, const Setting& on, std::vector<ChipSample> samples, double time_s = 3600.0)
      : tiled_(std::move(tiled)), on_(on), samples_(std::move(samples)) {
    calibrate_results(tiled_, samples_);
    mapping = map(tiled_, on.chip, on.mapper, {}, true);
    hw::verify(mapping.program, on.chip);
    matrices_.emplace(tiled_, 3, 0, 1);
    matrices_->set_time(time_s, 0, 1);
    rebuild();
  }

  /// After a change of the mapping.
  void rebuild() { chip_.emplace(tiled_, mapping, *matrices_, samples_); }

  void simulate(std::vector<hw::PacketFault> faults = {}) {
    hw::SimulationOptions options;
    options.functional = &*chip_;
    options.faults = std::move(faults);
    options.inferences = std::max(2, static_cast<int>(samples_.size()) - 1);
    result = hw::simulate(mapping.program, on_.chip, on_.tile, options);
  }

  /// From now on the tiles say what they draw.
  void measure() {
    matrices_->measure_conductances();
    chip_->measure_power();
  }
  /// What all arrays drew in all inferences, over what the program's statistics say of as many: both in siemens of fully driven rows.
  [[nodiscard]] double consumed_over_expected() const {
    double consumed = 0, expected = 0;
    for (std::size_t s = 0; s < mapping.program.stages.size(); ++s) {
      const hw::Stage& stage = mapping.program.stages[s];
      if (!stage.mvm) continue;
      consumed += chip_->consumed(static_cast<int>(s)).driven_siemens;
      expected += static_cast<double>(samples_.size()) * stage.positions * stage.mvm->conductance_sum_siemens * stage.mvm->mean_drive;
    }
    return consumed / expected;
  }

  [[nodiscard]] std::vector<float> from_chip(std::size_t inference) const { return chip_->scores(inference, result.left); }
  [[nodiscard]] std::vector<float> from_accuracy_path(std::size_t inference) const {
    workloads::ProgrammedProducts products(tiled_.network, *matrices_);
    const ChipSample& sample = samples_[inference];
    const std::vector<std::uint32_t> ids{sample.id};
    std::vector<float> length;
    if (sample.length) length.push_back(*sample.length);
    const auto rounding = workloads::result_rounding(tiled_);
    return workloads::Execution(tiled_.network)
        .run({.ids = ids, .samples = sample.values, .lengths = length, .states = {}}, products, rounding ? &*rounding : nullptr)
        .scores;
  }
  [[nodiscard]] const FunctionalChip& chip() const { return *chip_; }
  /// Outputs of all samples whose bits differ.
  [[nodiscard]] std::size_t differences() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const std::vector<float> chip = from_chip(i), wanted = from_accuracy_path(i);
      if (chip.size() != wanted.size()) return chip.size() + wanted.size();
      for (std::size_t o = 0; o < chip.size(); ++o)
        count += std::bit_cast<std::uint32_t>(chip[o]) == std::bit_cast<std::uint32_t>(wanted[o]) ? 0U : 1U;
    }
    return count;
  }
  /// The outputs say something: not all of them are equal.
  [[nodiscard]] bool lively() const {
    const std::vector<float> scores = from_accuracy_path(0);
    return std::ranges::any_of(scores, [&](float v) { return v != scores[0]; });
  }

  Mapping mapping;
  hw::SimulationResult result;

 private:
  workloads::TiledNetwork tiled_;
  Setting on_;
  std::vector<ChipSample> samples_;
  std::optional<workloads::ProgrammedMatrices> matrices_;
  std::optional<FunctionalChip> chip_;
};

inline void expect_equal_bits(workloads::Network network, const Setting& on, std::size_t samples = 4) {
  auto inputs = random_samples(network, samples);
  Comparison comparison(with_ordinary_inputs(std::move(network), on), on, std::move(inputs));
  comparison.simulate();
  EXPECT_TRUE(comparison.lively());
  EXPECT_EQ(comparison.differences(), 0U);
}

}  // namespace mho::mapper::test
