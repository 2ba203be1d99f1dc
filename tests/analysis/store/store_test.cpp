#include "analysis/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/design_file/document.h"
#include "tests/analysis/fixture.h"
#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

using test::FileSizeLimit;

class StoreTest : public test::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    result_ = test::small_result(design_);
    info_.version = "0.1.0";
    info_.command = "mho run";
    info_.options.times_s = {1.0, 3600.0};
    info_.options.repeats = 2;
    info_.options.samples = 5;
    info_.options.seed = 7;
    info_.options.threads = 2;
  }

  std::int64_t add() const { return Store(path_).add(design_, result_, info_); }

  Design design_ = test::round_design();
  Result result_;
  RunInfo info_;
};

TEST_F(StoreTest, AskingLeavesNoTrace) {
  const Store store(path_);
  EXPECT_EQ(files(), 0U);
}

TEST_F(StoreTest, ARunReadsBack) {
  EXPECT_EQ(add(), 1);
  EXPECT_EQ(add(), 2);
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(query("PRAGMA application_id"), std::to_string(0x6D686F31));
  EXPECT_EQ(query("PRAGMA user_version"), std::to_string(Store::schema_version));
  EXPECT_EQ(query("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check"), "0");
  EXPECT_EQ(query("SELECT count(*) FROM run"), "2");
  EXPECT_EQ(query("SELECT network || '/' || data || '/' || seed || '/' || threads || '/' || repeats || '/' || samples FROM run WHERE id = 1"),
            "small/none/7/2/2/5");
  EXPECT_EQ(query("SELECT created GLOB '20[0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z' FROM run WHERE id = 1"), "1");
  EXPECT_EQ(query("SELECT design_json IS NULL FROM run WHERE id = 1"), "1");  // parameters make it up
  EXPECT_EQ(query("SELECT calibrated_on_test || '/' || converged FROM run WHERE id = 1"), "1/1");
  EXPECT_EQ(query("SELECT count(*) FROM parameter WHERE run = 1"), std::to_string(design_.config.declarations().size()));
  EXPECT_EQ(query("SELECT typeof(value) FROM parameter WHERE run = 1 AND key = 'tile.rows'"), "integer");
  EXPECT_EQ(query("SELECT name || '/' || mvms || '/' || busy_cycles FROM layer WHERE run = 1 AND layer = 0"), "fc/1/70");
  EXPECT_EQ(query("SELECT count(*) FROM layer WHERE run = 1 AND matrix IS NULL AND clipped_inputs IS NULL"), "1");
  EXPECT_EQ(query("SELECT node || '/' || layer || '/' || \"rows\" || '/' || columns FROM tile WHERE run = 1"), "1/fc/4/5");
  EXPECT_EQ(query("SELECT value FROM accuracy WHERE run = 1 AND time_s = 3600.0 AND repeat = 0"), "0.4");
}

TEST_F(StoreTest, AChipWithoutAccuracyIsARunWithoutScores) {
  add();
  ChipResult chip = result_;
  chip.data.reset();
  chip.data_hash.reset();
  ChipRunOptions options;
  options.seed = 3;
  options.threads = 2;
  EXPECT_EQ(Store(path_).add(design_, chip, {.version = "0.1.0", .command = "mho simulate", .options = options}), 2);
  EXPECT_EQ(query("SELECT command || '/' || seed || '/' || threads || '/' || network FROM run WHERE id = 2"), "mho simulate/3/2/small");
  EXPECT_EQ(query("SELECT count(*) FROM run WHERE id = 2 AND data IS NULL AND data_hash IS NULL AND first_sample IS NULL AND samples IS NULL AND "
                  "calibration_samples IS NULL AND calibrated_on_test IS NULL AND repeats IS NULL AND metric IS NULL AND chance IS NULL AND "
                  "yield_threshold IS NULL AND float_accuracy IS NULL AND float_accuracy_scored IS NULL"),
            "1");
  EXPECT_EQ(query("SELECT count(*) FROM accuracy WHERE run = 2"), "0");
  // All the rest is that of the run.
  EXPECT_EQ(query("SELECT count(*) FROM run a JOIN run b ON b.id = 2 WHERE a.id = 1 AND (a.latency_s, a.interval_s, a.energy_per_inference_j, "
                  "a.area_mm2, a.cycles, a.simulated_flit_hops) = (b.latency_s, b.interval_s, b.energy_per_inference_j, b.area_mm2, b.cycles, "
                  "b.simulated_flit_hops)"),
            "1");
  for (const char* table : {"parameter", "layer", "stage", "tile", "energy", "area"}) {
    EXPECT_EQ(query(std::string("SELECT count(*) FILTER (WHERE run = 1) = count(*) FILTER (WHERE run = 2) AND count(*) > 0 FROM ") + table), "1")
        << table;
  }
  EXPECT_EQ(query("SELECT last_accuracy IS NULL AND latency_s > 0 FROM v_run WHERE run = 2"), "1");
}

