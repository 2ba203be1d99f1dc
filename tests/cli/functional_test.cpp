#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::HasSubstr;

class FunctionalTest : public CommandTest {
 protected:
  void expect_refused(const std::vector<std::string>& arguments, int code, const std::string& says) const {
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, code) << testing::PrintToString(arguments) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says)) << testing::PrintToString(arguments);
    EXPECT_FALSE(exists("results.db"));
  }
};

TEST_F(FunctionalTest, TheBuiltInNetworkHasTheBitsOfTheAccuracyPath) {
  const Outcome outcome = mho({"simulate", "--functional", "--inferences", "3", "--calibration", "50"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("computed 3 test samples from 0 on, 1 s after programming; 30 outputs equal the accuracy path bit for bit: yes"));
  EXPECT_THAT(outcome.out, HasSubstr("as computed"));
  EXPECT_THAT(outcome.out, testing::ContainsRegex("throughput .* one every .*s on average over 2 inferences, too few to tell whether it is steady"));
  EXPECT_THAT(outcome.out, testing::Not(testing::ContainsRegex("throughput .*/s +steady state")));
}

TEST_F(FunctionalTest, ValuesChangeNeitherTimeNorTheStatisticalEnergy) {
  const Outcome plain = mho(on_large_chip({"simulate", "--calibration", "50", "--json"})),
                computed = mho(on_large_chip({"simulate", "--calibration", "50", "--json", "--functional", "--times", "1h"}));
  ASSERT_EQ(plain.code, 0) << plain.err;
  ASSERT_EQ(computed.code, 0) << computed.err;
  const base::YamlNode a = base::read_yaml_text(plain.out, "plain"), b = base::read_yaml_text(computed.out, "computed");
  for (const char* key : {"latency_s", "interval_s", "energy_per_inference_j", "single_shot_energy_j"}) {
    ASSERT_NE(a.find(key), nullptr) << key;
    // Over as many intervals as each has, so that last bits may differ.
    const double statistical = std::stod(a.find(key)->scalar);
    EXPECT_NEAR(std::stod(b.find(key)->scalar), statistical, 1e-12 * statistical) << key;
  }
  EXPECT_EQ(a.find("functional"), nullptr);
  const base::YamlNode* functional = b.find("functional");
  ASSERT_NE(functional, nullptr);
  EXPECT_EQ(functional->find("equal_bits")->scalar, "true");
  EXPECT_EQ(functional->find("inferences")->scalar, "9");
  EXPECT_EQ(functional->find("outputs")->scalar, "90");
}

/// Rectified inputs are never negative, so two's complement draws what magnitudes do, and the statistics know it.
TEST_F(FunctionalTest, TheStatisticalEnergyOfTwosComplementsIsThatOfTheSamples) {
  const Outcome outcome = mho(
      {"simulate", "--functional", "--inferences", "9", "--json", "--set", "tile.dac.coding=bit_serial", "--set", "tile.dac.sign=twos_complement"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::YamlNode json = base::read_yaml_text(outcome.out, "out");
  const double statistical = std::stod(json.find("energy_by_block_j")->find("array")->scalar);
  const double computed = std::stod(json.find("functional")->find("energy_by_block_j")->find("array")->scalar);
  EXPECT_NEAR(computed / statistical, 1, 0.1);
}

/// Time alone changes.
TEST_F(FunctionalTest, PowerGatingChangesNoValue) {
  const std::vector<std::string> plain{"simulate", "--functional", "--inferences", "3", "--calibration", "50", "--json"};
  std::vector<std::string> gated = plain;
  gated.insert(gated.end(), {"--set", "noc.power_gating=on", "--set", "chip.power_gating=on"});
  const Outcome one = mho(plain), other = mho(gated);
  ASSERT_EQ(one.code, 0) << one.err;
  ASSERT_EQ(other.code, 0) << other.err;
  const base::YamlNode a = base::read_yaml_text(one.out, "plain"), b = base::read_yaml_text(other.out, "gated");
  EXPECT_NE(a.find("latency_s")->scalar, b.find("latency_s")->scalar);
  for (const char* key : {"outputs", "equal_bits", "input_pulses", "conversions"}) {
    EXPECT_EQ(a.find("functional")->find(key)->scalar, b.find("functional")->find(key)->scalar) << key;
  }
}

/// Where converters clip and their products are repeated, the bits are those of the accuracy path and the time is longer.
TEST_F(FunctionalTest, RepeatedProductsTakeTheirTime) {
  std::vector<std::string> command{"simulate", "--functional", "--json", "--set", "tile.adc.bound=1.2"};
  const Outcome once = mho(command);
  command.insert(command.end(), {"--set", "tile.adc.bound_management=iterative"});
  const Outcome repeated = mho(command);
  ASSERT_EQ(once.code, 0) << once.err;
  ASSERT_EQ(repeated.code, 0) << repeated.err;
  const base::YamlNode a = base::read_yaml_text(once.out, "once"), b = base::read_yaml_text(repeated.out, "repeated");
  for (const char* key : {"latency_s", "interval_s"}) EXPECT_GT(std::stod(b.find(key)->scalar), 1.2 * std::stod(a.find(key)->scalar)) << key;
  EXPECT_GT(std::stod(b.find("functional")->find("conversions")->scalar), 1.2 * std::stod(a.find("functional")->find("conversions")->scalar));
  EXPECT_EQ(b.find("functional")->find("equal_bits")->scalar, "true");
}

/// Whole batches: what is said of them and of an inference does not depend on how many were computed.
TEST_F(FunctionalTest, ReloadedWeightsComputeWholeBatches) {
  std::vector<std::string> command{"simulate",
                                   "--functional",
                                   "--json",
                                   "--set",
                                   "chip.mesh.width=3",
                                   "--set",
                                   "chip.mesh.height=2",
                                   "--set",
                                   "chip.digital_cores=4",
                                   "--set",
                                   "chip.tiles_per_core=2",
                                   "--set",
                                   "mapper.weights=reloaded",
                                   "--set",
                                   "mapper.reload_batch=4"};
  const Outcome usual = mho(command);
  ASSERT_EQ(usual.code, 0) << usual.err;
  std::vector<std::string> five = command, six = command;
  five.insert(five.end(), {"--inferences", "5"});
  six.insert(six.end(), {"--inferences", "6"});
  const Outcome fewer = mho(five);
  ASSERT_EQ(fewer.code, 0) << fewer.err;
  const base::YamlNode a = base::read_yaml_text(usual.out, "usual"), b = base::read_yaml_text(fewer.out, "fewer");
  EXPECT_EQ(a.find("functional")->find("inferences")->scalar, "9");
  EXPECT_EQ(b.find("functional")->find("inferences")->scalar, "5");
  for (const char* key : {"interval_s", "energy_per_inference_j"}) {
    EXPECT_NEAR(std::stod(b.find(key)->scalar) / std::stod(a.find(key)->scalar), 1, 1e-3) << key;
  }
  EXPECT_EQ(a.find("energy_by_block_j")->find("programming")->scalar, b.find("energy_by_block_j")->find("programming")->scalar);
  std::filesystem::remove(folder_ / "results.db");
  expect_refused(six, 2, "in batches of mapper.reload_batch, 4; give 5 or 9");
}

TEST_F(FunctionalTest, RefusesWhatDoesNotGoTogether) {
  expect_refused({"simulate", "--times", "1h"}, 2, "it goes with --functional");
  expect_refused({"simulate", "--functional", "--inferences", "2"}, 2, "--inferences");
  expect_refused({"simulate", "net.onnx", "--functional"}, 2, "--functional computes samples of data: give --data DATA.yaml too");
  expect_refused({"simulate", "--functional", "--inferences", "2001"}, 2, "has 2000 samples to compute");
}

}  // namespace
}  // namespace mho::cli::test
