#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SweepTest : public CommandTest {
 protected:
  base::Json swept(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "sweep");
    arguments.emplace_back("--json");
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::Json::parse(outcome.out.empty() ? "{}" : outcome.out, "out");
  }
  [[nodiscard]] std::string query(const std::string& sql, const std::string& file = "results.db") const {
    SQLite::Database database((folder_ / file).string());
    database.setBusyTimeout(10'000);
    return database.execAndGet(sql).getString();
  }
  static std::int64_t count(const base::Json& json, const char* key) { return std::get<std::int64_t>(json.find(key)->value()); }

  /// Waits until the database has at least so many points, or the process has ended.
  void wait_for_points(pid_t pid, int points, const std::string& db = "results.db") const {
    for (int i = 0; i < 3000; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (kill(pid, 0) != 0) return;
      if (!exists(db)) continue;
      try {
        if (std::stoi(query("SELECT count(*) FROM point", db)) >= points) return;
      } catch (const std::exception&) {
      }
    }
  }
  /// Every number from 0 to below `count` is a point with one run, and there is no other run.
  void expect_each_once(int count) const {
    EXPECT_EQ(query("SELECT count(*) || ' ' || count(DISTINCT number) || ' ' || min(number) || ' ' || max(number) || ' ' || count(DISTINCT run_uid) "
                    "FROM point"),
              fmt::format("{0} {0} 0 {1} {0}", count, count - 1));
    EXPECT_EQ(query("SELECT count(*) FROM run"), std::to_string(count));
    EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check"), "0");
  }
};

TEST_F(SweepTest, PointsAreTheRunsThatOneCommandEachMakes) {
  const base::Json swept_json = swept({"--vary", "tile.adc.bits=6,8", "--vary", "chip.mesh.width=6,8", "--jobs", "2"});
  EXPECT_EQ(count(swept_json, "points"), 4);
  EXPECT_EQ(count(swept_json, "evaluated"), 4);
  expect_each_once(4);
  EXPECT_EQ(mho({"simulate", "--fidelity", "estimate", "--set", "tile.adc.bits=6", "--set", "chip.mesh.width=8", "--db", "alone.db"}).code, 0);
  const std::string figures =
      "SELECT latency_s || ' ' || interval_s || ' ' || energy_per_inference_j || ' ' || area_mm2 || ' ' || options FROM run WHERE name IS NULL AND "
      "design LIKE '%tile.adc.bits=6, chip.mesh.width=8%'";
  EXPECT_EQ(query(figures), query(figures, "alone.db"));
  EXPECT_NE(query(figures), "");
  // The command of a row makes it again.
  EXPECT_EQ(mho({"db", "rerun", "1"}).code, 0);
  EXPECT_EQ(mho({"db", "check"}).code, 0);
}

TEST_F(SweepTest, WhatIsThereIsNotRunAgain) {
  swept({"--vary", "tile.adc.bits=6,7"});
  const base::Json more = swept({"--vary", "tile.adc.bits=5..8"});
  EXPECT_EQ(count(more, "evaluated"), 2);
  EXPECT_EQ(count(more, "found"), 2);
  EXPECT_EQ(query("SELECT count(*) FROM run"), "4");
  EXPECT_EQ(query("SELECT count(*) FROM point"), "6");
  const base::Json again = swept({"--vary", "tile.adc.bits=5..8"});
  EXPECT_EQ(count(again, "evaluated"), 0);
  EXPECT_EQ(count(again, "found"), 4);
  EXPECT_EQ(std::get<base::Json::Array>(again.find("front")->value()).size(), std::get<base::Json::Array>(more.find("front")->value()).size());
  // Runs that were deleted are made again.
  EXPECT_EQ(mho({"db", "prune", "--where", "run = 1", "--delete"}).code, 0);
  EXPECT_EQ(count(swept({"--vary", "tile.adc.bits=5..8"}), "evaluated"), 1);
}