TEST_F(StoreTest, WhatEveryStageDidAndWhatTheSimulationTook) {
  result_.simulation.wall_s = 0.25;
  result_.simulation.single.flit_hops = 100;
  result_.simulation.steady.flit_hops = 900;
  result_.simulation.window = test::small_activity(4);
  result_.simulation.window.elapsed = base::SimTime::from_femtoseconds(400'000'000);
  result_.simulation.window.units = {{"converters", 1, {1}, 300, 20}};
  result_.simulation.window.links = {{hw::LinkActivity::Kind::between, 1, 2, 100}, {hw::LinkActivity::Kind::eject, 2, 2, 40}};
  result_.simulation.window_inferences = 4;
  result_.bottleneck.text = "fc";
  result_.simulation.window.stages[2].waiting_input_cycles = 400;
  result_.simulation.window.stages[2].waiting_output_cycles = 80;
  add();
  EXPECT_EQ(
      query("SELECT group_concat(name || '/' || kind || '/' || node || '/' || coalesce(layer, '-'), ' ') FROM (SELECT * FROM stage ORDER BY stage)"),
      "source/source/0/- fc[0,0]/analog/1/0 relu/digital/2/1 sink/sink/0/-");
  // 4 inferences of 5 cycles.
  EXPECT_EQ(query("SELECT busy_cycles || '/' || waiting_input_cycles || '/' || waiting_output_cycles FROM stage WHERE name = 'relu'"), "20/400/80");
  EXPECT_EQ(
      query("SELECT busy_cycles || '/' || waiting_input_cycles || '/' || waiting_output_cycles || '/' || layer FROM v_stage WHERE name = 'relu'"),
      "5.0/100.0/20.0/relu");
  EXPECT_EQ(query("SELECT node || '/' || name || '/' || worked_percent || '/' || held_percent FROM v_unit"), "1/converters/75.0/5.0");
  EXPECT_EQ(query("SELECT group_concat(kind || '/' || from_node || '/' || to_node || '/' || flits_per_cycle, ' ') FROM v_link"),
            "between/1/2/0.25 eject/2/2/0.1");
  EXPECT_EQ(query("SELECT bottleneck || '/' || bottleneck_kind || '/' || round(1e9 * window_s) || '/' || window_inferences FROM run"),
            "fc/unit/400.0/4");
  EXPECT_EQ(query("SELECT DISTINCT clock_hz FROM (SELECT clock_hz FROM v_stage UNION SELECT clock_hz FROM unit UNION SELECT clock_hz FROM link)"),
            "1000000000.0");
  EXPECT_EQ(query("SELECT cycles_per_s || '/' || flit_hops_per_s FROM v_simulation"), "4000.0/4000.0");
}

