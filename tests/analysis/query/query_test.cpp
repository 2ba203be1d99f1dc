#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>
#include <string>

#include "analysis/query/comparison.h"
#include "analysis/query/explanation.h"
#include "analysis/query/front.h"
#include "analysis/query/health.h"
#include "analysis/query/reader.h"
#include "analysis/query/run_list.h"
#include "analysis/query/stored_run.h"
#include "analysis/store/merge.h"
#include "analysis/store/store.h"
#include "base/design_file/document.h"
#include "tests/analysis/fixture.h"
#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class QueryTest : public test::DatabaseTest {
 protected:
  std::int64_t add(const Label& label = {}) const { return add(result_, label); }
  std::int64_t add(const Result& result, const Label& label = {}) const {
    return Store(path_).add(design_, result, RunInfo{"0.2.0", "mho run", {}, label});
  }
  [[nodiscard]] static std::vector<std::int64_t> numbers(const ResultTable& table) {
    std::vector<std::int64_t> all;
    for (const auto& row : table.rows) all.push_back(std::get<std::int64_t>(row.front()));
    return all;
  }
  std::string usage(const std::string& sql) const {
    const Reader reader(path_);
    return refusal([&] { static_cast<void>(reader.ask(sql)); }, base::ExitCode::usage);
  }

  Design design_ = test::round_design();
  Result result_ = test::small_result(design_);
};

TEST_F(QueryTest, AListFiltersSortsAndEnds) {
  add({.name = "a", .tags = {{"kind", "x"}}});
  add({.name = "b", .tags = {{"kind", "y"}}});
  result_.costs.latency_s = 1e-9;
  add({.name = "c", .tags = {{"kind", "x"}}});
  const Reader reader(path_);
  EXPECT_THAT(numbers(list_results(reader, {})), ElementsAre(3, 2, 1));
  EXPECT_THAT(numbers(list_results(reader, {.limit = 2})), ElementsAre(3, 2));
  EXPECT_THAT(numbers(list_results(reader, {.tags = {{"kind", "x"}}})), ElementsAre(3, 1));
  EXPECT_THAT(numbers(list_results(reader, {.where = "latency_s > 1e-8 AND name <> 'a'"})), ElementsAre(2));
  EXPECT_THAT(numbers(list_results(reader, {.sort = "latency_s"})), ElementsAre(3, 2, 1));
  EXPECT_THAT(numbers(list_results(reader, {.sort = "name", .descending = false})), ElementsAre(1, 2, 3));
  EXPECT_THAT(numbers(list_results(reader, {.since_s = 3600})), ElementsAre(3, 2, 1));
  execute("UPDATE run SET created = '2020-01-01T00:00:00Z' WHERE id = 2");
  EXPECT_THAT(numbers(list_results(reader, {.since_s = 3600})), ElementsAre(3, 1));
  const ResultTable keyed = list_results(reader, {.columns = {"run", "tile.rows"}, .limit = 1});
  EXPECT_EQ(keyed.rows.front()[1], Cell(std::int64_t{design_.config.integer("tile.rows")}));
  EXPECT_THAT(refusal([&] { static_cast<void>(list_results(reader, {.columns = {"latncy_s"}})); }, base::ExitCode::usage),
              HasSubstr("did you mean latency_s?"));
  EXPECT_THAT(refusal([&] { static_cast<void>(list_results(reader, {.where = "nonsense ="})); }, base::ExitCode::usage), HasSubstr("SQLite"));
}

TEST_F(QueryTest, AQuestionNeverWrites) {
  add();
  for (const char* sql : {"DELETE FROM run", "UPDATE run SET seed = 2", "CREATE TABLE t (a)", "DROP VIEW v_run", "PRAGMA user_version = 3", "VACUUM",
                          "INSERT INTO warning VALUES (1, 0, 'x')", "BEGIN", "ATTACH 'other.db' AS o", "WITH a AS (SELECT 1) DELETE FROM run",
                          "SELECT 1; DELETE FROM run", "PRAGMA writable_schema = ON"}) {
    EXPECT_NE(usage(sql), "") << sql;
  }
  EXPECT_THAT(usage("SELECT 1; SELECT 2"), HasSubstr("one statement"));
  EXPECT_THAT(usage("SELEC 1"), HasSubstr("syntax error"));
  EXPECT_THAT(usage("SELECT no_such FROM v_run"), HasSubstr("no such column"));
  EXPECT_EQ(query("SELECT count(*) || ' ' || (SELECT seed FROM run) FROM run"), "1 1");
  EXPECT_EQ(files(), 1U);
  const Reader reader(path_);
  EXPECT_EQ(reader.ask("SELECT 1 AS a, 'b' AS b, NULL AS c, 1.5 AS d;  ").rows.front(), (std::vector<Cell>{std::int64_t{1}, "b", Cell(), 1.5}));
}

