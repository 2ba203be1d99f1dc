#include "tiles/analog_matrix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "tests/tiles/standard_tile.h"
#include "tiles/scales.h"

namespace mho::tiles::test {
namespace {

std::vector<float> draw(std::size_t count, std::uint64_t seed, float scale) {
  std::vector<float> values(count);
  base::RandomStream(base::StreamKey{.seed = seed, .purpose = base::Purpose::data}).normals({}, 0, values);
  for (float& v : values) v *= scale;
  return values;
}

/// A power of two beside the weights, of the matrix or of one column, changes no bit that float16 holds.
TEST(AnalogMatrix, ScalesAreRelativeToTheirMatrix) {
  const TileParameters parameters = tile(with(ideal(), {"tile.mapping.scale=column", "digital.scale_format=float16"}));
  const Block block{.input_end = 2, .output_end = 3};
  const std::vector<float> weights{0.37F, -0.91F, 0.011F, 0.0042F, -0.3F, 0.2F};
  const auto scales = column_scales(parameters, block, weights, 2, scale_unit(weights));
  for (const int exponent : {-100, -30, 40, 100}) {
    std::vector<float> shifted = weights;
    for (float& w : shifted) w = std::ldexp(w, exponent);
    periphery::OutsideFormat outside;
    const auto found = column_scales(parameters, block, shifted, 2, scale_unit(shifted), &outside);
    for (std::size_t i = 0; i < scales.size(); ++i) EXPECT_EQ(found[i], std::ldexp(scales[i], exponent)) << exponent;
    EXPECT_EQ(outside.values, 3U);
    EXPECT_EQ(outside.overflow + outside.underflow, 0U);
  }
  EXPECT_EQ(scale_unit(weights), 0.5F);
  EXPECT_EQ(scale_unit(std::vector<float>(4, 0.0F)), 1.0F);
}

/// A column that float16 cannot tell from 0 beside the largest keeps the smallest scale there is, and is counted.
TEST(AnalogMatrix, AScaleTooSmallForItsFormatIsCounted) {
  const TileParameters parameters = tile(with(ideal(), {"tile.mapping.scale=column", "digital.scale_format=float16"}));
  const Block block{.input_end = 1, .output_end = 3};
  const std::vector<float> weights{1.0F, 0x1p-30F, 0.0F};
  periphery::OutsideFormat outside;
  const auto scales = column_scales(parameters, block, weights, 1, scale_unit(weights), &outside);
  EXPECT_EQ(scales, (std::vector<float>{1.0F, 0x1p-24F, 1.0F}));
  EXPECT_EQ(outside.underflow, 1U);
}

/// Each copy is programmed by itself and serves its positions; the first is what a single copy is, bit for bit.
TEST(AnalogMatrix, CopiesServePositionsInTurn) {
  const std::size_t inputs = 50, outputs = 20, rows = 12;
  const auto w = draw(inputs * outputs, 1, 0.3F);
  std::vector<float> x;
  const auto one = draw(inputs, 2, 0.3F);
  for (std::size_t r = 0; r < rows; ++r) x.insert(x.end(), one.begin(), one.end());
  auto layout = default_layout("fc", static_cast<int>(inputs), static_cast<int>(outputs), 1, 30, 16, 0);
  const std::vector<float> ranges(static_cast<std::size_t>(layout.row_parts), 1.0F);
  AnalogMatrix single(tile(), layout, w, {}, ranges, 1, 0);
  layout.copies = 3;
  layout.turn = 2;
  AnalogMatrix copied(tile(), layout, w, {}, ranges, 1, 0);
  single.set_time(10, 0);
  copied.set_time(10, 0);
  std::vector<base::EventId> events(rows);
  for (std::size_t r = 0; r < rows; ++r) events[r].position = static_cast<std::uint32_t>(r);
  std::vector<float> y(rows * outputs), of_single(rows * outputs);
  copied.forward(x, events, y);
  single.forward(x, events, of_single);
  for (std::size_t r = 0; r < rows; ++r) {
    const auto copy = r / 2 % 3;
    std::vector<float> sum(outputs, 0.0F);
    for (std::size_t b = copy * layout.blocks.size(); b < (copy + 1) * layout.blocks.size(); ++b) {
      const Block block = layout.block(b);
      EXPECT_EQ(block.copy, static_cast<int>(copy));
      std::vector<float> part(static_cast<std::size_t>(block.outputs()));
      copied.contribute(b, std::span(one).subspan(static_cast<std::size_t>(block.input_begin), static_cast<std::size_t>(block.inputs())), events[r],
                        part);
      add_contribution(part, std::span(sum).subspan(static_cast<std::size_t>(block.output_begin), part.size()));
    }
    const bool same = std::equal(sum.begin(), sum.end(), of_single.begin() + static_cast<std::ptrdiff_t>(r * outputs));
    EXPECT_TRUE(std::equal(sum.begin(), sum.end(), y.begin() + static_cast<std::ptrdiff_t>(r * outputs))) << r;
    EXPECT_EQ(same, copy == 0) << r;
  }
  EXPECT_EQ(copied.compensation().size(), 3 * layout.blocks.size());
}

TEST(AnalogMatrix, IdealTileIsTheProductPlusBiasAlsoOverSeveralTiles) {
  const int inputs = 100, outputs = 30;
  const auto w = draw(3000, 1, 0.3F), x = draw(500, 2, 0.3F), bias = draw(30, 3, 1.0F);
  const auto layout = default_layout("fc", inputs, outputs, 1, 40, 16, 0);
  AnalogMatrix matrix(tile(with(ideal(), {"tile.input_range.kind=off", "tile.mapping.scale=column"})), layout, w, bias, {}, 1, 0);
  matrix.set_time(0, 0);
  std::vector<float> y(150), exact(150);
  matrix.forward(x, events(5), y);
  FloatMatrix(inputs, outputs, w, bias).forward(x, 5, exact);
  for (std::size_t k = 0; k < y.size(); ++k) EXPECT_NEAR(y[k], exact[k], 2e-5F);
}

TEST(AnalogMatrix, BitsDoNotDependOnTheBatch) {
  const auto w = draw(3000, 1, 0.3F), x = draw(37 * 100, 2, 0.3F);
  const std::vector<float> ranges{1.0F, 0.9F, 0.8F};
  AnalogMatrix matrix(tile(), default_layout("fc", 100, 30, 1, 40, 16, 0), w, {}, ranges, 7, 2);
  matrix.set_time(3600, 1);
  const auto ids = events(37);
  std::vector<float> together(37 * 30);
  matrix.forward(x, ids, together);
  for (std::size_t b = 0; b < 37; ++b) {
    std::vector<float> alone(30);
    matrix.forward(std::span(x).subspan(b * 100, 100), std::span(ids).subspan(b, 1), alone);
    for (std::size_t i = 0; i < 30; ++i) ASSERT_EQ(alone[i], together[b * 30 + i]);
  }
}

TEST(AnalogMatrix, NoiseBelongsToTheEventAndTheProgramming) {
  const auto w = draw(400, 1, 0.3F), x = draw(20, 2, 0.3F);
  const auto layout = default_layout("fc", 20, 20, 1, 512, 512, 0);
  const std::vector<float> range{1.0F};
  const auto read = [&](std::uint32_t programming, base::EventId event, double seconds = 0, std::uint32_t index = 0) {
    AnalogMatrix matrix(tile(), layout, w, {}, range, 7, programming);
    matrix.set_time(seconds, index);
    std::vector<float> y(20);
    matrix.forward(x, {&event, 1}, y);
    return y;
  };
  const auto first = read(0, {.sample = 4});
  EXPECT_EQ(first, read(0, {.sample = 4}));
  EXPECT_NE(first, read(0, {.sample = 5}));
  EXPECT_NE(first, read(0, {.sample = 4, .position = 1}));
  EXPECT_NE(first, read(1, {.sample = 4}));
  EXPECT_NE(first, read(0, {.sample = 4}, 0, 1));
}

/// Devices that are programmed again are no older than the interval.
TEST(AnalogMatrix, RefreshedDevicesGrowNoOlder) {
  const auto w = draw(400, 1, 0.3F), x = draw(20, 2, 0.3F);
  const auto layout = default_layout("fc", 20, 20, 1, 512, 512, 0);
  const auto product = [&](const TileParameters& parameters, double seconds) {
    AnalogMatrix matrix(parameters, layout, w, {}, {}, 7, 0);
    matrix.set_time(seconds, 3);
    std::vector<float> y(20);
    matrix.forward(x, events(1), y);
    return y;
  };
  const TileParameters refreshed = tile({"tile.upkeep.refresh=1 d"});
  EXPECT_EQ(product(refreshed, 31'536'000), product(tile(), 86400));
  EXPECT_EQ(product(refreshed, 3600), product(tile(), 3600));
  EXPECT_NE(product(tile(), 31'536'000), product(tile(), 86400));
}

/// Without noise the factor at t is the one that was right an interval before, and 1 within the first interval.
TEST(AnalogMatrix, TheCompensationIsAsOldAsTheInterval) {
  const auto w = draw(400, 1, 0.3F);
  const auto layout = default_layout("fc", 20, 20, 1, 512, 512, 0);
  const std::vector<std::string> quiet{"tile.drift_compensation=exact", "tile.noise.read_kind=off", "tile.device.read_scale=0"};
  const auto factor = [&](std::vector<std::string> more, double seconds) {
    more.insert(more.end(), quiet.begin(), quiet.end());
    AnalogMatrix matrix(tile(more), layout, w, {}, {}, 7, 0);
    matrix.set_time(seconds, 0);
    return matrix.compensation().front();
  };
  EXPECT_EQ(factor({"tile.upkeep.recalibrate=1 d"}, 3 * 86400), factor({}, 2 * 86400));
  EXPECT_EQ(factor({"tile.upkeep.recalibrate=1 d"}, 86400), 1.0F);
  EXPECT_LT(factor({"tile.upkeep.recalibrate=1 d"}, 3 * 86400), factor({}, 3 * 86400));
  // A chip that is refreshed before its first recalibration never has another factor.
  EXPECT_EQ(factor({"tile.upkeep.recalibrate=1 d", "tile.upkeep.refresh=1 h"}, 3 * 86400), 1.0F);
}

TEST(AnalogMatrix, ReadingAtATimeDoesNotDependOnEarlierReadings) {
  const auto w = draw(400, 1, 0.3F), x = draw(20, 2, 0.3F);
  const auto layout = default_layout("fc", 20, 20, 1, 512, 512, 0);
  AnalogMatrix direct(tile(), layout, w, {}, {}, 7, 0), stepped(tile(), layout, w, {}, {}, 7, 0);
  direct.set_time(86400, 2);
  stepped.set_time(1, 0);
  stepped.set_time(3600, 1);
  stepped.set_time(86400, 2);
  std::vector<float> a(20), b(20);
  direct.forward(x, events(1), a);
  stepped.forward(x, events(1), b);
  EXPECT_EQ(a, b);
}

TEST(AnalogMatrix, CountsClippedInputsAndOutputs) {
  const auto assignments = with(ideal(), {"tile.adc.bound=1", "tile.adc.bits=8"});
  const std::vector<float> w{1.0F, 1.0F}, range{0.5F};
  AnalogMatrix matrix(tile(assignments), default_layout("fc", 2, 1, 1, 4, 4, 0), w, {}, range, 1, 0);
  matrix.set_time(0, 0);
  const std::vector<float> x{0.25F, 0.25F, 0.6F, 0.5F};
  std::vector<float> y(2);
  MvmStatistics statistics;
  matrix.forward(x, events(2), y, &statistics);
  EXPECT_EQ(statistics.vectors, 2U);
  EXPECT_EQ(statistics.inputs, 4U);
  EXPECT_EQ(statistics.clipped_inputs, 1U);
  EXPECT_EQ(statistics.outputs, 2U);
  EXPECT_EQ(statistics.clipped_outputs, 1U);
  EXPECT_FLOAT_EQ(y[0], 0.5F);
  EXPECT_FLOAT_EQ(y[1], 0.5F);  // clipped at one full cell times the range
}

TEST(AnalogMatrix, ConverterGridByHand) {
  // 4 bits: 7 codes a side. 0.4 * 7 = 2.8 -> 3/7; 0.5 * 7 = 3.5 -> half to even -> 4/7.
  const std::vector<float> w{1.0F};
  AnalogMatrix matrix(tile(with(ideal(), {"tile.dac.bits=4"})), default_layout("fc", 1, 1, 1, 4, 4, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  const std::vector<float> x{0.4F, 0.5F, -0.5F, 2.0F};
  std::vector<float> y(4);
  matrix.forward(x, events(4), y);
  EXPECT_FLOAT_EQ(y[0], 3.0F / 7.0F);
  EXPECT_FLOAT_EQ(y[1], 4.0F / 7.0F);
  EXPECT_FLOAT_EQ(y[2], -4.0F / 7.0F);
  EXPECT_FLOAT_EQ(y[3], 1.0F);
}

TEST(AnalogMatrix, FourBitColumnScalesNeverClipAWeight) {
  const auto w = draw(400, 1, 0.3F);
  TileParameters parameters = tile(with(ideal(), {"tile.mapping.scale=column", "digital.scale_format=int4"}));
  AnalogMatrix matrix(parameters, default_layout("fc", 20, 20, 1, 512, 512, 0), w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  const auto x = draw(20, 2, 0.3F);
  std::vector<float> y(20), exact(20);
  matrix.forward(x, events(1), y);
  FloatMatrix(20, 20, w, {}).forward(x, 1, exact);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(y[i], exact[i], 1e-5F);
}

TEST(AnalogMatrix, RefusesWhatIsNotANumber) {
  const auto layout = default_layout("conv7", 2, 1, 1, 4, 4, 0);
  std::vector<float> w{1.0F, std::numeric_limits<float>::infinity()};
  try {
    AnalogMatrix matrix(tile(), layout, w, {}, {}, 1, 0);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("conv7"), std::string::npos);
  }
  w[1] = 0.5F;
  AnalogMatrix matrix(tile(), layout, w, {}, {}, 1, 0);
  matrix.set_time(0, 0);
  const std::vector<float> x{0.0F, std::numeric_limits<float>::quiet_NaN()};
  std::vector<float> y(1);
  EXPECT_THROW(matrix.forward(x, events(1), y), base::UserError);
}

TEST(AnalogMatrix, TargetConductanceByHand) {
  // Column scale 0.5: weights 1 and 0.5 of full scale, 25 uS each at most.
  const std::vector<float> w{0.5F, -0.25F};
  const auto layout = default_layout("fc", 2, 1, 1, 4, 4, 0);
  EXPECT_NEAR(target_conductance_sum(tile(), layout, layout.blocks[0], w, 1.0F), 37.5e-6, 1e-12);
}

}  // namespace
}  // namespace mho::tiles::test
