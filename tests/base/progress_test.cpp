#include "base/progress.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/base/expect_error.h"

namespace mho::base {
namespace {

TEST(ParallelFor, EveryIndexOnce) {
  for (const std::size_t count : {0U, 1U, 2U, 7U, 64U, 1000U, 100003U}) {
    for (const int threads : {-1, 0, 1, 2, 3, 16}) {
      std::vector<std::atomic<int>> visits(count);
      parallel_for(count, threads, [&](std::size_t i) { ++visits[i]; });
      for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(visits[i], 1) << count << " " << threads << " " << i;
    }
  }
}

TEST(ParallelFor, OneThreadRunsInline) {
  std::set<std::thread::id> ids;
  parallel_for(100, 1, [&](std::size_t) { ids.insert(std::this_thread::get_id()); });
  EXPECT_EQ(ids, std::set{std::this_thread::get_id()});
}

TEST(ParallelFor, SeveralThreadsRunAtOnce) {
  std::atomic<int> here{0};
  // Each body waits for the other: this ends only when two run together.
  parallel_for(2, 2, [&](std::size_t) {
    ++here;
    while (here < 2) std::this_thread::yield();
  });
  EXPECT_EQ(here, 2);
}

TEST(ParallelFor, RethrowsAndStopsEarly) {
  for (const int threads : {1, 4}) {
    std::atomic<std::size_t> done{0};
    const auto body = [&](std::size_t i) {
      if (i == 3) throw std::runtime_error("three");
      ++done;
      std::this_thread::sleep_for(std::chrono::microseconds(10));
    };
    try {
      parallel_for(1000000, threads, body);
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "three");
    }
    EXPECT_LT(done, 200000U);
  }
}

TEST(ParallelFor, Nests) {
  std::atomic<int> sum{0};
  parallel_for(8, 2, [&](std::size_t i) { parallel_for(8, 2, [&](std::size_t j) { sum += static_cast<int>(i * j); }); });
  EXPECT_EQ(sum, 28 * 28);
}

TEST(Progress, LineTellsPartAndTimeLeft) {
  EXPECT_EQ(progress_line("images", 42, 100, 42.0), "images  42 %  58s left");
  EXPECT_EQ(progress_line("images", 1, 2, 70.0), "images  50 %  1m10s left");
  EXPECT_EQ(progress_line("images", 1, 2, 3665.0), "images  50 %  1h01m left");
  EXPECT_EQ(progress_line("images", 1, 1000, 3600.0), "images  0 %  41d left");
  EXPECT_EQ(progress_line("images", 999, 1000, 1.0), "images  99 %  0s left");
  EXPECT_EQ(progress_line("images", 7, 5, 1.0), "images  100 %  0s left");
  EXPECT_EQ(progress_line("images", 0, 5, 1.0), "images");
  EXPECT_EQ(progress_line("images", 3, 0, 1.0), "images");
}

TEST(Progress, SilentWhereNobodyWatches) {
  if (isatty(STDERR_FILENO) == 1) GTEST_SKIP() << "stderr is a terminal";
  ::testing::internal::CaptureStderr();
  {
    Progress progress("images", 10000);
    parallel_for(10000, 4, [&](std::size_t) { progress.advance(); });
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

/// Runs `work` after a Ctrl-C and leaves with the exit code of the error it throws, or 0.
template <typename Work>
void interrupted(Work work) {
  std::signal(SIGINT, SIG_DFL);  // a shell ignores it for what it runs behind itself
  install_interrupt_handler();
  check_interrupt();
  std::raise(SIGINT);
  try {
    work();
  } catch (const Interrupted& error) {
    _exit(static_cast<int>(error.code()));
  }
  _exit(0);
}

TEST(InterruptDeathTest, TwoHangUpsAreOne) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto hung_up = [] {
    std::signal(SIGHUP, SIG_DFL);
    install_interrupt_handler();
    std::raise(SIGHUP);
    std::raise(SIGHUP);
    _exit(is_interrupted() && interrupted_by() == SIGHUP ? 7 : 0);
  };
  EXPECT_EXIT(hung_up(), ::testing::ExitedWithCode(7), "");
}

TEST(InterruptDeathTest, WhatWasIgnoredStaysIgnored) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto ignoring = [](int number) {
    std::signal(number, SIG_IGN);
    install_interrupt_handler();
    std::raise(number);
    _exit(is_interrupted() ? 0 : 7);
  };
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) EXPECT_EXIT(ignoring(number), ::testing::ExitedWithCode(7), "") << number;
}

TEST(InterruptDeathTest, StopsEveryLoop) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto nothing = [](std::size_t) {};
  EXPECT_EXIT(interrupted([] { check_interrupt(); }), ::testing::ExitedWithCode(130), "");
  EXPECT_EXIT(interrupted([] { Progress("x", 1).advance(); }), ::testing::ExitedWithCode(130), "");
  EXPECT_EXIT(interrupted([&] { parallel_for(10, 1, nothing); }), ::testing::ExitedWithCode(130), "");
  EXPECT_EXIT(interrupted([&] { parallel_for(10, 2, nothing); }), ::testing::ExitedWithCode(130), "");
  EXPECT_EXIT(interrupted([] { std::raise(SIGINT); }), ::testing::KilledBySignal(SIGINT), "");  // a second one kills
}

/// The lines that a job of 40 ms leaves where standard error is no terminal.
std::string lines_of_a_job(std::chrono::milliseconds between_lines) {
  testing::internal::CaptureStderr();
  {
    Progress progress("job", 40, between_lines);
    progress.note("loss 1");
    for (int i = 0; i < 40; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      progress.advance();
    }
  }
  return testing::internal::GetCapturedStderr();
}

TEST(Progress, IsWholeLinesNowAndThenWhereThereIsNoTerminal) {
  EXPECT_EQ(lines_of_a_job(std::chrono::minutes(1)), "");
  const std::string lines = lines_of_a_job(std::chrono::milliseconds(10));
  const auto count = std::count(lines.begin(), lines.end(), '\n');
  EXPECT_GE(count, 1);
  EXPECT_LE(count, 4 * 40);  // a machine with much to do sleeps longer
  EXPECT_EQ(lines.substr(0, 5), "job  ");
  EXPECT_NE(lines.find("left  loss 1\n"), std::string::npos) << lines;
  EXPECT_EQ(lines.find('\r'), std::string::npos);
}

TEST(TerminalColumns, AreThoseOfTheVariable) {
  const char* const before = std::getenv("COLUMNS");
  const std::string kept = before == nullptr ? "" : before;
  setenv("COLUMNS", "123", 1);
  EXPECT_EQ(terminal_columns(), 123U);
  setenv("COLUMNS", "1", 1);
  EXPECT_EQ(terminal_columns(), 20U);
  for (const char* none : {"", "wide", "-5", "80x"}) {
    setenv("COLUMNS", none, 1);
    EXPECT_GE(terminal_columns(), 20U) << none;
  }
  before == nullptr ? unsetenv("COLUMNS") : setenv("COLUMNS", kept.c_str(), 1);
}

}  // namespace
}  // namespace mho::base
