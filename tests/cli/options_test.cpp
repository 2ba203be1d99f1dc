#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "base/json.h"
#include "base/printable.h"
#include "tests/cli/npy.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Line = std::vector<std::string>;

class OptionsTest : public CommandTest {
 protected:
  base::Json json(const Line& arguments) const {
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, 0) << testing::PrintToString(arguments) << outcome.err;
    return base::Json::parse(outcome.out.empty() ? "{}" : outcome.out, "out");
  }
  static std::string text(const base::Json& json, const char* key) { return std::get<std::string>(json.find(key)->value()); }
  /// What `mho help --json` says of every verb.
  base::Json::Array verbs() const { return std::get<base::Json::Array>(json({"help", "--json"}).find("verbs")->value()); }

  /// Small files of every kind.
  void write_files() const {
    write("net.onnx", base::read_file(std::string(MHO_SOURCE_DIR) + "/tests/cli/data/convnet.onnx"));
    write("W.npy", npy<double>("<f8", "(2, 3)", {1e-6, 2e-6, 3e-6, 4e-6, 5e-6, 6e-6}));
    write("X.npy", npy<double>("<f8", "(1, 3)", {0.1, 0.2, 0.3}));
    write("chip.yaml", "tile.adc.bits: 7\n");
    EXPECT_EQ(mho({"simulate", "--db", "r.db"}).code, 0);
    EXPECT_EQ(mho({"simulate", "--db", "r.db", "--set", "tile.adc.bits=6"}).code, 0);
  }
  /// A line of every verb that takes a second or so.
  static std::map<std::string, Line> quick_lines() {
    return {{"run", {"run", "--times", "1s", "--repeats", "2", "--samples", "30"}},
            {"simulate", {"simulate"}},
            {"retrain", {"retrain", "net.onnx", "--out", "hwa.onnx", "--recipe-set", "epochs=1"}},
            {"network", {"network", "net.onnx"}},
            {"map", {"map", "net.onnx"}},
            {"tile", {"tile", "--tiles", "1", "--vectors", "4", "--size", "32"}},
            {"noc", {"noc", "--mesh", "4", "--load", "0.1"}},
            {"sensitivity", {"sensitivity", "--only", "DAC bits", "--samples", "20", "--repeats", "2"}},
            {"mvm", {"mvm", "--weights", "W.npy", "--inputs", "X.npy", "--out", "Y.npy"}},
            {"wires", {"wires", "--conductances", "W.npy", "--voltages", "X.npy", "--r-in", "1", "--r-out", "1", "--out", "I.npy"}},
            {"describe", {"describe", "tile.adc"}},
            {"validate", {"validate", "chip.yaml"}},
            {"cost", {"cost"}},
            {"report", {"report", "r.db"}},
            {"db list", {"db", "list", "--db", "r.db"}},
            {"db show", {"db", "show", "1", "--db", "r.db"}},
            {"db compare", {"db", "compare", "1", "2", "--explain", "--db", "r.db"}},
            {"db front", {"db", "front", "--x", "area_mm2", "--y", "latency_s", "--db", "r.db"}},
            {"db query", {"db", "query", "SELECT run, latency_s FROM v_run", "--db", "r.db"}},
            {"db schema", {"db", "schema", "v_band", "--db", "r.db"}},
            {"db rerun", {"db", "rerun", "1", "--db", "r.db"}},
            {"db improve", {"db", "improve", "1", "--db", "r.db"}},
            {"db merge", {"db", "merge", "r.db", "--db", "all.db"}},
            {"db check", {"db", "check", "--db", "r.db"}},
            {"db prune", {"db", "prune", "--where", "run > 9", "--db", "r.db"}},
            {"db cache", {"db", "cache", "--db", "r.db"}},
            {"search", {"search", "--minimise", "area", "--free", "tile.adc.bits=6,7", "--confirm", "0", "--jobs", "1"}},
            {"sweep", {"sweep", "--vary", "tile.adc.bits=6,7", "--jobs", "1"}},
            {"help", {"help"}}};
  }
  /// The verb, of a group two words, as it stands on a line.
  static Line words(const std::string& verb) {
    const std::size_t blank = verb.find(' ');
    return blank == std::string::npos ? Line{verb} : Line{verb.substr(0, blank), verb.substr(blank + 1)};
  }
  static Line with_help(const std::string& verb) {
    Line line = words(verb);
    line.emplace_back("--help");
    return line;
  }
};

