#include "analysis/store/rows.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/store/schema.h"

namespace mho::analysis {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RowWriterTest : public testing::Test {
 protected:
  void SetUp() override { database_.exec(std::string(schema_sql())); }
  [[nodiscard]] std::string query(const std::string& sql) { return database_.execAndGet(sql).getString(); }
  template <typename F>
  std::string error(F action) const {
    try {
      action();
    } catch (const std::logic_error& found) {
      return found.what();
    }
    ADD_FAILURE() << "accepted";
    return "";
  }
  SQLite::Database database_{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

TEST_F(RowWriterTest, NamesDecideNotTheOrder) {
  RowWriter writer(database_);
  writer.insert("area", {{"run", 1}, {"block", "a"}, {"count", 2}, {"mm2", 3.5}});
  writer.insert("area", {{"mm2", 3.5}, {"count", 2}, {"block", "b"}, {"run", 1}});
  EXPECT_EQ(query("SELECT group_concat(run || block || count || ' ' || mm2) FROM area"), "1a2 3.5,1b2 3.5");
}

TEST_F(RowWriterTest, KindsOfValues) {
  RowWriter writer(database_);
  const auto kept = [&](Value value) {
    database_.exec("DELETE FROM setting");
    writer.insert("setting", {{"run", 1}, {"key", "k"}, {"value", std::move(value)}, {"unit", ""}, {"origin", std::string("o")}});
    return query("SELECT typeof(value) || ' ' || value FROM setting");
  };
  EXPECT_EQ(kept(true), "integer 1");
  EXPECT_EQ(kept(std::uint64_t{7}), "integer 7");
  EXPECT_EQ(kept(std::numeric_limits<std::int64_t>::min()), "integer -9223372036854775808");
  EXPECT_EQ(kept(0.5), "real 0.5");
  EXPECT_EQ(kept("text"), "text text");
  EXPECT_EQ(kept(std::string_view("view")), "text view");
  EXPECT_EQ(kept(std::optional(2.5)), "real 2.5");
  EXPECT_THAT(error([] { const Value value(std::numeric_limits<std::uint64_t>::max()); }), HasSubstr("64 bits"));
}

TEST_F(RowWriterTest, NullIsSaidAndNoNumberIsNull) {
  RowWriter writer(database_);
  writer.insert("energy", {{"run", 1}, {"layer", std::nullopt}, {"block", "a"}, {"joule", 1.0}});
  writer.insert("energy", {{"run", 1}, {"layer", std::optional<std::size_t>()}, {"block", "b"}, {"joule", 1.0}});
  EXPECT_EQ(query("SELECT count(*) FROM energy WHERE layer IS NULL"), "2");
  for (const double none : {std::nan(""), double{INFINITY}})
    EXPECT_THROW(writer.insert("energy", {{"run", 1}, {"layer", 0}, {"block", "a"}, {"joule", none}}), SQLite::Exception);
  writer.insert("energy", {{"run", 1}, {"layer", std::nullopt}, {"block", "after a refusal"}, {"joule", 1.0}});
  EXPECT_EQ(query("SELECT count(*) FROM energy"), "3");
}

TEST_F(RowWriterTest, WrongNamesAreErrors) {
  RowWriter writer(database_);
  EXPECT_THAT(error([&] {
                writer.insert("area", {{"run", 1}, {"block", "a"}, {"count", 2}, {"mm", 3.5}});
              }),
              AllOf(HasSubstr("area"), HasSubstr("mm")));
  EXPECT_THAT(error([&] {
                writer.insert("area", {{"run", 1}, {"block", "a"}, {"count", 2}});
              }),
              AllOf(HasSubstr("area"), HasSubstr("no column mm2")));
  EXPECT_THAT(error([&] { writer.insert("area", {{"run", 1}, {"block", "a"}, {"count", 2}, {"mm2", 1.0}, {"run", 2}}); }), HasSubstr("run twice"));
  EXPECT_THAT(error([&] { writer.insert("aera", {{"run", 1}}); }), HasSubstr("no table aera"));
  // A column that may be NULL is missing all the same.
  EXPECT_THAT(error([&] { writer.insert("energy", {{"run", 1}, {"block", "a"}, {"joule", 1.0}}); }), HasSubstr("no column layer"));
  EXPECT_EQ(query("SELECT count(*) FROM area") + query("SELECT count(*) FROM energy"), "00");
}

TEST_F(RowWriterTest, ColumnsOfTheUsersStayAtTheirDefault) {
  database_.exec("ALTER TABLE area ADD COLUMN note TEXT DEFAULT 'none'");
  RowWriter writer(database_);
  writer.insert("area", {{"run", 1}, {"block", "a"}, {"count", 2}, {"mm2", 3.5}});
  EXPECT_EQ(query("SELECT note || mm2 FROM area"), "none3.5");
  EXPECT_THAT(error([&] { writer.insert("area", {{"run", 1}, {"block", "b"}, {"count", 2}, {"mm2", 3.5}, {"note", "x"}}); }), HasSubstr("note"));
}

TEST_F(RowWriterTest, TheIdOfTheRow) {
  RowWriter writer(database_);
  const auto add = [&] {
    writer.insert("training", {{"id", std::nullopt},  {"version", "v"},      {"created", "c"},
                               {"command", "c"},      {"threads", 1},        {"wall_s", 1.0},
                               {"network", "n"},      {"network_hash", "h"}, {"weights", 1},
                               {"data", "d"},         {"data_hash", "h"},    {"metric", "m"},
                               {"design_json", "{}"}, {"recipe_json", "{}"}, {"from_scratch", false},
                               {"out", "o"},          {"out_hash", "h"},     {"name", std::nullopt},
                               {"tags", "{}"},        {"inputs", "{}"},      {"machine", std::nullopt},
                               {"uid", std::nullopt}});
    return writer.last_id();
  };
  EXPECT_EQ(add(), 1);
  EXPECT_EQ(add(), 2);
}

}  // namespace
}  // namespace mho::analysis
