#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
class DbTest : public CommandTest {
 protected:
  [[nodiscard]] std::string query(const std::string& sql, const std::string& file = "results.db") const {
    SQLite::Database database((folder_ / file).string());
    return database.execAndGet(sql).getString();
  }
  void execute(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string(), SQLite::OPEN_READWRITE);
    database.exec(sql);
  }
  [[nodiscard]] Outcome db(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "db");
    return mho(arguments);
  }
  /// Its output; the command must end with `code`.
  [[nodiscard]] std::string out(const std::vector<std::string>& arguments, int code = 0) const {
    const Outcome outcome = db(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    return outcome.out;
  }
  void refused(const std::vector<std::string>& arguments, int code, const std::string& says) const {
    const Outcome outcome = db(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  }
  void run(const std::vector<std::string>& more = {}) const { ASSERT_EQ(mho(quick_run(more)).code, 0); }
  void copy_network() const { fs::copy_file(MHO_SOURCE_DIR "/examples/default_network/strokes.onnx", folder_ / "net.onnx"); }
};

/// Everything that was printed, from the database alone.
TEST_F(DbTest, ShowPrintsWhatTheRunPrinted) {
  const std::vector<std::vector<std::string>> lines{
      quick_run({"--set", "tile.adc.bits=6", "--layer", "first=digital"}),
      quick_run({"--set", "digital.result_format=int8", "--set", "noc.power_gating=on", "--set", "chip.power_gating=on", "--reference", "none"}),
      quick_run({"--fidelity", "estimate", "--repeats", "1"}),
      {"simulate"},
      {"simulate", "--set", "tile.upkeep.refresh=1d", "--set", "tile.upkeep.recalibrate=1h", "--set", "chip.dead_tiles=0.1"},
      {"simulate", "--functional", "--inferences", "3"},
      {"simulate", "--inferences", "1"},
      {"simulate", "--inferences", "5"},
      {"simulate", "--set", "mapper.weights=reloaded", "--set", "mapper.reload_batch=2", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2"},
      on_large_chip({"simulate"}, false)};
  int number = 0;
  for (const auto& line : lines) {
    const Outcome printed = mho(line);
    ASSERT_EQ(printed.code, 0) << printed.err;
    const Outcome shown = db({"show", std::to_string(++number)});
    ASSERT_EQ(shown.code, 0) << shown.err;
    EXPECT_EQ(shown.out.substr(0, printed.out.size()), printed.out) << number;
    EXPECT_THAT(shown.out.substr(printed.out.size()), AllOf(HasSubstr("command"), HasSubstr("machine"), HasSubstr("network_hash")));
  }
}

/// Of a run whose design this version does not read its figures are shown.
TEST_F(DbTest, AnOldRunIsShownAsFarAsItCanBe) {
  run();
  execute("UPDATE run SET design_json = '{\"tile\":{\"gone\":1}}', version = '0.0.1' WHERE id = 1");
  EXPECT_THAT(out({"show", "1"}),
              AllOf(HasSubstr("latency_s"), HasSubstr("note: run 1 was stored by mho 0.0.1, whose design this version does not read")));
  EXPECT_THAT(out({"list"}), HasSubstr("default"));
}

TEST_F(DbTest, TheDesignOfARunIsADesign) {
  run({"--set", "tile.adc.bits=6", "--layer", "first=digital", "--set", "chip.clock=1.1 GHz"});
  write("chip.json", out({"show", "1", "--as-design"}));
  run({"--design", "chip.json"});
  EXPECT_EQ(query("SELECT count(DISTINCT design_hash) || ' ' || count(*) FROM run"), "1 2");
}

TEST_F(DbTest, NamesAndTagsFindRuns) {
  run({"--name", "best", "--tag", "project=thesis", "--tag", "week=3"});
  run({"--set", "tile.adc.bits=6"});
  EXPECT_THAT(out({"list"}), AllOf(HasSubstr("best"), HasSubstr("default, tile.adc.bits=6")));
  EXPECT_EQ(out({"list", "--tag", "project=thesis", "--columns", "run,name", "--format", "csv"}), "run,name\n1,best\n");
  EXPECT_EQ(out({"list", "--columns", "run,tile.adc.bits", "--format", "csv", "--sort", "tile.adc.bits"}), "run,tile.adc.bits\n2,6\n1,8\n");
  EXPECT_THAT(out({"list", "--since", "1h"}), HasSubstr("best"));
  EXPECT_THAT(out({"list", "--limit", "1"}), AllOf(Not(HasSubstr("best")), HasSubstr("1 of them, there are more")));
  EXPECT_THAT(out({"list", "--limit", "2"}), AllOf(HasSubstr("best"), Not(HasSubstr("there are more"))));
  EXPECT_THAT(out({"list", "--where", "area_mm2 > 1e9"}), HasSubstr("no runs in results.db that this asks for"));
  EXPECT_EQ(mho(quick_run({"--tag", "word"})).code, 2);
  EXPECT_EQ(mho(quick_run({"--name", ""})).code, 2);
}

TEST_F(DbTest, ARefusedRunIsListedAndShown) {
  const std::vector<std::string> too_small{"simulate", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2"};
  EXPECT_EQ(mho(too_small).code, 4);
  EXPECT_FALSE(exists("results.db")) << "a run that was refused makes no database";
  run();
  EXPECT_EQ(mho(too_small).code, 4);
  EXPECT_EQ(out({"list", "--columns", "run,exit_code", "--format", "csv"}), "run,exit_code\n2,4\n1,0\n");
  EXPECT_THAT(out({"show", "2"}), AllOf(HasSubstr("was refused"), HasSubstr("2 are missing"), HasSubstr("chip.mesh.width=2")));
  EXPECT_THAT(out({"compare", "2", "1"}), HasSubstr("run 2 was refused"));
  refused({"compare", "1", "2", "--explain"}, 3, "was refused");
  refused({"rerun", "2"}, 3, "was refused");
  EXPECT_THAT(out({"prune", "--where", "exit_code <> 0"}), HasSubstr("nothing was deleted"));
  EXPECT_EQ(query("SELECT count(*) FROM run"), "2");
  EXPECT_THAT(out({"prune", "--where", "exit_code <> 0", "--delete"}), HasSubstr("1 runs deleted"));
  EXPECT_EQ(query("SELECT group_concat(id) FROM run"), "1");
  EXPECT_THAT(mho({"cost", "1"}).out, HasSubstr("adc"));
}

TEST_F(DbTest, EveryFormatHasEveryDigit) {
  run();
  const std::string sql = "SELECT run, latency_s, 'a|b_c,\"d' AS t, NULL AS n FROM v_run";
  EXPECT_EQ(out({"query", sql, "--format", "csv"}), "run,latency_s,t,n\n1,8.67e-07,\"a|b_c,\"\"d\",\n");
  EXPECT_EQ(out({"query", sql, "--format", "markdown"}),
            "| run | latency_s | t | n |\n| ---: | ---: | --- | ---: |\n| 1 | 8.67e-07 | a\\|b_c,\"d |  |\n");
  EXPECT_THAT(out({"query", sql, "--format", "latex"}), AllOf(HasSubstr("\\begin{tabular}{rrlr}"), HasSubstr("1 & 8.67e-07 & a|b\\_c,\"d &  \\\\")));
  const base::Json json = base::Json::parse(out({"query", sql, "--json"}), "out");
  EXPECT_THAT(json.dump(), AllOf(HasSubstr(R"("rows":[{"run":1,"latency_s":8.67e-07)"), HasSubstr(R"("n":null)")));
  EXPECT_EQ(out({"query", "SELECT 1 AS run", "--columns", "tile.rows,network", "--format", "csv"}), "run,tile.rows,network\n1,128,strokes\n");
  refused({"query", "SELECT 1 AS a", "--columns", "tile.rows"}, 2, "called run");
  refused({"query", "SELECT 1 AS run", "--columns", "tile.row"}, 2, "did you mean tile.rows?");
  refused({"query", "DELETE FROM run"}, 2, "never writes");
  refused({"query", "SELECT 1", "--json", "--format", "csv"}, 2, "two forms");
}

TEST_F(DbTest, ARerunIsTheSameBitForBit) {
  copy_network();
  run({"net.onnx", "--data", "strokes", "--design", "mapping_reference", "--set", "tile.adc.bits=7", "--seed", "5", "--per-sample", "scores.npz",
       "--save", "mapping.json"});
  for (const char* written : {"scores.npz", "mapping.json"}) ASSERT_TRUE(fs::remove(folder_ / written)) << written;
  ASSERT_EQ(mho({"simulate", "--functional", "--inferences", "3", "--set", "noc.power_gating=on"}).code, 0);
  ASSERT_EQ(mho({"sensitivity", "--only", "*read*", "--samples", "40", "--repeats", "2"}).code, 0);
  for (const char* what : {"1", "2", "study:1"}) EXPECT_THAT(out({"rerun", what}), HasSubstr("bit for bit")) << what;
  EXPECT_EQ(query("SELECT count(*) FROM run"), "2") << "nothing is stored";
  for (const char* written : {"scores.npz", "mapping.json"}) EXPECT_FALSE(fs::exists(folder_ / written)) << written;
  // A value that is another.
  execute(
      "UPDATE layer SET snr_db = snr_db + 1e-12 WHERE run = 1 AND layer = 0; UPDATE accuracy SET value = value + 1e-15 WHERE run = 1 AND repeat = 1");
  const Outcome other = db({"rerun", "1"});
  EXPECT_EQ(other.code, 5);
  EXPECT_THAT(other.out, AllOf(HasSubstr("accuracy.value"), HasSubstr("differ")));
  // Another version is compared in what is printed, where such a difference does not show.
  execute("UPDATE run SET version = '0.0.9+abc'");
  EXPECT_THAT(out({"rerun", "1"}), AllOf(HasSubstr("it was stored by mho 0.0.9+abc"), HasSubstr("printed digits")));
  execute("UPDATE run SET latency_s = 2 * latency_s WHERE id = 1");
  EXPECT_EQ(db({"rerun", "1"}).code, 5);
}

TEST_F(DbTest, InputsAreFoundByTheirHashes) {
  copy_network();
  run({"net.onnx", "--data", "strokes"});
  run({"net.onnx", "--data", "strokes", "--keep-inputs", "--db", "kept.db"});
  fs::create_directory(folder_ / "elsewhere");
  fs::rename(folder_ / "net.onnx", folder_ / "elsewhere/net.onnx");
  refused({"rerun", "1"}, 3, "net.onnx is gone; its hash was");
  EXPECT_THAT(out({"rerun", "1", "--db", "kept.db"}), HasSubstr("bit for bit"));
  // Below the current folder it is found again.
  const Outcome below = shell("cd elsewhere && \"$MHO\" db rerun 1 --db ../results.db");
  EXPECT_EQ(below.code, 0) << below.err;
  write("net.onnx", base::read_file((folder_ / "elsewhere/net.onnx").string()) + "x");
  refused({"rerun", "1"}, 3, "net.onnx has changed since");
}

TEST_F(DbTest, OneKeyAtATimeInRunsThatAreFoundAgain) {
  run();
  run({"--set", "tile.adc.bits=6", "--set", "noc.flit_bits=32", "--set", "tile.rows=64"});
  const std::vector<std::string> line{"compare", "1", "2", "--explain", "--by-key", "--json"};
  const base::Json first = base::Json::parse(out(line), "out");
  EXPECT_EQ(query("SELECT count(*) || ' ' || sum(json_extract(tags, '$.by_key') = '1') FROM run"), "5 3");
  EXPECT_NE(out(line), "");
  EXPECT_EQ(query("SELECT count(*) FROM run"), "5") << "the runs are found again";
  const base::Json& comparison = std::get<base::Json::Array>(first.find("comparisons")->value()).front();
  double sum = 0, all = 0;
  std::vector<std::string> keys;
  for (const base::Json& one : std::get<base::Json::Array>(comparison.find("by_key")->value())) {
    keys.push_back(std::get<std::string>(one.find("key")->value()));
    const double energy = std::get<double>(one.find("difference")->find("energy_per_inference_j")->value());
    (keys.back() == "all of them" ? all : sum) += energy;
  }
  EXPECT_THAT(keys, testing::ElementsAre("noc.flit_bits", "tile.adc.bits", "tile.rows", "interaction", "all of them"));
  EXPECT_NEAR(sum, all, 1e-9 * std::abs(all));
  EXPECT_NE(all, 0);
  // A key that cannot stand alone is told.
  run({"--set", "chip.mesh.width=2", "--set", "chip.mesh.height=4"});
  const std::string text = out({"compare", "1", "6", "--explain", "--by-key"});
  EXPECT_THAT(text, AllOf(HasSubstr("interaction"), HasSubstr("chip.mesh.width"), testing::ContainsRegex("all of them[^\n]* [-+]?[0-9.]+ %")));
  refused({"compare", "1", "2", "--by-key"}, 2, "--explain");
  run({"--seed", "9"});
  refused({"compare", "1", query("SELECT max(id) FROM run"), "--explain", "--by-key"}, 3, "differ in their seed");
}

TEST_F(DbTest, CompareAndFrontTellRuns) {
  run();
  run({"--set", "tile.adc.bits=6"});
  EXPECT_THAT(out({"compare", "1", "2"}),
              AllOf(HasSubstr("tile.adc.bits"), HasSubstr("energy_per_inference_j"), HasSubstr("paired"), HasSubstr("the second is better")));
  EXPECT_THAT(out({"compare", "1", "2", "--explain"}), AllOf(HasSubstr("by component"), HasSubstr("by layer"), HasSubstr("by cause"),
                                                             HasSubstr("by share of time"), HasSubstr("latency_s, by layer"), HasSubstr("adc")));
  EXPECT_THAT(out({"front", "--x", "area_mm2", "--y", "energy_per_inference_j", "--svg", "front.svg"}), HasSubstr("on the front of less area_mm2"));
  EXPECT_THAT(base::read_file((folder_ / "front.svg").string()), HasSubstr("<svg"));
  refused({"front", "--x", "area_mm2", "--y", "energy_per_inference", "--behind"}, 2, "did you mean energy_per_inference_j?");
  EXPECT_THAT(out({"front", "--x", "area_mm2", "--y", "latency_s"}), testing::Not(HasSubstr("pairs of network")));
  {
    SQLite::Database results((folder_ / "results.db").string(), SQLite::OPEN_READWRITE);
    results.exec("UPDATE run SET network_hash = 'other' WHERE id = 2");
  }
  EXPECT_THAT(out({"front", "--x", "area_mm2", "--y", "latency_s"}), HasSubstr("note: the runs are of 2 pairs of network and data"));
  refused({"compare", "1"}, 2, "RUNS: at least 2 are needed");
  refused({"list", "--since", "yesterday"}, 2, "30min, 12h, 1d");
  refused({"query", "SELECT v.latency FROM v_run v"}, 2, "did you mean latency_s?");
  refused({"query", "SELECT latency_s FROM v_runs"}, 2, "did you mean v_run?");
  refused({"compare", "1", "7"}, 3, "has no run 7");
  refused({"show", "7"}, 3, "has no run 7");
  refused({"show", "study:1"}, 3, "has no study 1");
  refused({"show", "x"}, 2, "RUN");
}

/// Layers that share tiles share their area.
TEST_F(DbTest, AreasOfLayersAddUpToTheTilesThatAreUsed) {
  const std::string off =
      "SELECT max(abs(all_layers - used) / used) FROM (SELECT sum(l.tiles_mm2) AS all_layers, (SELECT sum(mm2) FROM component c WHERE c.run = r.id "
      "AND "
      "c.per IN ('tile', 'bank of converters')) / r.tiles_available * r.tiles AS used FROM v_layer l JOIN run r ON r.id = l.run GROUP BY l.run)";
  run();
  EXPECT_LT(std::stod(query(off)), 1e-12);
  run({"--set", "mapper.packing=rectangle"});
  EXPECT_EQ(query("SELECT (SELECT tiles FROM run WHERE id = 2) < (SELECT tiles FROM run WHERE id = 1)"), "1") << "tiles are shared";
  EXPECT_LT(std::stod(query(off)), 1e-12);
}

/// Every verb on a database that is missing, empty, foreign, newer, older, damaged or locked.
TEST_F(DbTest, BadDatabases) {
  run();
  const std::vector<std::vector<std::string>> lines{{"list"},
                                                    {"show", "1"},
                                                    {"compare", "1", "1"},
                                                    {"front", "--x", "area_mm2", "--y", "latency_s"},
                                                    {"query", "SELECT 1"},
                                                    {"schema"},
                                                    {"check"},
                                                    {"rerun", "1"},
                                                    {"improve", "1"},
                                                    {"prune", "--where", "1"}};
  const auto each = [&](const std::string& file, const std::string& says) {
    for (std::vector<std::string> line : lines) {
      line.insert(line.end(), {"--db", file});
      refused(line, 3, says);
    }
    refused({"merge", file, "--db", "all.db"}, 3, says);
  };
  each("missing.db", "does not exist");
  EXPECT_FALSE(exists("all.db"));
  EXPECT_FALSE(exists("missing.db"));
  write("empty.db", "");
  each("empty.db", "is empty");
  write("text.db", std::string(5000, 'x'));
  each("text.db", "not an SQLite database");
  {
    SQLite::Database other((folder_ / "other.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("PRAGMA application_id = 7; CREATE TABLE t (a)");
  }
  each("other.db", "another program");
  fs::copy_file(folder_ / "results.db", folder_ / "newer.db");
  {
    SQLite::Database newer((folder_ / "newer.db").string(), SQLite::OPEN_READWRITE);
    newer.exec("PRAGMA user_version = 999");
  }
  each("newer.db", "newer mho");
  // A page in the middle of the file that holds something else.
  std::string bytes = base::read_file((folder_ / "results.db").string());
  const std::size_t page = 4096, begin = bytes.size() / page / 2 * page;
  bytes.replace(begin, 3 * page, std::string(3 * page, 'z'));
  write("damaged.db", bytes);
  const Outcome damaged = db({"check", "--db", "damaged.db"});
  EXPECT_TRUE(damaged.code == 3 || damaged.code == 5) << damaged.err;
  // Locked for writing: reading goes on.
  SQLite::Database lock((folder_ / "results.db").string(), SQLite::OPEN_READWRITE);
  lock.exec("BEGIN IMMEDIATE");
  EXPECT_THAT(out({"list"}), HasSubstr("default"));
  lock.exec("ROLLBACK");
  lock.exec("BEGIN EXCLUSIVE");
  refused({"list"}, 3, "locked by another program for more than 10 s");
  lock.exec("ROLLBACK");
}

TEST_F(DbTest, TheGroupHasHelp) {
  EXPECT_THAT(out({"--help"}), AllOf(HasSubstr("db list"), HasSubstr("db prune")));
  EXPECT_THAT(out({"list", "--help"}), AllOf(HasSubstr("mho db list"), HasSubstr("--since")));
  EXPECT_THAT(mho({"help", "db"}).out, HasSubstr("db front"));
  EXPECT_THAT(mho({"--help"}).out, AllOf(HasSubstr("  db "), Not(HasSubstr("db front"))));
  refused({}, 2, "say what to do: mho db list, show");
  refused({"lst"}, 2, "did you mean list?");
  refused({"list", "--wher", "1"}, 2, "see mho db list --help");
}

}  // namespace
}  // namespace mho::cli::test