/// Neither the mark nor what stands behind it ends a verb by a signal; finish() sees one.
TEST_F(OptionsTest, WhatStandsBehindTheMark) {
  for (const auto& [verb, quick] : quick_lines()) {
    for (const Line& more : std::vector<Line>{{"x.onnx", "--", "y"},
                                              {"--", "y", "z"},
                                              {"x.onnx", "y", "--"},
                                              {"x.onnx", "y", "--", "--seed", "z"},
                                              {"--", "--", "--"},
                                              {"a", "b", "c", "d", "--", "e", "f", "g"},
                                              {"--frobnicate", "--"},
                                              {"--frobnicate", "--", "--json"}}) {
      Line line = words(verb);
      line.insert(line.end(), more.begin(), more.end());
      const Outcome outcome = mho(line);
      EXPECT_THAT(outcome.code, AnyOf(2, 3)) << testing::PrintToString(line);
      EXPECT_THAT(outcome.err, StartsWith("mho: ")) << testing::PrintToString(line);
    }
  }
  EXPECT_THAT(mho({"run", "x.onnx", "--", "y"}).err, HasSubstr("'y' is one too many: mho run takes NETWORK"));
  EXPECT_THAT(mho({"run", "--", "--seed", "y"}).err, HasSubstr("'y' is one too many"));
  EXPECT_THAT(mho({"noc", "--", "0.1"}).err, HasSubstr("'0.1' belongs to no option"));
  EXPECT_THAT(mho({"--"}).err, HasSubstr("unknown option --"));
  // The mark alone is none too many, and behind it a name may begin with dashes.
  write("--chip.yaml", "tile.adc.bits: 6\n");
  EXPECT_EQ(mho({"validate", "--", "--chip.yaml"}).code, 0);
  EXPECT_EQ(mho({"describe", "tile.adc", "--"}).code, 0);
}

TEST_F(OptionsTest, TheLastOfARepeatedOptionCounts) {
  const base::Json last = json({"noc", "--mesh", "4", "--load", "0.3", "--load", "0.1", "--seed", "1", "--seed", "7", "--json", "--json"});
  EXPECT_EQ(std::get<std::int64_t>(last.find("seed")->value()), 7);
  EXPECT_EQ(std::get<double>(last.find("offered_flits_node_cycle")->value()), 0.1);
  const Outcome both = mho({"describe", "tile.", "--set", "tile.rows=64", "--set", "tile.columns=32", "--set", "tile.rows=128"});
  EXPECT_THAT(both.out, AllOf(HasSubstr("tile.rows = 128 (--set"), HasSubstr("tile.columns = 32 (--set")));
}

TEST_F(OptionsTest, OldSpellingsAreToldTheNewOnes) {
  const std::vector<std::pair<Line, std::string>> renamed{
      {{"import", "net.onnx", "--conductances", "c.npz"}, "mho import is now mho run --conductances FILE"},
      {{"noc", "--rate", "0.1"}, "--rate is now --load"},
      {{"describe", "--recipe"}, "--recipe is now --recipe-keys"},
      {{"noc", "--size", "8"}, "--size is now --mesh"},
      {{"noc", "--throughput"}, "--throughput is now --accepted"},
      {{"noc", "--sample", "10"}, "--sample is now --window"},
      {{"noc", "--samples=3"}, "--samples is now --windows"},
      {{"simulate", "--samples", "3"}, "--samples is now --calibration"},
      {{"mvm", "--repeats", "3"}, "--repeats is now --reads"},
      {{"export", "net.onnx", "--out", "c.npz"}, "mho export is now mho map --write-conductances FILE"},
  };
  for (const auto& [line, says] : renamed) {
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, 2) << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  }
}

TEST_F(OptionsTest, OneAgeMayBeWrittenInTheSingular) {
  for (const Line& line :
       std::vector<Line>{{"run", "--repeats", "2", "--samples", "30"}, {"tile", "--tiles", "1", "--vectors", "4", "--size", "32"}}) {
    Line one = line, other = line;
    one.insert(one.end(), {"--times", "1h", "--json"});
    other.insert(other.end(), {"--time=1h", "--json"});
    const Outcome plural = mho(one), singular = mho(other);
    EXPECT_EQ(singular.code, 0) << singular.err;
    EXPECT_THAT(singular.out, HasSubstr("3600"));
    EXPECT_EQ(plural.code, 0) << plural.err;
  }
  // What belongs to another option, or stands behind the mark, is left alone.
  EXPECT_THAT(mho({"run", "--name", "--time"}).err, HasSubstr("--name needs a value after it"));
  EXPECT_THAT(mho({"run", "--", "--time"}).err, HasSubstr("--time"));
  EXPECT_THAT(mho({"noc", "--time", "1s"}).err, HasSubstr("unknown option --time"));
}

