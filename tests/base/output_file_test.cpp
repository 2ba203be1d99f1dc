#include "base/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>

#include "base/design_file/document.h"
#include "base/error.h"

namespace mho::base::test {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "mho-output-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }
  fs::path folder_;
};

TEST_F(OutputFileTest, AppearsWholeAndReplacesWhatWasThere) {
  std::ofstream(path("a")) << "old";
  OutputFile file(path("a"));
  file.write("ne");
  file.write("w");
  EXPECT_EQ(read_file(path("a")), "old");
  file.commit();
  EXPECT_EQ(read_file(path("a")), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, LeavesNothingWithoutACommit) {
  { OutputFile(path("a")).write("half"); }
  EXPECT_EQ(files(), 0);
}

TEST_F(OutputFileTest, RefusesWhatCannotBeWritten) {
  for (const std::string& bad : {path("missing/a"), folder_.string(), std::string()}) EXPECT_THROW(OutputFile{bad}, UserError) << bad;
  EXPECT_EQ(files(), 0);
}

TEST_F(OutputFileTest, NeverReplacesAnInput) {
  std::ofstream(path("net")) << "old";
  fs::create_symlink(path("net"), path("link"));
  for (const char* out : {"net", "link"}) {
    EXPECT_THAT(
        [&] {
          OutputFile(path(out), {std::nullopt, path("net")});
        },
        testing::ThrowsMessage<UserError>(testing::HasSubstr("is an input")))
        << out;
  }
  EXPECT_EQ(read_file(path("net")), "old");
  EXPECT_NO_THROW(OutputFile(path("other"), {path("net")}));
}

TEST_F(OutputFileTest, NeverReplacesADatabase) {
  std::ofstream(path("results.db")) << "SQLite format 3" << '\0' << "rows";
  EXPECT_THAT([&] { OutputFile{path("results.db")}; }, testing::ThrowsMessage<UserError>(testing::HasSubstr("it is a database")));
  std::ofstream(path("short")) << "SQLite";
  EXPECT_NO_THROW(OutputFile{path("short")});
}

TEST_F(OutputFileTest, NeverReplacesWhatIsMarkedReadOnly) {
  // Also for root, whom the system would let.
  std::ofstream(path("net")) << "old";
  fs::permissions(path("net"), fs::perms::owner_read);
  EXPECT_THROW(OutputFile{path("net")}, UserError);
  EXPECT_EQ(read_file(path("net")), "old");
}

/// A process that opens the output and is killed.
void die_writing(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    OutputFile file(path);
    file.write("half");
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST_F(OutputFileTest, WhatTheDeadHaveLeftIsRemoved) {
  die_writing(path("a"));
  die_writing(path("b"));
  EXPECT_EQ(files(), 2);
  for (const auto& entry : fs::directory_iterator(folder_)) EXPECT_THAT(entry.path().filename().string(), testing::HasSubstr(".part-"));
  const OutputFile alive(path("a"));
  EXPECT_EQ(files(), 2);  // that of b, and its own
  std::ofstream(path("a.part-mine")) << "no name of ours";
  std::ofstream(path("aa.part-1-0")) << "of another output";
  const OutputFile other(path("a"));
  EXPECT_EQ(files(), 5);  // the living are left alone
  EXPECT_TRUE(fs::exists(path("a.part-mine")));
}

TEST_F(OutputFileTest, TwoAtATimeDoNotMeet) {
  OutputFile one(path("a")), two(path("a"));
  one.write("one");
  two.write("two");
  two.commit();
  EXPECT_EQ(read_file(path("a")), "two");
  one.commit();
  EXPECT_EQ(read_file(path("a")), "one");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, ALockIsForOneAtATime) {
  {
    const OutputLock one(path("a"));
    EXPECT_THROW(const OutputLock two(path("a")), UserError);
    const OutputLock other(path("b"));
    fs::create_symlink(path("a"), path("link"));
    EXPECT_THROW(const OutputLock three(path("link")), UserError);
    EXPECT_EQ(files(), 3);
  }
  EXPECT_EQ(files(), 1);
  std::ofstream(path("a.lock")) << "of one that was killed";
  const OutputLock again(path("a"));
  EXPECT_THROW(const OutputLock none((folder_ / "no folder" / "a").string()), UserError);
}

TEST_F(OutputFileTest, ALockIsWaitedFor) {
  auto one = std::make_unique<OutputLock>(path("a"));
  std::thread ends([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    one.reset();
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NO_THROW(const OutputLock two(path("a"), std::chrono::seconds(20)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
  ends.join();
  const OutputLock held(path("a"));
  EXPECT_THROW(const OutputLock none(path("a"), std::chrono::milliseconds(60)), UserError);
}

TEST_F(OutputFileTest, TheTargetOfALinkIsWritten) {
  fs::create_directory(path("there"));
  std::ofstream(path("there/a")) << "old";
  fs::create_symlink("there/a", path("link"));
  fs::create_symlink("link", path("second"));
  fs::create_symlink("there/new", path("dangling"));
  for (const char* name : {"second", "dangling"}) {
    OutputFile file(path(name));
    file.write(name);
    file.commit();
  }
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_TRUE(fs::is_symlink(path("second")));
  EXPECT_TRUE(fs::is_symlink(path("dangling")));
  EXPECT_EQ(read_file(path("there/a")), "second");
  EXPECT_EQ(read_file(path("there/new")), "dangling");
  EXPECT_EQ(files(), 4);
  fs::create_symlink("circle", path("circle"));
  EXPECT_THAT([&] { OutputFile{path("circle")}; }, testing::ThrowsMessage<UserError>(testing::HasSubstr("symbolic links")));
  EXPECT_THAT([&] { OutputFile{path(std::string(300, 'n'))}; }, testing::ThrowsMessage<UserError>(testing::HasSubstr("File name too long")));
}

TEST_F(OutputFileTest, TheModeStays) {
  std::ofstream(path("a")) << "old";
  for (const auto mode : {fs::perms::owner_read | fs::perms::owner_write, fs::perms::owner_all | fs::perms::group_read,
                          fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read}) {
    fs::permissions(path("a"), mode);
    OutputFile file(path("a"));
    file.write("new");
    file.commit();
    EXPECT_EQ(fs::status(path("a")).permissions(), mode);
  }
  const mode_t before = umask(027);
  {
    OutputFile file(path("fresh"));
    file.commit();
  }
  umask(before);
  EXPECT_EQ(fs::status(path("fresh")).permissions(), fs::perms(0640));
}

TEST_F(OutputFileTest, LeftoversOfTheDeadAreRemovedAndThoseOfTheLivingStay) {
  // What a process that was killed leaves: a file under the name that says so, which nobody holds.
  for (const char* name : {"a.part-4711-0", "a.part-4711-1", "a.part-x", "b.part-4711-0", "a.part-", "xa.part-1-0"})
    std::ofstream(path(name)) << "half";
  OutputFile living(path("a"));
  {
    OutputFile other(path("a"));
    other.write("other");
    other.commit();
  }
  EXPECT_FALSE(fs::exists(path("a.part-4711-0")));
  EXPECT_FALSE(fs::exists(path("a.part-4711-1")));
  for (const char* name : {"a.part-x", "b.part-4711-0", "xa.part-1-0"}) EXPECT_TRUE(fs::exists(path(name))) << name;
  living.write("living");
  living.commit();
  EXPECT_EQ(read_file(path("a")), "living");
}

TEST_F(OutputFileTest, NamesAsLongAsTheyMayBe) {
  const std::string name(255, 'n');
  OutputFile file(path(name));
  file.write("new");
  file.commit();
  EXPECT_EQ(read_file(path(name)), "new");
}

TEST_F(OutputFileTest, AFileThatCannotGrowIsAnErrorAndLeavesTheOld) {
  std::ofstream(path("a")) << "old";
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THROW(
      {
        OutputFile file(path("a"));
        file.write(std::string(100'000, 'x'));
        file.commit();
      },
      UserError);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(read_file(path("a")), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, AFullDeviceIsAnError) {
  OutputFile file("/dev/full");
  EXPECT_THROW(
      {
        file.write("bytes");
        file.commit();
      },
      UserError);
  EXPECT_TRUE(fs::exists("/dev/full"));
}

}  // namespace
}  // namespace mho::base::test
