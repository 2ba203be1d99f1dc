#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/practice_case.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Files that lie about what they hold.
class TrustedData : public PracticeCase {
 protected:
  [[nodiscard]] Outcome run_on(const std::string& data, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"run", cases_ + "reliability/net.onnx", "--data", cases_ + "reliability/" + data, "--repeats", "1", "--times",
                                       "1s"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return mho(arguments);
  }
};

TEST_F(TrustedData, AnArchiveThatLiesAboutItsSizeTakesNoMemory) {
  const Outcome outcome = run_on("lie.yaml");
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("lie.npz"));
  EXPECT_LT(outcome.memory, 400'000'000);  // it took 2.1 GB
}

TEST_F(TrustedData, AChanceOfOneIsNoChance) {
  const Outcome outcome = run_on("chance_1.yaml");
  EXPECT_EQ(outcome.code, 3) << outcome.out;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("chance_1.yaml:2:9"), HasSubstr("from 0 to below 1")));
}

using TrustedTest = CommandTest;

TEST_F(TrustedTest, TheLimitIsOneOption) {
  write("net.onnx", base::read_file(std::string(MHO_SOURCE_DIR) + "/tests/cli/data/convnet.onnx"));
  const auto run = [&](const std::string& limit) {
    return mho({"run", "net.onnx", "--data", "strokes", "--repeats", "1", "--samples", "10", "--times", "1s", "--input-limit", limit});
  };
  const Outcome refused = run("10 kB");
  EXPECT_EQ(refused.code, 3) << refused.err;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("net.onnx: "), HasSubstr("raise the limit with --input-limit")));
  EXPECT_FALSE(exists("results.db"));
  EXPECT_EQ(run("1 GiB").code, 0);
  for (const char* wrong : {"10", "x", "-1 MB", "1 s", "nan MB", "1e30 GB", ""}) EXPECT_EQ(run(wrong).code, 2) << wrong;
  for (const char* verb : {"run", "simulate", "sensitivity", "network", "map", "mvm", "wires", "retrain"}) {
    EXPECT_THAT(mho({verb, "--help"}).out, HasSubstr("--input-limit SIZE")) << verb;
  }
}

TEST_F(TrustedTest, OutOfMemoryNamesTheFile) {
  // More addresses than the program needs, and fewer than the file's bytes.
  const Outcome outcome = shell("truncate -s 3G big.onnx && ulimit -v 2500000 && exec \"$MHO\" run big.onnx --data strokes --samples 10");
  EXPECT_EQ(outcome.code, 5) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("big.onnx: out of memory while this file is read"));
}

TEST_F(TrustedTest, AMegabyteOnOneLineIsReadAtOnce) {
  std::string design = "chip: [";
  while (design.size() < 1'000'000) design += "1, ";
  write("design.yaml", design + "1]\n");
  const Outcome outcome = mho({"validate", "design.yaml"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("design.yaml:1:"));
  EXPECT_LT(outcome.processor, std::chrono::seconds(3));  // under 1 s on an idle machine
}

}  // namespace
}  // namespace mho::cli::test
