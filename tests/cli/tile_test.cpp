#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TileTest : public CommandTest {
 protected:
  Outcome tile(std::vector<std::string> more) const {
    more.insert(more.begin(), {"tile", "--tiles", "2", "--vectors", "4", "--size", "32", "--times", "1s,1y"});
    return mho(more);
  }
};

TEST_F(TileTest, PrintsErrorsBySourceAndOverTime) {
  const Outcome outcome = tile({});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("tile of 32 inputs x 32 outputs"), HasSubstr("  devices"), HasSubstr("    programming"),
                                 HasSubstr("all together"), HasSubstr("1 y"), HasSubstr("without drift compensation")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("input noise")));
  EXPECT_THAT(tile({"--set", "tile.dac.input_noise=0.01"}).out, HasSubstr("input noise"));
}

TEST_F(TileTest, SaysWhatItWrote) { EXPECT_THAT(tile({"--svg", "one.svg"}).out, HasSubstr("histogram of their error written to one.svg\n")); }

TEST_F(TileTest, SamePicturesAndNumbersForAnyNumberOfThreads) {
  const Outcome one = tile({"--json", "--svg", "one.svg", "--threads", "1"}), two = tile({"--json", "--svg", "two.svg", "--threads", "2"});
  EXPECT_EQ(without_command(one.out), without_command(two.out));
  EXPECT_EQ(base::read_file((folder_ / "one.svg").string()), base::read_file((folder_ / "two.svg").string()));
  const base::Json json = base::Json::parse(one.out, "out");
  EXPECT_EQ(std::get<std::int64_t>(json.find("inputs")->value()), 32);
  EXPECT_EQ(std::get<base::Json::Array>(json.find("times")->value()).size(), 2U);
  const auto errors = [](const std::string& text) { return text.substr(text.find("relative_error")); };
  EXPECT_NE(errors(tile({"--json", "--seed", "2"}).out), errors(one.out));
}

TEST_F(TileTest, Mistakes) {
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string says;
  };
  const std::vector<Mistake> mistakes{
      {{"--tiles", "0"}, 2, "--tiles"},
      {{"--vectors", "none"}, 2, "--vectors"},
      {{"--size", "0"}, 2, "--size"},
      {{"--size", "4"}, 3, "tile.adc.mux"},
      {{"--threads", "0"}, 2, "--threads"},
      {{"--seed", "-3"}, 2, "--seed"},
      {{"--times", "1y,1s"}, 2, "must increase"},
      {{"--design", "missing.yaml"}, 3, "missing.yaml"},
      {{"--set", "tile.adc.bist=3"}, 3, "tile.adc.bits"},
      {{"--svg", "missing/tile.svg"}, 3, "missing/tile.svg"},
      {{"--svg", "."}, 3, "folder"},
      {{"--svgg", "a.svg"}, 2, "did you mean --svg?"},
  };
  for (const auto& [arguments, code, says] : mistakes) {
    std::vector<std::string> line{"tile", "--tiles", "1"};
    for (const auto& word : arguments) line.push_back(word);
    if (arguments[0] == "--tiles") line = {"tile", "--tiles", "0"};
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, code) << says << outcome.err;
    EXPECT_EQ(outcome.out, "") << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  }
}

}  // namespace
}  // namespace mho::cli::test
