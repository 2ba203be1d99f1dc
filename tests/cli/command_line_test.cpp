#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class CommandLineTest : public CommandTest {};

TEST_F(CommandLineTest, VersionStartsInUnderTwentyMilliseconds) {
  EXPECT_THAT(mho({"--version"}).out, StartsWith("mho " MHO_PROJECT_VERSION));
  // Processor time, the best of ten: on a shared machine the clock on the wall measures the other programs. Starting waits for nothing.
  const auto best_of_ten = [](const auto& outcome) {
    auto best = std::chrono::microseconds::max();
    for (int i = 0; i < 10; ++i) best = std::min(best, outcome().processor);
    return best;
  };
  // Starting a program is mostly page faults, and machines differ in what one costs: a machine on which the smallest program takes over a millisecond
  // gets as much more.
  const auto smallest = best_of_ten([&] { return finish(start("/bin/true", {})); });
  EXPECT_LT(best_of_ten([&] { return mho({"--version"}); }), std::max<std::chrono::microseconds>(std::chrono::milliseconds(20), 20 * smallest));
}

TEST_F(CommandLineTest, HelpShowsExamplesAndExitCodes) {
  const Outcome help = mho({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("run"), HasSubstr("describe"), HasSubstr("validate"), HasSubstr("Examples:"), HasSubstr("130 interrupted")));
  const Outcome run = mho({"run", "--help"});
  EXPECT_EQ(run.code, 0);
  for (const char* option : {"--data", "--design", "--set", "--times", "--repeats", "--samples", "--seed", "--threads", "--db", "--json"}) {
    EXPECT_THAT(run.out, HasSubstr(option));
  }
}

/// Usage errors: code 2, one paragraph on standard error, nothing on standard output, no database.
struct Mistake {
  std::vector<std::string> arguments;
  std::string says;
};

TEST_F(CommandLineTest, UsageErrors) {
  write("net.onnx", "");
  const std::vector<Mistake> mistakes{
      {{}, "say what to do"},
      {{"rnu"}, "did you mean run?"},
      {{"frobnicate"}, "unknown verb frobnicate"},
      {{"compare", "1", "2"}, "did you mean mho db compare?"},
      {{"run", "--seeed", "3"}, "did you mean --seed?"},
      {{"run", "--seed", "many"}, "--seed"},
      {{"run", "--seed", "-1"}, "--seed"},
      {{"run", "--seed", "9223372036854775808"}, "from 0 to 9223372036854775807"},
      {{"run", "--repeats", "0"}, "--repeats"},
      {{"run", "--samples", "-1"}, "--samples -1"},
      {{"run", "--samples", "0x10"}, "--samples 0x10"},
      {{"run", "--samples", ""}, "--samples ''"},
      {{"run", "--times", "2000y"}, "1000 y"},
      {{"run", "--threads", "0"}, "--threads"},
      {{"run", "--times", "1 fortnight"}, "--times"},
      {{"run", "--times", "1h,1s"}, "must increase"},
      {{"run", "--times", "1s,,1h"}, "--times"},
      {{"run", "net.onnx"}, "give --data"},  // a file that is there, but not read yet
      {{"run", "--data", "data.yaml"}, "goes with a network"},
      {{"run", "--db", ""}, "--db '': the name of a file is needed"},
      {{"run", "--db="}, "--db needs a value"},
      {{"noc", "--design", " "}, "--design ' ': the name of a file is needed"},
      {{"simulate", ""}, "NETWORK '': the name of a file is needed"},
      {{"simulate", "--trace", ""}, "--trace '': the name of a file is needed"},
      {{"run", "--seed"}, "--seed needs a value"},
      {{"run", "-seed", "3"}, "unknown option -seed; did you mean --seed?"},
      {{"run", "--json=yes"}, "a switch takes no value"},
      {{"run", "--yield-threshold", "1.5"}, "--yield-threshold 1.5: a number from 0 to 1"},
      {{"run", "--yield-threshold", "nan"}, "--yield-threshold nan: a number from 0 to 1"},
      {{"run", "a.onnx", "b.onnx"}, "'b.onnx' is one too many: mho run takes NETWORK"},
      {{"noc", "0.1"}, "'0.1' belongs to no option: mho noc takes nothing but options"},
      {{"simulate", "--json", "out.json", "more"}, "'more' is one too many"},
      {{"--seed", "3"}, "unknown option --seed: those of a verb stand after it"},
      {{"mvm", "--inputs", "X.npy"}, "--weights is missing: matrix [outputs][inputs]"},
      {{"wires", "--topology", "input_sauce"}, "did you mean input_source?"},
      {{"validate"}, "DESIGN is missing: chip, YAML"},
  };
  for (const auto& [arguments, says] : mistakes) {
    const Outcome outcome = mho(arguments);
    const std::string line = testing::PrintToString(arguments);
    EXPECT_EQ(outcome.code, 2) << line;
    EXPECT_EQ(outcome.out, "") << line;
    EXPECT_THAT(outcome.err, AllOf(StartsWith("mho: "), HasSubstr(says))) << line;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << line;
    EXPECT_FALSE(exists("results.db")) << line;
  }
}

