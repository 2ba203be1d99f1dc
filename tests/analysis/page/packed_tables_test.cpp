#include "analysis/page/packed_tables.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

#include "base/json.h"

namespace mho::analysis {
namespace {

using base::Json;

/// Reads what PackedTables wrote, from its description alone. Cells become their JSON text.
class Reader {
 public:
  CellColumns next(const std::string& text) {
    const Json json = Json::parse(text, "table");
    if (std::holds_alternative<std::int64_t>(json.value())) return before_;
    CellColumns columns;
    for (const Json& entry : std::get<Json::Array>(json.value())) {
      const std::size_t c = columns.size();
      if (const auto* number = std::get_if<std::int64_t>(&entry.value())) {
        columns.push_back(*number == 0 ? before_.at(c) : arrays_.at(static_cast<std::size_t>(*number - 1)));
      } else if (const auto* array = std::get_if<Json::Array>(&entry.value())) {
        std::vector<std::string> cells;
        for (const Json& cell : *array) cells.push_back(cell.dump());
        arrays_.push_back(cells);
        columns.push_back(cells);
      } else {
        std::vector<std::string> cells = before_.at(c);
        for (const auto& [index, cell] : std::get<Json::Object>(entry.value())) cells.at(std::stoul(index)) = cell.dump();
        columns.push_back(cells);
      }
    }
    return before_ = columns;
  }

 private:
  CellColumns before_;
  std::vector<std::vector<std::string>> arrays_;
};

TEST(PackedTablesTest, WhatIsPackedIsReadBack) {
  std::mt19937 random(7);
  const auto draw = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  for (int round = 0; round < 200; ++round) {
    PackedTables tables;
    Reader reader;
    const auto width = static_cast<std::size_t>(1 + draw(4));
    CellColumns columns(width);
    for (int table = 0; table < 12; ++table) {
      // Now and then another length, else a few cells that change; few values, so that columns come again.
      if (table == 0 || draw(4) == 0) {
        const auto rows = static_cast<std::size_t>(draw(6));
        for (auto& column : columns) column.assign(rows, "1");
      }
      for (auto& column : columns) {
        for (std::string& cell : column) {
          if (draw(3) == 0) cell = draw(2) == 0 ? fmt::format("{}", draw(3)) : fmt::format("\"a longer text {}\"", draw(3));
        }
      }
      EXPECT_EQ(reader.next(tables.add(columns)), columns);
    }
  }
}

TEST(PackedTablesTest, WhatIsEqualTakesAFewBytes) {
  PackedTables tables;
  const std::vector<std::string> keys(100, "\"tile.adc.bits\"");
  std::vector<std::string> values(100, "1.25");
  EXPECT_GT(tables.add({keys, values}).size(), 1500U);
  EXPECT_EQ(tables.add({keys, values}), "0");
  values[7] = "2";
  EXPECT_EQ(tables.add({keys, values}), R"([0,{"7":2}])");
  EXPECT_EQ(tables.add({{}, {}}), "[[],3]");
  EXPECT_EQ(tables.add({keys, std::vector<std::string>(100, "1.25")}), "[1,2]");
}

TEST(PackedTablesTest, OneColumnOverAllRuns) {
  EXPECT_EQ(packed_column({"1", "2", "3"}), "[1,2,3]");
  EXPECT_EQ(packed_column({"\"stroke digits\"", "\"stroke digits\"", "\"other\"", "\"stroke digits\""}),
            R"({"v":["stroke digits","other"],"i":[0,0,1,0]})");
  EXPECT_EQ(packed_column({}), "[]");
}

TEST(PackedTablesTest, NoTextEndsAScript) {
  EXPECT_EQ(page_json(std::string_view("</script><!-- \"x\"")), R"("\u003c/script>\u003c!-- \"x\"")");
  EXPECT_EQ(page_json(1.5e-9), "1.5e-09");
  EXPECT_EQ(page_json(1.0 / 3), "0.3333333333");
  EXPECT_EQ(page_json(std::numeric_limits<double>::infinity()), "null");
}

}  // namespace
}  // namespace mho::analysis
