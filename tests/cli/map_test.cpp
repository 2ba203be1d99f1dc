// mho map: tiles of layers and the bounds that they set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <stdexcept>

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

/// The built-in network's 256 x 128, 128 x 64 and 64 x 10 on tiles of 64 rows and 32 columns: 4 x 4, 2 x 2 and 1.
TEST_F(MapTest, NetworkCountsTilesOfEachLayerByHand) {
  const Outcome outcome = mho({"network", std::string(MHO_SOURCE_DIR) + "/examples/default_network/strokes.onnx", "--set", "tile.rows=64", "--set",
                               "tile.columns=32", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  std::map<std::string, double> tiles;
  for (const base::Json& layer : std::get<base::Json::Array>(json.find("layers")->value())) {
    const std::string name = std::get<std::string>(layer.find("name")->value());
    tiles[name] = number(layer, "tiles");
  }
  EXPECT_EQ(tiles["first"], 16);
  EXPECT_EQ(tiles["second"], 4);
  EXPECT_EQ(tiles["scores"], 1);
  EXPECT_EQ(number(json, "tiles"), 21);
}

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

/// Annealing goes down towards the bound, and every verb places alike.
TEST_F(MapTest, TrafficAndItsBound) {
  const base::Json snake = *map({"--set", "mapper.placement=snake"}).find("mapping"),
                   best = *map({"--set", "mapper.placement=annealed"}).find("mapping");
  EXPECT_LT(number(best, "payload_flit_hops"), 0.8 * number(snake, "payload_flit_hops"));
  EXPECT_GT(number(snake, "flit_hops"), number(snake, "payload_flit_hops"));
  EXPECT_LE(number(best, "least_flit_hops"), number(best, "payload_flit_hops"));
  EXPECT_GT(number(best, "least_flit_hops"), 0.3 * number(best, "payload_flit_hops"));
  EXPECT_EQ(number(best, "least_flit_hops"), number(snake, "least_flit_hops"));  // the same cores, whatever stands where
  const Outcome text = mho(on_large_chip({"map", "--set", "mapper.placement=annealed"}, false));
  EXPECT_THAT(text.out, testing::ContainsRegex("without[ \n]+those[ \n]+of[ \n]+credits"));
}

/// The design that is written has the cores there, and every verb that reads it too.
TEST_F(MapTest, DigitalCoresMoveToWhereTrafficIsLeast) {
  const base::Json fixed = *map({"--set", "mapper.placement=annealed"}).find("mapping");
  const base::Json moved = *map({"--move-digital-cores", "--out", "moved.yaml", "--save", "moved.json"}).find("mapping");
  EXPECT_LT(number(moved, "payload_flit_hops"), number(fixed, "payload_flit_hops"));
  const Outcome again = mho({"map", MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx", "--design", "moved.yaml", "--mapping", "moved.json", "--json"});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(number(*base::Json::parse(again.out, "out").find("mapping"), "flit_hops"), number(moved, "flit_hops"));
  EXPECT_THAT(base::read_file((folder_ / "moved.yaml").string()), HasSubstr("chip.digital_nodes: "));
  // Another mesh has other nodes.
  const Outcome larger = mho({"map", MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx", "--design", "moved.yaml", "--throughput", "300000", "--json"});
  ASSERT_EQ(larger.code, 0) << larger.err;
  EXPECT_EQ(mho(on_large_chip({"map", "--move-digital-cores", "--improve"}, false)).code, 2);
  EXPECT_EQ(mho(on_large_chip({"map", "--move-digital-cores", "--mapping", "moved.json"}, false)).code, 2);
}

/// One copy is what the mapper lays out, so the simulation has the interval of the bound where nothing else is slower.
TEST_F(MapTest, OneCopyIsWhatTheSimulationReaches) {
  const base::Json json = map({});
  std::vector<std::string> line = on_large_chip({"simulate", "--json"}, false);
  const base::Json chip = base::Json::parse(mho(line).out, "out");
  const double interval = number(*std::get<base::Json::Array>(json.find("bounds")->value()).front().find("plan"), "interval_s");
  EXPECT_NEAR(1 / number(chip, "throughput_per_s"), interval, 1e-3 * interval);
}

/// The fewest tiles for a throughput, and the smallest chip with which a simulation has it.
TEST_F(MapTest, ThroughputTakesTiles) {
  const base::Json json = map({"--throughput", "200000", "--out", "small.yaml"});
  const base::Json& plan = *json.find("throughput");
  EXPECT_LE(number(plan, "interval_s"), 5e-6);
  EXPECT_GT(number(plan, "tiles"), 12);
  const base::Json& sizing = *json.find("sizing");
  EXPECT_LE(number(*sizing.find("best"), "interval_s"), 5e-6);
  EXPECT_LE(number(sizing, "simulated_interval_s"), 5.25e-6);
  const Outcome small = mho({"simulate", MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx", "--design", "small.yaml", "--json"});
  ASSERT_EQ(small.code, 0) << small.err;
  const base::Json chip = base::Json::parse(small.out, "out");
  EXPECT_DOUBLE_EQ(number(chip, "interval_s"), number(sizing, "simulated_interval_s"));
  EXPECT_LT(base::read_file((folder_ / "small.yaml").string()).find("\nchip.mesh.width: "), 1000U);  // a key a line
  // A product alone takes longer.
  const Outcome outcome = mho(on_large_chip({"map", "--throughput", "1e8"}, false));
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("no number of tiles reaches 100 M inferences a second: a row takes longer"), HasSubstr("as it is")));
  EXPECT_THAT(outcome.err, HasSubstr("no chip was found that reaches what was asked: no number of tiles reaches it"));
  EXPECT_EQ(mho({"map", "net.onnx", "--throughput", "0"}).code, 2);
}

TEST_F(MapTest, LatencyAndAreaAskForChipsToo) {
  const double latency = number(*map({}).find("mapping"), "latency_s");
  const base::Json fast = map({"--latency", std::to_string(0.8e6 * latency) + "us"});
  EXPECT_LE(number(*fast.find("sizing")->find("best"), "latency_s"), 0.8 * latency);
  const double area = number(*fast.find("sizing")->find("best"), "area_m2");
  const Outcome less =
      mho(on_large_chip({"map", "--json", "--latency", std::to_string(0.8e6 * latency) + "us", "--area", std::to_string(0.5e6 * area)}, false));
  EXPECT_EQ(less.code, 4);
  EXPECT_THAT(less.err, HasSubstr("the smallest chip that was found takes more area"));
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"--latency", "5"}, {"--latency", "0s"}, {"--area", "-1"}, {"--area", "3 s"}, {"--improve", "--area", "3"}, {"--out", "x.yaml"}}) {
    std::vector<std::string> line{"map", "net.onnx"};
    line.insert(line.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(mho(line).code, 2) << testing::PrintToString(wrong);
  }
}

/// Without a network the built-in one; tokens as other verbs have them.
TEST_F(MapTest, TheBuiltInNetworkAndModes) {
  const Outcome plain = mho({"map"});
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_THAT(plain.out, AllOf(HasSubstr("scores"), HasSubstr("4 tiles on 4 analog cores, 1 digital core,")));
  EXPECT_EQ(mho({"map", "--shape", "3x4"}).code, 2);
  EXPECT_EQ(mho({"map", "--data", "data.yaml"}).code, 2);
  EXPECT_THAT(mho({"map", "--mode", "prefill"}).out + mho({"map", "--mode", "prefill"}).err, HasSubstr("prefill"));
  EXPECT_EQ(mho({"map", "--tokens", "3"}).code, 2);
}

/// More copies than a layer has turns are told to be fewer, by every verb that maps.
TEST_F(MapTest, CopiesThatAreCutAreSaid) {
  const std::vector<std::string> many{"--layer", "*:mapper.copies=1000", "--set", "chip.mesh.width=20", "--set", "chip.mesh.height=20"};
  for (const char* verb : {"map", "simulate"}) {
    std::vector<std::string> line = on_large_chip({verb}, false);
    line.insert(line.end(), many.begin(), many.end());
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("of the 1000 copies that mapper.copies asks for"),
                                   HasSubstr("has no more rows to take turns with (mapper.turn=position has more)")))
        << verb;
  }
}

/// In one file results stand before warnings.
TEST_F(MapTest, WarningsStandBehindResults) {
  const Outcome both = shell("exec \"$MHO\" map " MHO_SOURCE_DIR
                             "/tests/cli/data/convnet.onnx --set tile.rows=512 --set tile.columns=512 --set chip.mesh.width=20 --set "
                             "chip.mesh.height=20 --layer 'first:mapper.copies=1000' 2>&1");
  ASSERT_EQ(both.code, 0) << both.out;
  const std::size_t warning = both.out.find("mho: warning: ");
  ASSERT_NE(warning, std::string::npos);
  EXPECT_GT(warning, both.out.find("flit-hops an inference"));
}

TEST_F(MapTest, DrawsTheFloorplan) {
  std::vector<std::string> line = on_large_chip({"map", "--svg", "plan.svg", "--set", "mapper.copies=2"}, false);
  const Outcome outcome = mho(line);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::string svg = base::read_file((folder_ / "plan.svg").string());
  EXPECT_THAT(svg, AllOf(HasSubstr("<svg "), HasSubstr("</svg>"), HasSubstr("copy 2"), HasSubstr("flits an inference")));
  // A square for every node, and one in a layer's colour for every core with work.
  std::size_t nodes = 0, coloured = 0;
  for (std::size_t at = svg.find("<title>node "); at != std::string::npos; at = svg.find("<title>node ", at + 1)) ++nodes;
  for (std::size_t at = svg.find("clip-path="); at != std::string::npos; at = svg.find("clip-path=", at + 1)) ++coloured;
  EXPECT_EQ(nodes, 64U);
  EXPECT_GE(coloured, 8U);
}

/// One array for each tile, of the copies too, in the file that mho run reads back.
TEST_F(MapTest, WritesConductancesThatRunReads) {
  std::vector<std::string> line = on_large_chip({"map", "--write-conductances", "target.npz", "--set", "mapper.copies=2"}, false);
  const Outcome outcome = mho(line);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("arrays tile_NNNN [rows][columns][polarity] in siemens written to target.npz"));
  const Outcome run =
      mho(on_large_chip({"run", "--conductances", "target.npz", "--set", "mapper.copies=2", "--samples", "20", "--repeats", "1", "--times", "1s"}));
  EXPECT_EQ(run.code, 0) << run.err;
  const Outcome single =
      mho(on_large_chip({"run", "--conductances", "target.npz", "--set", "mapper.copies=3", "--samples", "20", "--repeats", "1", "--times", "1s"}));
  EXPECT_EQ(single.code, 3);
  EXPECT_THAT(single.err, HasSubstr("target.npz: array 'tile_"));
}

/// The mapping that mho map shows is the one whose estimate mho simulate gives; no bound is longer than its interval.
TEST_F(MapTest, ShowsTheMappingAndItsBounds) {
  const base::Json mapping = *map({"--set", "mapper.copies=auto"}).find("mapping");
  std::vector<std::string> line = on_large_chip({"simulate", "--json", "--fidelity", "estimate", "--set", "mapper.copies=auto"}, false);
  const base::Json chip = base::Json::parse(mho(line).out, "out");
  EXPECT_DOUBLE_EQ(number(mapping, "interval_s"), number(chip, "interval_s"));
  EXPECT_DOUBLE_EQ(number(mapping, "latency_s"), number(chip, "latency_s"));
  double copies = 0, tiles = 0;
  for (const base::Json& matrix : std::get<base::Json::Array>(mapping.find("matrices")->value())) {
    copies = std::max(copies, number(matrix, "copies"));
    tiles += number(matrix, "tiles");
  }
  EXPECT_GT(copies, 4);
  EXPECT_EQ(tiles, number(mapping, "tiles"));
  EXPECT_EQ(tiles, number(chip, "tiles"));
  for (const base::Json& bound : std::get<base::Json::Array>(mapping.find("bounds")->value())) {
    EXPECT_LE(number(bound, "seconds"), number(mapping, "interval_s") * 1.0001);
  }
}

TEST_F(MapTest, AChipThatIsTooSmallIsSaidToBe) {
  const Outcome outcome =
      mho(on_large_chip({"map", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2", "--set", "chip.digital_cores=1"}, false));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("on this chip: "), HasSubstr("tiles")));
}

/// Each step shortens the interval; the design at the end is written, and simulates as was said.
TEST_F(MapTest, ImprovesAChipStepByStep) {
  const Outcome outcome = mho(on_large_chip({"map", "--json", "--improve", "--out", "better.yaml", "--set", "mapper.copies=auto", "--set",
                                             "chip.mesh.width=4", "--set", "chip.mesh.height=4", "--set", "chip.digital_cores=2"},
                                            false));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  const auto& rungs = std::get<base::Json::Array>(json.find("rungs")->value());
  ASSERT_GE(rungs.size(), 2U);
  for (std::size_t i = 1; i < rungs.size(); ++i) EXPECT_LT(number(rungs[i], "interval_s"), 0.995 * number(rungs[i - 1], "interval_s"));
  EXPECT_NEAR(number(json, "simulated_interval_s"), number(rungs.back(), "interval_s"), 0.1 * number(rungs.back(), "interval_s"));
  const Outcome again = mho({"simulate", MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx", "--design", "better.yaml", "--json"});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_DOUBLE_EQ(number(base::Json::parse(again.out, "out"), "interval_s"), number(json, "simulated_interval_s"));
}

/// The script for networks of PIMCOMP against the reference table of intervals, which somebody else's bisection made.
class MapData : public MapTest {};
TEST_F(MapData, NetworksOfPimcomp) {
  const char* const folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE does not name the folder with reference tables";
  const std::string tables = std::string(folder) + "/mapper/";
  for (const auto& [network, line] : std::map<std::string, std::string>{{"resnet18", "exact: an inference every 19 positions, 9004 crossbars"},
                                                                        {"alexnet", "exact: an inference every 12 positions, 8747 crossbars"},
                                                                        {"squeezenet", "exact: an inference every 7 positions, 8580 crossbars"}}) {
    const Outcome outcome = shell(std::string(MHO_PYTHON) + " " + MHO_SOURCE_DIR + "/examples/pimcomp/replication.py " + tables + "pimcomp/" +
                                  network + ".json --table " + tables + "pimcomp_layers.csv");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, AllOf(HasSubstr(line), HasSubstr("times as long")));
  }
}

}  // namespace
}  // namespace mho::cli::test
