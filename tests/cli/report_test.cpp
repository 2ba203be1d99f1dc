// mho report: pages of stored runs. What a browser makes of them is in tests/page.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using base::Json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> with(std::vector<std::string> line, const std::vector<std::string>& more) {
  line.insert(line.end(), more.begin(), more.end());
  return line;
}

double number(const Json& json) {
  if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
  return std::get<double>(json.value());
}

class ReportTest : public CommandTest {
 protected:
  [[nodiscard]] std::string page(const std::vector<std::string>& more = {}) const {
    const Outcome outcome = mho(with({"report"}, more));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::read_file((folder_ / "report.html").string());
  }
  /// The data that a page holds.
  static Json data_of(const std::string& html) {
    const std::string begin = "<script type=\"application/json\" id=\"data\">", end = "</script>";
    const std::size_t at = html.find(begin) + begin.size();
    return Json::parse(html.substr(at, html.find(end, at) - at), "data");
  }
  /// A column of the table of runs, whichever way it is packed.
  static std::vector<Json> overview(const Json& data, const std::string& name) {
    const Json& column = *data.find("overview")->find(name);
    if (const auto* plain = std::get_if<Json::Array>(&column.value())) return *plain;
    std::vector<Json> cells;
    const auto& values = std::get<Json::Array>(column.find("v")->value());
    for (const Json& index : std::get<Json::Array>(column.find("i")->value())) cells.push_back(values.at(static_cast<std::size_t>(number(index))));
    return cells;
  }
  static std::vector<int> runs_of(const std::string& html) {
    std::vector<int> runs;
    for (const Json& run : overview(data_of(html), "run")) runs.push_back(static_cast<int>(number(run)));
    return runs;
  }
  void execute(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string(), SQLite::OPEN_READWRITE);
    database.exec(sql);
  }
  [[nodiscard]] double query(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getDouble();
  }
  void refused(const std::vector<std::string>& more, int code, const std::string& says) const {
    const Outcome outcome = mho(with({"report"}, more));
    EXPECT_EQ(outcome.code, code) << testing::PrintToString(more);
    EXPECT_THAT(outcome.err, HasSubstr(says));
    EXPECT_FALSE(exists("report.html"));
  }
};

TEST_F(ReportTest, APageHoldsWhatTheDatabaseHas) {
  ASSERT_EQ(mho(quick_run({"--set", "tile.adc.bits=6"})).code, 0);
  const std::string before = base::read_file((folder_ / "results.db").string());
  const std::string html = page();
  EXPECT_EQ(base::read_file((folder_ / "results.db").string()), before);
  // One file: nothing is fetched.
  EXPECT_THAT(html, AllOf(Not(HasSubstr("src=")), Not(HasSubstr("@import")), Not(HasSubstr("fetch(")), HasSubstr("<html lang")));
  const Json data = data_of(html);
  for (const char* figure : {"latency_s", "energy_per_inference_j", "area_mm2", "tops_per_watt", "float_accuracy"}) {
    const double stored = query(fmt::format("SELECT {} FROM run", figure));
    EXPECT_NEAR(number(overview(data, figure).at(0)), stored, 1e-9 * stored) << figure;
  }
  // Every section of the run, with as many rows as the database has.
  const std::vector<std::pair<std::string, std::string>> tables{{"parameter", "SELECT count(*) FROM parameter"},
                                                                {"component", "SELECT count(*) FROM component"},
                                                                {"layer", "SELECT count(*) FROM layer"},
                                                                {"accuracy", "SELECT count(*) FROM v_accuracy"},
                                                                {"programmed", "SELECT count(DISTINCT time_s) FROM accuracy"},
                                                                {"stage", "SELECT count(*) FROM stage"},
                                                                {"tile", "SELECT count(*) FROM tile"},
                                                                {"bound", "SELECT count(*) FROM bound"}};
  for (const auto& [name, count] : tables) {
    const Json* const section = data.find("sections")->find(name);
    ASSERT_NE(section, nullptr) << name;
    const Json& table = std::get<Json::Array>(section->find("tables")->value()).at(0);
    const Json& first = std::get<Json::Array>(table.value()).at(0);
    EXPECT_EQ(static_cast<double>(std::get<Json::Array>(first.value()).size()), query(count)) << name;
  }
  EXPECT_THAT(html, AllOf(HasSubstr("\"--set\""), HasSubstr("mho run --times 1s,1y")));
}

