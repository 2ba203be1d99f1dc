// Faults that a chip which computes must not survive unnoticed. One simulation per process: every case calls simulate() once.
#include <gmock/gmock.h>

#include "base/error.h"
#include "tests/mapper_sim/functional_chip.h"

namespace mho::mapper::test {
namespace {

using Kind = hw::PacketFault::Kind;
using ::testing::HasSubstr;

/// Edge between two stages of the program.
int edge(const hw::Program& program, const std::string& producer, const std::string& consumer) {
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    const auto name = [&](int stage) { return program.stages[static_cast<std::size_t>(stage)].name; };
    if (name(program.edges[e].producer) == producer && name(program.edges[e].consumer) == consumer) return static_cast<int>(e);
  }
  ADD_FAILURE() << "no edge " << producer << " -> " << consumer;
  return 0;
}

/// What a user would see of a fault: numbers that differ, or a message.
struct Seen {
  std::size_t differences = 0;
  std::string message;
};

class ComputingFaults : public ::testing::Test {
 protected:
  /// A chain of residual blocks, its matrices over several tiles.
  ComputingFaults()
      : on_(setting({"tile.rows=40", "tile.columns=8", "chip.digital_cores=6"})),
        network_(with_weights(residual_chain(3, 8))),
        comparison_(with_ordinary_inputs(network_, on_), on_, random_samples(network_, 3)) {}

  [[nodiscard]] int between(const std::string& producer, const std::string& consumer) const {
    return edge(comparison_.mapping.program, producer, consumer);
  }
  [[nodiscard]] hw::Edge& program_edge(const std::string& producer, const std::string& consumer) {
    return comparison_.mapping.program.edges[static_cast<std::size_t>(between(producer, consumer))];
  }
  Seen simulate(std::vector<hw::PacketFault> faults = {}) {
    try {
      comparison_.simulate(std::move(faults));
    } catch (const base::UserError& error) {
      EXPECT_EQ(error.code(), base::ExitCode::failed_check);
      return {0, error.what()};
    }
    return {comparison_.differences(), ""};
  }

  Setting on_;
  workloads::Network network_;
  Comparison comparison_;
};

TEST_F(ComputingFaults, WithoutAFaultAllBitsAreEqual) {
  const Seen seen = simulate();
  EXPECT_EQ(seen.message, "");
  EXPECT_EQ(seen.differences, 0U);
}

TEST_F(ComputingFaults, ACorruptedPixelReachesTheOutput) { EXPECT_GT(simulate({{Kind::corrupt, between("input", "conv0"), 9}}).differences, 0U); }

TEST_F(ComputingFaults, ACorruptedActivationReachesTheOutput) {
  EXPECT_GT(simulate({{Kind::corrupt, between("conv0", "conv0a[1,0]"), 20}}).differences, 0U);
}

TEST_F(ComputingFaults, ACorruptedPartialSumReachesTheOutput) {
  EXPECT_GT(simulate({{Kind::corrupt, between("conv0a[1,0]", "conv0a sum[0]"), 70}}).differences, 0U);
}

TEST_F(ComputingFaults, ACorruptedShortBranchReachesTheOutput) {
  EXPECT_GT(simulate({{Kind::corrupt, between("conv0", "add0"), 64}}).differences, 0U);
}

TEST_F(ComputingFaults, SwappedPacketsReachTheOutput) { EXPECT_GT(simulate({{Kind::swap, between("conv0", "conv0a[0,0]"), 27}}).differences, 0U); }

TEST_F(ComputingFaults, ADroppedPacketLeavesItsReaderWaiting) {
  const Seen seen = simulate({{Kind::drop, between("conv0a[0,0]", "conv0a sum[0]"), 30}});
  EXPECT_THAT(seen.message, HasSubstr("standstill"));
  EXPECT_THAT(seen.message, HasSubstr("1 more position on edge 'conv0a[0,0]' -> 'conv0a sum[0]'"));
}

TEST_F(ComputingFaults, AMisroutedPacketIsNamed) {
  const Seen seen = simulate({{Kind::misroute, between("conv0", "conv0a[0,0]"), 5, 0}});
  EXPECT_THAT(seen.message, HasSubstr("position 5 of edge 'conv0' -> 'conv0a[0,0]' reached node 0"));
}

/// The program lets a convolution begin before its window is there.
TEST_F(ComputingFaults, AWindowTooSmallIsNamed) {
  hw::Edge& edge = program_edge("conv0", "conv0a[0,0]");
  auto needs = std::make_shared<std::vector<std::int32_t>>(*edge.needs);
  for (std::int32_t& count : *needs) count = std::max(1, count - 1);
  edge.needs = needs;
  const Seen seen = simulate();
  EXPECT_THAT(seen.message, HasSubstr("of stage 'conv0a[0,0]' reads position"));
  EXPECT_THAT(seen.message, HasSubstr("of 'conv0', which has not arrived"));
}

/// The program drops a line of the image that the next window still needs.
TEST_F(ComputingFaults, AWindowDroppedTooSoonIsNamed) {
  hw::Edge& edge = program_edge("conv0", "conv0a[0,0]");
  auto releases = std::make_shared<std::vector<std::int32_t>>(*edge.releases);
  for (std::size_t k = 0; k < releases->size(); ++k) (*releases)[k] = std::min((*releases)[k] + 1, (*edge.needs)[k]);
  edge.releases = releases;
  const Seen seen = simulate();
  EXPECT_THAT(seen.message, HasSubstr("of 'conv0', which was released before"));
}

/// A core that reads another row of its window than the network says: what leaves differs.
TEST_F(ComputingFaults, AWrongPositionInAProgramFailsTheComparison) {
  auto& task = comparison_.mapping.dataflow->stages[static_cast<std::size_t>(program_edge("conv0", "add0").consumer)];
  // Two elements of the output change places.
  auto elements = std::make_shared<std::vector<std::int32_t>>(*task.output.elements);
  std::swap((*elements)[8], (*elements)[16]);
  task.output.elements = elements;
  comparison_.rebuild();
  const Seen seen = simulate();
  EXPECT_TRUE(seen.differences > 0U || !seen.message.empty());
}

}  // namespace
}  // namespace mho::mapper::test
