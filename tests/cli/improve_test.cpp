// mho db improve: what more of each resource would bring to a stored run.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ImproveTest : public CommandTest {
 protected:
  [[nodiscard]] std::string query(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getString();
  }
  [[nodiscard]] Outcome improve(const std::string& run, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> line{"db", "improve", run};
    line.insert(line.end(), more.begin(), more.end());
    return mho(line);
  }
};

/// Designs and networks of its own: the same choices as mho map --improve makes first.
TEST_F(ImproveTest, IsWhatMapTellsAndIsStored) {
  const std::vector<std::string> copies{"--set", "mapper.copies=auto", "--set", "chip.mesh.width=4",
                                        "--set", "chip.mesh.height=5", "--set", "chip.digital_cores=6"};
  std::vector<std::string> line = on_large_chip({"simulate"}, false), map = on_large_chip({"map", "--improve", "--json"}, false);
  line.insert(line.end(), copies.begin(), copies.end());
  map.insert(map.end(), copies.begin(), copies.end());
  ASSERT_EQ(mho(line).code, 0);
  const Outcome first = improve("1", {"--json"});
  ASSERT_EQ(first.code, 0) << first.err;
  const base::Json told = base::Json::parse(first.out, "out"), mapped = base::Json::parse(mho(map).out, "out");
  const auto& steps = std::get<base::Json::Array>(told.find("marginal")->value());
  const auto& choices = std::get<base::Json::Array>(mapped.find("choices")->value());
  ASSERT_EQ(steps.size(), choices.size() + 1);
  int different = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    EXPECT_EQ(steps[i + 1].dump(), choices[i].dump());
    if (steps[i + 1].find("interval_s")->dump() != steps[0].find("interval_s")->dump()) ++different;
  }
  EXPECT_GT(different, 0) << "more tiles bring something";
  EXPECT_EQ(steps[0].dump(), std::get<base::Json::Array>(mapped.find("rungs")->value()).front().dump());
  EXPECT_EQ(query("SELECT count(*) FROM v_marginal"), std::to_string(steps.size()));
  EXPECT_EQ(
      query("SELECT max(abs(interval_percent - 100 * (interval_s / (SELECT interval_s FROM marginal WHERE number = 0) - 1))) < 1e-9 FROM v_marginal"),
      "1");
  // Told from the database: the same once more, though what is stored is another.
  {
    SQLite::Database((folder_ / "results.db").string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE marginal SET resource = 'of the database' WHERE resource = 'tiles'");
  }
  EXPECT_THAT(improve("1").out, AllOf(HasSubstr("of the database"), HasSubstr("bottleneck: "), HasSubstr("latency, one inference alone"),
                                      HasSubstr("worth most for its area: of the database")));
  // Such rows stand in no way of what the run is compared with.
  EXPECT_EQ(mho({"db", "rerun", "1"}).code, 0);
  EXPECT_EQ(mho({"db", "check"}).code, 0);
  EXPECT_EQ(mho({"db", "prune", "--where", "1", "--delete"}).code, 0);
  EXPECT_EQ(query("SELECT count(*) FROM marginal"), "0");
}

TEST_F(ImproveTest, OfAScoredRunAndOfTheBuiltInNetwork) {
  ASSERT_EQ(mho(quick_run({"--set", "tile.adc.bits=6"})).code, 0);
  const Outcome told = improve("1");
  ASSERT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, AllOf(HasSubstr("none of these shortens the interval of 132 ns by 1 %"), HasSubstr("tile.adc.mux=4")));
  EXPECT_EQ(query("SELECT change FROM v_marginal WHERE resource = 'digital cores'"), "chip.digital_cores=2 chip.mesh.height=4");
}

TEST_F(ImproveTest, WhatCannotBeToldIsSaid) {
  ASSERT_EQ(mho({"simulate", "--set", "noc.power_gating=on"}).code, 0);
  const Outcome gated = improve("1");
  EXPECT_EQ(gated.code, 0) << gated.err;
  EXPECT_THAT(gated.out, HasSubstr("is not known: an estimate does not know power gating"));
  EXPECT_EQ(query("SELECT count(*) FROM marginal"), "0");
  EXPECT_EQ(mho({"simulate", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2"}).code, 4);
  EXPECT_THAT(improve("2").err, HasSubstr("run 2 was refused"));
  EXPECT_EQ(improve("2").code, 3);
  EXPECT_EQ(improve("7").code, 3);
  EXPECT_EQ(improve("x").code, 2);
  // A network that is gone.
  std::filesystem::copy_file(MHO_SOURCE_DIR "/examples/default_network/strokes.onnx", folder_ / "net.onnx");
  ASSERT_EQ(mho({"simulate", "net.onnx"}).code, 0);
  std::filesystem::remove(folder_ / "net.onnx");
  EXPECT_EQ(improve("3").code, 3);
  EXPECT_THAT(improve("3").err, HasSubstr("net.onnx is gone"));
}

}  // namespace
}  // namespace mho::cli::test
