// Read-out between array and converters, step by step against hand calculations and the moments of its static draws.
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <numeric>

#include "tests/tiles/standard_tile.h"

namespace mho::tiles::test {
namespace {

/// Outputs of `columns` equal columns with one weight of 1, for one input.
std::vector<float> columns_of(const std::vector<std::string>& set, float x, std::size_t columns = 4096, std::uint32_t programming = 0) {
  const std::vector<float> w(columns, 1.0F);
  const auto size = static_cast<int>(columns);
  AnalogMatrix matrix(tile(with(ideal(), with({"tile.columns=65536"}, set))), default_layout("fc", 1, size, 1, 8, size, 0), w, {}, {}, 1,
                      programming);
  matrix.set_time(0, 0);
  std::vector<float> y(columns);
  matrix.forward({&x, 1}, events(1), y);
  return y;
}

double mean(const std::vector<float>& v) { return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size()); }
double sd(const std::vector<float>& v) {
  const double m = mean(v);
  double square = 0;
  for (const float x : v) square += (static_cast<double>(x) - m) * (static_cast<double>(x) - m);
  return std::sqrt(square / static_cast<double>(v.size() - 1));
}

TEST(Readout, VoltageOffsetTakesHalfANormalDistribution) {
  const auto y = columns_of({"tile.readout.offset=0.1"}, 1.0F);
  EXPECT_NEAR(1 - mean(y), 0.1 / std::sqrt(2 * 3.14159265), 0.004);  // mean of max(0, s N)
  EXPECT_NEAR(static_cast<double>(std::ranges::count(y, 1.0F)) / static_cast<double>(y.size()), 0.5, 0.04);
  EXPECT_EQ(y, columns_of({"tile.readout.offset=0.1"}, 1.0F));
  EXPECT_NE(y, columns_of({"tile.readout.offset=0.1"}, 1.0F, 4096, 1));  // another chip
}

TEST(Readout, SeriesResistanceByHand) {
  EXPECT_FLOAT_EQ(columns_of({"tile.readout.series_resistance=0.5"}, 0.8F, 1)[0], 0.8F / 1.4F);
  EXPECT_FLOAT_EQ(columns_of({"tile.readout.series_resistance=0.5", "tile.readout.series_limit=0.1"}, 0.8F, 1)[0], 0.8F / 1.1F);
}

TEST(Readout, CurveByHand) {
  const std::vector<std::string> curve{"tile.adc.bound=10", "tile.readout.s_curve=2"};
  EXPECT_FLOAT_EQ(columns_of(curve, 0.5F, 1)[0], 0.5F / (1 + 0.2F * 0.5F));
  EXPECT_FLOAT_EQ(columns_of(with(curve, {"tile.readout.s_curve_correction=0.5"}), 0.5F, 1)[0], 0.5F / (1 + 0.2F * 0.5F) * 4.0F);
  const auto spread = columns_of(with(curve, {"tile.readout.s_curve_spread=0.1"}), 1.0F);
  EXPECT_NEAR(sd(spread), 0.02 / (1.2 * 1.2), 0.001);
}

TEST(Readout, NegativeOutputsMayBeWeaker) {
  EXPECT_FLOAT_EQ(columns_of({"tile.readout.asymmetry=0.25"}, 0.8F, 1)[0], 0.8F);
  EXPECT_FLOAT_EQ(columns_of({"tile.readout.asymmetry=0.25"}, -0.8F, 1)[0], -0.6F);
}

TEST(Readout, OutputNoiseMaySpread) {
  const std::vector<std::string> set{"tile.noise.output=0.1", "tile.noise.output_spread=0.3"};
  // The variance over outputs of a mixture: s^2 (1 + spread^2).
  EXPECT_NEAR(sd(columns_of(set, 0.0F, 16384)), 0.1 * std::sqrt(1.09), 0.003);
}

TEST(Readout, NoiseOnBothSidesOfACurveIsDrawnTwice) {
  const std::vector<std::string> set{"tile.adc.bound=10", "tile.readout.s_curve=1e-6", "tile.noise.read_kind=pcm", "tile.noise.read=0.1",
                                     "tile.noise.output=0.05"};
  EXPECT_NEAR(sd(columns_of(set, 1.0F, 16384)), std::sqrt(0.01 + 0.0025), 0.002);
}

TEST(Readout, BoundManagementFindsTheOutputBehindTheBound) {
  const std::vector<float> w(40, 1.0F), x(40, 1.0F);
  const auto y_of = [&](const std::string& management) {
    AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=8", "tile.adc.bound=10", "tile.adc.bits=8", "tile.adc.bound_management=" + management})),
                        default_layout("fc", 40, 1, 1, 64, 64, 0), w, {}, {}, 1, 0);
    matrix.set_time(0, 0);
    std::vector<float> y(1);
    MvmStatistics statistics;
    matrix.forward(x, events(1), y, &statistics);
    return std::pair(y[0], statistics.vectors);
  };
  EXPECT_EQ(y_of("off"), std::pair(10.0F, std::uint64_t{1}));
  const auto [y, products] = y_of("iterative");
  EXPECT_NEAR(y, 40.0F, 0.8F);  // inputs of 1/8, half a step of the input grid off
  EXPECT_EQ(products, 4U);      // at 1/4 the grid rounds 31.75 up to 32 of 127 steps, just beyond the bound again
}

