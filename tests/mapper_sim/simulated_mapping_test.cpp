// One simulation per process: every case calls simulate() once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "hw/simulation.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

/// Maps, verifies and simulates; checks what holds for every network: each stage did its positions in each inference and nothing else, and
/// inferences follow each other at the pace of the busiest stage, up to the factor `most_over_busiest`, and at a steady one if it `settles`.
void run(const workloads::Network& network, const Setting& on, double most_over_busiest = 1.05, bool settles = true) {
  const Mapping mapping = map_on(network, on);
  hw::verify(mapping.program, on.chip);
  const hw::SimulationResult result = hw::simulate(mapping.program, on.chip, on.tile);
  EXPECT_TRUE(result.converged || !settles);
  const auto inferences = static_cast<std::uint64_t>(result.steady_inferences);
  std::uint64_t mvms = 0;
  double bound_cycles = 0;  // no stage can be faster than its busiest unit
  for (std::size_t s = 0; s < mapping.program.stages.size(); ++s) {
    const hw::Stage& stage = mapping.program.stages[s];
    EXPECT_EQ(result.single.stages[s].positions, static_cast<std::uint64_t>(stage.positions)) << stage.name;
    EXPECT_EQ(result.steady.stages[s].positions, static_cast<std::uint64_t>(stage.positions) * inferences) << stage.name;
    mvms += result.single.stages[s].mvms;
    bound_cycles = std::max(bound_cycles, static_cast<double>(result.single.stages[s].busy_cycles));
  }
  // Stage for stage from the network: every block of a matrix runs once per output position.
  const auto layout = make_layout(network, on.tile);
  std::uint64_t wanted = 0;
  for (const auto& node : network.nodes) {
    if (node.on_tiles()) wanted += static_cast<std::uint64_t>(network.positions(node)) * layout.of(node.name).blocks.size();
  }
  EXPECT_EQ(mvms, wanted);
  const double interval_cycles = result.interval_s * on.chip.clock.si();
  constexpr double agreement = 0.01;  // of the intervals that count as steady
  EXPECT_GE(interval_cycles, bound_cycles * (1 - agreement));
  // Buffers that the mapper sizes too tightly show as stages that wait for each other.
  EXPECT_LE(interval_cycles, most_over_busiest * bound_cycles);
  ::testing::Test::RecordProperty("interval_cycles", fmt::format("{:.0f}", interval_cycles));
  ::testing::Test::RecordProperty("busiest_stage_cycles", fmt::format("{:.0f}", bound_cycles));
}

TEST(SimulatedMapping, SmallConvnet) { run(small_convnet(), setting()); }

TEST(SimulatedMapping, ResidualChainDoesNotHang) { run(residual_chain(6), setting()); }

TEST(SimulatedMapping, ResidualChainWithoutSlackDoesNotHang) {
  run(residual_chain(4), setting({"mapper.buffer_slack=0", "chip.output_buffer_positions=1"}));
}

TEST(SimulatedMapping, ResidualChainOfSplitMatricesDoesNotHang) {
  run(residual_chain(3), setting({"tile.rows=64", "tile.columns=8", "chip.digital_cores=6"}));
}

TEST(SimulatedMapping, ResidualChainOnOneDigitalCoreDoesNotHang) {
  run(residual_chain(4), setting({"chip.digital_cores=1", "noc.virtual_channels=1", "noc.buffer_flits=2"}));
}

TEST(SimulatedMapping, ResidualChainInWideFormatsDoesNotHang) {
  run(residual_chain(3), setting({"digital.activation_format=float32", "digital.result_format=float32", "noc.flit_bits=16"}));
}

/// Networks of the folder that MHO_DATA names.
class SimulatedMappingData : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder with networks and data";
    folder_ = folder;
  }
  [[nodiscard]] workloads::Network network(const std::string& file) const { return workloads::import_onnx(folder_ + "/" + file); }

 private:
  std::string folder_;
};

TEST_F(SimulatedMappingData, ResNet8) { run(network("models/mlperf_tiny_resnet8_cifar10.onnx"), setting()); }

TEST_F(SimulatedMappingData, ResNet20) { run(network("models/cifar10_resnet20_akamaster.onnx"), setting()); }

TEST_F(SimulatedMappingData, ResNet20OnTilesOf128) {
  run(network("models/cifar10_resnet20_akamaster.onnx"), setting({"tile.rows=128", "tile.columns=128", "chip.mesh.width=12", "chip.mesh.height=12"}));
}

TEST_F(SimulatedMappingData, ResNet2b) { run(network("models/vnncomp21_resnet_2b.onnx"), setting()); }

/// Attention waits for all its tokens, so tiles idle between the blocks.
TEST_F(SimulatedMappingData, VisionTransformer) { run(network("models/vit_cifar10_pgd_2_3_16.onnx"), setting(), 4.0, false); }

TEST_F(SimulatedMappingData, Mnist8) { run(network("models/mnist-8/model.onnx"), setting()); }

TEST_F(SimulatedMappingData, ConvnetMaxPool) { run(network("models/vnncomp21_Convnet_maxpool.onnx"), setting()); }

TEST_F(SimulatedMappingData, FashionCnn) { run(network("nets/fashion_cnn.onnx"), setting()); }

TEST_F(SimulatedMappingData, FashionCnnWithBatchNorm) { run(network("nets/fashion_cnn_bn.onnx"), setting()); }

/// Here vectors of 100 flits an inference share the link out of the port for 127 cycles of work: they get in each other's way, and intervals swing.
TEST_F(SimulatedMappingData, FashionMlp) { run(network("nets/fashion_mlp.onnx"), setting(), 1.25, false); }

TEST_F(SimulatedMappingData, FullyConnected256) { run(network("models/vnncomp21_mnist-net_256x2.onnx"), setting(), 1.4, false); }

}  // namespace
}  // namespace mho::mapper::test
