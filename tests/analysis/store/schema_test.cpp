#include "analysis/store/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "analysis/store/store.h"
#include "base/design_file/document.h"

namespace mho::analysis {
namespace {

using testing::HasSubstr;

/// The statements without comments, and with one blank where several, or ends of lines, stand.
std::string statements(std::string_view sql) {
  std::string text;
  bool in_comment = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql.substr(i, 2) == "--") in_comment = true;
    if (sql[i] == '\n') in_comment = false;
    if (in_comment) continue;
    const bool blank = sql[i] == ' ' || sql[i] == '\n';
    if (!blank) text += sql[i];
    if (blank && !text.empty() && text.back() != ' ') text += ' ';
  }
  return text;
}

TEST(Schema, AChangeHasANewVersion) {
  const std::string hash = base::content_hash(statements(std::string(schema_sql()) + std::string(views_sql())));
  EXPECT_EQ(hash, Store::schema_hash) << fmt::format(
      "schema.sql or views.sql differs from that of schema version {0}. Raise Store::schema_version to {1}, write "
      "analysis/store/migrations/{1:03}.sql "
      "that leads there from {0}, add tests/analysis/store/data/version_{0}.sql (a small database that a build of version {0} wrote, with sqlite3's "
      ".dump and both PRAGMA lines, as version_10.sql), say in CHANGELOG.md what changed, and set Store::schema_hash to \"{2}\". A comment changes "
      "no "
      "hash.",
      Store::schema_version, Store::schema_version + 1, hash);
}

TEST(Schema, TheHashSeesStatementsAlone) {
  EXPECT_EQ(statements("-- a\nCREATE TABLE t (\n  a TEXT,   -- b\n  c REAL\n);\n"), "CREATE TABLE t ( a TEXT, c REAL ); ");
}

TEST(Schema, MigrationsLeadToItWithoutAGap) {
  int version = Store::oldest_schema_version;
  for (const Migration& migration : migrations()) EXPECT_EQ(migration.version, ++version);
  EXPECT_EQ(version, Store::schema_version);
}

TEST(Schema, EveryOlderVersionHasTestData) {
  for (int version = Store::oldest_schema_version; version < Store::schema_version; ++version) {
    const std::filesystem::path file = std::filesystem::path(MHO_STORE_DATA) / fmt::format("version_{}.sql", version);
    ASSERT_TRUE(std::filesystem::exists(file)) << file;
    EXPECT_LT(std::filesystem::file_size(file), 160'000U) << file;
  }
}

TEST(Schema, FilesHoldTheCommentsOfColumns) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(std::string(schema_sql()));
  EXPECT_THAT(database.execAndGet("SELECT sql FROM sqlite_master WHERE name = 'run'").getString(), HasSubstr("-- UTC, ISO 8601"));
}

TEST(Schema, NamesOfTablesColumnsAndViews) {
  const SchemaNames names = schema_names();
  EXPECT_THAT(names.columns.at("accuracy"), testing::ElementsAre("run", "time_s", "repeat", "value"));
  EXPECT_EQ(names.columns.at("run").size(), 64U);
  EXPECT_THAT(names.views, testing::Contains("v_functional"));
}

}  // namespace
}  // namespace mho::analysis