TEST(Readout, BoundManagementGivesUpAtAQuarterOfAStep) {
  const std::vector<float> w(512, 1.0F), x(512, 1.0F);
  AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=4", "tile.adc.bound=0.5", "tile.adc.bits=8", "tile.adc.bound_management=iterative"})),
                      default_layout("fc", 512, 1, 1, 512, 64, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  std::vector<float> y(1);
  MvmStatistics statistics;
  matrix.forward(x, events(1), y, &statistics);
  EXPECT_EQ(statistics.vectors, 2U);  // factors 1 and 2; 2 exceeds 0.25 * 7 = 1.75
}

TEST(InputStage, OnePassGivesTheBitsOfTheSingleSteps) {
  // Input noise far below the last bit of any input changes nothing but the way.
  std::vector<float> w(37 * 5), x(6 * 37);
  const base::RandomStream stream(base::StreamKey{.seed = 4, .purpose = base::Purpose::data});
  stream.normals({}, 0, w);
  stream.normals({.sample = 1}, 0, x);
  const std::vector<float> range{0.7F};
  const auto outputs = [&](const std::vector<std::string>& set) {
    AnalogMatrix matrix(tile(set), default_layout("fc", 37, 5, 1, 64, 8, 0), w, {}, range, 7, 2);
    matrix.set_time(3600, 1);
    std::vector<float> y(6 * 5);
    MvmStatistics statistics;
    matrix.forward(x, events(6), y, &statistics);
    y.push_back(static_cast<float>(statistics.clipped_inputs));
    return y;
  };
  for (const std::vector<std::string>& set : {std::vector<std::string>{},
                                              {"tile.noise.read_kind=off"},
                                              {"tile.ir_drop.scale=off"},
                                              {"tile.noise.read_kind=off", "tile.ir_drop.scale=off"},
                                              {"tile.input_range.kind=off"},
                                              {"tile.dac.bits=ideal", "digital.activation_format=float32"}}) {
    // The reading for the drift compensation knows no other way, so it is left out.
    const auto fixed = with(set, {"tile.drift_compensation=none"});
    EXPECT_EQ(outputs(fixed), outputs(with(fixed, {"tile.dac.input_noise=1e-15"})));
  }
  const auto fast = outputs({});
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    EXPECT_EQ(outputs({}), fast) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(Readout, BitsDoNotDependOnTheBatchWhateverIsOn) {
  const std::vector<std::string> everything{"tile.adc.bound_management=iterative", "tile.dac.coding=bit_serial",       "tile.dac.passes=two_digital",
                                            "tile.dac.rounding=stochastic",        "tile.adc.rounding=stochastic",     "tile.coding.slices=2",
                                            "tile.dac.input_noise=0.01",           "tile.readout.offset=0.02",         "tile.readout.s_curve=0.2",
                                            "tile.noise.output_spread=0.2",        "tile.adc.gain_spread=0.05",        "tile.adc.dnl=0.2",
                                            "tile.device.stuck_rate=0.01",         "tile.input_range.kind=per_vector", "tile.adc.bound=2",
                                            "tile.drift_compensation=column"};
  std::vector<float> w(24 * 10), x(9 * 24);
  const base::RandomStream stream(base::StreamKey{.seed = 4, .purpose = base::Purpose::data});
  stream.normals({}, 0, w);
  stream.normals({.sample = 1}, 0, x);
  AnalogMatrix matrix(tile(everything), default_layout("fc", 24, 10, 1, 16, 8, 0), w, {}, {}, 7, 2);
  matrix.set_time(3600, 1);
  const auto ids = events(9);
  std::vector<float> together(9 * 10);
  matrix.forward(x, ids, together);
  for (std::size_t b = 0; b < 9; ++b) {
    std::vector<float> alone(10);
    matrix.forward(std::span(x).subspan(b * 24, 24), std::span(ids).subspan(b, 1), alone);
    for (std::size_t i = 0; i < 10; ++i) ASSERT_EQ(alone[i], together[b * 10 + i]);
  }
}

}  // namespace
}  // namespace mho::tiles::test
