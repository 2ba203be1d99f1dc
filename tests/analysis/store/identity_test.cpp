#include "analysis/store/identity.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "analysis/store/design_rows.h"
#include "analysis/store/store.h"
#include "base/design_file/document.h"
#include "tests/analysis/fixture.h"
#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class IdentityTest : public test::DatabaseTest {
 protected:
  std::int64_t add(const Design& design, const Label& label = {}) const {
    return Store(path_).add(design, test::small_result(design), RunInfo{"0.2.0+abc1234", "mho run", {}, label});
  }
};

TEST_F(IdentityTest, ADesignIsNamedByWhatDiffersFromItsBase) {
  EXPECT_EQ(load_design(std::nullopt).name, "default");
  // As declared, whatever the order; what is as before is no difference; the last one counts.
  const Design design = load_design(std::nullopt, {"tile.adc.bits=6", "chip.mesh.width=3", "tile.rows=128", "chip.clock=2 GHz", "tile.adc.bits=7"});
  EXPECT_THAT(design.name, AllOf(HasSubstr("default, "), HasSubstr(", tile.adc.bits=7"), HasSubstr(", chip.clock=2 GHz")));
  EXPECT_EQ(design.name.find("tile.rows"), std::string::npos) << design.name;
  EXPECT_EQ(load_design(std::nullopt, {"chip.clock=2000 MHz", "tile.adc.bits=7"}).name,
            load_design(std::nullopt, {"tile.adc.bits=7", "chip.clock=2 GHz"}).name);
  Design hermes = load_design("hermes", {"tile.adc.bits=7"});
  add_layer_rules(hermes, {"first=digital", "conv*:tile.adc.bits=6"});
  EXPECT_EQ(hermes.base, "hermes");
  EXPECT_EQ(hermes.name, "hermes, tile.adc.bits=7, first=digital, conv*:tile.adc.bits=6");
  EXPECT_EQ(hermes.changes_json(), R"({"tile.adc.bits":7,"layers":["first=digital","conv*:tile.adc.bits=6"]})");
}

TEST_F(IdentityTest, NameTagsInputsAndMachineAreStored) {
  std::ofstream(folder_ / "net.onnx") << "weights";
  const std::string file = (folder_ / "net.onnx").string();
  add(load_design(std::nullopt, {"tile.adc.bits=7"}),
      {.name = "best", .tags = {{"project", "thesis"}, {"week", "3"}, {"week", "4"}}, .inputs = input_files({file, "/dev/null", file + ".gone"})});
  EXPECT_EQ(query("SELECT name || ' ' || tags || ' ' || base || ' ' || changes FROM v_run"),
            R"(best {"project":"thesis","week":"4"} default {"tile.adc.bits":7})");
  EXPECT_EQ(query("SELECT design || ' ' || git_commit || ' ' || exit_code || ' ' || interrupted || ' ' || fidelity FROM v_run"),
            "default, tile.adc.bits=7 abc1234 0 0 simulate");
  EXPECT_EQ(query("SELECT json_extract(inputs, '$.files[0].path') FROM run"), file);
  EXPECT_EQ(query("SELECT json_extract(inputs, '$.files[0].hash') FROM run"), base::content_hash("weights"));
  EXPECT_EQ(query("SELECT json_array_length(inputs, '$.files') FROM run"), "1");
  EXPECT_THAT(query("SELECT machine FROM run"), HasSubstr("threads"));
  EXPECT_EQ(query("SELECT count(*) FROM kept_file"), "0");
  add(load_design(std::nullopt), {.inputs = input_files({file}), .keep_inputs = true});
  add(load_design(std::nullopt), {.inputs = input_files({file}), .keep_inputs = true});
  EXPECT_EQ(query("SELECT count(*) || ' ' || CAST(content AS TEXT) || ' ' || hash FROM kept_file"), "1 weights " + base::content_hash("weights"));
  EXPECT_EQ(query("SELECT count(DISTINCT uid) FROM run"), "3");
  EXPECT_EQ(query("SELECT name FROM v_run WHERE run = 2"), "default");
}