TEST_F(QueryTest, ARunIsReadBack) {
  result_.warnings = {"careful"};
  result_.samples.carrying = 3;
  result_.costs.bottleneck.busy_cycles = 12.5;
  result_.costs.bottleneck.share_of_interval = 0.5;
  result_.costs.bottleneck.stages = {1};
  add();
  const StoredRun stored = stored_run(Reader(path_), 1);
  EXPECT_TRUE(stored.scored);
  EXPECT_EQ(stored.result.accuracy[1].by_repeat, result_.accuracy[1].by_repeat);
  EXPECT_EQ(stored.result.samples.carrying, 3U);
  EXPECT_EQ(stored.result.warnings, result_.warnings);
  EXPECT_EQ(stored.result.costs.bottleneck.stages, result_.costs.bottleneck.stages);
  EXPECT_EQ(stored.result.costs.bottleneck.busy_cycles, 12.5);
  EXPECT_EQ(stored.result.costs.energy_per_inference_j, result_.costs.energy_per_inference_j);
  EXPECT_EQ(stored.result.costs.components.size(), result_.costs.components.size());
  EXPECT_EQ(stored.result.layers.size(), 2U);
  EXPECT_EQ(stored.result.simulation.window.elapsed, result_.simulation.window.elapsed);
  EXPECT_THAT(refusal([&] { static_cast<void>(stored_run(Reader(path_), 9)); }), HasSubstr("has no run 9; the largest number is 1"));
}

/// A run that a version before this schema stored: what it did not store is left out.
TEST_F(QueryTest, AnOlderRunIsReadBackToo) {
  execute(base::read_file(std::string(MHO_STORE_DATA) + "/version_16.sql"));
  EXPECT_EQ(add(), 8);
  const Reader reader(path_);
  const StoredRun stored = stored_run(reader, 7);
  // It kept every key at its default, and those that are new since have theirs.
  EXPECT_EQ(stored.design.hash(), load_design(std::nullopt, {}).hash());
  EXPECT_FALSE(stored.result.layers.empty());
  EXPECT_TRUE(stored.result.costs.bottleneck.stages.empty());
  // A word of its design is gone since.
  EXPECT_THAT(refusal([&] { static_cast<void>(stored_run(reader, 1)); }),
              AllOf(HasSubstr("run 1 was stored by mho 0.1.0, whose design this version does not read"), HasSubstr("noc.energy.arbitration")));
}

/// Of a plane of points the front is what brute force says.
TEST_F(QueryTest, TheFrontIsThatOfBruteForce) {
  struct Point {
    double area, energy;
  };
  std::vector<Point> points;
  for (int i = 0; i < 40; ++i) {
    const double area = 1 + 0.37 * ((i * 17) % 23), energy = 1e-9 * (1 + ((i * 29) % 31) + 40 / area);
    points.push_back({area, energy});
    result_.costs.area_m2 = area * 1e-6;
    result_.costs.energy_per_inference_j = energy;
    add();
  }
  std::set<std::int64_t> expected;
  for (std::size_t i = 0; i < points.size(); ++i) {
    bool beaten = false;
    for (const Point& other : points) {
      beaten = beaten ||
               (other.area <= points[i].area && other.energy <= points[i].energy && (other.area < points[i].area || other.energy < points[i].energy));
    }
    if (!beaten) expected.insert(static_cast<std::int64_t>(i) + 1);
  }
  const Reader reader(path_);
  const Front front = pareto_front(reader, {.x = "area_mm2", .y = "energy_per_inference_j"});
  std::set<std::int64_t> found;
  int knees = 0;
  for (const FrontPoint& point : front.points) {
    if (point.on_front) found.insert(point.run);
    knees += point.knee ? 1 : 0;
    EXPECT_TRUE(!point.knee || point.on_front);
  }
  EXPECT_EQ(found, expected);
  EXPECT_GT(found.size(), 3U);
  EXPECT_EQ(knees, 1);
  // Where more of one is better the front is another.
  const Front large = pareto_front(reader, {.x = "area_mm2", .y = "energy_per_inference_j", .more = {"area_mm2"}});
  EXPECT_GE(large.points.front().x, 1 + 0.37 * 22 - 1e-9);
  const std::string svg = front_svg(front, "a & b");
  EXPECT_THAT(svg, AllOf(HasSubstr("a &amp; b"), HasSubstr("area_mm2 (mm2)"), HasSubstr("knee: run")));
  EXPECT_THAT(refusal([&] { static_cast<void>(pareto_front(reader, {.x = "name", .y = "area_mm2"})); }, base::ExitCode::usage),
              HasSubstr("no number"));
  EXPECT_THAT(refusal([&] { static_cast<void>(pareto_front(reader, {.x = "area_mm2", .y = "latency_s", .where = "run > 99"})); }),
              HasSubstr("no run"));
}