TEST_F(SweepTest, AProgramOfAnotherNameStartsItsWorkers) {
  std::filesystem::copy_file(MHO_BINARY, folder_ / "mho-0.2");
  const Outcome outcome = finish(start((folder_ / "mho-0.2").string(), {"sweep", "--vary", "tile.adc.bits=6,7"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(query("SELECT count(*) FROM point"), "2");
  // A program mho beside it is another one.
  write("mho", "#!/bin/sh\nexit 9\n");
  std::filesystem::permissions(folder_ / "mho", std::filesystem::perms::owner_all);
  const Outcome beside = finish(start((folder_ / "mho-0.2").string(), {"sweep", "--vary", "tile.adc.bits=4,5"}));
  EXPECT_EQ(beside.code, 0) << beside.err;
}

/// Layers with settings of their own have the costs of their point, not those of the point that was mapped first.
TEST_F(SweepTest, PointsThatShareAMappingHaveTheirOwnCosts) {
  const std::vector<std::string> line{"--vary", "tile.adc.energy=0.1,1,10", "--layer", "first:tile.adc.mux=4", "--jobs", "1"};
  swept(line);
  const std::string sql = "SELECT group_concat(energy_per_inference_j, ' ') FROM (SELECT * FROM v_point ORDER BY number)";
  const std::string shared = query(sql);
  std::vector<std::string> anew = line;
  anew.insert(anew.end(), {"--no-cache", "--db", "anew.db"});
  swept(anew);
  EXPECT_EQ(shared, query(sql, "anew.db"));
}

TEST_F(SweepTest, PointsThatFailAreRows) {
  const base::Json json = swept({"--vary", "tile.rows=2,128", "--vary", "tile.adc.mux=8,4096"});
  EXPECT_EQ(count(json, "refused"), 3);
  // Of a chip that is too small there is a run; settings that make no design have their reason alone.
  EXPECT_EQ(query("SELECT group_concat(exit_code || ':' || (run IS NOT NULL), ' ') FROM (SELECT * FROM v_point ORDER BY number)"), "4:1 3:0 0:1 3:0");
  EXPECT_THAT(query("SELECT reason FROM v_point WHERE number = 1"), HasSubstr("tile.adc.mux"));
  EXPECT_EQ(count(swept({"--vary", "tile.rows=2,128", "--vary", "tile.adc.mux=8,4096"}), "evaluated"), 0);
}

TEST_F(SweepTest, AccuracyIsTheSameWithAndWithoutACache) {
  const std::vector<std::string> sweep{
      "--accuracy", "--vary", "chip.mesh.width=6,8", "--vary", "tile.adc.bits=6,7", "--vary", "digital.energy=0.1,0.2",
      "--samples",  "1000",   "--repeats",           "4"};
  std::vector<std::string> plain = sweep;
  plain.insert(plain.end(), {"--no-cache", "--db", "plain.db"});
  swept(sweep);
  swept(plain);
  EXPECT_NE(query("SELECT count(*) FROM cache"), "0");
  EXPECT_EQ(query("SELECT count(*) FROM cache", "plain.db"), "0");
  for (const char* table : {"accuracy", "layer", "energy", "band", "component", "layer_time", "stage", "unit", "link"}) {
    // Runs are told apart by their designs, whose order differs.
    const std::string columns =
        query(fmt::format("SELECT group_concat('t.\"' || name || '\"', ' || ''|'' || ') FROM pragma_table_info('{}') WHERE name <> 'run'", table));
    const std::string rows = fmt::format(
        "SELECT group_concat(x, '\n') FROM (SELECT r.design_hash || {} AS x FROM {} t JOIN run r ON r.id = t.run ORDER BY 1)", columns, table);
    EXPECT_EQ(query(rows), query(rows, "plain.db")) << table;
    if (std::string(table) == "accuracy") {
      EXPECT_NE(query(rows), "");
    }
  }
  // A run takes from the cache what a sweep left there, and says the same as one that takes nothing.
  const std::vector<std::string> run{"run", "--set", "tile.adc.bits=6", "--samples", "1000", "--repeats", "4", "--fidelity", "estimate"};
  EXPECT_EQ(mho(run).code, 0);
  std::vector<std::string> alone = run;
  alone.insert(alone.end(), {"--no-cache", "--db", "alone.db"});
  EXPECT_EQ(mho(alone).code, 0);
  const std::string values = "SELECT group_concat(value) FROM accuracy WHERE run = (SELECT max(id) FROM run)";
  EXPECT_EQ(query(values), query(values, "alone.db"));
}

TEST_F(SweepTest, SimulatedPointsHaveAProcessEach) {
  const base::Json json = swept({"--vary", "chip.mesh.width=6,7,8", "--fidelity", "simulate", "--jobs", "2"});
  EXPECT_EQ(count(json, "evaluated"), 3);
  EXPECT_EQ(count(json, "deaths"), 0);
  EXPECT_EQ(query("SELECT count(*) FROM v_run WHERE fidelity = 'simulate'"), "3");
}

TEST_F(SweepTest, AKilledSweepGoesOn) {
  const std::vector<std::string> line{"sweep", "--vary", "chip.mesh.width=6..15", "--vary", "digital.lanes=16..25", "--jobs", "2"};
  for (const int points : {1, 40}) {
    const pid_t pid = start(MHO_BINARY, line);
    wait_for_points(pid, points);
    kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
  }
  const Outcome outcome = mho(line);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("there already"));
  expect_each_once(100);
}

TEST_F(SweepTest, AKilledWorkerIsReplaced) {
  const std::vector<std::string> line{"sweep", "--vary", "chip.mesh.width=6..15", "--vary", "digital.lanes=16..25", "--jobs", "2", "--json"};
  const pid_t pid = start(MHO_BINARY, line);
  int killed = 0;
  for (int points = 1; points < 60; points += 20) {
    wait_for_points(pid, points);
    const std::vector<pid_t> workers = children_of(pid);
    if (workers.empty()) continue;
    killed += kill(workers.front(), SIGKILL) == 0 ? 1 : 0;
  }
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_GE(killed, 1);
  EXPECT_GE(count(base::Json::parse(outcome.out, "out"), "deaths"), 1);
  expect_each_once(100);
}

TEST_F(SweepTest, APointThatKillsItsWorkersIsARow) {
  const pid_t pid = start(MHO_BINARY, {"sweep", "--accuracy", "--repeats", "100000", "--vary", "tile.adc.bits=6", "--jobs", "1", "--json"});
  std::set<pid_t> killed;
  for (int i = 0; i < 1000 && killed.size() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    for (const pid_t worker : children_of(pid)) {
      if (killed.contains(worker)) continue;
      // By then it is at its point: the sweep has made the database.
      std::this_thread::sleep_for(std::chrono::milliseconds(3000));
      kill(worker, SIGKILL);
      killed.insert(worker);
    }
  }
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  EXPECT_EQ(count(json, "deaths"), 2);
  EXPECT_EQ(count(json, "refused"), 1);
  EXPECT_THAT(query("SELECT reason FROM point"), HasSubstr("its process ended with signal 9, twice"));
  EXPECT_EQ(query("SELECT exit_code FROM point"), "5");
}

TEST_F(SweepTest, ASweepThatIsInterruptedStoresWhatItHas) {
  const std::vector<std::string> line{"sweep", "--vary", "chip.mesh.width=6..15", "--vary", "digital.lanes=16..35", "--jobs", "2"};
  const pid_t pid = start(MHO_BINARY, line);
  wait_for_points(pid, 10);
  const std::vector<pid_t> workers = children_of(pid);
  kill(pid, SIGINT);
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 130);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("interrupted; "), HasSubstr("of 200 points are in results.db"), HasSubstr("goes on")));
  for (const pid_t worker : workers) EXPECT_NE(kill(worker, 0), 0) << "a worker is left";
  const int stored = std::stoi(query("SELECT count(*) FROM point"));
  EXPECT_GE(stored, 10);
  EXPECT_LT(stored, 200);
  EXPECT_THAT(outcome.err, HasSubstr(fmt::format("interrupted; {} of 200", stored)));
  EXPECT_EQ(mho(line).code, 0);
  expect_each_once(200);
}