/// One name has one meaning: the same first clause, wherever it stands.
TEST_F(OptionsTest, AnOptionMeansTheSameInEveryVerb) {
  std::map<std::string, std::map<std::string, std::string>> meanings;
  for (const base::Json& verb : verbs()) {
    for (const base::Json& option : std::get<base::Json::Array>(verb.find("options")->value())) {
      const std::string sentence = text(option, "sentence");
      meanings[text(option, "name")][sentence.substr(0, sentence.find_first_of(";,:"))] += " " + text(verb, "verb");
    }
  }
  // What a place holds, and the file that --out, --inputs and --conductances name, is said by the verb.
  const std::set<std::string> by_verb{"NETWORK", "--out", "--conductances"};
  for (const auto& [name, sentences] : meanings) {
    if (by_verb.contains(name)) continue;
    EXPECT_EQ(sentences.size(), 1U) << name << ": " << testing::PrintToString(sentences);
  }
}

TEST_F(OptionsTest, EveryVerbHasJsonThatSaysWhatMadeIt) {
  write_files();
  std::set<std::string> lines;
  for (const auto& [verb, quick] : quick_lines()) lines.insert(verb);
  for (const base::Json& verb : verbs()) {
    EXPECT_TRUE(lines.contains(text(verb, "verb"))) << text(verb, "verb");
    const auto& options = std::get<base::Json::Array>(verb.find("options")->value());
    EXPECT_TRUE(std::ranges::any_of(options, [](const base::Json& each) { return text(each, "name") == "--json"; })) << text(verb, "verb");
  }
  const std::set<std::string> draws{"run", "simulate", "retrain", "tile", "noc", "sensitivity", "mvm", "sweep", "search"};
  for (const auto& [verb, quick] : quick_lines()) {
    if (verb == "retrain") continue;  // retrain_test.cpp
    Line line = quick;
    line.emplace_back("--json");
    const base::Json object = json(line);
    ASSERT_NE(object.find("schema"), nullptr) << verb;
    const auto& members = std::get<base::Json::Object>(object.value());
    for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(members[k].first, (std::vector<std::string>{"schema", "version", "command", "seed"})[k]) << verb;
    EXPECT_EQ(std::get<std::int64_t>(object.find("schema")->value()), 1);
    EXPECT_EQ("mho " + text(object, "version") + "\n", mho({"--version"}).out);
    EXPECT_EQ(text(object, "command").substr(0, 4 + verb.size()), "mho " + verb);
    EXPECT_EQ(std::holds_alternative<std::int64_t>(object.find("seed")->value()), draws.contains(verb)) << verb;
  }
}

