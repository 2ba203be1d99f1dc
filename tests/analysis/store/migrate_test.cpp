#include "analysis/store/migrate.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analysis/store/database.h"
#include "analysis/store/schema.h"
#include "analysis/store/store.h"
#include "base/design_file/document.h"
#include "base/progress.h"
#include "tests/analysis/fixture.h"
#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

/// Tables by the names that they have had since.
std::string name_now(const std::string& old) {
  static const std::map<std::string, std::string> renamed{
      {"computed", "functional"}, {"computed_energy", "functional_energy"}, {"token_run", "sequence_run"}};
  const auto found = renamed.find(old);
  return found == renamed.end() ? old : found->second;
}

/// A definition without comments, blanks and quotes.
std::string bare(const std::string& sql) {
  std::string text;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql.compare(i, 2, "--") == 0) i = std::min(sql.find('\n', i), sql.size());
    if (i < sql.size() && sql[i] != '"' && std::isspace(static_cast<unsigned char>(sql[i])) == 0) text += sql[i];
  }
  return text;
}

/// The names of a table's columns, each quoted.
std::string columns_of(SQLite::Database& database, const std::string& file, const std::string& table) {
  return database.execAndGet(fmt::format("SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('{}', '{}')", table, file)).getString();
}

/// Everything in a file of results but what a user added to it, by name.
std::map<std::string, std::string> definitions(SQLite::Database& database) {
  std::map<std::string, std::string> all;
  SQLite::Statement statement(database, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL");
  while (statement.executeStep()) all[statement.getColumn(0).getString()] = bare(statement.getColumn(1).getString());
  return all;
}

class MigrateTest : public test::DatabaseTest {
 protected:
  /// The test data of a version as the file.
  void load(int version) const { execute(base::read_file(fmt::format("{}/version_{}.sql", MHO_STORE_DATA, version))); }
  std::int64_t add() const {
    const Design design = test::round_design();
    const Store store(path_);
    const std::int64_t run = store.add(design, test::small_result(design), RunInfo{"0.2.0", "mho run", {}});
    store.add_marginal(run, test::small_marginal());
    return run;
  }
  [[nodiscard]] std::string bytes() const { return base::read_file(path_); }
  [[nodiscard]] std::string refused() const {
    return refusal([&] { add(); });
  }
};

TEST_F(MigrateTest, EveryOldRowStays) {
  for (int version = Store::oldest_schema_version; version < Store::schema_version; ++version) {
    load(version);
    const std::string old = (folder_ / "old.db").string();
    std::filesystem::copy_file(path_, old);
    const std::int64_t runs = std::stoll(query("SELECT count(*) FROM run"));
    EXPECT_EQ(add(), runs + 1);
    EXPECT_EQ(query("PRAGMA user_version"), std::to_string(Store::schema_version));
    EXPECT_EQ(query("PRAGMA application_id"), std::to_string(Store::application_id));
    EXPECT_EQ(query("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check"), "0");
    SQLite::Database database(path_);
    database.exec(fmt::format("ATTACH '{}' AS old", old));
    std::vector<std::string> tables;
    SQLite::Statement names(database, "SELECT name FROM old.sqlite_master WHERE type = 'table'");
    while (names.executeStep()) tables.push_back(names.getColumn(0).getString());
    EXPECT_GE(tables.size(), 20U);
    for (const std::string& table : tables) {
      EXPECT_GT(database.execAndGet(fmt::format("SELECT count(*) FROM old.{}", table)).getInt(), 0) << "no test data in " << table;
      const std::string columns = columns_of(database, "old", table);
      EXPECT_EQ(database
                    .execAndGet(fmt::format("SELECT count(*) FROM (SELECT {0} FROM old.{1} EXCEPT SELECT {0} FROM main.{2})", columns, table,
                                            name_now(table)))
                    .getInt(),
                0)
          << table;
      // Of the run just added alone is more.
      const std::string condition = table == "run" ? fmt::format("id <= {}", runs) : fmt::format("run <= {}", runs);
      // Keys that are new since are declared anew, as a set of their own.
      const std::string others = table == "declaration" ? "hash IN (SELECT hash FROM old.declaration)" : "1";
      const bool of_a_run =
          database.execAndGet(fmt::format("SELECT count(*) FROM pragma_table_info('{}') WHERE name = 'run'", name_now(table))).getInt() > 0;
      EXPECT_EQ(
          database.execAndGet(fmt::format("SELECT count(*) FROM main.{} WHERE {}", name_now(table), table == "run" || of_a_run ? condition : others))
              .getInt(),
          database.execAndGet(fmt::format("SELECT count(*) FROM old.{}", table)).getInt())
          << table;
    }
    std::filesystem::remove(path_);
    std::filesystem::remove(old);
  }
}

TEST_F(MigrateTest, TheSchemaIsThatOfANewFile) {
  for (int version = Store::oldest_schema_version; version < Store::schema_version; ++version) {
    load(version);
    add();
    SQLite::Database migrated(path_), fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    fresh.exec(std::string(schema_sql()));
    fresh.exec(std::string(views_sql()));
    fresh.exec(std::string(columns_sql()));
    const auto expected = definitions(fresh), found = definitions(migrated);
    for (const auto& [name, sql] : expected) EXPECT_THAT(found, Contains(std::pair(name, sql)));
    for (const auto& [name, sql] : found) EXPECT_TRUE(expected.contains(name)) << name << " is no longer part of the schema";
    std::filesystem::remove(path_);
  }
}

TEST_F(MigrateTest, ViewsShowTheOldRows) {
  load(10);
  const std::string tokens = query("SELECT mode || tokens || tokens_per_s || energy_per_token_j FROM v_token");
  const std::string energies = query("SELECT sum(statistical_joule) || ' ' || sum(computed_joule) || ' ' || count(*) FROM v_computed");
  add();
  EXPECT_EQ(query("SELECT mode || tokens || tokens_per_s || energy_per_token_j FROM v_sequence_run"), tokens);
  EXPECT_EQ(query("SELECT sum(statistical_joule) || ' ' || sum(functional_joule) || ' ' || count(*) FROM v_functional"), energies);
  const std::vector<std::string> newer{"v_exploration", "v_point", "v_cache"};  // no run has rows there
  for (const std::string& view : schema_names().views) {
    if (std::ranges::find(newer, view) != newer.end()) continue;
    EXPECT_NE(query(fmt::format("SELECT count(*) FROM {}", view)), "0") << view;
  }
  EXPECT_EQ(query("SELECT group_concat(run) FROM (SELECT run FROM v_run ORDER BY run)"), "1,2,3,4");
}

TEST_F(MigrateTest, WhatAUserAddedStays) {
  load(10);
  execute(
      "ALTER TABLE run ADD COLUMN note TEXT; UPDATE run SET note = 'mine' WHERE id = 2;"
      "CREATE TABLE shelf (run INTEGER REFERENCES computed(run), label TEXT); INSERT INTO shelf VALUES (2, 'top');"
      "CREATE VIEW v_mine AS SELECT c.run, c.outputs, s.label FROM computed c JOIN shelf s USING (run);"
      "CREATE VIEW v_fast AS SELECT run FROM v_run WHERE latency_s < 1;"
      "CREATE INDEX run_by_network ON run(network);"
      // Without foreign keys, as in sqlite3: rows of a run that is gone.
      "DELETE FROM run WHERE id = 1");
  const std::string dangling = query("SELECT count(*) FROM pragma_foreign_key_check");
  ASSERT_NE(dangling, "0");
  EXPECT_EQ(add(), 4);
  EXPECT_EQ(query("SELECT note FROM run WHERE id = 2"), "mine");
  EXPECT_EQ(query("SELECT note IS NULL FROM run WHERE id = 4"), "1");
  EXPECT_EQ(query("SELECT run || label || outputs FROM v_mine"), "2top30");
  EXPECT_EQ(query("SELECT \"table\" FROM pragma_foreign_key_list('shelf')"), "functional");
  EXPECT_EQ(query("SELECT count(*) FROM v_fast"), "3");
  EXPECT_EQ(query("SELECT count(*) FROM sqlite_master WHERE name = 'run_by_network'"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check"), dangling);
}

TEST_F(MigrateTest, AskingChangesNothing) {
  load(10);
  const std::string before = bytes();
  const Store store(path_);
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(files(), 1U);
}

TEST_F(MigrateTest, AViewOfTheUsersThatWouldBreakIsNamed) {
  load(10);
  execute("CREATE VIEW v_mine AS SELECT run, computed_joule FROM v_computed");
  const std::string before = bytes();
  EXPECT_THAT(refusal([&] { const Store store(path_); }),
              AllOf(HasSubstr("schema version 10"), HasSubstr("v_mine"), HasSubstr("v_computed"), HasSubstr("left as it was")));
  EXPECT_EQ(bytes(), before);
  execute("DROP VIEW v_mine");
  EXPECT_EQ(add(), 4);
}

TEST_F(MigrateTest, AFailedStepLeavesTheFileAsItWas) {
  load(10);
  execute("CREATE TABLE sequence_run (mine TEXT)");  // the last table that is renamed
  const std::string before = bytes();
  EXPECT_THAT(refused(), AllOf(HasSubstr(fmt::format("cannot be brought to {}", Store::schema_version)), HasSubstr("sequence_run")));
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(query("PRAGMA user_version"), "10");
  EXPECT_EQ(files(), 1U);
}

TEST_F(MigrateTest, AnInterruptLeavesTheFileAsItWas) {
  load(10);
  const Design design = test::round_design();
  const Result result = test::small_result(design);
  const Store store(path_);
  const std::string before = bytes();
  base::install_interrupt_handler();
  std::raise(SIGINT);
  EXPECT_THROW(store.add(design, result, RunInfo{"0.2.0", "mho run", {}}), base::Interrupted);
  base::acknowledge_interrupt();
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(files(), 1U);
}

TEST_F(MigrateTest, AFullDeviceLeavesTheFileAsItWas) {
  load(10);
  const Design design = test::round_design();
  const Result result = test::small_result(design);
  const Store store(path_);
  const std::string before = bytes();
  {
    const test::FileSizeLimit limit(2048);
    EXPECT_THAT(refusal([&] { store.add(design, result, RunInfo{"0.2.0", "mho run", {}}); }), HasSubstr("cannot be written"));
  }
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(query("PRAGMA user_version"), "10");
  EXPECT_EQ(store.add(design, result, RunInfo{"0.2.0", "mho run", {}}), 4);
}

/// A run that cannot be stored leaves a file that was migrated, and no row of its own.
TEST_F(MigrateTest, ItIsATransactionOfItsOwn) {
  load(10);
  const Design design = test::round_design();
  Result result = test::small_result(design);
  result.accuracy.back().by_repeat.back() = std::nan("");
  refusal([&] { Store(path_).add(design, result, RunInfo{"0.2.0", "mho run", {}}); }, base::ExitCode::failed_check);
  EXPECT_EQ(query("PRAGMA user_version"), std::to_string(Store::schema_version));
  EXPECT_EQ(query("SELECT count(*) FROM run"), "3");
}

TEST_F(MigrateTest, ReadingNeverChangesAFile) {
  load(10);
  std::string before = bytes();
  EXPECT_THAT(refusal([&] { open_for_reading(path_); }), AllOf(HasSubstr(fmt::format("schema version 10, this one reads {}", Store::schema_version)),
                                                               HasSubstr("mho run --db " + path_), HasSubstr("reading never changes")));
  EXPECT_EQ(bytes(), before);
  add();
  before = bytes();
  {
    SQLite::Database database = open_for_reading(path_);
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM v_run").getInt(), 4);
    EXPECT_THROW(database.exec("DELETE FROM run"), SQLite::Exception);
  }
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(files(), 1U);
}

TEST_F(MigrateTest, FilesThatCannotBeRead) {
  EXPECT_THAT(refusal([&] { open_for_reading(path_); }), HasSubstr("does not exist"));
  EXPECT_EQ(files(), 0U);
  execute("");
  EXPECT_THAT(refusal([&] { open_for_reading(path_); }), HasSubstr("is empty"));
  add();
  execute(fmt::format("PRAGMA user_version = {}", Store::schema_version + 1));
  EXPECT_THAT(refusal([&] { open_for_reading(path_); }), HasSubstr("newer mho"));
  execute("PRAGMA user_version = 9");
  EXPECT_THAT(refusal([&] { open_for_reading(path_); }), AllOf(HasSubstr("older mho"), HasSubstr("migrates from 10 on")));
  execute("PRAGMA application_id = 5");
  EXPECT_THAT(refusal([&] { open_for_reading(path_); }), HasSubstr("another program"));
}

}  // namespace
}  // namespace mho::analysis
