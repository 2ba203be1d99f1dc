#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "tests/cli/npy.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::HasSubstr;

class MvmTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    write("W.npy", npy<float>("<f4", "(2, 3)", {0.5F, -0.25F, 0.125F, 1.0F, 0.0F, -0.5F}));
    write("X.npy", npy<double>("<f8", "(2, 3)", {1.0, 0.5, -0.5, 0.25, 0.75, 1.0}));
  }
  Outcome mvm(std::vector<std::string> more, const std::string& weights = "W.npy", const std::string& inputs = "X.npy") const {
    more.insert(more.begin(), {"mvm", "--weights", weights, "--inputs", inputs});
    return mho(more);
  }
  [[nodiscard]] std::string bytes(const std::string& name) const { return base::read_file((folder_ / name).string()); }
};

std::vector<std::string> exact() {
  std::vector<std::string> arguments{"--out", "Y.npy"};
  for (const char* off : {"tile.dac.bits=ideal", "tile.adc.bits=ideal", "tile.adc.bound=unlimited", "tile.noise.read_kind=off", "tile.noise.output=0",
                          "tile.ir_drop.scale=off", "tile.device.kind=ideal", "tile.mapping.scale=none", "digital.activation_format=float32"}) {
    arguments.insert(arguments.end(), {"--set", off});
  }
  return arguments;
}

TEST_F(MvmTest, WithEverythingOffItIsTheProduct) {
  const Outcome outcome = mvm(exact());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "outputs of 2 vectors through 2 outputs written to Y.npy\n");
  EXPECT_THAT(bytes("Y.npy"), HasSubstr("'shape': (2,2,)"));
  const auto y = npy_values<float>(bytes("Y.npy"));
  const std::vector<float> expected{0.3125F, 1.25F, 0.0625F, -0.25F};
  ASSERT_EQ(y.size(), expected.size());
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-6F);
}

TEST_F(MvmTest, OneVectorMayHaveOneAxis) {
  write("x.npy", npy<float>("<f4", "(3,)", {1.0F, 0.5F, -0.5F}));
  EXPECT_EQ(mvm(exact(), "W.npy", "x.npy").code, 0);
  EXPECT_THAT(bytes("Y.npy"), HasSubstr("'shape': (1,2,)"));
}

TEST_F(MvmTest, RepeatsHaveAnAxisAndStatisticsAreTheirs) {
  for (const bool program : {false, true}) {
    std::vector<std::string> options{"--reads", "7", "--times", "1h", "--seed", "4"};
    if (program) options.emplace_back("--program");
    const auto with = [&](std::vector<std::string> more) {
      more.insert(more.begin(), options.begin(), options.end());
      return more;
    };
    ASSERT_EQ(mvm(with({"--out", "Y.npy", "--threads", "1"})).code, 0);
    ASSERT_EQ(mvm(with({"--out", "Y2.npy", "--threads", "2"})).code, 0);
    EXPECT_EQ(bytes("Y.npy"), bytes("Y2.npy"));
    EXPECT_THAT(bytes("Y.npy"), HasSubstr("'shape': (7,2,2,)"));
    const Outcome statistics = mvm(with({"--stats", "S.csv", "--threads", "2"}));
    ASSERT_EQ(statistics.code, 0) << statistics.err;
    EXPECT_THAT(statistics.out, HasSubstr("ideal, mean and deviation of 2 vectors through 2 outputs written to S.csv"));
    const auto y = npy_values<float>(bytes("Y.npy"));
    std::istringstream csv(bytes("S.csv"));
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "vector,output,ideal,mean,std");
    const double ideal[] = {0.3125, 1.25, 0.0625, -0.25};
    for (std::size_t i = 0; i < 4; ++i) {
      ASSERT_TRUE(std::getline(csv, line));
      double mean = 0, squares = 0;
      for (std::size_t r = 0; r < 7; ++r) mean += static_cast<double>(y[r * 4 + i]) / 7;
      for (std::size_t r = 0; r < 7; ++r) squares += std::pow(static_cast<double>(y[r * 4 + i]) - mean, 2);
      std::istringstream cells(line);
      double cell[5];
      char comma = 0;
      cells >> cell[0] >> comma >> cell[1] >> comma >> cell[2] >> comma >> cell[3] >> comma >> cell[4];
      EXPECT_EQ(cell[0], static_cast<double>(i / 2));
      EXPECT_EQ(cell[1], static_cast<double>(i % 2));
      EXPECT_DOUBLE_EQ(cell[2], ideal[i]);
      EXPECT_NEAR(cell[3], mean, 1e-9);
      EXPECT_NEAR(cell[4], std::sqrt(squares / 6), 1e-9);
      EXPECT_GT(cell[4], 0);
    }
    EXPECT_FALSE(std::getline(csv, line));
  }
}

