// One simulation per process: every case calls simulate() once.
#include "tests/mapper_sim/functional_chip.h"

#include <cstdlib>

#include "tests/workloads/onnx_model.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/calibration.h"

namespace mho::mapper::test {
namespace {

TEST(FunctionalChip, IntegersBetweenTheBlocksOfAResidualNetwork) {
  expect_equal_bits(with_weights(residual_chain(3)), setting({"tile.rows=64", "digital.result_format=int8"}));
}

TEST(FunctionalChip, AConvnetHasTheBitsOfTheAccuracyPath) { expect_equal_bits(with_weights(small_convnet()), setting()); }

TEST(FunctionalChip, SoHasAChainOfResidualBlocks) { expect_equal_bits(with_weights(residual_chain(4)), setting()); }

TEST(FunctionalChip, SoHaveGlobalPools) { expect_equal_bits(with_weights(globally_pooled()), setting()); }
TEST(FunctionalChip, SoHaveGlobalMaxima) {
  expect_equal_bits(with_weights(globally_pooled(periphery::digital::Reduction::maximum)), setting({"digital.result_format=int8"}));
}
TEST(FunctionalChip, SoHaveGlobalPoolsOfCopies) {
  expect_equal_bits(with_weights(globally_pooled()), setting({"mapper.copies=3", "tile.columns=8", "chip.digital_cores=6"}));
}
TEST(FunctionalChip, SoHaveGlobalPoolsInPhases) {
  expect_equal_bits(with_weights(globally_pooled()),
                    setting({"mapper.weights=reloaded", "chip.mesh.width=3", "chip.mesh.height=2", "chip.digital_cores=3"}));
}

/// Several row parts, whose partial sums meet in a stage of their own, and several column parts.
TEST(FunctionalChip, SoHaveMatricesOverSeveralTiles) {
  expect_equal_bits(with_weights(residual_chain(3)), setting({"tile.rows=64", "tile.columns=8", "chip.digital_cores=6"}));
}

TEST(FunctionalChip, SoHasAnotherSetOfFormats) {
  expect_equal_bits(with_weights(residual_chain(3)), setting({"tile.rows=64", "digital.activation_format=float32", "digital.result_format=float32",
                                                              "digital.partial_sum_format=bfloat16"}));
}

/// Cores of several tiles that share converters.
TEST(FunctionalChip, SoHaveCoresOfSeveralTiles) {
  expect_equal_bits(with_weights(residual_chain(3)), setting({"chip.tiles_per_core=4", "tile.rows=64", "chip.digital_cores=6"}));
}

TEST(FunctionalChip, SoHasAnAnnealedPlacement) {
  expect_equal_bits(with_weights(residual_chain(3)), setting({"tile.rows=64", "chip.digital_cores=6", "mapper.placement=annealed"}));
}

/// Rows of pixels that are no channels, read in two parts by a product of all of them.
TEST(FunctionalChip, SoHasAProductOfAWholeImage) {
  NetworkBuilder b({1, 1, 12, 12});
  expect_equal_bits(with_weights(b.finish(b.gemm("fc", b.flatten("flat", 0), 10))), setting({"tile.rows=80"}));
}

TEST(FunctionalChip, SoHasAProductOfChannelsOverSeveralTiles) {
  expect_equal_bits(with_weights(small_convnet()), setting({"tile.rows=100", "tile.columns=12", "chip.digital_cores=6"}));
}

/// `steps` time steps of 6 features through an LSTM, a GRU or an RNN of 8 units, and a Relu of what comes out.
workloads::Network recurrent(const std::string& op, const char* direction, bool linear_before_reset) {
  const std::int64_t gates = op == "LSTM" ? 4 : op == "GRU" ? 3 : 1, steps = 12;
  workloads::OnnxModel model(14);
  model.input("x", {steps, 0, 6}).output("z").floats("w", {1, gates * 8, 6}, workloads::ramp(static_cast<std::size_t>(gates * 48)));
  model.floats("r", {1, gates * 8, 8}, workloads::ramp(static_cast<std::size_t>(gates * 64)));
  model.node(op, {"x", "w", "r"}, "y", "cell").attribute("hidden_size", 8).attribute("direction", direction);
  if (linear_before_reset) model.attribute("linear_before_reset", 1);
  model.node("Relu", {"y"}, "z", "relu");
  return model.import();
}

TEST(FunctionalChip, SoHasAnLstm) { expect_equal_bits(recurrent("LSTM", "forward", false), setting()); }
TEST(FunctionalChip, SoHasAnLstmThatRunsBackwards) { expect_equal_bits(recurrent("LSTM", "reverse", false), setting()); }
TEST(FunctionalChip, SoHasAGru) { expect_equal_bits(recurrent("GRU", "forward", true), setting()); }
TEST(FunctionalChip, SoHasAGruThatResetsFirst) { expect_equal_bits(recurrent("GRU", "forward", false), setting()); }
TEST(FunctionalChip, SoHasAGruThatResetsFirstBackwards) { expect_equal_bits(recurrent("GRU", "reverse", false), setting()); }
TEST(FunctionalChip, SoHasAnRnnOverSeveralTiles) {
  expect_equal_bits(recurrent("RNN", "forward", false), setting({"tile.rows=4", "tile.columns=3", "chip.digital_cores=4"}));
}

/// Weights reloaded: a chip too small for the network by one tile or by many.
void expect_equal_bits_in_turns(workloads::Network network, const std::vector<std::string>& chip, std::size_t turns) {
  std::vector<std::string> assignments = chip;
  assignments.insert(assignments.end(), {"mapper.weights=reloaded", "mapper.reload_batch=3"});
  auto inputs = random_samples(network, 7);
  Comparison comparison(with_ordinary_inputs(std::move(network), setting(assignments)), setting(assignments), std::move(inputs));
  ASSERT_EQ(comparison.mapping.program.phases.size(), 2 * turns);
  comparison.simulate();
  EXPECT_TRUE(comparison.lively());
  EXPECT_EQ(comparison.differences(), 0U);
}

TEST(FunctionalChip, SoHasAConvnetOneTileTooLarge) {
  expect_equal_bits_in_turns(with_weights(small_convnet()), {"chip.mesh.width=3", "chip.mesh.height=1", "chip.digital_cores=1"}, 2);
}
/// Branches, and blocks of one matrix, that meet in later phases.
TEST(FunctionalChip, SoHaveResidualBlocksInTurns) {
  expect_equal_bits_in_turns(with_weights(residual_chain(3)),
                             {"tile.rows=64", "tile.columns=8", "chip.mesh.width=4", "chip.mesh.height=2", "chip.digital_cores=3"}, 8);
}
TEST(FunctionalChip, SoHasAnLstmInTurns) {
  expect_equal_bits_in_turns(recurrent("LSTM", "forward", false), {"chip.mesh.width=3", "chip.mesh.height=1", "chip.digital_cores=1"}, 2);
}
TEST(FunctionalChip, SoHasAGruThatResetsFirstInTurns) {
  expect_equal_bits_in_turns(recurrent("GRU", "reverse", false), {"chip.mesh.width=2", "chip.mesh.height=2", "chip.digital_cores=1"}, 2);
}

/// Products whose outputs clip are repeated: as many as the tile has converted, each for all units of the tile, and what was behind it once more.
TEST(FunctionalChip, TakesTheTimeOfItsRepeatedProducts) {
  NetworkBuilder b({1, 12});
  const Setting on = setting({"tile.adc.bound=0.5", "tile.adc.bound_management=iterative"});
  auto network = with_weights(b.finish(b.gemm("fc", 0, 10)));
  auto inputs = random_samples(network, 6, 3.0F);
  Comparison comparison(with_ordinary_inputs(std::move(network), on), on, std::move(inputs));
  comparison.simulate();
  EXPECT_EQ(comparison.differences(), 0U);
  const auto products = static_cast<std::int64_t>(comparison.chip().consumed(1).outputs) / 10;
  ASSERT_GT(products, 6);
  constexpr std::int64_t settled = 5, integrated = 127, converted = 80;  // 8 bits of 1 ns a level, 8 columns a converter of 10 ns
  const std::int64_t cycles = comparison.result.single.stages[1].repeat_cycles + comparison.result.steady.stages[1].repeat_cycles;
  const std::int64_t anew = cycles - (products - 6) * (settled + integrated + converted);
  EXPECT_EQ(anew % (settled + integrated), 0);
  EXPECT_GE(anew, 0);
  EXPECT_LE(anew, 4 * (settled + integrated));  // the first inference is alone and the last has none behind it
}

/// Networks and data of the folder that MHO_DATA names.
class FunctionalChipData : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder with networks and data";
    folder_ = folder;
  }
  /// Test samples from number 20 on, on tiles calibrated with `calibrating` samples from `from` on.
  Comparison compare(const std::string& file, const std::string& description, std::size_t samples, const Setting& on, std::size_t from,
                     std::size_t calibrating, double time_s) {
    const workloads::DataDescription data = workloads::read_data(std::string(MHO_EXAMPLES) + "/data/" + description);
    const workloads::Network network = workloads::import_onnx(folder_ + "/" + file, data.test->sample_shape());
    workloads::TiledNetwork tiled = lay_out(network, on.tile);
    tiled.calibration = workloads::calibrate(tiled, *data.test, from, calibrating, 1);
    std::vector<ChipSample> chosen;
    for (std::size_t at = first; at < first + samples; ++at) {
      ChipSample sample;
      sample.id = static_cast<std::uint32_t>(at);
      sample.values.resize(static_cast<std::size_t>(workloads::element_count(data.test->sample_shape())));
      data.test->load(at, sample.values);
      const auto length = data.test->length(at);
      if (network.length_input >= 0 && length) sample.length = static_cast<float>(*length);
      chosen.push_back(std::move(sample));
    }
    return {std::move(tiled), on, std::move(chosen), time_s};
  }
  /// `samples` test samples, one alone and the others back to back, on calibrated tiles after an hour.
  void expect_equal(const std::string& file, const std::string& description, std::size_t samples, const std::vector<std::string>& assignments = {}) {
    Comparison comparison = compare(file, description, samples, setting(assignments), 0, 16, 3600.0);
    EXPECT_EQ(comparison.mapping.program.phases.empty(), std::ranges::find(assignments, "mapper.weights=reloaded") == assignments.end());
    comparison.simulate();
    EXPECT_TRUE(comparison.lively());
    EXPECT_EQ(comparison.differences(), 0U);
  }
  /// The arrays draw what the program's statistics of the same samples say, within 5 %.
  void expect_power(const std::string& file, const std::string& description, std::size_t samples) {
    Comparison comparison = compare(file, description, samples, setting(), first, samples, 1.0);
    comparison.measure();
    comparison.simulate();
    EXPECT_EQ(comparison.differences(), 0U);  // also while it measures
    EXPECT_NEAR(comparison.consumed_over_expected(), 1.0, 0.05);
    ::testing::Test::RecordProperty("consumed_over_expected", std::to_string(comparison.consumed_over_expected()));
  }