TEST_F(OptionsTest, OutputsAreCheckedBeforeTheWork) {
  // The inputs are missing too: the output is refused first, because no file was read.
  const std::map<std::string, std::pair<Line, std::string>> outputs{
      {"simulate --trace", {{"simulate", "no.onnx", "--trace"}, "json"}},
      {"simulate --vcd", {{"simulate", "no.onnx", "--vcd"}, "vcd"}},
      {"simulate --heatmap", {{"simulate", "no.onnx", "--heatmap"}, "svg"}},
      {"retrain --out", {{"retrain", "no.onnx", "--out"}, "onnx"}},
      {"map --write-conductances", {{"map", "no.onnx", "--write-conductances"}, "npz"}},
      {"map --save", {{"map", "no.onnx", "--save"}, "json"}},
      {"tile --svg", {{"tile", "--design", "no.yaml", "--svg"}, "svg"}},
      {"noc --svg", {{"noc", "--design", "no.yaml", "--svg"}, "svg"}},
      {"sensitivity --svg", {{"sensitivity", "no.onnx", "--data", "no.yaml", "--svg"}, "svg"}},
      {"mvm --out", {{"mvm", "--weights", "no.npy", "--inputs", "no.npy", "--out"}, "npy"}},
      {"mvm --stats", {{"mvm", "--weights", "no.npy", "--inputs", "no.npy", "--reads", "2", "--stats"}, "csv"}},
      {"report --out", {{"report", "no.db", "--out"}, "html"}},
      {"wires --out", {{"wires", "--conductances", "no.npy", "--voltages", "no.npy", "--r-in", "1", "--r-out", "1", "--out"}, "npy"}},
  };
  for (const auto& [name, line] : outputs) {
    const auto with = [&line = line](const std::string& file) {
      Line all = line.first;
      all.push_back(file);
      return all;
    };
    const Outcome nowhere = mho(with("nowhere/file." + line.second));
    EXPECT_EQ(nowhere.code, 3) << name;
    EXPECT_THAT(nowhere.err, HasSubstr("nowhere/file." + line.second + ": cannot write this file: there is no folder nowhere")) << name;
    const Outcome picture = mho(with("file.PNG"));
    EXPECT_EQ(picture.code, 2) << name;
    EXPECT_THAT(picture.err, HasSubstr("end its name in ." + line.second)) << name;
    // An ending that stands for nothing contradicts nothing.
    EXPECT_THAT(mho(with("file.new")).err, Not(HasSubstr("end its name"))) << name;
  }
  EXPECT_THAT(mho({"run", "--db", "results.csv"}).err, HasSubstr("--db results.csv: the file will hold a database, and .csv stands for CSV"));
  EXPECT_EQ(mho({"run", "--db", "nowhere/results.db", "--data", "no.yaml", "no.onnx"}).code, 3);
  EXPECT_THAT(mho({"run", "--db", "nowhere/results.db", "--data", "no.yaml", "no.onnx"}).err, HasSubstr("nowhere"));
  if (geteuid() != 0) {
    std::filesystem::create_directory(folder_ / "locked");
    std::filesystem::permissions(folder_ / "locked", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    EXPECT_THAT(mho({"tile", "--svg", "locked/t.svg"}).err, HasSubstr("no file can be made in the folder locked"));
  }
}

/// Every line that a person is shown, in characters.
void expect_narrow(const std::string& page, std::size_t width, const std::string& of) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(base::character_count(line), width) << of << ": " << line;
}

TEST_F(OptionsTest, LinesFitTheTerminal) {
  write_files();
  for (const char* columns : {"", "60"}) {
    *columns == 0 ? unsetenv("COLUMNS") : setenv("COLUMNS", columns, 1);
    const std::size_t width = *columns == 0 ? 80 : 60;  // there is no terminal here
    for (const auto& [verb, line] : quick_lines()) {
      expect_narrow(mho(with_help(verb)).out, width, verb + " --help");
      if (verb == "retrain") continue;  // says a command to be copied
      const Outcome outcome = mho(line);
      EXPECT_EQ(outcome.code, 0) << verb << outcome.err;
      expect_narrow(outcome.out, width, verb);
    }
    expect_narrow(mho({"--help"}).out, width, "--help");
    expect_narrow(mho({"describe"}).out, width, "describe");
    expect_narrow(mho({"help", "layers"}).out, width, "help layers");
  }
  setenv("COLUMNS", "200", 1);
  EXPECT_THAT(mho({"run", "--help"}).out, HasSubstr("prefill (all at once) or decode (one after the other)\n"));
}

