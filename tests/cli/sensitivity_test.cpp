#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SensitivityTest : public CommandTest {
 protected:
  Outcome sensitivity(std::vector<std::string> more, bool large_chip = false) const {
    more.insert(more.begin(), {"sensitivity", "--samples", "60", "--repeats", "2"});
    return mho(large_chip ? on_large_chip(more) : more);
  }
  [[nodiscard]] std::string query(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getString();
  }
  [[nodiscard]] double number(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getDouble();
  }
};

const std::vector<std::string> exact_but_for_rules{"--set", "tile.device.kind=ideal",        "--set", "tile.dac.bits=ideal",
                                                   "--set", "tile.adc.bits=ideal",           "--set", "tile.adc.bound=unlimited",
                                                   "--set", "tile.noise.output=0",           "--set", "tile.noise.read_kind=off",
                                                   "--set", "tile.wires.kind=none",          "--set", "digital.activation_format=float32",
                                                   "--set", "digital.result_format=float32", "--set", "digital.partial_sum_format=float32",
                                                   "--set", "digital.scale_format=float32",  "--set", "tile.input_range.kind=per_vector"};

TEST_F(SensitivityTest, PrintsStoresAndDraws) {
  const Outcome outcome = sensitivity({"--svg", "bars.svg"}, true);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("ADC bits"), HasSubstr("stuck at g_max"), HasSubstr("20 % error at"), HasSubstr("not within 1"),
                                 HasSubstr("stored as study 1 in results.db")));
  EXPECT_THAT(base::read_file((folder_ / "bars.svg").string()), HasSubstr("output noise"));
  EXPECT_EQ(query("SELECT count(*) FROM v_sensitivity"), "18");
  EXPECT_EQ(query("SELECT count(*) FROM run"), "0");
  EXPECT_EQ(query("SELECT samples || ' ' || repeats || ' ' || time_s || ' ' || interrupted FROM study"), "60 2 1.0 0");
  EXPECT_EQ(query("SELECT at_threshold_why_not FROM sensitivity WHERE nonideality = 'output asymmetry'"), "not within 1");
  EXPECT_EQ(query("SELECT count(*) FROM sensitivity WHERE abs(at_threshold - certain) > abs(possible - certain) + 0.03 * at_threshold"), "0");
  EXPECT_EQ(query("SELECT certain = possible FROM sensitivity WHERE nonideality = 'DAC bits'"), "1");  // nothing is drawn
  EXPECT_EQ(query("SELECT at_threshold < possible FROM sensitivity WHERE nonideality = 'output noise'"), "1");
  // The same values of noise as anywhere else, and less of it where 99 % must be kept than where only a fifth of the product is right.
  EXPECT_NEAR(number("SELECT at_error FROM v_sensitivity WHERE nonideality = 'output noise'"), 0.64, 0.02);
  EXPECT_LT(number("SELECT at_threshold FROM v_sensitivity WHERE nonideality = 'output noise'"), 0.3);
  EXPECT_LT(number("SELECT normalised_at_error FROM v_sensitivity WHERE nonideality = 'output noise'"), 0.7);
  EXPECT_GT(number("SELECT normalised_at_error FROM v_sensitivity WHERE nonideality = 'read noise'"), 0.9);
}

TEST_F(SensitivityTest, SameNumbersForAnyNumberOfThreadsAndRuns) {
  const Outcome one = sensitivity({"--json", "--threads", "1"}), two = sensitivity({"--json", "--threads", "3", "--db", "other.db"});
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(without_command(one.out), without_command(two.out));
  const base::Json json = base::Json::parse(two.out, "out");
  EXPECT_EQ(std::get<base::Json::Array>(json.find("nonidealities")->value()).size(), 18U);
  EXPECT_EQ(json.find("layers"), nullptr);
}

