#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"
#include "tests/cli/onnx_bytes.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class RunTest : public CommandTest {
 protected:
  [[nodiscard]] std::string query(const std::string& sql, const std::string& file = "results.db") const {
    SQLite::Database database((folder_ / file).string());
    return database.execAndGet(sql).getString();
  }
  /// A run that must be refused with `code`, one paragraph saying all of `says`, and no database.
  void expect_refused(const std::vector<std::string>& arguments, int code, const std::vector<std::string>& says) const {
    const Outcome outcome = mho(arguments);
    const std::string line = testing::PrintToString(arguments);
    EXPECT_EQ(outcome.code, code) << line << outcome.err;
    EXPECT_EQ(outcome.out, "") << line;
    EXPECT_THAT(outcome.err, StartsWith("mho: "));
    for (const std::string& part : says) EXPECT_THAT(outcome.err, HasSubstr(part)) << line;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << "not one paragraph: " << outcome.err;
    EXPECT_FALSE(exists("results.db")) << line;
  }
  /// Ten black images with their labels, and the data file that names them.
  void write_idx_data(const std::vector<std::uint32_t>& image_shape) const {
    std::vector<std::uint32_t> shape{10};
    shape.insert(shape.end(), image_shape.begin(), image_shape.end());
    write("images.idx", idx_zeros(shape));
    write("labels.idx", idx_zeros({10}));
    write("data.yaml", "name: black\ntest:\n  images: images.idx\n  labels: labels.idx\n  format: idx\n");
  }
  void write_default_network() const { write("net.onnx", base::read_file(std::string(MHO_SOURCE_DIR) + "/tests/cli/data/convnet.onnx")); }
};

