#include "base/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/document.h"
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
