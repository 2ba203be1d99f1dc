#include "mapper/placement/partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "tests/mapper/small_networks.h"
#include "tests/workloads/onnx_model.h"

namespace mho::mapper::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const hw::Stage& stage(const Mapping& mapping, const std::string& name) {
  const auto found = std::ranges::find(mapping.program.stages, name, &hw::Stage::name);
  if (found == mapping.program.stages.end()) throw std::out_of_range("no stage " + name);
  return *found;
}

std::vector<std::string> readers(const Mapping& mapping, const std::string& name) {
  std::vector<std::string> names;
  for (const hw::Edge& edge : mapping.program.edges) {
    if (mapping.program.stages[static_cast<std::size_t>(edge.producer)].name == name)
      names.push_back(mapping.program.stages[static_cast<std::size_t>(edge.consumer)].name);
  }
  return names;
}

std::string refusal(const workloads::Network& network, const std::vector<std::string>& assignments) {
  try {
    (void)map_on(network, setting(assignments));
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    return error.what();
  }
  return "";
}

/// One port, one digital core and `tiles` analog ones.
std::vector<std::string> row_of(int tiles) {
  return {"chip.mesh.height=1", "chip.digital_cores=1", "mapper.weights=reloaded", "chip.mesh.width=" + std::to_string(2 + tiles)};
}

/// Two tiles, conv1 (3 x 3 x 3 -> 16) and fc (256 -> 10), on a chip of one: conv1 and the pooling first, whose 16 positions of 16 halves wait in
/// memory.
TEST(Phasing, ANetworkOneTileTooLargeComesInTwoTurns) {
  const Setting on = setting(row_of(1));
  const Mapping mapping = map_on(small_convnet(), on);
  hw::verify(mapping.program, on.chip);
  ASSERT_EQ(mapping.program.phases.size(), 4U);
  EXPECT_TRUE(mapping.program.phases[0].programs);
  EXPECT_FALSE(mapping.program.phases[1].programs);
  EXPECT_EQ(stage(mapping, "input").phase, 1);
  EXPECT_EQ(stage(mapping, "conv1").phase, 1);
  EXPECT_EQ(stage(mapping, "pool").phase, 1);
  EXPECT_EQ(stage(mapping, "fc").phase, 3);
  EXPECT_EQ(stage(mapping, "output").phase, 3);
  EXPECT_THAT(readers(mapping, "pool"), ElementsAre("pool to memory"));
  EXPECT_THAT(readers(mapping, "pool from memory"), ElementsAre("fc"));
  const hw::Stage& kept = stage(mapping, "pool to memory");
  EXPECT_EQ(kept.kind, hw::Stage::Kind::sink);
  EXPECT_TRUE(kept.memory);
  EXPECT_EQ(kept.positions, 16);
  EXPECT_EQ(kept.bits_per_position, 16 * 16);
  const hw::Stage &weights = stage(mapping, "fc weights"), &programming = stage(mapping, "fc programming");
  EXPECT_EQ(weights.phase, 2);
  EXPECT_EQ(weights.positions, 256);
  EXPECT_EQ(weights.bits_per_position, 10 * 8);
  EXPECT_EQ(programming.core, stage(mapping, "fc").core);
  EXPECT_EQ(programming.write->rows, 256);
  EXPECT_EQ(programming.write->outputs, 10);
  EXPECT_EQ(stage(mapping, "conv1").core, stage(mapping, "fc").core);  // the one tile of the chip
  ASSERT_EQ(mapping.tiles.size(), 2U);
  EXPECT_EQ(mapping.tiles[0].phase, 1);
  EXPECT_EQ(mapping.tiles[1].phase, 3);
}

TEST(Phasing, ANetworkThatFitsStaysWhereItIs) {
  const Mapping mapping = map_on(small_convnet(), setting(row_of(2)));
  EXPECT_TRUE(mapping.program.phases.empty());
  EXPECT_EQ(mapping.program.stages.size(), 5U);
}

/// Ten convolutions on four tiles: the fewest turns that could do, each full but the last.
TEST(Phasing, TilesFillOneTurnAfterTheOther) {
  const Setting on = setting(row_of(4));
  const Mapping mapping = map_on(residual_chain(4), on);
  hw::verify(mapping.program, on.chip);
  ASSERT_EQ(mapping.program.phases.size(), 6U);
  std::vector<int> tiles(3);
  for (const TilePlacement& tile : mapping.tiles) ++tiles[static_cast<std::size_t>(tile.phase / 2)];
  EXPECT_THAT(tiles, ElementsAre(4, 4, 2));
}

