#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::HasSubstr;

class VersionTest : public CommandTest {
 protected:
  /// Without an environment that names another repository, and with names for commits.
  [[nodiscard]] Outcome git(const std::string& line) const {
    return shell("unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE; git -c user.name=n -c user.email=e@example.org " + line);
  }
  void require_git() const {
    if (shell("command -v git").code != 0) GTEST_SKIP() << "git is not installed";
  }
  /// What the script of the build writes for version 1.2.3 of a checkout.
  [[nodiscard]] std::string source(const std::string& checkout) const {
    const Outcome outcome = shell(std::string(MHO_CMAKE) + " -DVERSION=1.2.3 -DSOURCE=" + checkout +
                                  " -DOUTPUT=" + (folder_ / "version.cpp").string() + " -P " MHO_SOURCE_DIR "/cmake/version.cmake");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::read_file((folder_ / "version.cpp").string());
  }
  [[nodiscard]] static std::string says(const std::string& version) { return "return \"" + version + "\";"; }
  [[nodiscard]] static std::string line(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }
};

TEST_F(VersionTest, IsThatOfTheCheckout) {
  require_git();
  if (IsSkipped()) return;
  const Outcome described = git("-C " MHO_SOURCE_DIR " describe --always --long");
  if (!std::filesystem::exists(MHO_SOURCE_DIR "/.git") || described.code != 0) GTEST_SKIP() << "the sources are no checkout";
  // Whether files differ from the commit may have changed since the build.
  std::string version = line(mho({"--version"}).out);
  if (version.ends_with("-dirty")) version.resize(version.size() - std::string("-dirty").size());
  EXPECT_EQ(version, "mho " MHO_PROJECT_VERSION "+" + line(described.out)) << "the command was built at another commit: build it again";
}

TEST_F(VersionTest, OfACommitAndOfFilesThatDifferFromIt) {
  require_git();
  if (IsSkipped()) return;
  ASSERT_EQ(git("init -q code").code, 0);
  write("code/file", "a");
  ASSERT_EQ(git("-C code add file").code, 0);
  ASSERT_EQ(git("-C code commit -q -m first").code, 0);
  const std::string code = (folder_ / "code").string(), commit = line(git("-C code rev-parse --short HEAD").out);
  EXPECT_THAT(source(code), HasSubstr(says("1.2.3+" + commit)));
  write("code/file", "b");
  EXPECT_THAT(source(code), HasSubstr(says("1.2.3+" + commit + "-dirty")));
  ASSERT_EQ(git("-C code commit -q -a -m second").code, 0);
  ASSERT_EQ(git("-C code tag -a v1 -m v1 HEAD~1").code, 0);
  EXPECT_THAT(source(code), HasSubstr(says("1.2.3+v1-1-g" + line(git("-C code rev-parse --short HEAD").out))));
  // A worktree has a file .git.
  ASSERT_EQ(git("-C code worktree add -q ../other HEAD").code, 0);
  EXPECT_THAT(source((folder_ / "other").string()), HasSubstr("1.2.3+v1-1-g"));
}

TEST_F(VersionTest, WithoutACheckoutIsTheConfiguredOne) {
  std::filesystem::create_directory(folder_ / "code");
  EXPECT_THAT(source((folder_ / "code").string()), HasSubstr(says("1.2.3")));
  // Unpacked inside of another checkout, and with a .git that git does not understand.
  if (shell("command -v git").code == 0) {
    ASSERT_EQ(git("init -q .").code, 0);
    ASSERT_EQ(git("commit -q --allow-empty -m first").code, 0);
    EXPECT_THAT(source((folder_ / "code").string()), HasSubstr(says("1.2.3")));
  }
  write("code/.git", "nonsense");
  EXPECT_THAT(source((folder_ / "code").string()), HasSubstr(says("1.2.3")));
}

TEST_F(VersionTest, TheFileIsWrittenAnewOnlyWhenItChanges) {
  std::filesystem::create_directory(folder_ / "code");
  const std::string code = (folder_ / "code").string();
  const std::string first = source(code);
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(folder_ / "version.cpp", long_ago);
  EXPECT_EQ(source(code), first);
  EXPECT_EQ(std::filesystem::last_write_time(folder_ / "version.cpp"), long_ago);
}

/// Every table that has a column for it, of every verb that stores.
TEST_F(VersionTest, EveryRowHasIt) {
  std::string version = line(mho({"--version"}).out);
  version.erase(0, std::string("mho ").size());
  ASSERT_EQ(mho(quick_run()).code, 0);
  ASSERT_EQ(mho({"simulate", "--data", "strokes", "--calibration", "20"}).code, 0);
  ASSERT_EQ(mho({"sensitivity", "--only", "DAC bits", "--samples", "20", "--repeats", "2"}).code, 0);
  SQLite::Database database((folder_ / "results.db").string());
  EXPECT_EQ(
      database
          .execAndGet("SELECT group_concat(DISTINCT version) || ' ' || count(*) FROM (SELECT version FROM run UNION ALL SELECT version FROM study)")
          .getString(),
      version + " 3");
}

}  // namespace
}  // namespace mho::cli::test
