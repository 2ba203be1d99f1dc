#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// What becomes of a result whose database is taken away while it is computed: a run waits for its network, a pipe, when it has checked its outputs.
class KeptTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    network_ = base::read_file(std::string(MHO_SOURCE_DIR) + "/tests/cli/data/convnet.onnx");
    ASSERT_EQ(mkfifo((folder_ / "pipe.onnx").c_str(), 0600), 0);
  }
  [[nodiscard]] pid_t start_waiting(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run", "pipe.onnx", "--data", "strokes", "--times", "1s", "--repeats", "1", "--samples", "20"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const pid_t pid = start(MHO_BINARY, arguments);
    pipe_ = open((folder_ / "pipe.onnx").c_str(), O_WRONLY | O_CLOEXEC);  // returns when the run opens its end
    return pid;
  }
  void go_on() {
    signal(SIGPIPE, SIG_IGN);
    for (std::size_t at = 0; at < network_.size();) {
      const ssize_t written = ::write(pipe_, network_.data() + at, network_.size() - at);
      ASSERT_GT(written, 0);
      at += static_cast<std::size_t>(written);
    }
    close(pipe_);
  }
  [[nodiscard]] std::string query(const std::string& sql, const std::string& file) const {
    SQLite::Database database((folder_ / file).string());
    return database.execAndGet(sql).getString();
  }
  [[nodiscard]] std::string rescue() const {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().find(".rescue-") != std::string::npos) return entry.path().filename().string();
    }
    return "";
  }

  std::string network_;
  int pipe_ = -1;
};

TEST_F(KeptTest, TheMessageSaysHowToCopyTheRows) {
  if (shell("command -v sqlite3").code != 0) GTEST_SKIP() << "the command sqlite3 is not installed";
  ASSERT_EQ(mho(quick_run({"--db", "r.db"})).code, 0);
  const pid_t pid = start_waiting({"--db", "r.db"});
  // Bytes that are no database take its place.
  fs::rename(folder_ / "r.db", folder_ / "kept.db");
  write("r.db", std::string(4096, 'x'));
  go_on();
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("energy per inference"), HasSubstr("stored as run 1 in r.db.rescue-")));
  fs::rename(folder_ / "kept.db", folder_ / "r.db");
  const std::string command = outcome.err.substr(outcome.err.find("sqlite3 '"));
  ASSERT_EQ(shell(command).code, 0) << command;
  EXPECT_EQ(query("SELECT count(*) FROM run", "r.db"), "2");
  const std::string rescued = rescue();
  for (const std::string rows : {"SELECT group_concat(value) FROM accuracy WHERE run = ", "SELECT sum(joule) FROM energy WHERE run = ",
                                 "SELECT count(*) FROM parameter WHERE run = ", "SELECT command FROM run WHERE id = "}) {
    EXPECT_EQ(query(rows + "2", "r.db"), query(rows + "1", rescued)) << rows;
  }
  EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check", "r.db"), "0");
}

TEST_F(KeptTest, JsonIsPrintedToo) {
  fs::create_directory(folder_ / "results");
  const pid_t pid = start_waiting({"--db", "results/r.db", "--json"});
  fs::remove_all(folder_ / "results");
  go_on();
  const Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("the result is not in results/r.db"));
  // There is nothing to copy rows into: the rescue becomes the database.
  fs::create_directory(folder_ / "results");
  const std::size_t begin = outcome.err.find("mv -n '");
  ASSERT_NE(begin, std::string::npos) << outcome.err;
  ASSERT_EQ(shell(outcome.err.substr(begin, outcome.err.find(", or where", begin) - begin)).code, 0);
  EXPECT_NE(base::Json::parse(outcome.out, "out").find("accuracy"), nullptr);
  EXPECT_EQ(rescue(), "");
  EXPECT_EQ(query("SELECT count(*) FROM run", "results/r.db"), "1");
}

TEST_F(KeptTest, AnInterruptWhileAPipeIsReadOrWritten) {
  const pid_t reading = start_waiting({});
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  kill(reading, SIGINT);
  EXPECT_EQ(finish(reading).code, 130);
  close(pipe_);
  // An output that nobody reads.
  ASSERT_EQ(mkfifo((folder_ / "out.svg").c_str(), 0600), 0);
  const pid_t writing = start(MHO_BINARY, {"simulate", "--heatmap", "out.svg"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  kill(writing, SIGINT);
  EXPECT_EQ(finish(writing).code, 130);
  EXPECT_FALSE(exists("results.db"));
}

TEST_F(KeptTest, ATraceBeyondTheLimitOfTheSizeOfFiles) {
  // Its signal would end the program.
  const Outcome outcome = shell("ulimit -f 400; exec \"$MHO\" simulate " MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx --trace trace.json");
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("trace.json: cannot write this file: File too large"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 3) << "out, err and the pipe";
}

TEST_F(KeptTest, LeftoversOfAKilledRunAreRemovedByTheNext) {
  const auto parts = [&] {
    return std::count_if(fs::directory_iterator(folder_), fs::directory_iterator(),
                         [](const auto& entry) { return entry.path().filename().string().starts_with("trace.json.part-"); });
  };
  const pid_t pid = start(MHO_BINARY, {"simulate", "--trace", "trace.json", "--inferences", "1000"});
  for (int wait = 0; wait < 600 && parts() == 0; ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(pid, SIGKILL);
  int status = 0;
  waitpid(pid, &status, 0);
  ASSERT_EQ(parts(), 1);
  EXPECT_EQ(mho({"simulate", "--trace", "trace.json"}).code, 0);
  EXPECT_EQ(parts(), 0);
  EXPECT_TRUE(exists("trace.json"));
}

}  // namespace
}  // namespace mho::cli::test
