// Codings of weights and inputs: with everything else ideal each gives the exact product, and with something wrong in one place the hand calculation.
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tests/tiles/standard_tile.h"
#include "tiles/cell_array.h"

namespace mho::tiles::test {
namespace {

std::vector<float> draw(std::size_t count, std::uint64_t seed, float scale) {
  std::vector<float> values(count);
  base::RandomStream(base::StreamKey{.seed = seed, .purpose = base::Purpose::data}).uniforms({}, 0, values);
  for (float& v : values) v = scale * (2.0F * v - 1.0F);
  return values;
}

constexpr int inputs = 20, outputs = 12;

struct Result {
  std::vector<float> y, exact;
};

Result product(const std::vector<std::string>& set, double seconds = 0, std::size_t batch = 6) {
  const auto w = draw(inputs * outputs, 1, 1.0F);
  const auto x = draw(batch * inputs, 2, 1.0F);
  AnalogMatrix matrix(tile(with(ideal(), set)), default_layout("fc", inputs, outputs, 1, 64, 64, 0), w, {}, {}, 3, 0);
  matrix.set_time(seconds, 0);
  Result result{std::vector<float>(batch * outputs), std::vector<float>(batch * outputs)};
  matrix.forward(x, events(batch), result.y);
  FloatMatrix(inputs, outputs, w, {}).forward(x, batch, result.exact);
  return result;
}

double worst(const Result& result) {
  double most = 0;
  for (std::size_t k = 0; k < result.y.size(); ++k) most = std::max(most, static_cast<double>(std::abs(result.y[k] - result.exact[k])));
  return most;
}

TEST(Coding, EveryWayToHoldAWeightGivesTheExactProduct) {
  EXPECT_LT(worst(product({"tile.coding.kind=offset"})), 1e-5);
  EXPECT_LT(worst(product({"tile.coding.pairs=3"})), 1e-5);
  EXPECT_LT(worst(product({"tile.coding.pairs=2", "tile.coding.significance=4"})), 1e-5);
  EXPECT_LT(worst(product({"tile.coding.pairs=2", "tile.coding.significance=4", "tile.coding.pairing=residual"})), 1e-5);
  EXPECT_LT(worst(product({"tile.coding.kind=offset", "tile.coding.pairs=2", "tile.coding.pairing=residual"})), 1e-5);
  EXPECT_LT(worst(product({"tile.device.g_min=5"})), 1e-5);
  EXPECT_LT(worst(product({"tile.coding.kind=offset", "tile.device.g_min=5", "tile.device.g_max=40"})), 1e-5);
}

TEST(Coding, SlicesHoldAllBitsOfTheGrid) {
  // 4 slices of 4 bits: a grid of 2^16 - 1 steps a sign.
  EXPECT_LT(worst(product({"tile.coding.slices=4", "tile.coding.bits_per_slice=4"})), 20 * 0.5 / 65535 + 1e-5);
  const double coarse = worst(product({"tile.coding.slices=2", "tile.coding.bits_per_slice=2"}));
  EXPECT_GT(coarse, 0.02);
  EXPECT_LT(coarse, 20 * 0.5 / 15);
  // Binary cells hold one-bit slices exactly.
  EXPECT_LT(worst(product({"tile.coding.slices=8", "tile.coding.bits_per_slice=1", "tile.device.levels=2"})), 20 * 0.5 / 255 + 1e-5);
}

TEST(Coding, SliceWeightsByHand) {
  const std::vector<float> w{1.0F, -11.0F / 15, 0.0F, 6.0F / 15};
  WeightCoding coding;
  coding.slices = 2;
  coding.bits_per_slice = 2;
  const auto slices = slice_weights(coding, w);
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_FLOAT_EQ(slices[0].factor, 12.0F / 15);
  EXPECT_FLOAT_EQ(slices[1].factor, 3.0F / 15);
  EXPECT_EQ(slices[0].weights, (std::vector<float>{1.0F, -2.0F / 3, 0.0F, 1.0F / 3}));  // 11 = 2 * 4 + 3, 6 = 1 * 4 + 2
  EXPECT_EQ(slices[1].weights, (std::vector<float>{1.0F, -1.0F, 0.0F, 2.0F / 3}));
}

TEST(Coding, LevelsRoundTheTarget) {
  const std::vector<float> w{0.4F, -0.9F}, x{1.0F, 1.0F};
  AnalogMatrix matrix(tile(with(ideal(), {"tile.device.levels=5"})), default_layout("fc", 1, 2, 1, 8, 8, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  std::vector<float> y(2);
  matrix.forward(std::span(x).first(1), events(1), y);
  EXPECT_FLOAT_EQ(y[0], 0.5F);
  EXPECT_FLOAT_EQ(y[1], -1.0F);
}

TEST(Coding, FourBitWeightsGiveThePublishedError) {
  const auto parameters = tile(with(ideal(), {"tile.device.levels=8"}));  // 2^4 - 2 = 14 steps over both signs
  EXPECT_NEAR(relative_error(parameters, 1), 0.167, 0.003);
}

TEST(Coding, FixedPointEverywhereGivesThePublishedError) {
  const auto fixed = [](int bits, int levels) {
    return tile(with(ideal(), {"tile.device.levels=" + std::to_string(levels), "tile.dac.bits=" + std::to_string(bits), "tile.adc.bound=10",
                               "tile.adc.bits=" + std::to_string(bits)}));
  };
  EXPECT_NEAR(relative_error(fixed(4, 8), 1), 0.224, 0.004);
  EXPECT_NEAR(relative_error(fixed(5, 16), 1), 0.105, 0.003);
}

TEST(Coding, PairsAverageTheProgrammingError) {
  const auto error = [](const std::vector<std::string>& set) {
    return relative_error(tile(with(ideal(), with({"tile.device.kind=pcm", "tile.device.read_scale=0", "tile.device.drift_scale=0"}, set))), 0, 128,
                          4);
  };
  const double one = error({});
  EXPECT_NEAR(error({"tile.coding.pairs=4"}) / one, 0.5, 0.05);
  // A residual pair of a quarter of the weight repairs the error of the first and adds a quarter of its own.
  EXPECT_LT(error({"tile.coding.pairs=2", "tile.coding.significance=4", "tile.coding.pairing=residual"}) / one, 0.4);
}

TEST(Coding, AnOffsetColumnSharesItsErrorOverAllOutputs) {
  const auto result =
      product({"tile.coding.kind=offset", "tile.device.kind=state_independent", "tile.device.read_scale=0", "tile.device.drift_scale=0"});
  EXPECT_GT(worst(result), 1e-3);
  // The mean error over outputs is the reference column's: far larger than that of independent devices, whose mean over 12 averages out.
  double mean = 0, spread = 0;
  for (std::size_t k = 0; k < result.y.size(); ++k) {
    const double e = static_cast<double>(result.y[k] - result.exact[k]);
    mean += e / static_cast<double>(result.y.size());
    spread += e * e / static_cast<double>(result.y.size());
  }
  EXPECT_LT(std::sqrt(spread), 0.2);
}

TEST(Coding, StuckDevicesHoldWhatTheyHold) {
  const auto at = [](const std::string& where) { return product({"tile.device.stuck_rate=1", "tile.device.stuck_at=" + where}); };
  for (const float v : at("zero").y) EXPECT_EQ(v, 0.0F);
  for (const float v : at("g_max").y) EXPECT_NEAR(v, 0.0F, 1e-5F);  // both devices of every pair
  EXPECT_GT(worst(at("random")), 0.5);
  const double few = worst(product({"tile.device.stuck_rate=0.02"}));
  EXPECT_GT(few, 0.0);
  EXPECT_EQ(few, worst(product({"tile.device.stuck_rate=0.02"}, 3600)));  // for ever
}

TEST(Inputs, BitSerialAndAmplitudeGiveTheSameProductAsPulses) {
  const auto pulses = product({"tile.dac.bits=6"});
  const auto amplitude = product({"tile.dac.bits=6", "tile.dac.coding=amplitude"});
  const auto bits = product({"tile.dac.bits=6", "tile.dac.coding=bit_serial"});
  EXPECT_EQ(pulses.y, amplitude.y);
  for (std::size_t k = 0; k < bits.y.size(); ++k) EXPECT_NEAR(bits.y[k], pulses.y[k], 1e-5F);
}

TEST(Inputs, SignsOneAfterTheOtherGiveTheSameProduct) {
  for (const char* passes : {"two_analog", "two_digital"}) {
    EXPECT_LT(worst(product({std::string("tile.dac.passes=") + passes})), 1e-5);
    EXPECT_LT(worst(product({std::string("tile.dac.passes=") + passes, "tile.dac.coding=bit_serial", "tile.dac.bits=12"})), 20 * 0.5 / 2047 + 1e-5);
  }
}

TEST(Inputs, BitsInEveryOrderAndSignGiveTheSameProduct) {
  const auto pulses = product({"tile.dac.bits=6"});
  for (const std::vector<std::string>& set : {std::vector<std::string>{"tile.dac.bit_sum=analog"},
                                              {"tile.dac.sign=twos_complement"},
                                              {"tile.dac.sign=twos_complement", "tile.dac.bit_sum=analog"},
                                              {"tile.dac.bit_sum=analog", "tile.dac.passes=two_analog"},
                                              {"tile.dac.bit_sum=analog", "tile.dac.passes=two_digital"},
                                              {"tile.dac.passes=four_digital"},
                                              {"tile.dac.passes=four_digital", "tile.dac.bit_sum=analog"}}) {
    const auto bits = product(with({"tile.dac.bits=6", "tile.dac.coding=bit_serial"}, set));
    for (std::size_t k = 0; k < bits.y.size(); ++k) EXPECT_NEAR(bits.y[k], pulses.y[k], 2e-5F) << testing::PrintToString(set);
  }
  EXPECT_LT(worst(product({"tile.dac.passes=four_digital"})), 1e-5);
}

TEST(Inputs, BitsThatMeetAreConvertedOnce) {
  // 101b of 7 on a weight of 1, converter steps of 1/6 up to half a cell: only the sum 5/7 clips.
  const std::vector<float> w{1.0F}, x{5.0F / 7};
  AnalogMatrix matrix(
      tile(with(ideal(), {"tile.dac.bits=4", "tile.dac.coding=bit_serial", "tile.dac.bit_sum=analog", "tile.adc.bound=0.5", "tile.adc.bits=3"})),
      default_layout("fc", 1, 1, 1, 8, 8, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  std::vector<float> y(1);
  MvmStatistics statistics;
  matrix.forward(x, events(1), y, &statistics);
  EXPECT_FLOAT_EQ(y[0], 0.5F);
  EXPECT_EQ(statistics.outputs, 1U);
  EXPECT_EQ(statistics.clipped_outputs, 1U);
}

TEST(Inputs, NoiseOfBitsThatMeetIsDrawnOnce) {
  const std::vector<float> w{0.0F};
  AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=4", "tile.dac.coding=bit_serial", "tile.dac.bit_sum=analog", "tile.noise.output=0.1"})),
                      default_layout("fc", 1, 1, 1, 8, 8, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  constexpr std::size_t draws = 20000;
  const std::vector<float> x(draws, 0.0F);
  std::vector<float> y(draws);
  matrix.forward(x, events(draws), y);
  double square = 0;
  for (const float v : y) square += static_cast<double>(v * v) / draws;
  EXPECT_NEAR(std::sqrt(square), 0.1, 0.002);
}

TEST(Inputs, ATwosComplementDrivesAllBitsOfSmallNegativeInputs) {
  periphery::DacParameters dac = tile({"tile.dac.coding=bit_serial", "tile.dac.bits=4", "tile.dac.sign=twos_complement"}).dac;
  EXPECT_EQ(dac.phases(), 4);
  EXPECT_DOUBLE_EQ(periphery::drive_share(dac, 1.0 / 7), 1.0 / 4);  // 0001
  EXPECT_DOUBLE_EQ(periphery::drive_share(dac, -1.0 / 7), 1.0);     // 1111
  EXPECT_DOUBLE_EQ(periphery::drive_share(dac, -1.0), 2.0 / 4);     // 1001
  EXPECT_DOUBLE_EQ(periphery::drive_share(dac, 0.0), 0.0);
  EXPECT_DOUBLE_EQ(periphery::drive_share(dac, -0.01), 0.0);  // rounds to nothing
}

TEST(Inputs, FourPassesConvertEachSignOfWeightForItself) {
  // A positive and a negative weight on one output, inputs of 1: each line gives one cell, above the bound of half a cell; together they are zero.
  const std::vector<float> w{1.0F, -1.0F}, x{1.0F, 1.0F};
  const auto statistics_of = [&](const char* passes) {
    AnalogMatrix matrix(tile(with(ideal(), {"tile.adc.bound=0.5", "tile.adc.bits=3", "tile.dac.bits=4", std::string("tile.dac.passes=") + passes})),
                        default_layout("fc", 2, 1, 1, 8, 8, 0), w, {}, {}, 1, 0);
    matrix.set_time(0, 0);
    std::vector<float> y(1);
    MvmStatistics statistics;
    matrix.forward(x, events(1), y, &statistics);
    EXPECT_FLOAT_EQ(y[0], 0.0F);
    return statistics;
  };
  EXPECT_EQ(statistics_of("two_digital").clipped_outputs, 0U);
  const MvmStatistics four = statistics_of("four_digital");
  EXPECT_EQ(four.outputs, 4U);
  EXPECT_EQ(four.clipped_outputs, 2U);
}

TEST(Inputs, EveryBitPassesTheConverter) {
  // 3 bits of magnitude, weight 1, input 5/7 = 101b, converter steps of 1/3 up to 1: 1 is kept in both phases, and noise-free zeros stay zero.
  const std::vector<float> w{1.0F}, x{5.0F / 7};
  AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=4", "tile.dac.coding=bit_serial", "tile.adc.bound=0.5", "tile.adc.bits=3"})),
                      default_layout("fc", 1, 1, 1, 8, 8, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  std::vector<float> y(1);
  MvmStatistics statistics;
  matrix.forward(x, events(1), y, &statistics);
  EXPECT_FLOAT_EQ(y[0], 0.5F * 5 / 7);  // each bit clips at half a cell
  EXPECT_EQ(statistics.outputs, 3U);
  EXPECT_EQ(statistics.clipped_outputs, 2U);
}

TEST(Inputs, NoiseOfTheBitsAddsUpByTheirWeights) {
  const std::vector<float> w{0.0F};
  AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=4", "tile.dac.coding=bit_serial", "tile.noise.output=0.1"})),
                      default_layout("fc", 1, 1, 1, 8, 8, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  constexpr std::size_t draws = 20000;
  const std::vector<float> x(draws, 0.0F);
  std::vector<float> y(draws);
  matrix.forward(x, events(draws), y);
  double square = 0;
  for (const float v : y) square += static_cast<double>(v * v) / draws;
  EXPECT_NEAR(std::sqrt(square), 0.1 * std::sqrt(1.0 + 4 + 16) / 7, 0.002);
}

TEST(Inputs, StochasticRoundingKeepsTheMean) {
  const std::vector<float> w{1.0F};
  AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=3", "tile.dac.rounding=stochastic"})), default_layout("fc", 1, 1, 1, 8, 8, 0), w, {}, {}, 1,
                      0);
  matrix.set_time(0, 0);
  constexpr std::size_t draws = 20000;
  const std::vector<float> x(draws, 0.4F);
  std::vector<float> y(draws);
  matrix.forward(x, events(draws), y);
  double mean = 0;
  for (const float v : y) mean += static_cast<double>(v) / draws;
  EXPECT_NEAR(mean, 0.4, 0.005);
}

TEST(Inputs, ConstrainedRangesWidenWhereOutputsWouldClip) {
  // 40 inputs of 1 on weights of 1 reach 40, four bounds of 10: the range of 1 grows to 0.6 / 10 * 40 = 2.4, and the output to 40 / 2.4 = 16.7.
  const std::vector<float> w(40, 1.0F), x(40, 1.0F);
  const auto y_of = [&](const std::string& kind) {
    AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=8", "tile.adc.bound=20", "tile.adc.bits=ideal", "tile.input_range.kind=" + kind})),
                        default_layout("fc", 40, 1, 1, 64, 64, 0), w, {}, {}, 1, 0);
    matrix.set_time(0, 0);
    std::vector<float> y(1);
    matrix.forward(x, events(1), y);
    return y[0];
  };
  EXPECT_FLOAT_EQ(y_of("per_vector"), 20.0F);
  EXPECT_NEAR(y_of("constrained"), 20.0F * 1.2F, 0.2F);  // 0.6 / 20 * 40 = 1.2 times the bound
}

TEST(Parameters, ImpossibleCombinationsAreRefusedWithAReason) {
  const auto refused = [](const std::vector<std::string>& set, const std::string& part) {
    try {
      tile(set);
      ADD_FAILURE() << "accepted: " << part;
    } catch (const base::UserError& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  };
  refused({"tile.dac.coding=bit_serial", "tile.dac.bits=ideal"}, "tile.dac.bits");
  refused({"tile.dac.bit_sum=analog"}, "tile.dac.coding: bit_serial");
  refused({"tile.dac.sign=twos_complement"}, "tile.dac.coding: bit_serial");
  refused({"tile.dac.coding=bit_serial", "tile.dac.sign=twos_complement", "tile.dac.passes=two_analog"}, "tile.dac.sign to magnitude");
  refused({"tile.coding.kind=offset", "tile.dac.passes=four_digital"}, "tile.coding.kind: differential");
  refused({"tile.coding.slices=8", "tile.coding.bits_per_slice=4"}, "32 bits");
  refused({"tile.coding.slices=2", "tile.coding.bits_per_slice=2", "tile.device.levels=3"}, "tile.coding.bits_per_slice");
  refused({"tile.coding.significance=2"}, "tile.coding.pairs");
  refused({"tile.coding.pairing=residual"}, "tile.coding.pairs");
  refused({"tile.device.g_min=30"}, "tile.device.g_max");
  refused({"tile.readout.s_curve=0.5", "tile.adc.bits=ideal", "tile.adc.bound=unlimited"}, "tile.adc.bound");
  refused({"tile.adc.inl=1", "tile.adc.bits=ideal"}, "tile.adc.bits");
  refused({"tile.adc.bound_management=iterative", "tile.adc.bits=ideal", "tile.adc.bound=unlimited"}, "tile.adc.bound");
  refused({"tile.columns=3", "tile.coding.slices=2", "tile.coding.pairs=2", "tile.adc.mux=1"}, "4 columns");
}

TEST(Parameters, CostFollowsTheCoding) {
  const auto plain = tile();
  const auto serial = tile({"tile.dac.coding=bit_serial"});
  EXPECT_EQ(plain.dac.readouts(), 1);
  EXPECT_EQ(plain.conversions_per_output(), 1);
  EXPECT_NEAR(plain.dac.integration_time().si(), 127e-9, 1e-15);
  EXPECT_EQ(serial.dac.readouts(), 7);
  EXPECT_EQ(serial.conversions_per_output(), 7);
  EXPECT_NEAR(serial.dac.integration_time().si(), 700e-9, 1e-15);
  const auto both = tile({"tile.dac.coding=bit_serial", "tile.dac.passes=two_digital", "tile.coding.slices=4", "tile.coding.pairs=2"});
  EXPECT_EQ(both.dac.readouts(), 14);
  EXPECT_EQ(both.conversions_per_output(), 4 * 14);
  EXPECT_EQ(both.dac.conversions(), 14);
  EXPECT_EQ(both.output_capacity(), 512 / 8);
  EXPECT_NEAR(both.dac.integration_time().si(), 1400e-9, 1e-15);
  EXPECT_NEAR(both.dac.drive_time().si(), 700e-9, 1e-15);  // each sign only drives in its own pass
  EXPECT_NEAR(tile({"tile.adc.kind=sar", "tile.adc.timing=bit"}).adc.conversion_time.si(), 80e-9, 1e-15);
  EXPECT_NEAR(tile({"tile.adc.kind=ramp", "tile.adc.timing=code"}).adc.conversion_time.si(), 2560e-9, 1e-15);
  const auto analog = tile({"tile.dac.passes=two_analog"});
  EXPECT_EQ(analog.dac.readouts(), 2);
  EXPECT_EQ(analog.conversions_per_output(), 1);
  EXPECT_EQ(tile({"tile.coding.kind=offset"}).output_capacity(), 511);
}

/// A row of 100 weights in 4 slices of 2 pairs: 800 columns, 64 at a time: 13 times 5 iterations of 100 ns; 16 devices a weight, 8 with an offset.
TEST(Programming, ARowTakesAsLongAsItsColumns) {
  const std::vector<std::string> set{"tile.coding.slices=4", "tile.coding.pairs=2", "tile.program.iterations=5", "tile.program.iteration_time=100",
                                     "tile.program.iteration_energy=3"};
  const TileParameters differential = tile(set), offset = tile(with(set, {"tile.coding.kind=offset"}));
  EXPECT_NEAR(row_programming_time(differential, 100).si(), 13 * 5 * 100e-9, 1e-15);
  EXPECT_NEAR(row_programming_time(differential, 8).si(), 5 * 100e-9, 1e-15);  // 64 columns just go at once
  EXPECT_NEAR(row_programming_time(differential, 9).si(), 2 * 5 * 100e-9, 1e-15);
  EXPECT_EQ(devices_per_weight(differential), 16);
  EXPECT_EQ(devices_per_weight(offset), 8);
  EXPECT_NEAR(programming_energy(differential, 1600).si(), 1600 * 5 * 3e-12, 1e-20);
}

}  // namespace
}  // namespace mho::tiles::test