TEST_F(QueryTest, ADifferenceIsSplitWithoutRest) {
  add();
  // Twice the events of the array's stage, and a dearer converter.
  design_.tile.adc.energy_per_conversion = base::Energy(3e-12);
  Result other = test::small_result(design_);
  other.simulation.steady.stages[1].dac_conversions *= 3;
  other.simulation.window.stages[1].dac_conversions *= 3;
  other.costs = roll_up(design_, other.program, other.simulation, other.macs);
  for (std::size_t i = 0; i < other.layers.size(); ++i) other.layers[i].energy_j = other.costs.layers[i].total_j;
  add(other);
  const std::vector<Split> splits = explain(Reader(path_), 1, 2);
  ASSERT_GE(splits.size(), 4U);
  for (const Split& split : splits) {
    double sum = 0;
    for (const Share& share : split.shares) sum += share.difference();
    EXPECT_NEAR(sum, split.second - split.first, 1e-9 * std::abs(split.first)) << split.figure << " by " << split.by;
  }
  // Two causes: 8 conversions more of 1 pJ each, and 5 conversions that cost 1 pJ more.
  for (const auto& [part, picojoule] : {std::pair("dac: DAC conversion, number", 8.0), std::pair("adc: ADC conversion, energy of one", 5.0)}) {
    bool there = false;
    for (const Share& share : splits[2].shares) {
      if (share.part.substr(0, 3) != std::string(part).substr(0, 3) ||
          share.part.substr(share.part.find(", ")) != std::string(part).substr(std::string(part).find(", ")))
        continue;
      there = true;
      EXPECT_NEAR(share.difference(), picojoule * 1e-12, 1e-18) << share.part;
    }
    EXPECT_TRUE(there) << part;
  }
  // Energies that do not add up are said so.
  execute("UPDATE energy SET joule = 2 * joule WHERE run = 2 AND block = 'adc'");
  EXPECT_THAT(refusal([&] { static_cast<void>(explain(Reader(path_), 1, 2)); }, base::ExitCode::failed_check), HasSubstr("add up"));
}

TEST_F(QueryTest, AccuraciesArePairedWhereTheyAre) {
  result_.accuracy = {{.time_s = 1.0, .by_repeat = {0.80, 0.70, 0.75, 0.90}}};
  add();
  Result other = result_;
  // Each better by 0.01 to 0.03: far less than programmings differ.
  other.accuracy = {{.time_s = 1.0, .by_repeat = {0.82, 0.71, 0.78, 0.92}}};
  add(other);
  RunComparison comparison = compare_runs(Reader(path_), 1, 2);
  ASSERT_EQ(comparison.accuracies.size(), 1U);
  const AccuracyDifference paired = comparison.accuracies.front();
  EXPECT_TRUE(paired.paired);
  EXPECT_NEAR(paired.difference, 0.02, 1e-12);
  // Differences 0.02, 0.01, 0.03, 0.02: deviation 0.00816, error 0.00408; t of three degrees of freedom 4.899, p 0.0163 (a table of t).
  EXPECT_NEAR(*paired.sem, 0.00408248, 1e-7);
  EXPECT_NEAR(*paired.low, 0.02 - 3.182446 * 0.00408248, 1e-6);
  EXPECT_NEAR(*paired.probability, 0.01628, 2e-5);
  EXPECT_TRUE(paired.decided());
  execute("UPDATE run SET seed = 5 WHERE id = 2");
  comparison = compare_runs(Reader(path_), 1, 2);
  EXPECT_FALSE(comparison.accuracies.front().paired);
  EXPECT_FALSE(comparison.accuracies.front().decided());
  EXPECT_GT(*comparison.accuracies.front().probability, 0.5);
  EXPECT_THAT(comparison.notes.front(), HasSubstr("not paired"));
}

TEST_F(QueryTest, WhatWasAskedForDifferently) {
  add();
  design_ = load_design(std::nullopt, {"tile.adc.bits=6"});
  RunInfo info{"0.2.0", "mho run", {}, {}};
  info.options.times_s = {1};
  info.options.seed = 4;
  Store(path_).add(design_, result_, info);
  const RunComparison comparison = compare_runs(Reader(path_), 1, 2);
  std::set<std::string> what;
  for (const AskedDifference& one : comparison.asked) what.insert(one.what);
  EXPECT_EQ(what, (std::set<std::string>{"seed", "times_s", "tile.adc.bits"}));
}

