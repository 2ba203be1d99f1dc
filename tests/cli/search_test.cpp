#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Line = std::vector<std::string>;

class SearchTest : public CommandTest {
 protected:
  static Line with(Line line, const Line& more) {
    line.insert(line.end(), more.begin(), more.end());
    return line;
  }
  base::Json searched(const Line& more) const {
    const Outcome outcome = mho(with({"search", "--json"}, more));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::Json::parse(outcome.out.empty() ? "{}" : outcome.out, "out");
  }
  [[nodiscard]] std::string query(const std::string& sql, const std::string& file = "results.db") const {
    SQLite::Database database((folder_ / file).string());
    database.setBusyTimeout(10'000);
    return database.execAndGet(sql).getString();
  }
  void wait_for_points(pid_t pid, int points) const {
    for (int i = 0; i < 3000; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (kill(pid, 0) != 0) return;
      if (!exists("results.db")) continue;
      try {
        if (std::stoi(query("SELECT count(*) FROM point")) >= points) return;
      } catch (const std::exception&) {
      }
    }
  }
  static const base::Json::Array& list(const base::Json& json, const char* key) { return std::get<base::Json::Array>(json.find(key)->value()); }
  static std::string first_setting(const base::Json& json) { return std::get<std::string>(list(list(json, "best").front(), "set").front().value()); }
};

const Line small{"--minimise", "area", "--confirm", "0", "--jobs", "2"};

TEST_F(SearchTest, KeysAloneHaveValuesThatTheirDeclarationsSay) {
  const Outcome outcome = mho(with({"search", "--free", "tile.rows,tile.adc.mux", "--free", "noc.topology", "--evaluations", "30", "--json"}, small));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("tile.rows: 32, 64, 128, 256, 512"), HasSubstr("tile.adc.mux: 2, 4, 8, 16, 32"),
                                 HasSubstr("noc.topology: mesh, torus")));
  const base::Json json = base::Json::parse(outcome.out, "out");
  const base::Json::Array& free = list(*json.find("problem"), "free");
  ASSERT_EQ(free.size(), 3U);
  EXPECT_TRUE(std::get<bool>(free[0].find("proposed")->value()));
  EXPECT_THAT(mho(with({"search", "--free", "tile.adc.bits=6,7", "--evaluations", "2"}, small)).err, Not(HasSubstr("suggest")));
  EXPECT_THAT(mho(with({"search", "--free", "tile.device.table"}, small)).err, HasSubstr("say between which values"));
}

TEST_F(SearchTest, AFileSaysTheSameAsALine) {
  write("search.yaml",
        "minimise: area\nthroughput: 100k\nrequire: [latency <= 1ms]\nset: {chip.mesh.width: 6}\naxes:\n  tile.adc.bits: 4..8\n  tile.rows: [64, "
        "128]\nconstraints: tile.rows > 64 OR tile.adc.bits < 8\nevaluations: 10\nconfirm: 0\n");
  const base::Json file = searched({"search.yaml"});
  EXPECT_THAT(query("SELECT request FROM exploration"), HasSubstr("100k"));
  const base::Json line = searched({"--minimise", "area", "--throughput", "100k", "--require", "latency <= 1ms", "--set", "chip.mesh.width=6",
                                    "--free", "tile.adc.bits=4..8", "--free", "tile.rows=64,128", "--constraint",
                                    "tile.rows > 64 OR tile.adc.bits < 8", "--evaluations", "10", "--confirm", "0"});
  for (const char* part : {"problem", "best", "prices"}) EXPECT_EQ(file.find(part)->dump(), line.find(part)->dump()) << part;
  EXPECT_EQ(query("SELECT count(*) FROM exploration"), "2") << "both parts of one search";
  // One of ten points breaks the condition.
  EXPECT_EQ(list(file, "best").size(), 9U);
}

TEST_F(SearchTest, FiguresComeFromAnyView) {
  const base::Json json = searched(with({"--free", "tile.adc.bits=4..6", "--require", "max(v_link.flits_per_cycle) <= 1", "--minimise",
                                         "v_programming.joule", "--require", "v_energy.percent[block=adc] <= 100"},
                                        small));
  const base::Json& figures = *list(json, "best").front().find("predicted");
  EXPECT_GT(std::get<double>(figures.find("v_programming.joule")->value()), 0);
  const std::string run = query("SELECT min(run) FROM v_point");
  EXPECT_EQ(fmt::format("{:.9g}", std::get<double>(figures.find("max(v_link.flits_per_cycle)")->value())).substr(0, 6),
            fmt::format("{:.9g}", std::stod(query("SELECT max(flits_per_cycle) FROM v_link WHERE run = " + run))).substr(0, 6));
  const auto refused = [&](const std::string& figure, const std::string& says) {
    const Outcome outcome = mho(with({"search", "--free", "tile.adc.bits=4..6", "--minimise", figure}, small));
    EXPECT_EQ(outcome.code, 2) << figure;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  };
  refused("v_link.flits_per_cycle", "rows for a design: say sum(v_link.flits_per_cycle), max(), min() or mean()");
  refused("v_cache.bytes", "v_cache says nothing of the chip");
  refused("v_links.flits_per_cycle", "did you mean v_link?");
  refused("max(v_link.flit)", "v_link has no column 'flit'");
  refused("v_reference.name", "holds words, such as");
  refused("v_run.created", "no figure of the chip");
  refused("median(v_link.flits_per_cycle)", "sum(), max(), min() or mean()");
}

