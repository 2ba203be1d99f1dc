#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/cli/npy.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::HasSubstr;

class WiresTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    write("G.npy", npy<double>("<f8", "(2, 3)", {1e-5, 2e-5, 3e-5, 4e-5, 0, 1e-6}));
    write("V.npy", npy<double>("<f8", "(2, 3)", {0.2, 0.1, -0.2, 0.0, 0.2, 0.1}));
    write("g.npy", npy<double>("<f8", "(1, 1)", {1e-3}));
    write("v.npy", npy<double>("<f8", "(1,)", {0.2}));
  }
  Outcome wires(const std::string& conductances, const std::string& voltages, std::vector<std::string> more) const {
    more.insert(more.begin(), {"wires", "--conductances", conductances, "--voltages", voltages});
    return mho(more);
  }
  [[nodiscard]] std::vector<double> currents() const { return npy_values<double>(base::read_file((folder_ / "I.npy").string())); }
};

TEST_F(WiresTest, OneCellIsASeriesOfResistances) {
  const Outcome outcome =
      wires("g.npy", "v.npy", {"--r-in", "100 ohm", "--r-out", "0.2 kohm", "--driver", "50", "--sense", "150 ohm", "--out", "I.npy"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  ASSERT_EQ(currents().size(), 1U);
  EXPECT_NEAR(currents()[0], 0.2 / 1500, 1e-12);
}

TEST_F(WiresTest, GoodWiresGiveTheProduct) {
  const Outcome outcome = wires("G.npy", "V.npy", {"--r-in", "1e-3", "--r-out", "1e-3", "--out", "I.npy"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "currents of 2 outputs for 2 vectors written to I.npy\n");
  const double expected[] = {-2e-6, 7.8e-6, 7e-6, 1e-7};
  ASSERT_EQ(currents().size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(currents()[i], expected[i], 1e-11);
}

TEST_F(WiresTest, SameBitsForAnyNumberOfThreads) {
  const auto with = [&](const char* threads) {
    EXPECT_EQ(wires("G.npy", "V.npy", {"--r-in", "40", "--r-out", "70", "--out", "I.npy", "--threads", threads}).code, 0);
    return base::read_file((folder_ / "I.npy").string());
  };
  EXPECT_EQ(with("1"), with("2"));
  EXPECT_THAT(with("1"), HasSubstr("'shape': (2,2,)"));
}

TEST_F(WiresTest, BothTopologiesAreKnown) {
  for (const char* topology : {"input_source", "separate_source"}) {
    ASSERT_EQ(wires("g.npy", "v.npy", {"--r-in", "4", "--r-out", "7", "--topology", topology, "--out", "I.npy"}).code, 0) << topology;
    // One cell: inputs drive it, or open its gate to the 1 V of its source line by a fifth.
    EXPECT_NEAR(currents()[0], std::string(topology) == "input_source" ? 0.2 / (1000 + 11) : 1 / (1000 / 0.2 + 11), 1e-12);
  }
}

TEST_F(WiresTest, Mistakes) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  write("negative.npy", npy<double>("<f8", "(2, 3)", {1e-5, 2e-5, 3e-5, 4e-5, -1e-6, 1e-6}));
  write("nan.npy", npy<double>("<f8", "(1, 3)", {1, 1, nan}));
  struct Mistake {
    std::string conductances, voltages;
    std::vector<std::string> options;
    int code;
    std::string says;
  };
  const std::vector<std::string> good{"--r-in", "1", "--r-out", "1", "--out", "I.npy"};
  const std::vector<Mistake> mistakes{
      {"G.npy", "V.npy", {"--r-out", "1", "--out", "I.npy"}, 2, "--r-in"},
      {"G.npy", "V.npy", {"--r-in", "1", "--r-out", "1"}, 2, "--out"},
      {"G.npy", "V.npy", {"--r-in", "-1", "--r-out", "1", "--out", "I.npy"}, 2, "--r-in -1"},
      {"G.npy", "V.npy", {"--r-in", "1", "--r-out", "3 V", "--out", "I.npy"}, 2, "--r-out 3 V"},
      {"G.npy", "V.npy", {"--r-in", "1", "--r-out", "1", "--sense", "nan", "--out", "I.npy"}, 2, "--sense nan"},
      {"G.npy", "V.npy", {"--r-in", "1", "--r-out", "1", "--topology", "ring", "--out", "I.npy"}, 2, "--topology"},
      {"missing.npy", "V.npy", good, 3, "missing.npy"},
      {"v.npy", "V.npy", good, 3, "[outputs][inputs]"},
      {"G.npy", "v.npy", good, 3, "3 inputs"},
      {"negative.npy", "V.npy", good, 3, "conductances[1][1] is -1e-06"},
      {"G.npy", "nan.npy", good, 3, "voltages[0][2] is nan"},
      {"G.npy", "V.npy", {"--r-in", "1", "--r-out", "1", "--out", "missing/I.npy"}, 3, "cannot write"},
  };
  for (const auto& [conductances, voltages, options, code, says] : mistakes) {
    const Outcome outcome = wires(conductances, voltages, options);
    EXPECT_EQ(outcome.code, code) << says << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says));
    EXPECT_FALSE(exists("I.npy")) << says;
  }
}

}  // namespace
}  // namespace mho::cli::test