TEST_F(QueryTest, HealthFindsWhatIsWrong) {
  add();
  add();
  const auto problems = [&] {
    std::vector<std::string> all;
    for (const HealthCheck& check : check_health(Reader(path_))) all.insert(all.end(), check.problems.begin(), check.problems.end());
    return all;
  };
  EXPECT_THAT(problems(), ElementsAre());
  execute("UPDATE area SET mm2 = mm2 + 1 WHERE run = 2 AND block = 'adc'");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("run 2: ")));
  execute("DELETE FROM run WHERE id = 2");  // without foreign keys, as sqlite3 does it
  EXPECT_THAT(problems(), testing::Contains(HasSubstr("refer to a row of run that is gone")));
  execute("DELETE FROM declaration");
  EXPECT_THAT(problems(), testing::Contains(HasSubstr("run 1: its declarations are gone")));
}

TEST_F(QueryTest, MergingIsIdempotent) {
  add({.name = "here"});
  const std::string other = (folder_ / "other.db").string(), all = (folder_ / "all.db").string();
  Store(other).add(design_, result_, RunInfo{"0.2.0", "mho run", {}, {.name = "there"}});
  result_.accuracy.front().by_repeat = {0.1, 0.2, 0.3};
  Store(other).add(design_, result_, RunInfo{"0.2.0", "mho run", {}, {.name = "there too"}});
  Store(other).add(design_, RefusedRun{.network = "n", .network_hash = "a", .reason = "no"}, RunInfo{"0.2.0", "mho run", {}, {}});
  for (const std::int64_t added : {4, 0}) {
    const std::vector<Merged> merged = merge_files(all, {path_, other});
    EXPECT_EQ(merged[0].added + merged[1].added, added);
    EXPECT_EQ(merged[0].there_already + merged[1].there_already, 4 - added);
  }
  const std::string before = query("SELECT count(*) FROM run");
  path_ = all;
  EXPECT_EQ(query("SELECT group_concat(coalesce(name, '-')) FROM run"), "here,there,there too,-");
  EXPECT_EQ(query("SELECT group_concat(value) FROM accuracy WHERE run = 3 AND time_s = 1"), "0.1,0.2,0.3");
  EXPECT_EQ(query("SELECT count(DISTINCT n) FROM (SELECT count(*) AS n FROM parameter GROUP BY run)"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check"), "0");
  EXPECT_EQ(query("PRAGMA integrity_check"), "ok");
  // An older file is migrated in a copy.
  const std::string old = (folder_ / "old.db").string();
  {
    SQLite::Database database(old, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(base::read_file(std::string(MHO_STORE_DATA) + "/version_16.sql"));
  }
  const std::string bytes = base::read_file(old);
  EXPECT_EQ(merge_files(all, {old}).front().added, 10);
  EXPECT_EQ(merge_files(all, {old}).front().added, 0);
  EXPECT_EQ(base::read_file(old), bytes);
  EXPECT_THAT(refusal([&] { static_cast<void>(merge_files(all, {all})); }, base::ExitCode::usage), HasSubstr("itself"));
  EXPECT_THAT(refusal([&] { static_cast<void>(merge_files(all, {"nowhere.db"})); }), HasSubstr("does not exist"));
  std::ofstream(folder_ / "text.db") << std::string(4096, 'x');
  EXPECT_THAT(refusal([&] { static_cast<void>(merge_files(all, {(folder_ / "text.db").string()})); }), HasSubstr("not an SQLite database"));
}

TEST_F(QueryTest, DeletedRunsLeaveNothing) {
  std::ofstream(folder_ / "net.onnx") << "weights";
  add({.inputs = input_files({(folder_ / "net.onnx").string()}), .keep_inputs = true});
  add();
  add();
  delete_runs(path_, {1, 3});
  EXPECT_EQ(query("SELECT group_concat(id) FROM run"), "2");
  EXPECT_EQ(query("SELECT count(*) FROM kept_file"), "0");
  EXPECT_EQ(query("SELECT count(*) FROM declaration"), std::to_string(all_declarations().size()));
  for (const char* table : {"layer", "stage", "energy", "component", "accuracy"}) {
    EXPECT_EQ(query(fmt::format("SELECT count(DISTINCT run) FROM {}", table)), "1") << table;
  }
  delete_runs(path_, {2});
  EXPECT_EQ(query("SELECT count(*) FROM declaration"), "0");
}

}  // namespace
}  // namespace mho::analysis
