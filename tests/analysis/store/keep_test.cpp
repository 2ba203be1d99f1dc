#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "analysis/store/store.h"
#include "base/progress.h"
#include "tests/analysis/fixture.h"
#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

/// A finished result and a database that takes it no more.
class KeepTest : public test::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    before_ = fs::current_path();
    fs::create_directory(folder_ / "here");
    fs::create_directory(folder_ / "there");
    fs::current_path(folder_ / "here");
    path_ = (folder_ / "there" / "results.db").string();
    result_ = test::small_result(design_);
    info_.version = "0.1.0";
    info_.command = "mho run";
    info_.options.times_s = {1.0, 3600.0};
    info_.options.repeats = 2;
    info_.options.samples = 5;
  }
  void TearDown() override {
    fs::current_path(before_);
    DatabaseTest::TearDown();
  }
  [[nodiscard]] static std::string read(const std::string& file, const std::string& sql) {
    SQLite::Database database(file);
    return database.execAndGet(sql).getString();
  }
  void add() const { Store(path_).add(design_, result_, info_); }
  [[nodiscard]] static std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  Design design_ = test::round_design();
  Result result_;
  RunInfo info_;
  fs::path before_;
};

TEST_F(KeepTest, WhereNothingFailsItIsTheDatabase) {
  const Stored stored = Store(path_).keep(design_, result_, info_);
  EXPECT_EQ(stored.id, 1);
  EXPECT_EQ(stored.path, path_);
  EXPECT_NO_THROW(stored.check());
  EXPECT_EQ(query("SELECT count(*) FROM run"), "1");
  EXPECT_EQ(entries(folder_ / "there"), 1U);
}

TEST_F(KeepTest, AFullDiskLeavesARescueBesideTheTarget) {
  add();
  execute("CREATE TABLE mine (text); INSERT INTO mine VALUES (zeroblob(4000000))");
  const auto size = fs::file_size(path_);
  result_.tiles.resize(5000, result_.tiles.front());  // more than the free space of the last pages
  const Store store(path_);
  Stored stored;
  {
    const test::FileSizeLimit limit(size);
    stored = store.keep(design_, result_, info_);
  }
  EXPECT_EQ(stored.id, 1);
  EXPECT_TRUE(stored.path.starts_with(path_ + ".rescue-")) << stored.path;
  EXPECT_THAT(refusal([&] { stored.check(); }, base::ExitCode::not_stored),
              AllOf(HasSubstr("the result is not in " + path_), HasSubstr(stored.path), HasSubstr("| sqlite3 '" + path_ + "'")));
  EXPECT_EQ(query("SELECT count(*) FROM run"), "1");
  EXPECT_EQ(read(stored.path, "SELECT count(*) FROM tile"), "5000");
}

TEST_F(KeepTest, TheStatementsCopyEveryRow) {
  result_.tiles.resize(7, result_.tiles.front());
  add();
  const Store store(path_);
  fs::rename(path_, path_ + ".moved");
  std::ofstream(path_) << std::string(4096, 'x');
  const Stored stored = store.keep(design_, result_, info_);
  fs::rename(path_ + ".moved", path_);
  execute("ALTER TABLE run ADD COLUMN mine TEXT DEFAULT 'x'");
  execute(read(stored.path, "SELECT statements FROM copy_rows"));
  EXPECT_EQ(query("SELECT max(id) FROM run"), "2");
  SQLite::Database database(path_);
  SQLite::Statement tables(database,
                           "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND 'run' IN (SELECT name FROM pragma_table_info(m.name))");
  int compared = 0;
  while (tables.executeStep()) {
    const std::string table = tables.getColumn(0).getString();
    const auto count = [&](const char* run) { return database.execAndGet("SELECT count(*) FROM \"" + table + "\" WHERE run = " + run).getString(); };
    EXPECT_EQ(count("2"), count("1")) << table;
    ++compared;
  }
  EXPECT_GT(compared, 5);
  EXPECT_EQ(query("SELECT group_concat(value) FROM accuracy WHERE run = 2"), query("SELECT group_concat(value) FROM accuracy WHERE run = 1"));
}