 private:
  static constexpr std::size_t first = 20;
  std::string folder_;
};

TEST_F(FunctionalChipData, PowerOfAConvnetIsThatOfItsStatistics) { expect_power("nets/fashion_cnn.onnx", "fashion_mnist.yaml", 12); }
TEST_F(FunctionalChipData, PowerOfAnLstmIsThatOfItsStatistics) { expect_power("nets/fsdd_lstm.onnx", "fsdd.yaml", 12); }
TEST_F(FunctionalChipData, PowerOfATransformerIsThatOfItsStatistics) { expect_power("nets/trec_transformer.onnx", "trec.yaml", 12); }

TEST_F(FunctionalChipData, ResNet20InTurns) {
  expect_equal("models/cifar10_resnet20_akamaster.onnx", "cifar10_akamaster.yaml", 3,
               {"mapper.weights=reloaded", "mapper.reload_batch=2", "chip.mesh.width=4", "chip.mesh.height=3", "chip.digital_cores=4",
                "chip.digital_buffer=256 KiB"});
}
TEST_F(FunctionalChipData, QuestionsTransformerInTurns) {
  expect_equal("nets/trec_transformer.onnx", "trec.yaml", 3,
               {"mapper.weights=reloaded", "chip.mesh.width=3", "chip.mesh.height=3", "chip.digital_cores=4"});
}
TEST_F(FunctionalChipData, SpokenDigitsLstmInTurns) {
  expect_equal("nets/fsdd_lstm.onnx", "fsdd.yaml", 3, {"mapper.weights=reloaded", "chip.mesh.width=3", "chip.mesh.height=1", "chip.digital_cores=1"});
}
TEST_F(FunctionalChipData, FashionMlp) { expect_equal("nets/fashion_mlp.onnx", "fashion_mnist.yaml", 3); }
TEST_F(FunctionalChipData, VisionTransformer) { expect_equal("models/vit_cifar10_pgd_2_3_16.onnx", "cifar10_vnncomp.yaml", 3); }
TEST_F(FunctionalChipData, ShakespeareLstm) {
  expect_equal("nets/shakespeare_lstm.onnx", "shakespeare.yaml", 3, {"chip.mesh.width=10", "chip.mesh.height=10"});
}
TEST_F(FunctionalChipData, FashionCnn) { expect_equal("nets/fashion_cnn.onnx", "fashion_mnist.yaml", 3); }
TEST_F(FunctionalChipData, ResNet20OnTilesOf128) {
  expect_equal("models/cifar10_resnet20_akamaster.onnx", "cifar10_akamaster.yaml", 3,
               {"tile.rows=128", "tile.columns=32", "chip.mesh.width=12", "chip.mesh.height=12"});
}
TEST_F(FunctionalChipData, SpokenDigitsLstm) { expect_equal("nets/fsdd_lstm.onnx", "fsdd.yaml", 3); }
TEST_F(FunctionalChipData, SpokenDigitsGru) { expect_equal("nets/fsdd_gru.onnx", "fsdd.yaml", 3); }
TEST_F(FunctionalChipData, QuestionsTransformer) { expect_equal("nets/trec_transformer.onnx", "trec.yaml", 3); }
TEST_F(FunctionalChipData, ShakespeareTransformer) {
  expect_equal("nets/shakespeare_transformer.onnx", "shakespeare.yaml", 3, {"chip.mesh.width=10", "chip.mesh.height=10"});
}

}  // namespace
}  // namespace mho::mapper::test
