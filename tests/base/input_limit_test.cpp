#include "base/input_limit.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/design_file/document.h"
#include "tests/base/expect_error.h"

namespace mho::base {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class InputLimitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "mho-limit-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::filesystem::path folder_;
};

TEST_F(InputLimitTest, CopiesCountTogether) {
  const InputLimit limit(100);
  const InputLimit copy = limit;
  limit.take(60, "a");
  copy.take(40, "b");
  limit.take(0, "c");
  EXPECT_THAT(user_error([&] { copy.take(1, "d.npy"); }), AllOf(HasSubstr("d.npy: "), HasSubstr("--input-limit")));
  InputLimit(100).take(100, "e");
}

TEST_F(InputLimitTest, WhatIsRefusedTakesNothing) {
  const InputLimit limit(100);
  EXPECT_THROW(limit.take(101, "a"), UserError);
  EXPECT_THROW(limit.take(~std::uint64_t{0}, "a"), UserError);
  EXPECT_NO_THROW(limit.take(100, "a"));
}

TEST_F(InputLimitTest, CountsTheBytesOfAFile) {
  std::ofstream(path("a")) << std::string(1000, 'x');
  const InputLimit limit(2500);
  EXPECT_EQ(read_file(path("a"), limit).size(), 1000U);
  EXPECT_EQ(read_file(path("a"), limit).size(), 1000U);
  EXPECT_THAT(user_error([&] { read_file(path("a"), limit); }), HasSubstr(path("a") + ": "));
}

TEST_F(InputLimitTest, AStatedSizeIsNotBelieved) {
  // A file of a terabyte that holds nothing on the disk.
  std::ofstream(path("hollow")).flush();
  if (truncate(path("hollow").c_str(), off_t{1} << 40U) != 0) GTEST_SKIP() << "the file system takes no such file";
  const InputLimit limit(1 << 20U);
  EXPECT_THAT(user_error([&] { read_file(path("hollow"), limit); }), HasSubstr("more than the 1.049 MB"));
}

TEST_F(InputLimitTest, PipesAndDevicesAreNoPlainFiles) {
  std::ofstream(path("a")) << "x";
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_NO_THROW(require_plain_file(path("a")));
  EXPECT_NO_THROW(require_plain_file(path("missing")));  // opening it says so
  EXPECT_THAT(user_error([&] { require_plain_file(path("pipe")); }), HasSubstr("a pipe"));
  EXPECT_THAT(user_error([] { require_plain_file("/dev/zero"); }), HasSubstr("a device"));
  EXPECT_THAT(user_error([] { read_file("/dev/zero"); }), HasSubstr("it is a device"));
}

TEST_F(InputLimitTest, OutOfMemoryNamesTheFile) {
  const auto refusal = [](const auto& read) { return user_error([&] { naming_file("big.npy", read); }); };
  EXPECT_THAT(refusal([]() -> int { throw std::bad_alloc(); }), AllOf(HasSubstr("big.npy: "), HasSubstr("out of memory")));
  EXPECT_THAT(refusal([] { return std::vector<char>(~std::size_t{0} / 2 + 1); }), HasSubstr("out of memory"));
  EXPECT_EQ(naming_file("a", [] { return 3; }), 3);
}

}  // namespace
}  // namespace mho::base
