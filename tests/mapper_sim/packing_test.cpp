// Blocks that share tiles: the bits of the accuracy path under the same Layout, the turns that they take and the events that they cost.
// One simulation per process: every case calls simulate() once.
#include <map>

#include "hw/estimate/estimate.h"
#include "tests/mapper_sim/functional_chip.h"

namespace mho::mapper::test {
namespace {

/// Fast ends, and buffers for many layers on one core.
std::vector<std::string> packed_chip(const std::vector<std::string>& more) {
  std::vector<std::string> chip{"chip.input_buffer=1MiB", "port.bits_per_cycle=256", "noc.flit_bits=256", "tile.dac.latched=true"};
  chip.insert(chip.end(), more.begin(), more.end());
  return chip;
}

void expect_equal_bits_of_packed(workloads::Network network, const std::vector<std::string>& more) {
  const Setting on = setting(packed_chip(more));
  workloads::TiledNetwork tiled = with_ordinary_inputs(std::move(network), on);
  ASSERT_TRUE(tiled.layout.packed());
  ASSERT_LT(tiled.layout.tiles, packed_tiles(tiled).blocks);
  auto inputs = random_samples(tiled.network, 4);
  Comparison comparison(std::move(tiled), on, std::move(inputs));
  comparison.simulate();
  EXPECT_TRUE(comparison.lively());
  EXPECT_EQ(comparison.differences(), 0U);
}

TEST(Packing, AlongDiagonalsHasEqualBits) { expect_equal_bits_of_packed(with_weights(residual_chain(3)), {"mapper.packing=diagonal"}); }
TEST(Packing, AsRectanglesHasEqualBits) { expect_equal_bits_of_packed(with_weights(residual_chain(3)), {"mapper.packing=rectangle"}); }
TEST(Packing, OfPartsThatFillTilesHasEqualBits) {
  expect_equal_bits_of_packed(with_weights(residual_chain(3)),
                              {"mapper.packing=rectangle", "mapper.split=filling", "tile.rows=64", "tile.columns=24"});
}
TEST(Packing, WithCopiesHasEqualBits) {
  expect_equal_bits_of_packed(with_weights(residual_chain(3)), {"mapper.packing=rectangle", "mapper.copies=2"});
}
TEST(Packing, WithSharedConvertersHasEqualBits) {
  expect_equal_bits_of_packed(with_weights(residual_chain(3)),
                              {"mapper.packing=rectangle", "tile.rows=128", "tile.columns=32", "chip.tiles_per_core=4", "chip.converters=shared"});
}
TEST(Packing, WithSelectorsHasEqualBits) {
  expect_equal_bits_of_packed(with_weights(residual_chain(3)), {"mapper.packing=diagonal", "tile.array.selector=block"});
}
TEST(Packing, OfTwoProductsHasEqualBits) {
  NetworkBuilder b({1, 12});
  expect_equal_bits_of_packed(with_weights(b.finish(b.gemm("b", b.relu("r", b.gemm("a", 0, 20)), 10))), {"mapper.packing=rectangle"});
}

/// Two layers of 256 positions each on one tile: an inference takes the time of all 512, as one tile after the other would.
double packed_interval(const std::vector<std::string>& more, std::map<std::string, std::uint64_t>* counts = nullptr, double* estimated = nullptr) {
  NetworkBuilder b({1, 3, 16, 16});
  workloads::Network network = with_weights(b.finish(b.conv("second", b.conv("first", 0, 8, 3, 1), 12, 3, 1)));
  const Setting on = setting(packed_chip(more));
  auto inputs = random_samples(network, 4);
  Comparison comparison(with_ordinary_inputs(std::move(network), on), on, std::move(inputs));
  comparison.simulate();
  EXPECT_EQ(comparison.differences(), 0U);
  if (counts != nullptr) {
    for (const hw::StageActivity& stage : comparison.result.single.stages) {
      (*counts)["mvms"] += stage.mvms;
      (*counts)["dac"] += stage.dac_conversions;
      (*counts)["adc"] += stage.adc_conversions;
      (*counts)["scale"] += stage.scale_operations;
    }
  }
  if (estimated != nullptr) *estimated = hw::estimate(comparison.mapping.program, on.chip, on.tile, {}).interval_s;
  return comparison.result.interval_s;
}

constexpr double product_s = 127e-9;

TEST(Packing, BlocksOfATileTakeTurns) {
  double estimated = 0;
  const double interval = packed_interval({"mapper.packing=rectangle"}, nullptr, &estimated);
  EXPECT_NEAR(interval, 512 * product_s, 0.02 * 512 * product_s);
  EXPECT_NEAR(estimated, interval, 0.02 * interval);
}
TEST(Packing, BlocksThatAreSelectedApartWorkAtOnce) {
  double estimated = 0;
  const double interval = packed_interval({"mapper.packing=diagonal", "tile.array.selector=block", "chip.converters=own"}, nullptr, &estimated);
  EXPECT_NEAR(interval, 256 * product_s, 0.02 * 256 * product_s);
  EXPECT_NEAR(estimated, interval, 0.02 * interval);
}
/// One bank of converters goes through the columns of one block after those of the other: 80 ns each.
TEST(Packing, BlocksThatAreSelectedApartShareABank) {
  const double interval = packed_interval({"mapper.packing=diagonal", "tile.array.selector=block"});
  EXPECT_NEAR(interval, 512 * 80e-9, 0.02 * 512 * 80e-9);
}
TEST(Packing, AlongTheDiagonalTheyTakeTurnsWithoutSelectors) {
  const double interval = packed_interval({"mapper.packing=diagonal"});
  EXPECT_NEAR(interval, 512 * product_s, 0.02 * 512 * product_s);
}
/// 256 products of 27 inputs and 8 outputs, 256 of 72 and 12: as many events as on tiles of their own.
TEST(Packing, EventsAreThoseOfTheBlocks) {
  std::map<std::string, std::uint64_t> counts;
  packed_interval({"mapper.packing=rectangle"}, &counts);
  EXPECT_EQ(counts["mvms"], 512U);
  EXPECT_EQ(counts["dac"], 256U * (27 + 72));
  EXPECT_EQ(counts["adc"], 256U * (8 + 12));
  EXPECT_EQ(counts["scale"], 256U * (8 + 12));
}

}  // namespace
}  // namespace mho::mapper::test
