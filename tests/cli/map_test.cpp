// mho map: tiles of layers and the bounds that they set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MapTest : public CommandTest {
 protected:
  static double number(const base::Json& json, const std::string& key) {
    const base::Json* const found = json.find(key);
    if (found == nullptr) throw std::runtime_error("no " + key);
    if (const auto* whole = std::get_if<std::int64_t>(&found->value())) return static_cast<double>(*whole);
    return std::get<double>(found->value());
  }
  [[nodiscard]] base::Json map(const std::vector<std::string>& more) const {
    std::vector<std::string> line = on_large_chip({"map", "--json"}, false);
    line.insert(line.end(), more.begin(), more.end());
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::Json::parse(outcome.out, "out");
  }
};

/// Convolutions of 256 and 64 positions and two matrices of one, on a tile each but the third; 132 ns a product.
TEST_F(MapTest, TilesAndBoundsByHand) {
  const base::Json json = map({});
  double products = 0, tiles = 0;
  for (const base::Json& matrix : std::get<base::Json::Array>(json.find("matrices")->value())) {
    products = std::max(products, number(matrix, "products"));
    tiles += number(matrix, "tiles");
    EXPECT_DOUBLE_EQ(number(matrix, "product_s"), 132e-9);
  }
  EXPECT_EQ(products, 256);
  const auto& bounds = std::get<base::Json::Array>(json.find("bounds")->value());
  EXPECT_EQ(number(bounds.front(), "tiles"), tiles);
  EXPECT_DOUBLE_EQ(number(*bounds.front().find("plan"), "interval_s"), 256 * 132e-9);
  EXPECT_EQ(number(bounds[1], "tiles"), 55);
  EXPECT_LT(number(*bounds[1].find("plan"), "interval_s"), 256 * 132e-9 / 10);
}

/// One copy is what the mapper lays out, so the simulation has the interval of the bound where nothing else is slower.
TEST_F(MapTest, OneCopyIsWhatTheSimulationReaches) {
  const base::Json json = map({});
  std::vector<std::string> line = on_large_chip({"simulate", "--json"}, false);
  const base::Json chip = base::Json::parse(mho(line).out, "out");
  const double interval = number(*std::get<base::Json::Array>(json.find("bounds")->value()).front().find("plan"), "interval_s");
  EXPECT_NEAR(1 / number(chip, "throughput_per_s"), interval, 1e-3 * interval);
}

TEST_F(MapTest, ThroughputTakesTiles) {
  const base::Json json = map({"--throughput", "1000000"});
  const base::Json& plan = *json.find("throughput");
  EXPECT_LE(number(plan, "interval_s"), 1e-6);
  EXPECT_GT(number(plan, "tiles"), 36);
  // A product alone takes longer.
  EXPECT_TRUE(std::holds_alternative<std::monostate>(map({"--throughput", "1e8"}).find("throughput")->value()) ||
              map({"--throughput", "1e8"}).find("throughput")->dump() == "null");
  const Outcome outcome = mho(on_large_chip({"map", "--throughput", "1e8"}, false));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("no number of tiles reaches 100 M inferences a second"), HasSubstr("one copy of each matrix")));
  EXPECT_EQ(mho({"map", "net.onnx", "--throughput", "0"}).code, 2);
}

}  // namespace
}  // namespace mho::cli::test