TEST_F(MvmTest, Mistakes) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  write("nan_w.npy", npy<float>("<f4", "(2, 3)", {1, 1, 1, 1, 1, nan}));
  write("nan_x.npy", npy<float>("<f4", "(2, 3)", {1, nan, 1, 1, 1, 1}));
  write("huge.npy", npy<double>("<f8", "(1, 3)", {1, 1e300, 1}));
  write("turned.npy", npy<float>("<f4", "(3, 2)", {1, 1, 1, 1, 1, 1}));
  write("line.npy", npy<float>("<f4", "(3,)", {1, 1, 1}));
  write("cube.npy", npy<float>("<f4", "(1, 1, 3)", {1, 1, 1}));
  write("empty.npy", npy<float>("<f4", "(0, 3)", {}));
  write("text.npy", "no array");
  write("short.npy", npy<float>("<f4", "(2, 3)", {1, 1}));
  struct Mistake {
    std::string weights, inputs;
    std::vector<std::string> options;
    int code;
    std::string says;
  };
  const std::vector<std::string> out{"--out", "Y.npy"};
  const std::vector<Mistake> mistakes{
      {"W.npy", "X.npy", {}, 2, "say what to write"},
      {"W.npy", "X.npy", {"--out", "Y.npy", "--stats", "S.csv", "--reads", "2"}, 2, "exclude each other"},
      {"W.npy", "X.npy", {"--stats", "S.csv"}, 2, "needs at least two reads"},
      {"W.npy", "X.npy", {"--out", "Y.npy", "--reads", "0"}, 2, "--reads"},
      {"W.npy", "X.npy", {"--out", "Y.npy", "--times", "late"}, 2, "--times"},
      {"W.npy", "X.npy", {"--out", "Y.npy", "--set", "tile.rows=0"}, 3, "tile.rows"},
      {"W.npy", "X.npy", {"--out", "Y.npy", "--design", "missing.yaml"}, 3, "missing.yaml"},
      {"W.npy", "X.npy", {"--out", "missing/Y.npy"}, 3, "missing/Y.npy: cannot write"},
      {"W.npy", "X.npy", {"--stats", ".", "--reads", "2"}, 3, "folder"},
      {"W.npy", "X.npy", {"--out", "/dev/full"}, 3, "/dev/full: cannot write"},
      {"missing.npy", "X.npy", out, 3, "missing.npy"},
      {"W.npy", "missing.npy", out, 3, "missing.npy"},
      {"text.npy", "X.npy", out, 3, "not a .npy file"},
      {"short.npy", "X.npy", out, 3, "truncated"},
      {"line.npy", "X.npy", out, 3, "[outputs][inputs]"},
      {"W.npy", "cube.npy", out, 3, "[batch][inputs]"},
      {"W.npy", "empty.npy", out, 3, "empty"},
      {"turned.npy", "X.npy", out, 3, "is the matrix transposed?"},
      {"W.npy", "turned.npy", out, 3, "2 elements"},
      {"nan_w.npy", "X.npy", out, 3, "weights[1][2] is nan"},
      {"W.npy", "nan_x.npy", out, 3, "inputs[0][1] is nan"},
      {"W.npy", "huge.npy", out, 3, "inputs[0][1] is 1e+300"},
  };
  for (const auto& [weights, inputs, options, code, says] : mistakes) {
    const Outcome outcome = mvm(options, weights, inputs);
    EXPECT_EQ(outcome.code, code) << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_FALSE(exists("Y.npy") || exists("S.csv")) << says;
  }
  EXPECT_EQ(mho({"mvm", "--inputs", "X.npy", "--out", "Y.npy"}).code, 2);
}

}  // namespace
}  // namespace mho::cli::test
