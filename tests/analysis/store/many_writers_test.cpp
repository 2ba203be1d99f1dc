#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>

#include "analysis/query/health.h"
#include "analysis/query/reader.h"
#include "analysis/store/store.h"
#include "tests/analysis/fixture.h"
#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

using Clock = std::chrono::steady_clock;

/// Sixteen processes that store run after run in one file, and are killed in the middle of it.
class ManyWritersLong : public test::DatabaseTest {
 protected:
  /// What a writer says of a run that it has stored.
  struct Report {
    int writer = 0;
    double seconds = 0;  ///< from asking for the file to having stored: the wait for the lock and the work
  };

  /// A process that stores runs until it is killed; their number by the tag writer. `pipe`: where it reports.
  pid_t start_writer(int writer, int pipe) {
    const pid_t child = fork();
    if (child != 0) return child;
    for (int run = 0;; ++run) {
      const auto begin = Clock::now();
      try {
        const Label label{.tags = {{"writer", fmt::format("{}", writer)}, {"process", fmt::format("{}", getpid())}, {"run", fmt::format("{}", run)}}};
        Store(path_).add(design_, result_, RunInfo{"0.2.0", "mho run", {}, label});
      } catch (const std::exception& error) {
        const std::string text = fmt::format("writer {}: {}\n", writer, error.what());
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
        _exit(1);
      }
      const Report report{writer, std::chrono::duration<double>(Clock::now() - begin).count()};
      if (::write(pipe, &report, sizeof report) != static_cast<ssize_t>(sizeof report)) _exit(2);
    }
  }

  Design design_ = test::round_design();
  Result result_ = test::small_result(design_);
};

TEST_F(ManyWritersLong, TwoHundredKillsLeaveWholeRuns) {
  constexpr int writers = 16, kills = 200;
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  std::array<pid_t, writers> pids{};
  Store(path_).add(design_, result_, RunInfo{"0.2.0", "mho run", {}, {}});
  for (int w = 0; w < writers; ++w) pids[static_cast<std::size_t>(w)] = start_writer(w, ends[1]);
  std::mt19937 random(7);
  std::uniform_int_distribution<int> which(0, writers - 1), pause_ms(100, 400);
  int killed = 0;
  for (; killed < kills; ++killed) {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms(random)));
    const int w = which(random);
    pid_t& pid = pids[static_cast<std::size_t>(w)];
    ASSERT_EQ(kill(pid, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFSIGNALED(status)) << "a writer gave up by itself, with code " << WEXITSTATUS(status);
    pid = start_writer(w, ends[1]);
  }
  for (const pid_t pid : pids) {
    kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
  }
  close(ends[1]);
  std::array<double, writers> seconds{};
  std::array<int, writers> runs{};
  int reported = 0;
  for (Report report; ::read(ends[0], &report, sizeof report) == static_cast<ssize_t>(sizeof report); ++reported) {
    seconds.at(static_cast<std::size_t>(report.writer)) += report.seconds;
    ++runs.at(static_cast<std::size_t>(report.writer));
  }
  close(ends[0]);
  // A reader comes first: it finds what the last kill left behind.
  const Reader reader(path_);
  for (const HealthCheck& check : check_health(reader)) EXPECT_TRUE(check.problems.empty()) << check.what << ": " << check.problems.front();
  EXPECT_EQ(query("PRAGMA integrity_check"), "ok");
  // Every run that was reported is there; of each killed process at most one more, which was committed and not reported.
  const int stored = std::stoi(query("SELECT count(*) FROM run")) - 1;
  EXPECT_GE(stored, reported);
  EXPECT_LE(stored, reported + kills + writers);
  EXPECT_GT(reported, kills);
  // No run twice, none missing within a process: their numbers are 0, 1, 2 ...
  EXPECT_EQ(query("SELECT count(*) FROM (SELECT tags ->> 'process' AS p, count(*) AS n, max(CAST(tags ->> 'run' AS INTEGER)) AS last FROM run "
                  "WHERE tags ->> 'writer' IS NOT NULL GROUP BY p) WHERE n <> last + 1"),
            "0");
  // Whole: as many rows in every table as the first run has.
  for (const char* table : {"setting", "layer", "stage", "energy", "area", "component", "band", "event", "accuracy", "tile", "edge"}) {
    EXPECT_EQ(
        query(fmt::format("SELECT count(DISTINCT n) FROM (SELECT count(*) AS n FROM run r LEFT JOIN {} t ON t.run = r.id GROUP BY r.id)", table)),
        "1")
        << table;
  }
  for (int w = 0; w < writers; ++w) {
    const auto at = static_cast<std::size_t>(w);
    ASSERT_GT(runs[at], 0) << "writer " << w << " stored nothing";
    EXPECT_LT(seconds[at] / runs[at], 1.0) << "mean of writer " << w << ", " << runs[at] << " runs";
  }
  RecordProperty("runs", stored);
  std::printf("%d runs of %d writers, %d kills\n", stored, writers, killed);
}

}  // namespace
}  // namespace mho::analysis