TEST_F(SweepTest, ShardsMergeToTheWhole) {
  const std::vector<std::string> line{"sweep", "--vary", "tile.adc.bits=4..8", "--vary", "chip.mesh.width=6,8"};
  std::vector<std::string> merge{"db", "merge"};
  for (int shard = 1; shard <= 3; ++shard) {
    std::vector<std::string> part = line;
    part.insert(part.end(), {"--shard", fmt::format("{}/3", shard), "--db", fmt::format("part{}.db", shard)});
    EXPECT_EQ(mho(part).code, 0);
    merge.push_back(fmt::format("part{}.db", shard));
  }
  EXPECT_EQ(mho(merge).code, 0);
  EXPECT_EQ(mho(merge).code, 0);
  expect_each_once(10);
  const Outcome outcome = mho(line);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("0 evaluated now"), HasSubstr("10 there already")));
  EXPECT_EQ(query("SELECT points || ' ' || evaluated FROM v_exploration"), "10 10");
}

TEST_F(SweepTest, AFileSaysTheSameAsALine) {
  write("sweep.yaml",
        "axes:\n  tile.adc.bits: 6..7\n  chip.mesh: {width: [6, 8]}\nzip:\n  - {digital.lanes: [16, 32], noc.flit_bits: [64, 128]}\n"
        "constraints:\n  - chip.mesh.width < 8 OR digital.lanes > 16\n");
  const base::Json file = swept({"sweep.yaml"});
  EXPECT_EQ(count(file, "points"), 6);
  EXPECT_EQ(count(file, "spanned"), 8);
  const base::Json line = swept({"--vary", "tile.adc.bits=6..7", "--vary", "chip.mesh.width=6,8", "--vary",
                                 "digital.lanes/noc.flit_bits=16/64,32/128", "--constraint", "chip.mesh.width < 8 OR digital.lanes > 16"});
  EXPECT_EQ(std::get<std::string>(line.find("exploration")->value()), std::get<std::string>(file.find("exploration")->value()));
  EXPECT_EQ(count(line, "evaluated"), 0);
}