TEST_F(RunTest, TheSummaryShowsWhatAnArchitectAsksFor) {
  const Outcome outcome = mho(quick_run());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* part : {"float",
                           "  1 s  ",
                           "  1 y  ",
                           "+- ",
                           "2 programmings",
                           "latency",
                           "throughput",
                           "energy per inference",
                           "average power",
                           "area",
                           "TOPS/W",
                           "tiles",
                           "cells hold weights",
                           "MVMs",
                           "cycles busy",
                           "costs by component",
                           "adc",
                           "leakage",
                           "busiest: ",
                           "stored as run 1 in results.db"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_EQ(query("SELECT count(*) FROM run"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM accuracy WHERE run = 1"), "4");
  EXPECT_EQ(query("SELECT abs(sum(joule) - (SELECT energy_per_inference_j FROM run)) < 1e-9 * sum(joule) FROM energy"), "1");
}

TEST_F(RunTest, JsonIsOneObjectWithTheDocumentedKeys) {
  const Outcome outcome = mho(quick_run({"--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "standard output");
  for (const char* key : {"float_accuracy", "accuracy", "latency_s", "throughput_per_s", "energy_per_inference_j", "average_power_w", "area_mm2",
                          "tops_per_watt", "tiles", "utilisation", "layers", "run_id", "design"}) {
    EXPECT_NE(json.find(key), nullptr) << key;
  }
  const auto& accuracy = std::get<base::Json::Array>(json.find("accuracy")->value());
  ASSERT_EQ(accuracy.size(), 2U);
  for (const char* key : {"time_s", "mean", "sem", "repeats"}) EXPECT_NE(accuracy[0].find(key), nullptr) << key;
  EXPECT_EQ(std::get<std::int64_t>(json.find("run_id")->value()), 1);
  EXPECT_NE(json.find("design")->find("tile"), nullptr);
  EXPECT_FALSE(std::get<base::Json::Array>(json.find("layers")->value()).empty());
}

TEST_F(RunTest, OneAndTwoThreadsGiveTheSameBits) {
  const Outcome one = mho(quick_run({"--json", "--threads", "1", "--db", "one.db"}));
  const Outcome two = mho(quick_run({"--json", "--threads", "2", "--db", "two.db"}));
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(without_command(one.out), without_command(two.out));
  const Outcome other = mho(quick_run({"--json", "--seed", "2", "--db", "other.db"}));
  const auto accuracy = [](const std::string& json) { return json.substr(json.find("\"accuracy\"")); };
  EXPECT_NE(accuracy(one.out), accuracy(other.out));
}

TEST_F(RunTest, RunsAreAddedToTheDatabase) {
  EXPECT_EQ(mho(quick_run()).code, 0);
  const Outcome second = mho(quick_run({"--set", "tile.adc.bits=4"}));
  EXPECT_THAT(second.out, HasSubstr("stored as run 2"));
  EXPECT_EQ(query("SELECT value FROM parameter WHERE run = 2 AND key = 'tile.adc.bits'"), "4");
  EXPECT_EQ(query("SELECT origin FROM parameter WHERE run = 2 AND key = 'tile.adc.bits'"), "--set");
}

TEST_F(RunTest, AnInterruptedRunKeepsTheFinishedProgrammings) {
  const pid_t pid = start(MHO_BINARY, {"run", "--repeats", "100000", "--samples", "50"});
  std::this_thread::sleep_for(std::chrono::seconds(4));
  ASSERT_EQ(kill(pid, SIGINT), 0);
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 130);
  EXPECT_THAT(outcome.err, HasSubstr("programmings that were finished"));
  EXPECT_THAT(outcome.out, HasSubstr("Interrupted: "));
  const int finished = std::stoi(query("SELECT repeats FROM run"));
  EXPECT_GE(finished, 1);
  EXPECT_LT(finished, 100000);
  EXPECT_EQ(query("SELECT count(*) FROM accuracy"), std::to_string(4 * finished));
  // What was finished is what a shorter run gives.
  EXPECT_EQ(mho({"run", "--repeats", "1", "--samples", "50", "--db", "short.db"}).code, 0);
  const std::string first = query("SELECT group_concat(value) FROM accuracy WHERE repeat = 0");
  EXPECT_EQ(query("SELECT group_concat(value) FROM accuracy WHERE repeat = 0", "short.db"), first);
}

TEST_F(RunTest, ARunInterruptedBeforeItHasAnythingStoresNothing) {
  // One thread takes some seconds for the first programming, at 24 times.
  const pid_t pid = start(MHO_BINARY, on_large_chip({"run", "--threads", "1", "--repeats", "100000", "--times",
                                                     "1s,2s,3s,4s,5s,6s,7s,8s,9s,10s,11s,12s,13s,14s,15s,16s,17s,18s,19s,20s,21s,22s,23s,24s"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  ASSERT_EQ(kill(pid, SIGINT), 0);
  const auto sent = std::chrono::steady_clock::now();
  const Outcome outcome = finish(pid);
  EXPECT_LT(std::chrono::steady_clock::now() - sent, std::chrono::seconds(5));
  EXPECT_EQ(outcome.code, 130);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
  EXPECT_FALSE(exists("results.db"));
}

TEST_F(RunTest, NetworksThatCannotBeRead) {
  write_idx_data({28, 28});
  expect_refused({"run", "missing.onnx", "--data", "data.yaml"}, 3, {"missing.onnx"});
  write("text.onnx", "a letter, not a network\n");
  expect_refused({"run", "text.onnx", "--data", "data.yaml"}, 3, {"text.onnx", "ONNX"});
  write_default_network();
  const std::string whole = base::read_file((folder_ / "net.onnx").string());
  write("half.onnx", whole.substr(0, whole.size() / 2));
  expect_refused({"run", "half.onnx", "--data", "data.yaml"}, 3, {"half.onnx"});
  write("empty.onnx", "");
  expect_refused({"run", "empty.onnx", "--data", "data.yaml"}, 3, {"empty.onnx"});
  write("bernoulli.onnx", one_node_model("Bernoulli", "attention_scores", {1, 1, 28, 28}));
  expect_refused({"run", "bernoulli.onnx", "--data", "data.yaml"}, 3, {"Bernoulli", "attention_scores", "Conv"});
}

TEST_F(RunTest, DataThatCannotBeRead) {
  write_default_network();
  expect_refused({"run", "net.onnx", "--data", "missing.yaml"}, 3, {"missing.yaml"});
  write_idx_data({28, 28});
  write("images.idx", idx_zeros({10, 28, 28}).substr(0, 1000));
  expect_refused({"run", "net.onnx", "--data", "data.yaml"}, 3, {"images.idx"});
  std::filesystem::remove(folder_ / "images.idx");
  expect_refused({"run", "net.onnx", "--data", "data.yaml"}, 3, {"images.idx"});
}

TEST_F(RunTest, DataThatDoesNotFitTheNetwork) {
  write_default_network();
  write_idx_data({7, 9});
  expect_refused({"run", "net.onnx", "--data", "data.yaml"}, 3, {"7x9"});
}

TEST_F(RunTest, BadDesigns) {
  write("chip.yaml", "tile:\n  adc:\n    bist: 6\n");
  expect_refused({"run", "--design", "chip.yaml"}, 3, {"chip.yaml:3:5", "tile.adc.bits"});
  expect_refused({"run", "--design", "missing.yaml"}, 3, {"missing.yaml"});
  expect_refused({"run", "--set", "tile.adc.bits=99"}, 3, {"tile.adc.bits", "16"});
  expect_refused({"run", "--set", "tile.adc.bits"}, 2, {"--set", "key=value"});
}

TEST_F(RunTest, ANetworkLargerThanTheChip) {
  expect_refused({"run", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2", "--set", "chip.digital_cores=1", "--set", "tile.rows=32",
                  "--set", "tile.columns=32"},
                 4, {"tiles"});
}

TEST_F(RunTest, NamesThatSqliteWouldTakeForSomethingElseAreFilesWithTheirFolder) {
  expect_refused(quick_run({"--db", ":memory:"}), 2, {"./:memory:"});
  ASSERT_EQ(mho(quick_run({"--db", "./:memory:"})).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / ":memory:"));
  ASSERT_EQ(mho(quick_run({"--db", "./file:x.db?mode=memory"})).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "file:x.db?mode=memory"));
}

TEST_F(RunTest, TheStoredCommandCanBeRunAgain) {
  ASSERT_EQ(mho(quick_run({"--set", "tile.adc.bits = 6"})).code, 0);
  EXPECT_THAT(query("SELECT command FROM run"), HasSubstr("--set 'tile.adc.bits = 6'"));
}

TEST_F(RunTest, TooManySamples) { expect_refused({"run", "--samples", "100000000"}, 2, {"at most"}); }

TEST_F(RunTest, DatabasesThatCannotTakeTheRun) {
  const auto refused = [&](const std::string& file, const std::string& says) {
    const Outcome outcome = mho(quick_run({"--db", file}));
    EXPECT_EQ(outcome.code, 3) << file;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr(file), HasSubstr(says)));
    EXPECT_EQ(outcome.out, "");
  };
  refused("missing/results.db", "is not a folder");
  refused("/proc/results.db", "takes no new files");
  write("letter.db", std::string(4096, 'a'));
  refused("letter.db", "not an SQLite database");
  {
    SQLite::Database foreign((folder_ / "foreign.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    foreign.exec("CREATE TABLE other (a)");
    SQLite::Database newer((folder_ / "newer.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    newer.exec("PRAGMA application_id = 0x6D686F31; PRAGMA user_version = 1000");
  }
  refused("foreign.db", "another program");
  refused("newer.db", "newer mho");
}

TEST_F(RunTest, AFullDiskIsSaidBeforeAnythingLong) {
  const Outcome outcome = shell("ulimit -f 2; exec \"$MHO\" run --repeats 100000");
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("results.db cannot be written: File too large"));
  EXPECT_FALSE(exists("results.db"));
}

TEST_F(RunTest, AFullDiskStoresNothingAndPrintsTheResult) {
  // A file-size limit of a few kilobytes with its signal ignored: writes fail as on a full disk.
  const Outcome outcome = shell("trap '' XFSZ; ulimit -f 16; exec \"$MHO\" run --times 1s --repeats 1 --samples 10");
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the result was printed, and is stored nowhere"), HasSubstr("results.db cannot be written")));
  EXPECT_THAT(outcome.out, HasSubstr("energy per inference"));
  EXPECT_FALSE(exists("results.db"));
}

}  // namespace
}  // namespace mho::cli::test
