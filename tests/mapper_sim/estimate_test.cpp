// The estimate against the simulation: times, events and waits of the same program. One simulation per process: every case calls simulate() once.
#include "hw/estimate/estimate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "base/error.h"
#include "hw/chip/simulation.h"
#include "mapper/copy_choice.h"
#include "tests/mapper/small_networks.h"
#include "tests/workloads/onnx_model.h"

namespace mho::mapper::test {
namespace {

struct Tolerance {
  double interval = 0.02, latency = 0.01;
};

void compare(const workloads::Network& network, const Setting& on, const Tolerance& tolerance = {}) {
  workloads::TiledNetwork tiled = lay_out(network, on.tile);
  assign_copies(tiled, on.chip, on.mapper.copies, {}, on.mapper.row_turns);
  pack_blocks(tiled, on.chip, on.mapper.packing);
  const Mapping mapping = map(tiled, on.chip, on.mapper);
  hw::verify(mapping.program, on.chip);
  const hw::SimulationResult estimated = hw::estimate(mapping.program, on.chip, on.tile);
  if (mapping.estimate) {
    // What sizing the buffers has found is not found again.
    EXPECT_EQ(mapping.estimate->interval_s, estimated.interval_s);
    EXPECT_EQ(mapping.estimate->latency, estimated.latency);
    EXPECT_EQ(mapping.estimate->steady.flit_hops, estimated.steady.flit_hops);
  }
  const hw::SimulationResult simulated = hw::simulate(mapping.program, on.chip, on.tile);
  EXPECT_NEAR(estimated.interval_s / simulated.interval_s, 1, tolerance.interval);
  EXPECT_NEAR(estimated.latency.seconds() / simulated.latency.seconds(), 1, tolerance.latency);
  ::testing::Test::RecordProperty("interval_ratio", fmt::format("{:.4f}", estimated.interval_s / simulated.interval_s));
  ::testing::Test::RecordProperty("speed", fmt::format("{:.1f}", simulated.wall_s / estimated.wall_s));
  const hw::Activity &a = estimated.single, &b = simulated.single;
  ASSERT_EQ(a.stages.size(), b.stages.size());
  for (std::size_t s = 0; s < a.stages.size(); ++s) {
    const std::string& name = mapping.program.stages[s].name;
    EXPECT_EQ(a.stages[s].positions, b.stages[s].positions) << name;
    EXPECT_EQ(a.stages[s].mvms, b.stages[s].mvms) << name;
    EXPECT_EQ(a.stages[s].dac_conversions, b.stages[s].dac_conversions) << name;
    EXPECT_EQ(a.stages[s].adc_conversions, b.stages[s].adc_conversions) << name;
    EXPECT_EQ(a.stages[s].scale_operations, b.stages[s].scale_operations) << name;
    EXPECT_EQ(a.stages[s].element_operations, b.stages[s].element_operations) << name;
    EXPECT_EQ(a.stages[s].input_buffer_written_bits, b.stages[s].input_buffer_written_bits) << name;
    EXPECT_EQ(a.stages[s].input_buffer_read_bits, b.stages[s].input_buffer_read_bits) << name;
    EXPECT_EQ(a.stages[s].output_buffer_written_bits, b.stages[s].output_buffer_written_bits) << name;
    EXPECT_EQ(a.stages[s].output_buffer_read_bits, b.stages[s].output_buffer_read_bits) << name;
    EXPECT_EQ(a.stages[s].port_bits, b.stages[s].port_bits) << name;
    EXPECT_EQ(a.stages[s].busy_cycles, b.stages[s].busy_cycles) << name;
    EXPECT_EQ(a.stages[s].shared_cycles, b.stages[s].shared_cycles) << name;
  }
  // Packets of credits come a little earlier or later, so that some hold more.
  EXPECT_NEAR(static_cast<double>(a.flit_hops) / static_cast<double>(b.flit_hops), 1, 0.05);
  ASSERT_EQ(a.links.size(), b.links.size());
  ASSERT_EQ(a.units.size(), b.units.size());
}

TEST(Estimate, OfAConvnet) { compare(small_convnet(), setting()); }
TEST(Estimate, OfResidualBlocks) { compare(residual_chain(4), setting()); }
TEST(Estimate, OfSplitMatrices) { compare(residual_chain(3), setting({"tile.rows=64", "tile.columns=8", "chip.digital_cores=6"})); }
TEST(Estimate, OfTilesThatShareConverters) {
  compare(residual_chain(4), setting({"chip.mesh.width=2", "chip.mesh.height=3", "chip.digital_cores=2", "chip.tiles_per_core=4"}));
}
TEST(Estimate, OfTilesWithTheirOwnConverters) {
  compare(residual_chain(4),
          setting({"chip.mesh.width=2", "chip.mesh.height=3", "chip.digital_cores=2", "chip.tiles_per_core=4", "chip.converters=own"}));
}
TEST(Estimate, OfArraysThatConvertThemselves) { compare(residual_chain(3), setting({"tile.adc.pipelined=false"})); }
TEST(Estimate, OfSeveralChips) {
  compare(residual_chain(4), setting({"chip.count=3", "chip.mesh.width=3", "chip.mesh.height=3", "chip.digital_cores=2"}));
}
TEST(Estimate, OfSlowLinksBetweenChips) {
  compare(residual_chain(4), setting({"chip.count=3", "chip.mesh.width=3", "chip.mesh.height=3", "chip.digital_cores=2",
                                      "chip.link.bandwidth=1 Gbit/s", "chip.link.latency=1 us"}));
}
TEST(Estimate, OfBlocksThatShareTiles) { compare(residual_chain(4), setting({"mapper.packing=rectangle", "chip.input_buffer=1MiB"})); }
TEST(Estimate, OfBlocksThatShareTilesAndConverters) {
  compare(residual_chain(4), setting({"mapper.packing=rectangle", "tile.rows=128", "tile.columns=32", "chip.mesh.width=2", "chip.mesh.height=3",
                                      "chip.digital_cores=2", "chip.tiles_per_core=4", "chip.input_buffer=1MiB"}));
}
TEST(Estimate, OfBlocksThatAreSelectedApart) {
  compare(residual_chain(4), setting({"mapper.packing=diagonal", "tile.array.selector=block", "chip.input_buffer=1MiB"}));
}
TEST(Estimate, OfLatchedDrivers) { compare(residual_chain(3), setting({"tile.dac.latched=true"})); }
TEST(Estimate, OfSmallBuffers) {
  compare(residual_chain(4), setting({"mapper.buffers=least", "mapper.buffer_slack=0", "chip.output_buffer_positions=1"}), {.interval = 0.05});
}
TEST(Estimate, OfMemoryFarAway) { compare(small_convnet(), setting({"port.latency=500 ns", "port.outstanding=4"})); }
TEST(Estimate, OfSeveralClocks) {
  compare(residual_chain(3), setting({"chip.digital_clock=700 MHz", "chip.analog_clock=500 MHz", "noc.clock=1.3 GHz"}),
          {.interval = 0.05, .latency = 0.03});
}
TEST(Estimate, OfATorus) { compare(residual_chain(4), setting({"noc.topology=torus"})); }
TEST(Estimate, OfCopies) {
  compare(residual_chain(4), setting({"mapper.copies=auto", "port.nodes=0 7 56 63", "noc.flit_bits=256", "port.bits_per_cycle=256"}),
          {.interval = 0.1});
}

TEST(Estimate, OfARecurrence) {
  workloads::OnnxModel model(14);
  model.input("x", {24, 0, 6}).output("y").floats("w", {1, 32, 6}, workloads::ramp(192)).floats("r", {1, 32, 8}, workloads::ramp(256));
  model.node("LSTM", {"x", "w", "r"}, "y", "cell").attribute("hidden_size", 8);
  compare(model.import(), setting());
}

/// The first inference is the same whether others follow or not.
TEST(Estimate, OfASingleInference) {
  const Setting on = setting();
  const Mapping mapping = map_on(small_convnet(), on);
  const hw::SimulationResult all = hw::estimate(mapping.program, on.chip, on.tile);
  const hw::SimulationResult one = hw::estimate(mapping.program, on.chip, on.tile, {.single_only = true});
  EXPECT_EQ(one.latency, all.latency);
  EXPECT_EQ(one.single.flit_hops, all.single.flit_hops);
  EXPECT_EQ(one.steady.flit_hops, one.single.flit_hops);
  EXPECT_EQ(one.interval_s, one.latency.seconds());
  EXPECT_EQ(one.steady_inferences, 1);
  EXPECT_TRUE(one.single_only);
  EXPECT_LT(one.cycles, all.cycles);
}

TEST(Estimate, SaysWhatItDoesNotKnow) {
  for (const char* unknown : {"chip.power_gating=on", "noc.power_gating=on", "noc.multicast=tree"}) {
    const Setting on = setting({unknown});
    const Mapping mapping = map_on(small_convnet(), on);
    EXPECT_THROW(hw::estimate(mapping.program, on.chip, on.tile), base::UserError) << unknown;
  }
}

/// Networks of the folder that MHO_DATA names, on the chip of designs/mapping_reference.yaml.
class EstimateData : public ::testing::Test {
 protected:
  void check(const std::string& file, std::vector<std::string> more = {}, const Tolerance& tolerance = {.interval = 0.1, .latency = 0.1}) {
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder with networks and data";
    more.insert(more.end(), {"tile.dac.latched=true", "digital.result_format=float16"});
    compare(workloads::import_onnx(std::string(folder) + "/" + file), setting(more), tolerance);
  }
};
const std::vector<std::string> many{"mapper.copies=auto", "chip.mesh.width=12", "chip.mesh.height=12", "chip.digital_cores=24"};

TEST_F(EstimateData, FashionMlp) { check("nets/fashion_mlp.onnx"); }
TEST_F(EstimateData, FashionCnn) { check("nets/fashion_cnn.onnx"); }
TEST_F(EstimateData, FashionCnnWithCopies) { check("nets/fashion_cnn.onnx", many); }
TEST_F(EstimateData, ResNet8) { check("models/mlperf_tiny_resnet8_cifar10.onnx"); }
TEST_F(EstimateData, ResNet8WithCopies) { check("models/mlperf_tiny_resnet8_cifar10.onnx", many); }
TEST_F(EstimateData, ResNet20) { check("models/cifar10_resnet20_akamaster.onnx"); }
TEST_F(EstimateData, ResNet20WithCopies) { check("models/cifar10_resnet20_akamaster.onnx", many); }
TEST_F(EstimateData, Vit) { check("models/vit_cifar10_pgd_2_3_16.onnx"); }
TEST_F(EstimateData, Lstm) { check("nets/fsdd_lstm.onnx"); }
TEST_F(EstimateData, Trec) { check("nets/trec_transformer.onnx"); }
TEST_F(EstimateData, TrecWithCopies) { check("nets/trec_transformer.onnx", many); }
TEST_F(EstimateData, Shakespeare) { check("nets/shakespeare_transformer.onnx", {"chip.input_buffer=1 MiB", "chip.digital_buffer=4 MiB"}); }

}  // namespace
}  // namespace mho::mapper::test
