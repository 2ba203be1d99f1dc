#include "workloads/data/npz_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/base/expect_error.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::ElementsAre;
using testing::HasSubstr;

std::string two_arrays() {
  const std::vector<float> a{1, 2, 3, 4, 5, 6}, b{-0.5F};
  const std::vector<std::pair<std::string, std::string>> arrays{{"a", npy_bytes({2, 3}, std::span<const float>(a))},
                                                                {"b", npy_bytes({1}, std::span<const float>(b))}};
  return npz_bytes(arrays);
}

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) bytes.at(at + i) = static_cast<char>((value >> (8 * i)) & 0xFFU);
}

/// Where the entry of an array begins in the directory; its name is 5 bytes long and follows 46 others.
std::size_t entry_of(const std::string& bytes, const std::string& name) { return bytes.rfind(name + ".npy") - 46; }

/// An archive of one deflated array whose directory says `size`.
std::string deflated(const std::string& contents, std::size_t size) {
  std::string packed(compressBound(contents.size()), '\0');
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
  stream.avail_in = static_cast<uInt>(contents.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  const std::vector<std::pair<std::string, std::string>> arrays{{"a", packed}};
  std::string bytes = npz_bytes(arrays);
  const std::size_t entry = entry_of(bytes, "a");
  put(bytes, entry + 10, 8, 2);
  put(bytes, entry + 16, crc32(0, reinterpret_cast<const Bytef*>(contents.data()), static_cast<uInt>(contents.size())), 4);
  put(bytes, entry + 24, size, 4);
  return bytes;
}

void read(const std::string& bytes, const std::string& name = "a", const base::InputLimit& limit = base::InputLimit()) {
  static_cast<void>(NpzFile(bytes, "x.npz", limit).array(name));
}

TEST(NpzFiles, WhatWasWrittenIsRead) {
  const std::string bytes = two_arrays();
  const NpzFile file(bytes, "x.npz");
  EXPECT_THAT(file.names(), ElementsAre("a", "b"));
  EXPECT_EQ(file.array("a").shape, (Shape{2, 3}));
  EXPECT_EQ(file.array("a").floats, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(file.numbers("b").values, std::vector<double>{-0.5});
  EXPECT_EQ(two_arrays(), two_arrays());
  EXPECT_EQ(user_error([&] { read(bytes, "c"); }), "x.npz: there is no array 'c'; the archive holds a, b");
}

TEST(NpzFiles, DamageIsFound) {
  const std::string whole = two_arrays();
  EXPECT_THAT(user_error([&] { read(whole.substr(0, whole.size() - 30)); }), HasSubstr("x.npz: "));
  EXPECT_THAT(user_error([] { read("no archive at all, but long enough"); }), HasSubstr("not a .npz file"));
  // A changed number disagrees with its check sum; cut anywhere, the file is refused and never read beyond its end.
  std::string changed = whole;
  changed[180] = static_cast<char>(changed[180] ^ 1);
  EXPECT_NE(changed, whole);
  EXPECT_THAT(user_error([&] { read(changed); }), HasSubstr("damaged"));
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_NE(user_error([&] { read(whole.substr(0, length)); }), "") << length;
  }
}

TEST(NpzFiles, OnlyTheNamedArrayIsUnpacked) {
  std::string bytes = two_arrays();
  bytes[180] = static_cast<char>(bytes[180] ^ 1);  // a number of the first
  EXPECT_EQ(NpzFile(bytes, "x.npz").array("b").floats, std::vector<float>{-0.5F});
}

TEST(NpzFiles, ASizeIsNotBelieved) {
  const std::vector<float> zeros(1000, 0.0F);
  const std::string array = npy_bytes({1000}, std::span<const float>(zeros));
  read(deflated(array, array.size()));
  // More than so few bytes can become, less than they do, and more.
  EXPECT_THAT(user_error([&] { read(deflated(array, std::size_t{2} << 30U)); }), HasSubstr("cannot have the 2147483648 bytes it says"));
  EXPECT_THAT(user_error([&] { read(deflated(array, array.size() - 1)); }), HasSubstr("damaged"));
  EXPECT_THAT(user_error([&] { read(deflated(array, array.size() + 1)); }), HasSubstr("damaged"));
}

TEST(NpzFiles, WhatComesOutCounts) {
  const std::vector<float> zeros(100'000, 0.0F);
  const std::string array = npy_bytes({100'000}, std::span<const float>(zeros));
  const std::string bytes = deflated(array, array.size());
  ASSERT_LT(bytes.size(), 2000U);
  read(bytes, "a", base::InputLimit(array.size()));
  EXPECT_THAT(user_error([&] { read(bytes, "a", base::InputLimit(array.size() - 1)); }), HasSubstr("--input-limit"));
  const base::InputLimit shared(2 * array.size() - 1);
  read(bytes, "a", shared);
  EXPECT_THAT(user_error([&] { read(bytes, "a", shared); }), HasSubstr("x.npz: the files of this run hold more than"));
}

TEST(NpzFiles, ArraysThatOverlapAreRefused) {
  std::string bytes = two_arrays();
  const std::string good = bytes;
  put(bytes, entry_of(bytes, "b") + 42, 0, 4);  // the second where the first is
  EXPECT_THAT(user_error([&] { read(bytes); }), HasSubstr("its arrays overlap"));
  bytes = good;
  put(bytes, entry_of(bytes, "b") + 20, 200, 4);  // reaches into the directory
  EXPECT_THAT(user_error([&] { read(bytes); }), HasSubstr("its arrays overlap"));
}

TEST(NpzFiles, WhatIsNoPlainFileIsRefused) {
  constexpr std::uint64_t unix_system = 3;
  for (const auto& [mode, legal] :
       {std::pair(0100644U, true), {0U, true}, {0120777U, false}, {0010644U, false}, {0020644U, false}, {0060644U, false}}) {
    std::string bytes = two_arrays();
    put(bytes, entry_of(bytes, "a") + 5, unix_system, 1);
    put(bytes, entry_of(bytes, "a") + 38, std::uint64_t{mode} << 16U, 4);
    if (legal) {
      EXPECT_NO_THROW(read(bytes)) << mode;
    } else {
      EXPECT_THAT(user_error([&] { read(bytes); }), HasSubstr("no array")) << mode;
    }
  }
  std::string bytes = two_arrays();
  put(bytes, entry_of(bytes, "a") + 8, 1, 2);
  EXPECT_THAT(user_error([&] { read(bytes); }), HasSubstr("encrypted"));
}

TEST(NpzFiles, TwoArraysOfOneNameAreRefused) {
  std::string bytes = two_arrays();
  bytes[entry_of(bytes, "b") + 46] = 'a';
  EXPECT_THAT(user_error([&] { read(bytes); }), HasSubstr("two arrays of it are called 'a'"));
}

}  // namespace
}  // namespace mho::workloads