TEST_F(SweepTest, MistakesAreToldBeforeAnythingIsComputed) {
  const auto refused = [&](std::vector<std::string> line, int code, const std::string& says) {
    line.insert(line.begin(), "sweep");
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  };
  refused({}, 2, "nothing is varied");
  refused({"--vary", "tile.adc.bit=4"}, 2, "did you mean tile.adc.bits?");
  refused({"--vary", "tile.adc.bits=99"}, 2, "99");
  refused({"--vary", "tile.adc.bits=6,7", "--front", "area_mm2,engery_per_inference_j"}, 2, "did you mean energy_per_inference_j");
  refused({"--vary", "tile.adc.bits=6,7", "--constraint", "tile.adc.bits > 9"}, 3, "excludes 2 of 2, all");
  refused({"--vary", "tile.adc.bits=6,7", "--shard", "4/3"}, 2, "numbered from 1 to 3");
  refused({"missing.onnx", "--vary", "tile.adc.bits=6,7"}, 3, "missing.onnx");
  refused({"missing.yaml"}, 3, "missing.yaml");
  write("bad.yaml", "axes: {tile.adc.bits: 4..8}\naxis: 3\n");
  refused({"bad.yaml"}, 3, "bad.yaml:2:1: unknown key 'axis'");
  write("value.yaml", "axes:\n  tile.adc.bits: [4, 99]\n");
  refused({"value.yaml"}, 3, "value.yaml:2:");
  EXPECT_FALSE(exists("results.db"));
}

TEST_F(SweepTest, NetworksAreRetrainedOnceForEachRecipe) {
  if (!std::filesystem::exists(std::filesystem::path(MHO_BINARY).parent_path() / "mho-train")) GTEST_SKIP() << "mho-train was not built";
  const std::vector<std::string> line{"--vary",     "recipe.noise.scale=0,4",
                                      "--vary",     "tile.adc.bits=5,8",
                                      "--vary",     "recipe.epochs=1",
                                      "--vary",     "recipe.validation.samples=50",
                                      "--accuracy", "--times",
                                      "1d",         "--repeats",
                                      "3",          "--samples",
                                      "500"};
  const base::Json first = swept(line);
  EXPECT_EQ(count(first, "trained"), 2);
  EXPECT_EQ(count(first, "evaluated"), 4);
  EXPECT_EQ(query("SELECT count(DISTINCT network_hash) || ' ' || count(DISTINCT design_hash) FROM run"), "2 2");
  EXPECT_EQ(query("SELECT count(*) FROM training"), "2");
  // The networks are those that one command trains.
  EXPECT_EQ(mho({"retrain", std::string(MHO_SOURCE_DIR) + "/examples/default_network/strokes.onnx", "--recipe-set", "noise.scale=4", "--recipe-set",
                 "epochs=1", "--recipe-set", "validation.samples=50", "--out", "alone.onnx"})
                .code,
            0);
  EXPECT_EQ(mho({"run", "alone.onnx", "--data", "strokes", "--times", "1d", "--repeats", "3", "--samples", "500", "--set", "tile.adc.bits=5",
                 "--fidelity", "estimate", "--db", "alone.db"})
                .code,
            0);
  const std::string accuracy = "SELECT group_concat(value) FROM (SELECT value FROM accuracy WHERE run = {} ORDER BY repeat)";
  EXPECT_EQ(query(fmt::format(fmt::runtime(accuracy), "(SELECT run FROM v_point WHERE settings LIKE '%\"4\"%' AND settings LIKE '%\"5\"%')")),
            query(fmt::format(fmt::runtime(accuracy), "1"), "alone.db"));
  // Another sweep takes them as they are.
  std::vector<std::string> more = line;
  more[3] = "tile.adc.bits=6";
  EXPECT_EQ(count(swept(more), "trained"), 0);
  // For each chip there would be other ones.
  more.insert(more.end(), {"--retrain-for", "each"});
  EXPECT_EQ(count(swept(more), "trained"), 2);
  // A training that fails is a row with its reason.
  EXPECT_EQ(count(swept({"--vary", "recipe=missing.yaml", "--vary", "tile.adc.bits=5"}), "refused"), 1);
  EXPECT_EQ(query("SELECT count(*) FROM point WHERE reason LIKE 'its network was not retrained: missing.yaml%' AND exit_code = 3"), "1");
  const Outcome both = mho({"sweep", "--vary", "recipe=none", "--vary", "recipe.noise.scale=1,2"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("recipe none leaves the network as it is"));
}

TEST_F(SweepTest, WithoutTheProgramThatTrainsNothingBegins) {
  // The command alone, in a folder of its own.
  std::filesystem::create_directory(folder_ / "alone");
  std::filesystem::copy_file(MHO_BINARY, folder_ / "alone" / "mho");
  const Outcome outcome = finish(start((folder_ / "alone" / "mho").string(), {"sweep", "--vary", "recipe.noise.scale=1,2"}));
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("mho-train"), HasSubstr("make mho-train")));
}