TEST_F(StoreTest, WhatPowerGatesDid) {
  add();
  EXPECT_EQ(query("SELECT count(*) FROM gate"), "0");
  Gating gating;
  gating.gates = {{.unit = hw::GateActivity::Unit::router, .number = 3, .gated_share = 0.25, .wakes = 2, .not_leaked_j = 5e-9, .switched_j = 2e-9},
                  {.unit = hw::GateActivity::Unit::core, .number = 3, .gated_share = 1, .wakes = 0, .not_leaked_j = 7e-9, .switched_j = 0}};
  result_.costs.gating = gating;
  EXPECT_EQ(add(), 2);
  EXPECT_EQ(query("SELECT gated_percent || ' ' || wakes FROM v_gate WHERE run = 2 AND unit = 'router' AND number = 3"), "25.0 2.0");
  EXPECT_EQ(query("SELECT round(1e9 * sum(saved_j), 6) FROM v_gate WHERE run = 2"), "10.0");
  execute("PRAGMA foreign_keys = ON; DELETE FROM run WHERE id = 2");
  EXPECT_EQ(query("SELECT count(*) FROM gate"), "0");
}

TEST_F(StoreTest, EnergyRowsAddUpToTheRun) {
  add();
  EXPECT_EQ(query("SELECT abs(sum(joule) - (SELECT energy_per_inference_j FROM run)) < 1e-9 * sum(joule) FROM energy"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM energy WHERE layer IS NULL AND block IN ('router', 'link', 'port', 'leakage')"), "4");
  EXPECT_EQ(query("SELECT abs(sum(percent) - 100) < 1e-9 FROM v_energy WHERE run = 1"), "1");
  EXPECT_EQ(query("SELECT abs(sum(mm2) - (SELECT area_mm2 FROM run)) < 1e-9 * sum(mm2) FROM area"), "1");
}

TEST_F(StoreTest, ViewsSummarise) {
  add();
  EXPECT_EQ(query("SELECT first_time_s || '/' || last_time_s || '/' || network FROM v_run"), "1.0/3600.0/small");
  EXPECT_EQ(query("SELECT abs(first_accuracy - 0.7) < 1e-12 AND abs(last_accuracy - 0.5) < 1e-12 FROM v_run"), "1");
  // Two values 0.8 and 0.6: standard deviation 0.1 * sqrt(2), standard error 0.1.
  EXPECT_EQ(query("SELECT abs(sem - 0.1) < 1e-12 FROM v_accuracy WHERE time_s = 1.0"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM v_layer WHERE run = 1 AND percent > 0"), "2");
}

TEST_F(StoreTest, DeletingARunDeletesItsRows) {
  add();
  execute("PRAGMA foreign_keys = ON; DELETE FROM run");
  for (const char* table : {"parameter", "layer", "tile", "energy", "area", "accuracy"}) {
    EXPECT_EQ(query(std::string("SELECT count(*) FROM ") + table), "0") << table;
  }
}

TEST_F(StoreTest, AFileThatIsNoDatabaseIsRefused) {
  const std::string text = "this is a letter, not a database, and long enough to have a header's length of one hundred bytes; keep it as it is.";
  std::ofstream(path_) << text;
  EXPECT_THAT(refusal([&] { Store store(path_); }), AllOf(HasSubstr(path_), HasSubstr("not an SQLite database")));
  EXPECT_EQ(base::read_file(path_), text);
}

TEST_F(StoreTest, ADatabaseOfAnotherProgramIsRefused) {
  execute("PRAGMA application_id = 1234; CREATE TABLE other (a)");
  const std::string before = base::read_file(path_);
  EXPECT_THAT(refusal([&] { Store store(path_); }), AllOf(HasSubstr("another program"), HasSubstr("0x4d2")));
  EXPECT_EQ(base::read_file(path_), before);
}

TEST_F(StoreTest, ADatabaseWithTablesButNoMarkIsRefused) {
  execute("CREATE TABLE other (a)");
  EXPECT_THAT(refusal([&] { Store store(path_); }), HasSubstr("another program"));
}

TEST_F(StoreTest, ANewerSchemaIsRefused) {
  add();
  execute("PRAGMA user_version = " + std::to_string(Store::schema_version + 1));
  EXPECT_THAT(refusal([&] { Store store(path_); }), AllOf(HasSubstr("newer mho"), HasSubstr(std::to_string(Store::schema_version + 1))));
  execute("PRAGMA user_version = 1");
  EXPECT_THAT(refusal([&] { Store store(path_); }), AllOf(HasSubstr("older mho"), HasSubstr("another file")));
  EXPECT_EQ(query("SELECT count(*) FROM run"), "1");
}

TEST_F(StoreTest, AnEmptyFileIsTakenAsNew) {
  std::ofstream(path_).flush();
  EXPECT_EQ(add(), 1);
}

TEST_F(StoreTest, PathsThatTakeNoFileAreRefused) {
  EXPECT_THAT(refusal([&] { Store store((folder_ / "missing" / "results.db").string()); }), HasSubstr("is not a folder"));
  EXPECT_THAT(refusal([&] { Store store(folder_.string()); }), HasSubstr("is a folder"));
  EXPECT_THAT(refusal([&] { Store store("/dev/null"); }), HasSubstr("no ordinary file"));
  EXPECT_THAT(refusal([&] { Store store("/proc/results.db"); }), HasSubstr("takes no new files"));
  EXPECT_THAT(refusal([&] { Store store(""); }, base::ExitCode::usage), HasSubstr("--db"));
}

TEST_F(StoreTest, AReadOnlyFileIsRefused) {
  if (geteuid() == 0) GTEST_SKIP() << "permissions do not bind root";
  add();
  ASSERT_EQ(chmod(path_.c_str(), S_IRUSR), 0);
  EXPECT_THAT(refusal([&] { Store store(path_); }), HasSubstr("read-only"));
}

TEST_F(StoreTest, ANumberThatIsNoneStoresNothing) {
  add();
  // The last table written: everything before it must vanish too.
  result_.accuracy.back().by_repeat.back() = std::nan("");
  EXPECT_THAT(refusal([&] { add(); }, base::ExitCode::failed_check), HasSubstr("accuracy.value"));
  for (const char* table : {"run", "parameter", "layer", "tile", "energy", "area", "accuracy"}) {
    EXPECT_EQ(query(std::string("SELECT count(*) FROM ") + table + (std::string(table) == "run" ? " WHERE id > 1" : " WHERE run > 1")), "0") << table;
  }
  result_ = test::small_result(design_);
  result_.costs.energy_per_inference_j = INFINITY;
  refusal([&] { add(); }, base::ExitCode::failed_check);
  EXPECT_EQ(query("SELECT count(*) FROM run"), "1");
}

TEST_F(StoreTest, AFailedFirstRunLeavesNoFile) {
  result_.accuracy.back().by_repeat.back() = std::nan("");
  refusal([&] { add(); }, base::ExitCode::failed_check);
  EXPECT_EQ(files(), 0U);
}

TEST_F(StoreTest, AFullDeviceLeavesTheDatabaseAsItWas) {
  add();
  const auto size = fs::file_size(path_);
  result_.tiles.resize(5000, result_.tiles.front());  // more than the free space of the last pages
  const Store store(path_);
  std::string message;
  {
    const FileSizeLimit limit(size);
    message = refusal([&] { store.add(design_, result_, info_); });
  }
  EXPECT_THAT(message, AllOf(HasSubstr("cannot be written"), HasSubstr("Nothing of this run was stored")));
  EXPECT_EQ(query("SELECT count(*) FROM run"), "1");
  EXPECT_EQ(query("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(add(), 2);
}

TEST_F(StoreTest, AFullDeviceLeavesNoNewFile) {
  const Store store(path_);
  {
    const FileSizeLimit limit(8192);
    refusal([&] { store.add(design_, result_, info_); });
  }
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace mho::analysis
