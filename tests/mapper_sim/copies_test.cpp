// Copies of matrices, and stages that keep up with them: the bits of the accuracy path under the same Layout, and the time that they save.
// One simulation per process: every case calls simulate() once.
#include <algorithm>
#include <set>

#include "tests/mapper_sim/functional_chip.h"
#include "tests/workloads/onnx_model.h"

namespace mho::mapper::test {
namespace {

int copies_of(const Mapping& mapping, const std::string& layer) {
  std::set<int> copies;
  for (const TilePlacement& tile : mapping.tiles) {
    if (tile.layer == layer) copies.insert(tile.block.copy);
  }
  return static_cast<int>(copies.size());
}

void expect_equal_bits_of_copies(workloads::Network network, const std::vector<std::string>& chip, const std::string& layer, int copies) {
  auto inputs = random_samples(network, 4);
  Comparison comparison(with_ordinary_inputs(std::move(network), setting(chip)), setting(chip), std::move(inputs));
  ASSERT_EQ(copies_of(comparison.mapping, layer), copies);
  comparison.simulate();
  EXPECT_TRUE(comparison.lively());
  EXPECT_EQ(comparison.differences(), 0U);
}

TEST(Copies, OfAConvnetServeRowsInTurn) { expect_equal_bits_of_copies(with_weights(small_convnet()), {"mapper.copies=3"}, "conv1", 3); }
TEST(Copies, OfAConvnetServePositionsInTurn) {
  expect_equal_bits_of_copies(with_weights(small_convnet()), {"mapper.copies=5", "mapper.turn=position"}, "conv1", 5);
}
TEST(Copies, OfResidualBlocks) { expect_equal_bits_of_copies(with_weights(residual_chain(4)), {"mapper.copies=2"}, "conv0", 2); }
TEST(Copies, OfResidualBlocksWhoseConsumersHaveOtherNumbersOfRows) {
  expect_equal_bits_of_copies(with_weights(residual_chain(4)), {"mapper.copies=5", "chip.mesh.width=12"}, "conv0", 5);
}
TEST(Copies, OfMatricesOverSeveralTiles) {
  expect_equal_bits_of_copies(with_weights(residual_chain(3)),
                              {"tile.rows=64", "tile.columns=8", "chip.digital_cores=6", "chip.mesh.height=9", "mapper.copies=2"}, "conv0", 2);
}
TEST(Copies, WithIntegersBetweenBlocks) {
  expect_equal_bits_of_copies(with_weights(residual_chain(3)), {"tile.rows=64", "digital.result_format=int8", "mapper.copies=2"}, "conv0", 2);
}
TEST(Copies, WithSeveralPorts) { expect_equal_bits_of_copies(with_weights(residual_chain(3)), {"port.nodes=0 7 56", "mapper.copies=2"}, "conv0", 2); }
TEST(Copies, WithPacketsToSeveralReceivers) {
  expect_equal_bits_of_copies(with_weights(residual_chain(3)), {"noc.multicast=tree", "tile.rows=64", "mapper.copies=2"}, "conv0", 2);
}
TEST(Copies, AsManyAsTheChipHasTilesFor) { expect_equal_bits_of_copies(with_weights(residual_chain(3, 12)), {"mapper.copies=auto"}, "conv0", 12); }

/// A window that jumps over rows: what the copies make there goes to someone all the same.
TEST(Copies, WhosePositionsNobodyReads) {
  NetworkBuilder b({1, 3, 16, 16});
  const int first = b.relu("relu", b.conv("conv0", 0, 8, 3, 1));
  expect_equal_bits_of_copies(with_weights(b.finish(b.conv("short", first, 8, 1, 2))), {"mapper.copies=2"}, "conv0", 2);
}
TEST(Copies, WhosePositionsNobodyReadsFromSeveralPorts) {
  NetworkBuilder b({1, 3, 16, 16});
  const int first = b.conv("conv0", 0, 8, 1, 2);
  expect_equal_bits_of_copies(with_weights(b.finish(b.conv("second", first, 8, 3, 1))), {"mapper.copies=4", "port.nodes=0 7"}, "conv0", 4);
}

/// The steps of an LSTM wait for their products, whichever copy makes them; so do those of one that runs backwards.
void expect_equal_bits_of_lstm(const char* direction) {
  workloads::OnnxModel model(14);
  model.input("x", {12, 0, 6}).output("y").floats("w", {1, 32, 6}, workloads::ramp(192)).floats("r", {1, 32, 8}, workloads::ramp(256));
  model.node("LSTM", {"x", "w", "r"}, "y", "cell").attribute("hidden_size", 8).attribute("direction", direction);
  const workloads::Network network = model.import();
  const Setting on = setting({"mapper.copies=3"});
  Comparison comparison(with_ordinary_inputs(network, on), on, random_samples(network, 4));
  std::size_t copied = 0;
  for (const TilePlacement& tile : comparison.mapping.tiles) copied += tile.block.copy > 0 ? 1U : 0U;
  EXPECT_EQ(copied, 2U) << "the steps have one copy, the products of all inputs three";
  comparison.simulate();
  EXPECT_TRUE(comparison.lively());
  EXPECT_EQ(comparison.differences(), 0U);
}
TEST(Copies, InFrontOfARecurrence) { expect_equal_bits_of_lstm("forward"); }
TEST(Copies, InFrontOfARecurrenceThatRunsBackwards) { expect_equal_bits_of_lstm("reverse"); }

/// Nodes that share a matrix have one copy of it.
TEST(Copies, OfASharedMatrixThereAreNone) {
  workloads::OnnxModel model;
  model.input("x", {0, 16, 8}).floats("w", {8, 8}, workloads::ramp(64)).output("y");
  model.node("MatMul", {"x", "w"}, "a", "one").node("Relu", {"a"}, "b").node("MatMul", {"b", "w"}, "y", "two");
  const workloads::Network network = model.import();
  const Setting on = setting({"mapper.copies=4"});
  const workloads::TiledNetwork tiled = with_ordinary_inputs(network, on);
  EXPECT_EQ(tiled.layout.matrices.front().copies, 1);
}

/// Half the rows each: half the time. Both ends of the chip are much faster.
TEST(Copies, TwoTakeHalfTheTime) {
  const std::vector<std::string> chip{"mapper.copies=2", "port.bits_per_cycle=256", "noc.flit_bits=256", "tile.dac.latched=true"};
  auto inputs = random_samples(small_convnet(), 4);
  Comparison comparison(with_ordinary_inputs(with_weights(small_convnet()), setting(chip)), setting(chip), std::move(inputs));
  comparison.simulate();
  // 64 positions of 127 ns for one copy.
  EXPECT_NEAR(comparison.result.interval_s, 32 * 127e-9, 0.02 * 32 * 127e-9);
}

}  // namespace
}  // namespace mho::mapper::test
