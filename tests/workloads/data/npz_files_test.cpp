#include "workloads/data/npz_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/base/expect_error.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::HasSubstr;

std::string two_arrays() {
  const std::vector<float> a{1, 2, 3, 4, 5, 6}, b{-0.5F};
  const std::vector<std::pair<std::string, std::string>> arrays{{"a", npy_bytes({2, 3}, std::span<const float>(a))},
                                                                {"b", npy_bytes({1}, std::span<const float>(b))}};
  return npz_bytes(arrays);
}

TEST(NpzFiles, WhatWasWrittenIsRead) {
  const auto arrays = parse_npz(two_arrays(), "x.npz");
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("a").shape, (Shape{2, 3}));
  EXPECT_EQ(arrays.at("a").floats, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(parse_npz_numbers(two_arrays(), "x.npz").at("b").values, std::vector<double>{-0.5});
  EXPECT_EQ(two_arrays(), two_arrays());
}

TEST(NpzFiles, DamageIsFound) {
  const std::string whole = two_arrays();
  EXPECT_THAT(user_error([&] { parse_npz(whole.substr(0, whole.size() - 30), "x.npz"); }), HasSubstr("x.npz: "));
  EXPECT_THAT(user_error([] { parse_npz("no archive at all, but long enough", "x.npz"); }), HasSubstr("not a .npz file"));
  // A changed number disagrees with its check sum; cut anywhere, the file is refused and never read beyond its end.
  std::string changed = whole;
  changed[180] = static_cast<char>(changed[180] ^ 1);
  EXPECT_NE(changed, whole);
  EXPECT_THAT(user_error([&] { parse_npz(changed, "x.npz"); }), HasSubstr("damaged"));
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_NE(user_error([&] { parse_npz(whole.substr(0, length), "x.npz"); }), "") << length;
  }
}

}  // namespace
}  // namespace mho::workloads