TEST_F(CommandLineTest, MistakesNameTheHelpOfTheirVerb) {
  for (const char* verb : {"run", "simulate", "retrain", "network", "map", "tile", "noc", "sensitivity", "mvm", "wires", "describe", "validate"}) {
    const std::string help = std::string("mho ") + verb + " --help";
    const Outcome outcome = mho({verb, "--frobnicate"});
    EXPECT_EQ(outcome.code, 2) << verb;
    EXPECT_THAT(outcome.err, HasSubstr("(see " + help + ")"));
    const Outcome asked = mho({verb, "--help"});
    EXPECT_EQ(asked.code, 0) << asked.err;
    EXPECT_THAT(asked.out, AllOf(HasSubstr("Usage: mho " + std::string(verb)), HasSubstr("Examples:\n  mho " + std::string(verb))));
  }
  EXPECT_THAT(mho({"simulate", "--data", "strokes", "--calibration", "1000000"}).err,
              HasSubstr("(see mho simulate --help)"));  // noticed long after the line was read
  EXPECT_THAT(mho({"frobnicate"}).err, HasSubstr("(see mho --help)"));
}

TEST_F(CommandLineTest, DescribePrintsEveryParameter) {
  const Outcome all = mho({"describe"});
  EXPECT_EQ(all.code, 0);
  for (const char* key : {"tile.rows = ", "tile.adc.bits = ", "chip.mesh.width = ", "mapper.placement = ", "source: "})
    EXPECT_THAT(all.out, HasSubstr(key));
  const Outcome some = mho({"describe", "tile.adc"});
  EXPECT_THAT(some.out, HasSubstr("tile.adc.bits"));
  EXPECT_THAT(some.out, testing::Not(HasSubstr("tile.rows")));
  // A word is found in the plural too.
  EXPECT_THAT(mho({"describe", "copy"}).out, AllOf(HasSubstr("mapper.copies = "), HasSubstr("mapper.turn = ")));
}

TEST_F(CommandLineTest, DescribeAsJsonIsOneObject) {
  const Outcome outcome = mho({"describe", "tile.adc.bits", "--json"});
  const base::Json json = base::Json::parse(outcome.out, "out");
  const auto& list = std::get<base::Json::Array>(json.find("parameters")->value());
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(std::get<std::string>(list[0].find("key")->value()), "tile.adc.bits");
  for (const char* key : {"type", "unit", "default", "minimum", "maximum", "words", "sentence", "source"})
    EXPECT_NE(list[0].find(key), nullptr) << key;
}

TEST_F(CommandLineTest, DescribeStatesNumbersWithHoles) {
  EXPECT_THAT(mho({"describe", "noc.concentration"}).out, HasSubstr("integer, 1, 2 or 4; source"));
  const base::Json json = base::Json::parse(mho({"describe", "noc.concentration", "--json"}).out, "out");
  const base::Json& one = std::get<base::Json::Array>(json.find("parameters")->value()).front();
  EXPECT_EQ(std::get<base::Json::Array>(one.find("values")->value()).size(), 3U);
}

TEST_F(CommandLineTest, FilesInTheWrongPlace) {
  write("data.yaml", "metric: top1\ntest: {inputs: x.npy, labels: y.npy}\n");
  write("recipe.yaml", "epochs: 3\n");
  struct Case {
    std::vector<std::string> arguments;
    std::string says;
  };
  const std::vector<Case> cases{
      {{"run", "--design", "data.yaml"}, "data.yaml:1:1: 'metric' belongs to a description of data"},
      {{"validate", "recipe.yaml"}, "'epochs' belongs to a recipe of retraining"},
      {{"noc", "--design", "."}, ". is a folder; the design of a chip is a YAML file"},
      {{"run", "net.onnx", "--data", "."}, ".: cannot read this file: it is a folder; give the name of a file in it"},
  };
  for (const auto& [arguments, says] : cases) {
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, 3) << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  }
}

