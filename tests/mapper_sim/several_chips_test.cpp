// Networks over several chips: the bits of the accuracy path. One simulation per process.
#include "hw/spec/topology.h"
#include "tests/mapper_sim/functional_chip.h"

namespace mho::mapper::test {
namespace {

void expect_equal_bits(workloads::Network network, std::vector<std::string> chip, int chips) {
  chip.push_back("chip.count=" + std::to_string(chips));
  const Setting on = setting(chip);
  auto inputs = random_samples(network, 4);
  Comparison comparison(with_ordinary_inputs(std::move(network), on), on, std::move(inputs));
  int last = 0;
  for (const hw::Stage& stage : comparison.mapping.program.stages) last = std::max(last, hw::Topology(on.chip).address(stage.core).chip);
  ASSERT_EQ(last, chips - 1) << "all chips are used";
  comparison.simulate();
  EXPECT_TRUE(comparison.lively());
  EXPECT_EQ(comparison.differences(), 0U);
}

TEST(SeveralChips, OfAConvnet) {
  expect_equal_bits(with_weights(small_convnet()), {"chip.mesh.width=3", "chip.mesh.height=1", "chip.digital_cores=1"}, 2);
}
TEST(SeveralChips, OfResidualBlocks) {
  expect_equal_bits(with_weights(residual_chain(3)), {"chip.mesh.width=3", "chip.mesh.height=3", "chip.digital_cores=2"}, 2);
}
TEST(SeveralChips, OfResidualBlocksOnThree) {
  expect_equal_bits(with_weights(residual_chain(3)),
                    {"chip.mesh.width=3", "chip.mesh.height=2", "chip.digital_cores=2", "chip.link.bandwidth=3 Gbit/s", "chip.link.latency=300 ns"},
                    3);
}
TEST(SeveralChips, OfMatricesOverSeveralTiles) {
  expect_equal_bits(with_weights(residual_chain(3)), {"tile.rows=64", "tile.columns=8", "chip.digital_cores=6", "chip.mesh.height=3"}, 2);
}
/// Blocks of a tile stay on one chip.
TEST(SeveralChips, OfBlocksThatShareTiles) {
  expect_equal_bits(with_weights(residual_chain(4)),
                    {"mapper.packing=diagonal", "tile.rows=150", "tile.columns=40", "chip.input_buffer=1MiB", "chip.mesh.width=4",
                     "chip.mesh.height=2", "chip.digital_cores=2"},
                    2);
}
TEST(SeveralChips, WithOtherClocks) {
  expect_equal_bits(with_weights(residual_chain(3)),
                    {"chip.mesh.width=3", "chip.mesh.height=3", "chip.digital_cores=2", "noc.clock=0.7 GHz", "chip.digital_clock=1.3 GHz"}, 2);
}

}  // namespace
}  // namespace mho::mapper::test