TEST_F(KeepTest, AMovedFolderLeavesItInTheCurrentOne) {
  const Store store(path_);
  fs::rename(folder_ / "there", folder_ / "gone");
  const Stored stored = store.keep(design_, result_, info_);
  EXPECT_EQ(stored.id, 1);
  EXPECT_THAT(stored.path, HasSubstr("results.db.rescue-"));
  EXPECT_EQ(entries(folder_ / "here"), 1U);
  EXPECT_EQ(read((folder_ / "here" / fs::path(stored.path).filename()).string(), "SELECT count(*) FROM run"), "1");
}

TEST_F(KeepTest, WhereNothingCanBeWrittenItSaysSo) {
  const Store store(path_);
  Stored stored;
  {
    const test::FileSizeLimit limit(8192);
    stored = store.keep(design_, result_, info_);
  }
  EXPECT_EQ(stored.id, 0);
  EXPECT_THAT(refusal([&] { stored.check(); }, base::ExitCode::not_stored), HasSubstr("is stored nowhere"));
  EXPECT_EQ(entries(folder_ / "there"), 0U);
  EXPECT_EQ(entries(folder_ / "here"), 0U);
}

TEST_F(KeepTest, ALockIsWaitedForAndSaidSo) {
  add();
  SQLite::Database other(path_, SQLite::OPEN_READWRITE);
  const Store store(path_, milliseconds(3000));
  other.exec("BEGIN IMMEDIATE");
  testing::internal::CaptureStderr();
  std::thread ends([&] {
    std::this_thread::sleep_for(milliseconds(1500));
    other.exec("ROLLBACK");
  });
  const Stored stored = store.keep(design_, result_, info_);
  ends.join();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr(path_ + " is locked by another program; waiting for it, at most 3 s"));
  EXPECT_EQ(stored.id, 2);
  EXPECT_EQ(stored.problem, "");
}

TEST_F(KeepTest, LockedForTooLong) {
  add();
  SQLite::Database other(path_, SQLite::OPEN_READWRITE);
  const Store store(path_, milliseconds(200));
  other.exec("BEGIN IMMEDIATE");
  const Stored stored = store.keep(design_, result_, info_);
  EXPECT_THAT(stored.problem, HasSubstr("is locked by another program for more than 0.2 s"));
  EXPECT_EQ(read(stored.path, "SELECT count(*) FROM run"), "1");
  EXPECT_THAT(refusal([&] { Store asked(path_, milliseconds(200)); }), HasSubstr("is locked by another program"));
}

TEST_F(KeepTest, ANumberThatIsNoneIsStoredNowhere) {
  const Store store(path_);
  result_.accuracy.back().by_repeat.back() = std::nan("");
  refusal([&] { static_cast<void>(store.keep(design_, result_, info_)); }, base::ExitCode::failed_check);
  EXPECT_EQ(entries(folder_ / "there"), 0U);
}

TEST_F(KeepTest, AnInterruptThatComesTooLateStoresAllTheSame) {
  std::signal(SIGTERM, SIG_DFL);
  base::install_interrupt_handler();
  const Store store(path_);
  std::raise(SIGTERM);
  const Stored stored = store.keep(design_, result_, info_);
  EXPECT_EQ(stored.id, 1);
  EXPECT_NO_THROW(stored.check());
  EXPECT_FALSE(base::is_interrupted());
}

TEST_F(KeepTest, WhatAUserAddedIsTriedBeforeAnythingLong) {
  add();
  execute("ALTER TABLE layer ADD COLUMN mine TEXT NOT NULL DEFAULT 'x'; CREATE INDEX mine ON layer (name)");
  EXPECT_NO_THROW(Store{path_});
  const std::string before = query("SELECT count(*) || ' ' || total_changes() FROM run");
  execute("CREATE TRIGGER mine BEFORE INSERT ON layer BEGIN SELECT RAISE(ABORT, 'layers are closed'); END");
  EXPECT_THAT(refusal([&] { Store store(path_); }), AllOf(HasSubstr("table layer does not take rows of mho"), HasSubstr("layers are closed")));
  execute("DROP TRIGGER mine; CREATE TRIGGER broken AFTER INSERT ON run BEGIN INSERT INTO missing VALUES (1); END");
  EXPECT_THAT(refusal([&] { Store store(path_); }), HasSubstr("table run does not take rows of mho"));
  execute("DROP TRIGGER broken");
  EXPECT_NO_THROW(Store{path_});
  EXPECT_EQ(query("SELECT count(*) || ' ' || total_changes() FROM run"), before);
}

}  // namespace
}  // namespace mho::analysis