TEST_F(SearchTest, ConstraintsThatExcludeEverythingAreNamed) {
  const Outcome outcome = mho(with({"search", "--free", "tile.adc.bits=4..6", "--throughput", "1k", "--require", "latency <= 1ns"}, small));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("none of 3 designs keeps all constraints"), HasSubstr("latency_s <= 1 ns excludes every design"),
                                 Not(HasSubstr("throughput_per_s >= 1 k/s excludes"))));
  EXPECT_THAT(mho(with({"search", "--free", "tile.adc.bits=4..6", "--constraint", "tile.adc.bits > 9"}, small)).out,
              HasSubstr("3 designs failed: the constraint 'tile.adc.bits > 9' does not hold"));
}

/// The proxy of these three designs predicts too little for each of them.
TEST_F(SearchTest, DesignsThatKeepAllAreFoundWherePredictionsExcludeThem) {
  const Line line{"--minimise",          "area",          "--keep", "98%", "--times", "1d", "--free", "tile.adc.bits=6..8", "--free",
                  "tile.adc.mux=4,8,16", "--accuracy-by", "proxy"};
  const base::Json json = searched(line);
  const base::Json& first = *list(json, "best").front().find("predicted");
  EXPECT_LT(std::get<double>(first.find("normalised@1d")->value()), 0.98);
  const Outcome outcome = mho(with({"search"}, line));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("keeps all"), testing::Not(HasSubstr("excludes every design"))));
  EXPECT_EQ(first_setting(json), "tile.adc.bits=8");
}

TEST_F(SearchTest, ANetworkWithoutAQuestionOfAccuracyNeedsNoData) {
  const Line line{"search",       MHO_SOURCE_DIR "/examples/default_network/strokes.onnx",
                  "--minimise",   "area",
                  "--throughput", "100k",
                  "--free",       "tile.adc.bits=6..8",
                  "--confirm",    "0"};
  EXPECT_EQ(mho(line).code, 0);
  EXPECT_THAT(mho(with(line, {"--keep", "99%"})).err, HasSubstr("needs data to be scored on"));
}

TEST_F(SearchTest, GreedyNeedsNoFreeKeys) {
  const Outcome outcome = mho({"search", "--minimise", "energy", "--keep", "90%", "--engine", "greedy", "--samples", "60", "--repeats", "1"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("accuracy with it on tiles"));
}

TEST_F(SearchTest, AnInterruptSaysWhatIsStored) {
  const pid_t pid =
      start(MHO_BINARY, with({"search", "--free", "digital.lanes=16..80", "--free", "chip.mesh.width=6..15", "--evaluations", "600"}, small));
  wait_for_points(pid, 5);
  kill(pid, SIGINT);
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 130);
  EXPECT_THAT(outcome.err, testing::ContainsRegex("interrupted; [0-9]+ designs? (is|are) in .*results.db, and the same command goes on"));
}

TEST_F(SearchTest, FailuresThatDifferInNumbersAreOneLine) {
  const Line space{"--set", "chip.mesh.height=2"};
  const std::string searched =
      mho(with({"search", "--minimise", "area", "--free", "chip.mesh.width=2..3", "--free", "tile.rows=16,32,64", "--evaluations", "6"}, space)).out;
  EXPECT_THAT(searched, AllOf(HasSubstr("5 designs failed, such as: the network needs "), HasSubstr("1 design failed: the network needs 7 tiles"),
                              HasSubstr("all 6 designs failed, so there is nothing to compare")));
  EXPECT_LT(searched.find("5 designs failed"), searched.find("1 design failed"));
  EXPECT_THAT(mho(with({"sweep", "--vary", "chip.mesh.width=2..3", "--vary", "tile.rows=16,32,64"}, space)).out,
              HasSubstr("refused 6, such as: the network needs "));
}

TEST_F(SearchTest, AKilledSearchGoesOn) {
  const Line line = with({"search", "--free", "digital.lanes=16..25", "--free", "chip.mesh.width=6..15", "--evaluations", "100", "--json"}, small);
  for (const int points : {1, 30}) {
    const pid_t pid = start(MHO_BINARY, line);
    wait_for_points(pid, points);
    kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
  }
  const Outcome outcome = mho(line);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  // No point is lost and none is there twice, nor is its run.
  EXPECT_EQ(
      query("SELECT count(*) || ' ' || count(DISTINCT number) || ' ' || min(number) || ' ' || max(number) || ' ' || count(DISTINCT run_uid) FROM "
            "point"),
      "100 100 0 99 100");
  EXPECT_EQ(query("SELECT count(*) FROM run"), "100");
  EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check"), "0");
  // What it finds is what one finds that nobody killed.
  const Outcome whole = mho(with(line, {"--db", "whole.db"}));
  EXPECT_EQ(base::Json::parse(outcome.out, "out").find("best")->dump(), base::Json::parse(whole.out, "out").find("best")->dump());
}