TEST_F(SensitivityTest, OnlyWhatIsAskedFor) {
  const Outcome outcome = sensitivity({"--only", "stuck at *, ADC bits"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(query("SELECT group_concat(nonideality, '|') FROM (SELECT nonideality FROM v_sensitivity ORDER BY nonideality)"),
            "ADC bits|stuck at g_max|stuck at zero");
}

TEST_F(SensitivityTest, ByLayerFindsTheOneThatIsWrong) {
  std::vector<std::string> line{"--by-layer", "--svg", "layers.svg", "--layer", "hidden:tile.noise.output=3"};
  line.insert(line.end(), exact_but_for_rules.begin(), exact_but_for_rules.end());
  const Outcome outcome = sensitivity(line, true);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("conv1"), HasSubstr("lost, alone analog"), Not(HasSubstr("ADC bits"))));
  EXPECT_THAT(base::read_file((folder_ / "layers.svg").string()), HasSubstr("hidden"));
  EXPECT_EQ(query("SELECT count(*) FROM sensitivity_layer"), "5");
  EXPECT_EQ(query("SELECT count(*) FROM sensitivity"), "0");
  EXPECT_EQ(query("SELECT count(*) FROM sensitivity_layer WHERE name <> 'hidden' AND (lost <> 0 OR won <> 0)"), "0");
  // All that is lost is lost in one layer: alone it costs what its removal wins.
  const double lost = number("SELECT lost FROM sensitivity_layer WHERE name = 'hidden'");
  EXPECT_GT(lost, 0.05);
  EXPECT_DOUBLE_EQ(number("SELECT won FROM sensitivity_layer WHERE name = 'hidden'"), lost);
  EXPECT_NEAR(number("SELECT float_accuracy - reference FROM study"), lost, 1e-12);
}

TEST_F(SensitivityTest, WithoutRepeatsThereIsNoInterval) {
  const Outcome outcome = mho(on_large_chip({"sensitivity", "--by-layer", "--samples", "20", "--repeats", "1"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("undecided")));
  EXPECT_EQ(query("SELECT count(*) FROM sensitivity_layer WHERE lost_sem IS NULL AND lost_low IS NULL"), "5");
}

TEST_F(SensitivityTest, AnInterruptedStudyKeepsTheFinishedRows) {
  const pid_t pid = start(MHO_BINARY, {"sensitivity", "--samples", "100", "--repeats", "60"});
  std::this_thread::sleep_for(std::chrono::seconds(8));
  ASSERT_EQ(kill(pid, SIGINT), 0);
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 130);
  if (!exists("results.db")) {  // a slow machine: not even one was finished
    EXPECT_THAT(outcome.err, HasSubstr("nothing of this run was stored"));
    return;
  }
  EXPECT_THAT(outcome.err, HasSubstr("nonidealities that were finished"));
  EXPECT_EQ(query("SELECT interrupted FROM study"), "1");
  EXPECT_GE(number("SELECT count(*) FROM sensitivity"), 1);
  EXPECT_LT(number("SELECT count(*) FROM sensitivity"), 18);
}

TEST_F(SensitivityTest, Mistakes) {
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string says;
  };
  write("net.onnx", "");
  const std::vector<Mistake> mistakes{
      {{"--times", "1s,1y"}, 2, "one age"},
      {{"--times", "soon"}, 2, "--times"},
      {{"--by-layer", "--only", "DAC bits"}, 2, "leave one out"},
      {{"--only", "stuck"}, 3, "no nonideality is called 'stuck'; there are DAC bits"},
      {{"--threshold", "1"}, 2, "--threshold"},
      {{"--threshold", "nan"}, 2, "--threshold"},
      {{"--error", "0"}, 2, "--error"},
      {{"--repeats", "0"}, 2, "--repeats"},
      {{"--samples", "2001"}, 2, "at most 2000"},
      {{"--data", "data.yaml"}, 2, "mho sensitivity NETWORK.onnx"},
      {{"net.onnx"}, 2, "--data"},
      {{"--set", "tile.adc.bist=3"}, 3, "tile.adc.bits"},
      {{"--layer", "conv9=digital"}, 3, "conv9"},
      {{"--layer", "*=digital"}, 3, "runs on tiles"},
      {{"--layer", "*=digital", "--by-layer"}, 3, "runs on tiles"},
      {{"--svg", "missing/bars.svg"}, 3, "missing/bars.svg"},
      {{"--db", "missing/results.db"}, 3, "missing"},
      {{"--by-layers"}, 2, "did you mean --by-layer?"},
  };
  for (const auto& [arguments, code, says] : mistakes) {
    std::vector<std::string> line{"sensitivity"};
    for (const auto& word : arguments) line.push_back(word);
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, code) << says << outcome.err;
    EXPECT_EQ(outcome.out, "") << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
    EXPECT_FALSE(exists("results.db")) << says;
  }
}

}  // namespace
}  // namespace mho::cli::test