/// What was declared is stored once, what was given for each run: together they are the design, bit for bit.
TEST_F(IdentityTest, TheDesignReadsBack) {
  Design odd = load_design(std::nullopt, {"chip.clock=1.1 GHz", "tile.device.drift_scale=0.1", "noc.power_gating=on", "tile.noise.read_kind=off"});
  add_layer_rules(odd, {"first=digital", "last:tile.adc.bits=5"});
  add(odd);
  add(load_design("isaac"));  // has blocks of its own
  EXPECT_EQ(query("SELECT count(*) FROM run WHERE design_json IS NULL"), "2");
  EXPECT_EQ(query("SELECT count(DISTINCT hash) FROM declaration"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM declaration"), std::to_string(all_declarations().size()));
  EXPECT_EQ(query("SELECT count(*) FROM setting WHERE run = 1"), "4");
  EXPECT_EQ(query("SELECT count(*) || ' ' || count(DISTINCT key) FROM parameter WHERE run = 1"), fmt::format("{0} {0}", all_declarations().size()));
  EXPECT_EQ(query("SELECT value || ' ' || unit || ' ' || origin FROM parameter WHERE run = 1 AND key = 'chip.clock'"), "1.1 GHz --set");
  EXPECT_EQ(query("SELECT origin FROM parameter WHERE run = 1 AND key = 'tile.rows'"), "default");
  SQLite::Database database(path_);
  EXPECT_EQ(design_of_run(database, 1).json(), odd.json());
  EXPECT_EQ(design_of_run(database, 1).name, odd.name);
  EXPECT_EQ(design_of_run(database, 2).hash(), load_design("isaac").hash());
  EXPECT_EQ(design_of_run(database, 2).base, load_design("isaac").base);
}

TEST_F(IdentityTest, ARefusedRunIsARow) {
  const Design design = load_design(std::nullopt, {"chip.mesh.width=5"});
  const RefusedRun refused{
      .network = "net", .network_hash = "aa", .reason = "it does not fit", .exit_code = base::ExitCode::does_not_fit, .wall_s = 0.5};
  EXPECT_EQ(Store(path_).add(design, refused, SimulationInfo{"0.2.0", "mho simulate", {}, {}}), 1);
  EXPECT_EQ(query("SELECT network || ' ' || exit_code || ' ' || reason || ' ' || name FROM v_run"),
            "net 4 it does not fit default, chip.mesh.width=5");
  EXPECT_EQ(query("SELECT count(*) FROM v_run WHERE latency_s IS NULL AND fidelity IS NULL AND energy_per_inference_j IS NULL"), "1");
  EXPECT_EQ(query("SELECT value FROM parameter WHERE key = 'chip.mesh.width'"), "5");
  // A run that was not refused has every figure.
  EXPECT_THROW(execute("UPDATE run SET exit_code = 0, reason = NULL"), SQLite::Exception);
  EXPECT_THROW(execute("UPDATE run SET reason = NULL"), SQLite::Exception);
}

/// Every column of every view has a line, and no other has.
TEST_F(IdentityTest, EveryColumnOfEveryViewIsDescribed) {
  add(load_design(std::nullopt));
  const std::string there = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'view'";
  const std::string described = "SELECT view, \"column\" FROM v_column";
  for (const auto& [some, others] : {std::pair(there, described), std::pair(described, there)}) {
    EXPECT_EQ(
        query(fmt::format("SELECT coalesce(group_concat(a || '.' || b), '') FROM (SELECT * FROM (SELECT '' AS a, '' AS b WHERE 0 UNION ALL {} ) "
                          "EXCEPT {})",
                          some, others)),
        "");
  }
  EXPECT_EQ(query("SELECT count(*) FROM v_column WHERE meaning = '' OR unit IS NULL"), "0");
  EXPECT_EQ(query("SELECT unit FROM v_column WHERE view = 'v_run' AND \"column\" = 'latency_s'"), "s");
}

}  // namespace
}  // namespace mho::analysis