TEST_F(SweepTest, AWorkerThatIsOutOfMemoryIsReplaced) {
  // Exact wires are solved for a long while. Every matrix of theirs is asked of the system, not taken from memory that was given back, nor from the
  // address space that glibc reserves for threads.
  setenv("MALLOC_MMAP_THRESHOLD_", "4096", 1);
  setenv("MALLOC_ARENA_MAX", "1", 1);
  const pid_t pid = start(MHO_BINARY, {"sweep", "--vary", "tile.wires.kind=exact,none", "--set", "tile.rows=256", "--accuracy", "--repeats", "200",
                                       "--times", "1d", "--samples", "10", "--jobs", "1", "--json"});
  unsetenv("MALLOC_MMAP_THRESHOLD_");
  unsetenv("MALLOC_ARENA_MAX");
  const auto is_stored = [&] {
    try {
      return query("SELECT count(*) FROM v_point") != "0";
    } catch (const SQLite::Exception&) {
      return false;  // not made yet
    }
  };
  std::set<pid_t> limited;
  for (int i = 0; i < 400 && limited.size() < 10 && !is_stored(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    for (const pid_t worker : children_of(pid)) {
      if (limited.contains(worker)) continue;
      // By then it is at its point.
      std::this_thread::sleep_for(std::chrono::milliseconds(1000));
      // A worker that was seen just before the point was stored has the other point by now.
      if (is_stored()) break;
      // A little less than it has: what the point holds is free again when it is given up, and mostly enough to store why; else the worker dies, and
      // the next one begins with the point.
      rlim_t pages = 0;
      std::ifstream(fmt::format("/proc/{}/statm", worker)) >> pages;
      const rlim_t most = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) - 256 * 1024;
      const rlimit little{most, most};
      if (pages > 0 && prlimit(worker, RLIMIT_AS, &little, nullptr) == 0) limited.insert(worker);
    }
  }
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out.empty() ? "{}" : outcome.out, "out");
  EXPECT_EQ(count(json, "refused"), 1) << outcome.out;
  // The other one has figures, from another process.
  EXPECT_EQ(query("SELECT group_concat(exit_code, ' ') FROM (SELECT * FROM v_point ORDER BY number)"), "5 0");
  EXPECT_THAT(query("SELECT reason FROM v_point WHERE number = 0"), AllOf(HasSubstr("out of memory"), HasSubstr("--jobs")));
}

TEST_F(SweepTest, TheCacheIsListedLimitedAndCleared) {
  swept({"--accuracy", "--vary", "tile.adc.bits=6,7", "--samples", "1000", "--repeats", "4"});
  const auto cached = [&](std::vector<std::string> more) {
    std::vector<std::string> line{"db", "cache", "--json"};
    line.insert(line.end(), more.begin(), more.end());
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return count(base::Json::parse(outcome.out, "out"), "bytes");
  };
  const std::int64_t bytes = cached({});
  EXPECT_GT(bytes, 0);
  EXPECT_THAT(mho({"db", "cache"}).out, AllOf(HasSubstr("the cache of results.db holds"), HasSubstr("accuracy")));
  EXPECT_LE(cached({"--size-limit", "1 kB"}), 1000);
  EXPECT_EQ(cached({"--clear"}), 0);
}

}  // namespace
}  // namespace mho::cli::test