TEST_F(OptionsTest, Help) {
  EXPECT_EQ(mho({"help"}).out, mho({"--help"}).out);
  for (const base::Json& verb : verbs()) {
    const std::string name = text(verb, "verb");
    EXPECT_EQ(mho({"help", name}).out, mho(with_help(name)).out);
    const std::string group = words(name).front();
    EXPECT_THAT(mho({"help"}).out, HasSubstr("\n  " + group + " "));
    if (group == name) continue;
    EXPECT_THAT(mho({"help", group}).out, HasSubstr("\n  " + name + " "));
  }
  for (const char* topic : {"designs", "layers", "data", "times", "json", "outputs", "exit-codes"}) {
    EXPECT_THAT(mho({"help"}).out, HasSubstr(std::string("\n  ") + topic + " "));
    const Outcome outcome = mho({"help", topic});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_GT(outcome.out.size(), 100U);
  }
  const Outcome unknown = mho({"help", "rnu"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean run?"));
}

TEST_F(OptionsTest, DescribeSearchesKeysAndTexts) {
  const Outcome adc = mho({"describe", "adc"});
  EXPECT_THAT(adc.out, AllOf(HasSubstr("tile.adc.bits = 8"), HasSubstr("tile.adc.energy"), Not(HasSubstr("chip.mesh.width = "))));
  const Outcome leakage = mho({"describe", "LEAKAGE"});
  EXPECT_THAT(leakage.out, AllOf(HasSubstr("tile.adc.leakage"), HasSubstr("noc.router_leakage"), HasSubstr("chip.gating.residual")));
  EXPECT_EQ(mho({"describe", "xyzzy"}).code, 3);
  // The name of a section is itself, not a word.
  EXPECT_THAT(mho({"describe", "mapper"}).out, StartsWith("mapper."));
}

TEST_F(OptionsTest, DescribeShowsTheValuesOfADesign) {
  write("chip.yaml", "tile:\n  adc:\n    bits: 6\n    area: 500 um2\n");
  const Outcome outcome = mho({"describe", "tile.adc", "--design", "chip.yaml", "--set", "tile.adc.mux=4"});
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("tile.adc.bits = 6 (chip.yaml:3:11; default 8)"), HasSubstr("tile.adc.area = 500 um2 (chip.yaml:4:11; default model)"),
                    HasSubstr("tile.adc.mux = 4 (--set; default 8)"), HasSubstr("tile.adc.energy = model, which comes to ")));
  // The regression of the survey at its 14 nm, 100 MS/s: 0.36 pJ for 8 bits.
  const base::Json usual = json({"describe", "tile.adc.energy", "--json", "--set", "tile.adc.bits=8", "--set", "tile.adc.conversion_time=10 ns"});
  const base::Json& one = std::get<base::Json::Array>(usual.find("parameters")->value()).front();
  EXPECT_EQ(text(one, "value"), "model");
  EXPECT_NEAR(std::get<double>(one.find("effective")->value()), 0.36, 0.01);
  // Every word that stands for a number comes to one.
  const base::Json all = json({"describe", "--set", "tile.rows=512", "--json"});
  for (const base::Json& each : std::get<base::Json::Array>(all.find("parameters")->value())) {
    const auto* value = std::get_if<std::string>(&each.find("value")->value());
    if (value == nullptr || !std::set<std::string>({"model", "native", "chip", "memory", "vdd", "nominal", "pitch"}).contains(*value)) continue;
    if (text(each, "type") != "number") continue;
    EXPECT_TRUE(std::holds_alternative<double>(each.find("effective")->value())) << text(each, "key");
  }
}

TEST_F(OptionsTest, DescribeListsTheShippedDesigns) {
  const Outcome outcome = mho({"describe", "designs"});
  const base::Json object = json({"describe", "designs", "--json"});
  std::set<std::string> listed;
  for (const base::Json& one : std::get<base::Json::Array>(object.find("designs")->value())) {
    listed.insert(text(one, "file"));
    EXPECT_THAT(outcome.out, HasSubstr("\n" + text(one, "name") + " (" + text(one, "file") + ")\n"));
    EXPECT_EQ(text(one, "text"), base::read_file(std::string(MHO_SOURCE_DIR) + "/designs/" + text(one, "file")));
  }
  std::set<std::string> there;
  const std::string designs = std::string(MHO_SOURCE_DIR) + "/designs";
  for (const auto& file : std::filesystem::recursive_directory_iterator(designs)) {
    if (file.path().extension() == ".yaml") there.insert(std::filesystem::relative(file.path(), designs).string());
  }
  EXPECT_EQ(listed, there);
}

TEST_F(OptionsTest, AClosedStandardOutput) {
  const Outcome outcome = shell("\"$MHO\" run --repeats 1 --samples 10 --times 1s >&-");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("standard output is closed"));
  EXPECT_FALSE(exists("results.db"));
  // Nor does the database take the place of a closed standard error.
  EXPECT_EQ(shell("\"$MHO\" run --repeats 1 --samples 10 --times 1s 2>&-").code, 0);
}

/// As after `make run`, which builds the command alone: said before the network is even looked for.
TEST_F(OptionsTest, TrainingSaysWhichTargetBuildsItsProgram) {
  std::filesystem::copy_file(MHO_BINARY, folder_ / "mho");
  const Outcome outcome = finish(start((folder_ / "mho").string(), {"retrain", "missing.onnx", "--out", "hwa.onnx"}));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("`make mho-train`"), HasSubstr("the target mho-train of CMake")));
  EXPECT_THAT(base::read_file(std::string(MHO_SOURCE_DIR) + "/Makefile"), HasSubstr("\nmho-train:\n"));
  const std::string readme = base::read_file(std::string(MHO_SOURCE_DIR) + "/README.md");
  EXPECT_THAT(readme, AllOf(HasSubstr("`make mho-train`"), HasSubstr("minutes on two cores")));
}

}  // namespace
}  // namespace mho::cli::test