TEST_F(SearchTest, WhereTheProxyMissesTooMuchAccuracyIsEvaluatedInFull) {
  // The independent noise of outputs is what the proxy sees worst (docs/search.md).
  const Line line = with({"search", "--keep", "60%", "--samples", "60", "--repeats", "1", "--free", "tile.adc.bits=3..8", "--free",
                          "tile.noise.output=0.02..0.5", "--evaluations", "4", "--json"},
                         small);
  const Outcome outcome = mho(line);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  const base::Json* error = json.find("proxy")->find("error");
  ASSERT_GT(std::get<double>(error->value()), 0.1);
  EXPECT_FALSE(std::get<bool>(json.find("proxy_trusted")->value()));
  EXPECT_NE(query("SELECT count(*) FROM accuracy"), "0");
  EXPECT_THAT(mho(with({"search", "--keep", "60%", "--samples", "60", "--repeats", "1", "--free", "tile.adc.bits=3..8", "--free",
                        "tile.noise.output=0.02..0.5", "--evaluations", "4"},
                       small))
                  .out,
              HasSubstr("that is too much: accuracy was evaluated in full"));
  // A yield is never predicted.
  const base::Json yield = searched(with({"--require", "yield >= 0", "--samples", "60", "--repeats", "2", "--free", "tile.adc.bits=7,8"}, small));
  EXPECT_NE(list(yield, "best").front().find("predicted")->find("yield@1d"), nullptr);
  EXPECT_THAT(mho(with({"search", "--require", "yield >= 0", "--accuracy-by", "proxy", "--free", "tile.adc.bits=7,8"}, small)).err,
              HasSubstr("predicts no yield@1d"));
}

TEST_F(SearchTest, WithoutItsProgramNothingIsSearched) {
  std::filesystem::copy_file(MHO_BINARY, folder_ / "mho");
  const Outcome outcome = finish(start((folder_ / "mho").string(), with({"search", "--free", "tile.adc.bits=6,7"}, small)));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("a search needs the program mho-search beside mho"));
  EXPECT_FALSE(exists("results.db"));
}

TEST_F(SearchTest, UpkeepIsWhatASearchMayTradeForAge) {
  const base::Json json = searched(
      {"--minimise", "upkeep", "--require", "downtime <= 1%", "--free", "tile.upkeep.refresh=1 h,1 d,30 d", "--evaluations", "3", "--confirm", "0"});
  ASSERT_FALSE(list(json, "best").empty());
  EXPECT_EQ(first_setting(json), "tile.upkeep.refresh=30 d");
}

TEST_F(SearchTest, MistakesAreToldBeforeAnythingIsComputed) {
  const auto refused = [&](const Line& line, int code, const std::string& says) {
    const Outcome outcome = mho(with({"search"}, line));
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  };
  refused({}, 2, "nothing may change");
  refused({"--free", "tile.adc.bits=4..8"}, 2, "nothing is to become better");
  refused({"--minimise", "aera", "--free", "tile.adc.bits=4..8"}, 2, "--minimise 'aera' is no figure of a design, did you mean area?");
  refused({"--minimise", "area", "--per-layer", "noc.flit_bits=32,64"}, 2, "noc.flit_bits is the same for all layers");
  refused({"--minimise", "area", "--free", "tile.adc.bits=4..8", "--free", "tile.adc.bits=4..6"}, 2, "free twice");
  refused({"missing.yaml"}, 3, "missing.yaml");
  write("bad.yaml", "minimise: area\naxis: 3\n");
  refused({"bad.yaml"}, 3, "bad.yaml:2:1: unknown key 'axis' of a search (did you mean axes?)");
  write("value.yaml", "minimise: area\naxes:\n  tile.adc.bits: [4, 99]\n");
  refused({"value.yaml"}, 3, "value.yaml:3:");
  write("figure.yaml", "minimise: [area, aera]\naxes: [tile.adc.bits]\n");
  refused({"figure.yaml"}, 3, "figure.yaml:1:");
  write("engine.yaml", "minimise: area\nengine: nsga3\naxes: [tile.adc.bits]\n");
  refused({"engine.yaml"}, 3, "'engine' is nsga2, ants, random, greedy, not 'nsga3'");
  write("sweep.yaml", "minimise: area\naxes: {tile.adc.bits: 4..8}\nzip: [{tile.rows: 64}]\n");
  refused({"sweep.yaml"}, 3, "unknown key 'zip' of a search");
  EXPECT_FALSE(exists("results.db"));
}

}  // namespace
}  // namespace mho::cli::test
