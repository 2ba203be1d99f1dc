#include "base/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

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