TEST_F(ReportTest, RunsAreChosen) {
  for (const char* bits : {"4", "5", "6", "7"}) ASSERT_EQ(mho({"simulate", "--set", std::string("tile.adc.bits=") + bits}).code, 0);
  EXPECT_THAT(runs_of(page()), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(runs_of(page({"--run", "3"})), ElementsAre(3));
  EXPECT_THAT(runs_of(page({"--runs", "4,2,2"})), ElementsAre(2, 4));
  EXPECT_THAT(runs_of(page({"--runs", "1-3"})), ElementsAre(1, 2, 3));
  EXPECT_THAT(runs_of(page({"--where", "run > 2 AND network = 'strokes' -- a comment"})), ElementsAre(3, 4));
  const Outcome other = mho({"report", "results.db", "--run", "1", "--out", "one.html", "--json"});
  EXPECT_EQ(other.code, 0);
  const Json json = Json::parse(other.out, "out");
  EXPECT_EQ(number(*json.find("runs")), 1);
  EXPECT_EQ(number(*json.find("bytes")), static_cast<double>(base::read_file((folder_ / "one.html").string()).size()));
}

TEST_F(ReportTest, NamesTagsAndRefusedRunsAreThere) {
  ASSERT_EQ(mho({"simulate", "--name", "the small one", "--tag", "sweep=mesh"}).code, 0);
  ASSERT_EQ(mho({"simulate", "--set", "chip.mesh.width=1"}).code, 4);
  const Json data = data_of(page());
  EXPECT_EQ(std::get<std::string>(overview(data, "name").at(0).value()), "the small one");
  EXPECT_EQ(std::get<std::string>(overview(data, "tags").at(0).value()), R"({"sweep":"mesh"})");
  EXPECT_EQ(number(overview(data, "exit_code").at(1)), 4);
  EXPECT_THAT(std::get<std::string>(overview(data, "reason").at(1).value()), HasSubstr("tiles"));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(overview(data, "latency_s").at(1).value()));
  EXPECT_THAT(runs_of(page({"--where", "exit_code = 0"})), ElementsAre(1));
}

TEST_F(ReportTest, NamesCannotEndAScript) {
  write("chip.yaml", "name: '</script><img src=x onerror=alert(1)>'\n");
  ASSERT_EQ(mho({"simulate", "--design", "chip.yaml"}).code, 0);
  const std::string html = page();
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<img")), HasSubstr("\\u003c/script>")));
  EXPECT_EQ(std::get<std::string>(overview(data_of(html), "design").at(0).value()), "</script><img src=x onerror=alert(1)>");
}

