// One simulation per process: every case calls simulate() once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "hw/chip/simulation.h"
#include "tests/mapper/small_networks.h"
#include "tests/workloads/onnx_model.h"

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
  const tiles::Layout layout = lay_out(network, on.tile).layout;
  std::uint64_t wanted = 0;
  for (const auto& node : network.nodes) {
    for (std::size_t k = 0; k < node.matrices.size(); ++k) {
      wanted += static_cast<std::uint64_t>(network.positions(node)) * layout.of(network.matrix(node, k).name).blocks.size();
    }
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

/// Ten tiles on three cores: four of them share converters.
TEST(SimulatedMapping, ResidualChainOnCoresOfFourTilesDoesNotHang) {
  run(residual_chain(4), setting({"chip.mesh.width=2", "chip.mesh.height=3", "chip.digital_cores=2", "chip.tiles_per_core=4"}), 4.0);
}

TEST(SimulatedMapping, ResidualChainInWideFormatsDoesNotHang) {
  run(residual_chain(3), setting({"digital.activation_format=float32", "digital.result_format=float32", "noc.flit_bits=16"}));
}

/// `steps` time steps of 6 features through an LSTM or a GRU of 8 units.
workloads::Network recurrent(const std::string& op, std::int64_t steps, bool linear_before_reset) {
  const std::int64_t gates = op == "LSTM" ? 4 : 3;
  workloads::OnnxModel model(14);
  model.input("x", {steps, 0, 6}).output("y").floats("w", {1, gates * 8, 6}, workloads::ramp(static_cast<std::size_t>(gates * 48)));
  model.floats("r", {1, gates * 8, 8}, workloads::ramp(static_cast<std::size_t>(gates * 64)));
  model.node(op, {"x", "w", "r"}, "y", "cell").attribute("hidden_size", 8);
  if (linear_before_reset) model.attribute("linear_before_reset", 1);
  return model.import();
}

/// A time step waits for the state of the one before: through the tile (settle, integrate, convert, scale) and the gates and twice through the mesh.
void run_recurrent(const workloads::Network& network, int products_a_step) {
  const Setting on = setting();
  const Mapping mapping = map_on(network, on);
  hw::verify(mapping.program, on.chip);
  const hw::SimulationResult result = hw::simulate(mapping.program, on.chip, on.tile);
  const auto steps = network.positions(network.nodes.back().recurrence() != nullptr ? network.nodes.back() : network.nodes[network.nodes.size() - 2]);
  const double tile = on.tile.dac.settling_time().si() + on.tile.dac.integration_time().si() +
                      on.tile.adc.conversion_time.si() * on.tile.adc.mux * on.tile.dac.conversions();
  EXPECT_GE(result.latency.seconds(), static_cast<double>(steps * products_a_step) * tile);
  EXPECT_LE(result.latency.seconds(), 3.0 * static_cast<double>(steps * products_a_step) * tile);
  std::uint64_t mvms = 0;
  for (const auto& stage : result.single.stages) mvms += stage.mvms;
  EXPECT_EQ(mvms, static_cast<std::uint64_t>(steps * (1 + products_a_step)));
  EXPECT_TRUE(result.converged);
}

TEST(SimulatedMapping, AnLstmWaitsForItsState) { run_recurrent(recurrent("LSTM", 24, false), 1); }
TEST(SimulatedMapping, AGruWaitsForItsState) { run_recurrent(recurrent("GRU", 24, true), 1); }
TEST(SimulatedMapping, AGruThatResetsFirstWaitsTwice) { run_recurrent(recurrent("GRU", 24, false), 2); }

/// Four layers on the tiles of one: half of the mapped matrix' stages could block each other, and none does.
TEST(SimulatedMapping, LayersThatShareAMatrixTakeTurns) {
  workloads::OnnxModel model;
  model.input("x", {0, 16, 8}).floats("w", {8, 8}, workloads::ramp(64)).output("y");
  std::string from = "x";
  for (int layer = 0; layer < 4; ++layer) {
    const std::string name = "layer" + std::to_string(layer), to = layer == 3 ? "y" : name + ".relu";
    model.node("MatMul", {from, "w"}, name + ".product", name).node("Relu", {name + ".product"}, to);
    from = to;
  }
  const workloads::Network network = model.import();
  ASSERT_EQ(network.matrices.size(), 1U);
  const Setting on = setting();
  EXPECT_EQ(map_on(network, on).tiles.size(), 1U);
  // One tile does the work of four stages: four times the busiest stage.
  run(network, on, 4.3);
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

TEST_F(SimulatedMappingData, SpokenDigitsLstm) { run(network("nets/fsdd_lstm.onnx"), setting(), 8.0); }

/// Here vectors of 100 flits an inference share the link out of the port for 127 cycles of work: they get in each other's way, and intervals swing.
TEST_F(SimulatedMappingData, FashionMlp) { run(network("nets/fashion_mlp.onnx"), setting(), 1.25, false); }

TEST_F(SimulatedMappingData, FullyConnected256) { run(network("models/vnncomp21_mnist-net_256x2.onnx"), setting(), 1.4, false); }

}  // namespace
}  // namespace mho::mapper::test
