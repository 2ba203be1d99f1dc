#include "tiles/training_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.h"
#include "tests/tiles/standard_tile.h"

namespace mho::tiles {
namespace {

using testing::Each;
using testing::FloatEq;

std::vector<float> normals(std::size_t count, std::uint32_t sample) {
  std::vector<float> values(count);
  base::RandomStream({.seed = 3, .purpose = base::Purpose::data}).normals({.sample = sample}, 0, values);
  return values;
}

TEST(WeightNoise, ARowMovesByTheDeviationOfEachWeight) {
  // 37: two whole vectors of 16 lanes and a rest.
  constexpr std::size_t count = 37;
  const WeightNoise noise(WeightNoiseKind::pcm, DeviceParameters{}, 0);
  const std::vector<float> lots = normals(count, 0);
  std::vector<float> row(count);
  for (std::size_t j = 0; j < count; ++j) row[j] = (j % 2 == 0 ? 1.0F : -1.0F) * static_cast<float>(j) / (count - 1);
  const std::vector<float> before = row;
  constexpr float level = 3.0F;
  noise.apply(row, lots, level);
  EXPECT_EQ(row[0], 0.0F);
  for (std::size_t j = 1; j < count; ++j) {
    const float magnitude = std::abs(before[j]);
    const float moved = std::max(magnitude + level * noise.sigma(magnitude) * lots[j], 0.0F);
    EXPECT_NEAR(row[j], std::copysign(moved, before[j]), 1e-6) << j;
  }
}

TEST(WeightNoise, DeviationsOfPhaseChangeCellsAreThoseOfThePublishedFit) {
  const WeightNoise noise(WeightNoiseKind::pcm, DeviceParameters{}, 0);
  // sqrt(programming^2 + reading^2), at g_max: 0.26348 + 1.9650 - 1.1731 = 1.0554 uS of 25; reading 0.0088 * sqrt(ln((20 + 0.25e-6) / 0.5e-6)).
  const double programming = 1.0554 / 25, reading = 0.0088 * std::sqrt(std::log(20.0 / 5e-7));
  EXPECT_NEAR(static_cast<double>(noise.sigma(1.0F)), std::hypot(programming, reading), 2e-4);
  EXPECT_NEAR(static_cast<double>(noise.sigma(0.0F)), 0.26348 / 25, 1e-5);
  EXPECT_TRUE(WeightNoise(WeightNoiseKind::none, DeviceParameters{}, 0).none());
  EXPECT_FLOAT_EQ(WeightNoise(WeightNoiseKind::constant, DeviceParameters{}, 0.02).sigma(0.3F), 0.02F);
}

/// Exact converters and no noise but that of the weights.
TileParameters plain_tile() { return test::tile(test::with(test::ideal(), {"tile.mapping.scale=column", "tile.rows=128", "tile.columns=16"})); }

TEST(TrainingMatrixTest, AStepMultipliesWithWhatItSaysItsWeightsAre) {
  constexpr int inputs = 300, outputs = 21;
  const TileParameters tile = plain_tile();
  const auto layout = default_layout("layer", inputs, outputs, 1, tile.rows, tile.output_capacity(), 0);
  TrainingMatrix matrix(tile, layout, 1);
  const std::vector<float> weights = normals(inputs * outputs, 1), x = normals(inputs, 2);
  const std::vector<float> scales = mapped_scales(tile, layout, weights);
  const std::vector<float> ranges(static_cast<std::size_t>(layout.row_parts), 10.0F);
  const WeightNoise noise(WeightNoiseKind::constant, DeviceParameters{}, 0.05);
  matrix.begin_step(weights, scales, ranges, {.number = 4, .noise_scale = 2.0, .drop_connect = 0.1, .noise = &noise}, 2);
  std::vector<float> y(outputs);
  const std::vector<base::EventId> events(1);
  matrix.forward(x, events, y, nullptr, nullptr);
  const std::vector<float>& effective = matrix.effective();
  std::size_t dropped = 0;
  double squares = 0;
  for (int o = 0; o < outputs; ++o) {
    double exact = 0;
    for (int j = 0; j < inputs; ++j) {
      const auto at = static_cast<std::size_t>(o * inputs + j);
      exact += static_cast<double>(effective[at]) * static_cast<double>(x[static_cast<std::size_t>(j)]);
      EXPECT_GE(effective[at] * weights[at], 0.0F);
      if (effective[at] == 0.0F) ++dropped;
      squares += std::pow(static_cast<double>(effective[at] - weights[at]), 2) * (effective[at] == 0.0F ? 0.0 : 1.0);
    }
    EXPECT_NEAR(static_cast<double>(y[static_cast<std::size_t>(o)]), exact, 1e-3) << o;
  }
  // A tenth is dropped, and a few are stopped at zero by noise of 0.1 on weights of about a third of their scale.
  EXPECT_NEAR(static_cast<double>(dropped) / (inputs * outputs), 0.1 + 0.9 * 0.12, 0.05);
  EXPECT_GT(squares, 0.0);
  const std::vector<float> first = effective;
  matrix.begin_step(weights, scales, ranges, {.number = 5, .noise_scale = 2.0, .noise = &noise}, 1);
  EXPECT_NE(matrix.effective(), first);
  matrix.begin_step(weights, scales, ranges, {.number = 4, .noise_scale = 2.0, .drop_connect = 0.1, .noise = &noise}, 1);
  EXPECT_EQ(matrix.effective(), first) << "a step is a function of its number, not of the threads";
}

TEST(TrainingMatrixTest, PrunedWeightsGetNoNoise) {
  const TileParameters tile = plain_tile();
  const auto layout = default_layout("layer", 8, 4, 1, tile.rows, tile.output_capacity(), 0);
  TrainingMatrix matrix(tile, layout, 1);
  const std::vector<float> zeros(32, 0.0F), ranges(1, 1.0F);
  const WeightNoise noise(WeightNoiseKind::pcm, DeviceParameters{}, 0);
  matrix.begin_step(zeros, mapped_scales(tile, layout, zeros), ranges, {.number = 0, .noise_scale = 5.0, .noise = &noise}, 1);
  EXPECT_THAT(matrix.effective(), Each(FloatEq(0.0F)));
}

}  // namespace
}  // namespace mho::tiles
