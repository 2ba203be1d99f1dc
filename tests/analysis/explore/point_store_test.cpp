// Points of an exploration beside writers that are killed.
#include "analysis/explore/point_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>

#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

class PointStoreTest : public test::DatabaseTest {
 protected:
  /// Kills a writer in the middle of a transaction that has reached the file: its journal is left.
  void kill_a_writer() const {
    const pid_t pid = fork();
    if (pid == 0) {
      SQLite::Database database(path_, SQLite::OPEN_READWRITE);
      database.exec("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE");
      database.exec("UPDATE point SET reason = hex(zeroblob(20000))");
      raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_TRUE(std::filesystem::exists(path_ + "-journal"));
  }
};

TEST_F(PointStoreTest, ReadersRollBackWhatAKilledWriterHasLeft) {
  const Exploration exploration{.command = "mho sweep"};
  PointStore store(path_);
  store.begin(exploration);
  for (std::int64_t number = 0; number < 50; ++number) {
    store.keep_failed(exploration.hash(), {.number = number, .settings = base::Json(base::Json::Object{}), .point = {}},
                      {.reason = "too small", .exit_code = base::ExitCode::does_not_fit});
  }
  const auto expect_points = [&](PointStore& reader) {
    const std::map<std::int64_t, Evaluation> points = reader.evaluated(exploration.hash());
    ASSERT_EQ(points.size(), 50U);
    for (const auto& [number, evaluation] : points) EXPECT_EQ(evaluation.reason, "too small") << number;
  };
  expect_points(store);  // its connection stays open
  kill_a_writer();
  expect_points(store);
  EXPECT_FALSE(std::filesystem::exists(path_ + "-journal"));
  kill_a_writer();
  PointStore later(path_);
  expect_points(later);
}

}  // namespace
}  // namespace mho::analysis
