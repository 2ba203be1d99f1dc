// What a run says of single layers, of the samples behind its figures, and of values that do not fit.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/practice_case.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RunDetailsTest : public CommandTest {
 protected:
  [[nodiscard]] std::string query(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getString();
  }
};

TEST_F(RunDetailsTest, SettingsOfSingleLayersCanBeAsked) {
  ASSERT_EQ(mho(on_large_chip(quick_run({"--layer", "conv1:tile.adc.bits=6", "--layer", "last=digital", "--layer", "conv1:tile.adc.bits=5"}))).code,
            0);
  EXPECT_EQ(query("SELECT group_concat(name || ' ' || value || ' ' || own) FROM v_layer_parameter WHERE key = 'tile.adc.bits' AND name LIKE 'conv_'"),
            "conv1 5 1,conv2 8 0,conv3 8 0");
  EXPECT_EQ(query("SELECT count(*) FROM v_layer_parameter WHERE key = 'digital' AND value = 1"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM layer_parameter"), "2");
}

TEST_F(RunDetailsTest, FloatIsScoredOnTheSamplesOfTheChipUnlessAskedForAll) {
  const Outcome scored = mho(quick_run({"--json"})), all = mho(quick_run({"--json", "--float", "all"}));
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(query("SELECT count(*) FROM run WHERE id = 1 AND float_accuracy = float_accuracy_scored"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM run WHERE id = 2 AND float_accuracy <> float_accuracy_scored"), "1");
  EXPECT_EQ(query("SELECT count(DISTINCT float_accuracy_scored) FROM run"), "1");
  EXPECT_EQ(mho({"run", "--float", "some"}).code, 2);
}

TEST_F(RunDetailsTest, AnAccuracyHasTwoUncertainties) {
  const Outcome outcome = mho(quick_run());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("+- chips"), HasSubstr("+- samples")));
  // Of 40 samples right or wrong in 100 groups at most: between that of one programming and that over both.
  EXPECT_EQ(query("SELECT count(*) FROM v_accuracy WHERE sampling_sem > 0 AND sampling_sem <= sqrt(mean * (1 - mean) / 39) * 1.0001"), "2");
}

class NumberFormatsData : public PracticeCase {
 protected:
  [[nodiscard]] Outcome ideal(const std::string& name, const std::string& format) const {
    return mho({"run", cases_ + name + ".onnx", "--data", cases_ + name + ".yaml", "--times", "1s", "--repeats", "1", "--json", "--set",
                "tile.device.kind=ideal", "--set", "tile.noise.read=0", "--set", "tile.noise.output=0", "--set", "digital.result_format=" + format});
  }
};

TEST_F(NumberFormatsData, ResultsBeyondTheirFormatAreWarnedOf) {
  const Outcome outcome = ideal("float16_result_saturates", "float16");
  ASSERT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("mho: warning: results beyond the largest number of float16, 65504"), HasSubstr("layer y"), HasSubstr("%")));
  EXPECT_GT(json_number(outcome.out, "result_overflow"), 0.5);
  EXPECT_GT(json_number(outcome.out, "mean"), json_number(outcome.out, "chance"));
  SQLite::Database database((folder_ / "results.db").string());
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM warning WHERE text LIKE '%layer y%'").getInt(), 1);
  EXPECT_GT(database.execAndGet("SELECT result_overflow FROM v_layer").getDouble(), 0.5);
  const Outcome wide = ideal("float16_result_saturates", "bfloat16");
  EXPECT_EQ(wide.err, "");
  EXPECT_LT(json_number(wide.out, "mean"), 1e-3 * json_number(wide.out, "chance"));
}

/// Weights of 1e-9 have column scales below the smallest number of float16, unless those are relative to their matrix.
TEST_F(NumberFormatsData, ScalesOfSmallWeightsFit) {
  const Outcome outcome = ideal("float16_scale_underflows", "float32");
  ASSERT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_LT(json_number(outcome.out, "mean"), 1e-3 * json_number(outcome.out, "chance"));
  EXPECT_EQ(json_number(outcome.out, "scale_underflow"), 0.0);
  EXPECT_THAT(ideal("float16_scale_underflows", "float16").err, HasSubstr("results below the smallest number of float16 become 0"));
}

/// A chain of products with one matrix, on one tile, is as fast as that tile.
TEST_F(NumberFormatsData, ALongChainOnOneTileSettles) {
  const Outcome outcome = mho({"simulate", cases_ + "reliability/mm34.onnx"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("4488 cycles per inference"));
  EXPECT_THAT(outcome.out, HasSubstr("busy 100 %"));
}

}  // namespace
}  // namespace mho::cli::test
