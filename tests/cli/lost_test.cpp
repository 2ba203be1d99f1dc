// Nothing that was finished is lost: signals, full disks, folders that move.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LostTest : public CommandTest {
 protected:
  [[nodiscard]] std::string query(const std::string& database, const std::string& sql) const {
    SQLite::Database file((folder_ / database).string());
    return file.execAndGet(sql).getString();
  }
  /// Waits until the process has files in its folder that end so.
  [[nodiscard]] std::string file_with(const std::string& part) const {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().find(part) != std::string::npos) return entry.path().filename().string();
    }
    return "";
  }
};

TEST_F(LostTest, AHangUpIsLikeCtrlC) {
  const pid_t pid = start(MHO_BINARY, {"run", "--repeats", "100000", "--samples", "50"});
  std::this_thread::sleep_for(std::chrono::seconds(4));
  // The system and the shell both say so.
  ASSERT_EQ(kill(pid, SIGHUP), 0);
  ASSERT_EQ(kill(pid, SIGHUP), 0);
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("programmings that were finished"));
  EXPECT_EQ(query("results.db", "SELECT count(*) FROM run"), "1");
}

TEST_F(LostTest, AHangUpLeavesNoPartOfAFile) {
  const pid_t pid = start(MHO_BINARY, {"simulate", "--trace", "t.json", "--inferences", "100000"});
  for (int wait = 0; wait < 200 && file_with(".part-").empty(); ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(file_with(".part-").find("t.json.part-"), 0U);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  ASSERT_EQ(kill(pid, SIGHUP), 0);
  EXPECT_EQ(finish(pid).code, 130);
  EXPECT_EQ(file_with("t.json"), "");
}

TEST_F(LostTest, ASignalThatWasIgnoredStaysIgnored) {
  for (const auto& [name, number] : {std::pair("HUP", SIGHUP), {"INT", SIGINT}, {"TERM", SIGTERM}}) {
    const pid_t pid =
        start("/bin/sh", {"-c", std::string("trap '' ") + name + "; exec " + MHO_BINARY + " run --times 1s --repeats 40 --samples 200 --threads 1"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));
    kill(pid, number);
    const Outcome outcome = finish(pid);
    EXPECT_EQ(outcome.code, 0) << name << outcome.err;
  }
}

TEST_F(LostTest, CtrlCEndsTheWaitForAPipe) {
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"validate", "pipe"}, {"run", "pipe", "--data", "strokes"}}) {
    const pid_t pid = start(MHO_BINARY, arguments);
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));
    kill(pid, SIGINT);
    const Outcome outcome = finish(pid);
    EXPECT_EQ(outcome.code, 130) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
  }
}

TEST_F(LostTest, ATraceOnAFullDiskIsNoInternalError) {
  const Outcome outcome = mho({"simulate", "--trace", "/dev/full"});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("/dev/full: cannot write this file: No space left on device"), Not(HasSubstr("internal error"))));
  const Outcome waves = mho({"simulate", "--vcd", "/dev/full"});
  EXPECT_EQ(waves.code, 3) << waves.err;
  EXPECT_THAT(waves.err, HasSubstr("/dev/full: cannot write this file: No space left on device"));
}

TEST_F(LostTest, AFileThatFailsAtTheEndLeavesTheResult) {
  const Outcome outcome = mho({"simulate", "--heatmap", "/dev/full"});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("/dev/full: cannot write this file"));
  EXPECT_THAT(outcome.out, HasSubstr("run 1 in results.db"));
  EXPECT_EQ(query("results.db", "SELECT count(*) FROM run"), "1");
}

TEST_F(LostTest, NamesThatCannotBe) {
  fs::create_symlink("circle", folder_ / "circle");
  const std::string longest(300, 'x');
  for (const std::string& name : {std::string("circle"), longest, "circle/" + longest, longest + "/x"}) {
    const std::vector<std::vector<std::string>> lines{{"run", "--db", name},
                                                      {"simulate", "--db", name},
                                                      {"sensitivity", "--db", name},
                                                      {"run", "--design", name},
                                                      {"validate", name},
                                                      {"run", name, "--data", "strokes"},
                                                      {"network", name},
                                                      {"simulate", name},
                                                      {"run", name + ".onnx", "--data", name},
                                                      {"simulate", "--trace", name},
                                                      {"simulate", "--vcd", name},
                                                      {"simulate", "--heatmap", name},
                                                      {"sensitivity", "--svg", name},
                                                      {"mvm", "--weights", name, "--inputs", name, "--out", name},
                                                      {"run", "net.onnx", "--data", name, "--conductances", name},
                                                      {"retrain", MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx", "--out", name}};
    for (const std::vector<std::string>& line : lines) {
      const Outcome outcome = mho(line);
      EXPECT_EQ(outcome.code, 3) << testing::PrintToString(line) << outcome.err;
      EXPECT_THAT(outcome.err, Not(HasSubstr("internal error"))) << testing::PrintToString(line);
    }
  }
}

TEST_F(LostTest, AFolderThatMovesLosesNothing) {
  fs::create_directory(folder_ / "results");
  // The network comes through a pipe, which is opened when the database has been looked at.
  ASSERT_EQ(mkfifo((folder_ / "net").c_str(), 0600), 0);
  const pid_t pid =
      start(MHO_BINARY, {"run", "net", "--data", "strokes", "--times", "1s", "--repeats", "60", "--samples", "20", "--db", "results/r.db"});
  {
    std::ofstream pipe(folder_ / "net", std::ios::binary);
    fs::rename(folder_ / "results", folder_ / "elsewhere");
    pipe << base::read_file(MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx");
  }
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  const std::string rescue = file_with("r.db.rescue-");
  ASSERT_NE(rescue, "");
  EXPECT_THAT(outcome.out, HasSubstr("run 1 in "));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the result is not in results/r.db"), HasSubstr(rescue)));
  EXPECT_EQ(query(rescue, "SELECT count(*) FROM accuracy"), "60");
  // As the message says, by the tool that it names.
  if (std::system("command -v sqlite3 > /dev/null 2>&1") != 0) GTEST_SKIP() << "sqlite3 is not installed";
  fs::rename(folder_ / "elsewhere", folder_ / "results");
  ASSERT_EQ(mho(quick_run({"--db", "results/r.db"})).code, 0);
  const Outcome copied = shell("sqlite3 '" + rescue + "' \"SELECT statements FROM copy_rows\" | sqlite3 results/r.db");
  EXPECT_EQ(copied.code, 0) << copied.err;
  EXPECT_EQ(query("results/r.db", "SELECT count(*) FROM accuracy WHERE run = 2"), "60");
}

}  // namespace
}  // namespace mho::cli::test