TEST_F(CommandLineTest, AnEmptyVariableInADescriptionOfData) {
  write("net.onnx", base::read_file(std::string(MHO_SOURCE_DIR) + "/tests/cli/data/convnet.onnx"));
  write("data.yaml", "test: {inputs: '${MHO_FOLDER}/x.npy', labels: '${MHO_FOLDER}/y.npy', format: npy}\n");
  const Outcome outcome = shell("MHO_FOLDER= \"$MHO\" run net.onnx --data data.yaml");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("data.yaml:1:16"), HasSubstr("MHO_FOLDER is set but empty"), HasSubstr("${MHO_FOLDER}/x.npy")));
  EXPECT_THAT(shell("\"$MHO\" run net.onnx --data data.yaml").err, HasSubstr("MHO_FOLDER is not set"));
}

TEST_F(CommandLineTest, DescribeOfAnUnknownKeyOffersTheNearest) {
  const Outcome outcome = mho({"describe", "tile.adc.bist"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean tile.adc.bits?"));
}

TEST_F(CommandLineTest, ValidateSaysWhatDiffers) {
  write("chip.yaml", "tile:\n  adc:\n    bits: 6\n");
  const Outcome outcome = mho({"validate", "chip.yaml", "--set", "tile.rows=256"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("tile.adc.bits = 6"), HasSubstr("chip.yaml:3:"), HasSubstr("tile.rows = 256"), HasSubstr("--set"), HasSubstr("2 of ")));
}

TEST_F(CommandLineTest, ValidateSaysWhatLayersHaveOfTheirOwn) {
  write("chip.yaml", "layers:\n  - {match: first, digital: true}\n  - match: fc*\n    set: {tile.adc.bits: 6, tile.rows: 256}\n");
  const Outcome outcome = mho({"validate", "chip.yaml"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("layers matching 'first': digital (chip.yaml:2:"),
                    HasSubstr("layers matching 'fc*': tile.adc.bits=6, tile.rows=256 (chip.yaml:3:"), HasSubstr("; 2 rules for layers")));
}

TEST_F(CommandLineTest, ValidatePointsAtTheMistake) {
  struct Bad {
    const char* yaml;
    std::vector<std::string> says;
  };
  const std::vector<Bad> designs{
      {"tile:\n  adc:\n    bist: 6\n", {"chip.yaml:3:5", "bist", "tile.adc.bits"}},
      {"tile:\n  adc:\n    bits: 6\n    bits: 7\n", {"chip.yaml:4:5", "bits"}},
      {"tile.adc.bits: 6\ntile:\n  adc:\n    bits: 7\n", {"chip.yaml:4:", "tile.adc.bits"}},
      {"tile:\n  adc:\n    bits: 600\n", {"chip.yaml:3:", "tile.adc.bits"}},
      {"tile:\n  adc:\n    bits: many\n", {"chip.yaml:3:", "tile.adc.bits", "ideal"}},
      {"tile:\n  adc:\n    conversion_time: 3 V\n", {"chip.yaml:3:", "tile.adc.conversion_time"}},
      {"tile: [1, 2\n", {"chip.yaml:"}},
      {"tile:\n  adc:\n    bound: unlimited\n", {"chip.yaml:3:", "tile.adc.bound"}},
      {"layers:\n  - {match: first, set: {tile.adc.bist: 6}}\n", {"chip.yaml:2:", "tile.adc.bits"}},
      {"layers:\n  - {match: first, set: {tile.adc.bits: 600}}\n", {"chip.yaml:2:", "tile.adc.bits"}},
      {"layers:\n  - {match: first, set: {chip.mesh.width: 4}}\n", {"chip.yaml:2:", "cannot differ between layers"}},
      {"layers:\n  - {match: first, digital: yes please}\n", {"chip.yaml:2:", "true or false"}},
      {"layers:\n  - {digital: true}\n", {"chip.yaml:2:", "'match' is missing"}},
  };
  for (const auto& [yaml, says] : designs) {
    write("chip.yaml", yaml);
    const Outcome outcome = mho({"validate", "chip.yaml"});
    EXPECT_EQ(outcome.code, 3) << yaml << outcome.out;
    for (const std::string& part : says) EXPECT_THAT(outcome.err, HasSubstr(part)) << yaml;
  }
  EXPECT_EQ(mho({"validate", "missing.yaml"}).code, 3);
  EXPECT_EQ(mho({"validate", "."}).code, 3);
  write("chip.yaml", "{}\n");
  const Outcome outcome = mho({"validate", "chip.yaml", "--set", "tile.adc.bist=3"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("--set"), HasSubstr("tile.adc.bits")));
}

TEST_F(CommandLineTest, AFullStandardOutputIsNoSuccess) {
  const Outcome outcome = shell("\"$MHO\" describe > /dev/full");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("standard output"));
}

}  // namespace
}  // namespace mho::cli::test