/// What several later phases read is written once, and what comes in is read again where it lies.
TEST(Phasing, WhatSeveralPhasesReadIsWrittenOnce) {
  NetworkBuilder b({1, 16});
  const int one = b.gemm("one", 0, 16), two = b.gemm("two", one, 16), three = b.gemm("three", two, 16);
  const Mapping mapping = map_on(b.finish(b.sum("all", b.sum("late", three, one), b.sum("in", two, 0))), setting(row_of(1)));
  EXPECT_THAT(readers(mapping, "one"), ElementsAre("one to memory"));
  const auto named = [&](const std::string& name) { return std::ranges::count(mapping.program.stages, name, &hw::Stage::name); };
  EXPECT_EQ(named("one to memory"), 1);
  EXPECT_EQ(named("one from memory"), 2);  // in the second phase for 'two', in the third for the sum
  EXPECT_EQ(named("input to memory"), 0);
  EXPECT_EQ(named("input from memory"), 1);
}

/// Three row parts and one tile: their sums come together from memory.
TEST(Phasing, BlocksOfOneMatrixMayComeInTurns) {
  NetworkBuilder b({1, 600});
  auto on = row_of(1);
  on.emplace_back("tile.rows=256");
  const Mapping mapping = map_on(b.finish(b.gemm("fc", 0, 4)), setting(on));
  ASSERT_EQ(mapping.program.phases.size(), 6U);
  const hw::Stage& sum = stage(mapping, "fc sum[0]");
  EXPECT_EQ(sum.phase, 5);
  EXPECT_THAT(readers(mapping, "fc[0,0] from memory"), ElementsAre("fc sum[0]"));
  EXPECT_THAT(readers(mapping, "fc[1,0] from memory"), ElementsAre("fc sum[0]"));
  EXPECT_THAT(readers(mapping, "fc[2,0]"), ElementsAre("fc sum[0]"));
}

workloads::Network lstm() {
  workloads::OnnxModel model(14);
  model.input("x", {12, 0, 6}).output("y").floats("w", {1, 32, 6}, workloads::ramp(192)).floats("r", {1, 32, 8}, workloads::ramp(256));
  model.node("LSTM", {"x", "w", "r"}, "y", "cell").attribute("hidden_size", 8);
  return model.import();
}

TEST(Phasing, ARecurrenceStaysTogether) {
  auto on = row_of(2);
  on.insert(on.end(), {"tile.columns=16"});  // two tiles for the inputs, two for the state
  const Mapping mapping = map_on(lstm(), setting(on));
  ASSERT_EQ(mapping.program.phases.size(), 4U);
  for (const hw::Edge& edge : mapping.program.edges) {
    if (edge.needs->front() != 0) continue;
    EXPECT_EQ(mapping.program.stages[static_cast<std::size_t>(edge.consumer)].phase, 3);
  }
  on.back() = "tile.columns=8";  // four for the state
  EXPECT_THAT(refusal(lstm(), on), AllOf(HasSubstr("needs 4 tiles at the same time"), HasSubstr("the chip has 2: 2 are missing")));
}

/// Ten convolutions on four cores of two tiles: eight would go in a turn, but a core's input buffer holds the windows of one alone.
TEST(Phasing, APhaseThatFindsNoPlaceGetsFewerTiles) {
  auto on = row_of(4);
  const auto turns = [&](const std::string& buffer) {
    auto assignments = on;
    assignments.insert(assignments.end(), {"chip.tiles_per_core=2", "chip.input_buffer=" + buffer});
    const Setting chosen = setting(assignments);
    const Mapping mapping = map_on(residual_chain(4), chosen);
    hw::verify(mapping.program, chosen.chip);
    return mapping.program.phases.size() / 2;
  };
  EXPECT_EQ(turns("64 KiB"), 2U);
  EXPECT_EQ(turns("0.6 KiB"), 3U);
  EXPECT_THAT(refusal(residual_chain(4),
                      [&] {
                        auto assignments = on;
                        assignments.emplace_back("chip.input_buffer=0.05 KiB");
                        return assignments;
                      }()),
              AllOf(HasSubstr("chip.input_buffer"), HasSubstr("compute 1 of")));
}

TEST(Phasing, IsTheOtherChoiceWhereANetworkDoesNotFit) {
  EXPECT_THAT(refusal(small_convnet(), {"chip.mesh.height=1", "chip.mesh.width=3", "chip.digital_cores=1"}), HasSubstr("mapper.weights: reloaded"));
  // Nothing to program in turn.
  EXPECT_THAT(refusal(small_convnet(), {"chip.mesh.height=1", "chip.mesh.width=2", "chip.digital_cores=1"}),
              AllOf(HasSubstr("0 analog cores"), ::testing::Not(HasSubstr("mapper.weights"))));
}

}  // namespace
}  // namespace mho::mapper::test