TEST_F(ReportTest, AThousandRunsStayBelowAMegabyte) {
  ASSERT_EQ(mho(quick_run({"--set", "tile.adc.bits=8", "--set", "tile.noise.output=0.02"})).code, 0);
  // Copies of a run with figures of their own, in every table.
  execute("PRAGMA foreign_keys = OFF");
  {
    SQLite::Database database((folder_ / "results.db").string(), SQLite::OPEN_READWRITE);
    std::vector<std::pair<std::string, std::string>> tables;  // name, and the columns behind that of the run
    SQLite::Statement names(database,
                            "SELECT m.name, group_concat('\"' || c.name || '\"') FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = "
                            "'table' AND c.name NOT IN ('run', 'id', 'uid') AND (m.name = 'run' OR EXISTS (SELECT 1 FROM pragma_table_info(m.name) "
                            "WHERE name = 'run')) GROUP BY m.name");
    while (names.executeStep()) tables.emplace_back(names.getColumn(0).getString(), names.getColumn(1).getString());
    ASSERT_GT(tables.size(), 15U);
    SQLite::Transaction transaction(database);
    database.exec("CREATE TEMP TABLE number AS WITH RECURSIVE n(k) AS (SELECT 2 UNION ALL SELECT k + 1 FROM n WHERE k < 1000) SELECT k FROM n");
    for (const auto& [name, columns] : tables) {
      const std::string id = name == "run" ? "id" : "run";
      database.exec(fmt::format("INSERT INTO \"{0}\" ({1}, {2}) SELECT k, {2} FROM \"{0}\", number WHERE {1} = 1", name, id, columns));
    }
    database.exec(
        "UPDATE run SET latency_s = latency_s * (1 + id * 0.000123457), energy_per_inference_j = energy_per_inference_j * (2 + id * 0.0007654321), "
        "tops_per_watt = tops_per_watt / (2 + id * 0.0007654321), seed = id");
    database.exec("UPDATE accuracy SET value = value - 0.0001 * (run % 97)");
    database.exec("UPDATE component SET joule = joule * (1 + run * 0.00012345)");
    database.exec("UPDATE setting SET value = 1 + run % 8 WHERE key = 'tile.adc.bits'");
    database.exec("UPDATE setting SET value = 0.01 * run WHERE key = 'tile.noise.output'");
    transaction.commit();
  }
  const Outcome outcome = mho({"report"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::string html = base::read_file((folder_ / "report.html").string());
  EXPECT_LT(html.size(), 1'000'000U);
  EXPECT_EQ(runs_of(html).size(), 1000U);
  // What two runs are compared by is there for all of them, and what was left out is said.
  const Json data = data_of(html);
  for (const char* section : {"parameter", "band", "accuracy", "component"}) EXPECT_NE(data.find("sections")->find(section), nullptr) << section;
  const auto& omitted = std::get<Json::Array>(data.find("omitted")->value());
  EXPECT_EQ(omitted.empty(), outcome.out.find("left out of single runs") == std::string::npos);
}

TEST_F(ReportTest, WhatCannotBeShownIsRefused) {
  refused({}, 3, "results.db does not exist");
  write("results.db", "");
  refused({}, 3, "results.db is empty");
  write("results.db", "no database at all, but long enough for its header to be looked at; more than a hundred bytes of it, to be sure");
  refused({}, 3, "results.db");
  std::filesystem::remove(folder_ / "results.db");
  ASSERT_EQ(mho({"simulate"}).code, 0);
  refused({"--run", "7"}, 3, "results.db has no run 7; the largest number is 1");
  refused({"--runs", "1,9"}, 3, "has no run 9");
  refused({"--where", "tiles > 1000"}, 3, "no run of results.db meets this condition");
  refused({"--where", "tyles > 1"}, 3, "no such column: tyles");
  refused({"--where", "1); DELETE FROM run; --"}, 3, "a page only reads");
  refused({"--where", " "}, 2, "a condition is needed");
  refused({"--run", "1", "--runs", "1"}, 2, "give one of them");
  refused({"--runs", "3-1"}, 2, "--runs");
  refused({"--runs", "1-999999999"}, 2, "choose some with --where");
  refused({"--runs", "1,,2"}, 2, "--runs");
  refused({"--run", "one"}, 2, "--run");
  EXPECT_EQ(mho({"report", "--out", "report.svg"}).code, 2);
  EXPECT_EQ(mho({"report", "--out", "results.db"}).code, 2);
  EXPECT_EQ(query("SELECT count(*) FROM run"), 1);
  execute("DELETE FROM run");
  refused({}, 3, "has no runs to report");
  execute("PRAGMA user_version = 10");
  refused({}, 3, "was written by an older mho");
}

}  // namespace
}  // namespace mho::cli::test
