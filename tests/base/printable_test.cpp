#include "base/printable.h"

#include <gtest/gtest.h>

namespace mho::base {
namespace {

TEST(Printable, LeavesTextAndWritesControlCharactersOut) {
  EXPECT_EQ(printable("conv1/BiasAdd;x"), "conv1/BiasAdd;x");
  EXPECT_EQ(printable("Größe 層"), "Größe 層");
  EXPECT_EQ(printable("a\x1b[2Jb\r\n\t\x7f"), "a\\x1b[2Jb\\x0d\\x0a\\x09\\x7f");
  EXPECT_EQ(printable("a\nb", true), "a\nb");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");             // introduces a sequence in Latin-1
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae");    // turns the direction
  EXPECT_EQ(printable("\xff\xc3(\xe5"), "\\xff\\xc3(\\xe5");  // no UTF-8
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Shortened, LosesItsMiddle) {
  EXPECT_EQ(shortened("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(shortened("abcdefghijk", 10), "abc...hijk");
  EXPECT_EQ(shortened("äöüabcdeöäüß", 10), "äöü...öäüß");
  EXPECT_EQ(character_count("äöü"), 3U);
}

TEST(Wrapped, DividesAtBlanks) {
  EXPECT_EQ(wrapped("one two three", 7), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrapped("overlong word", 4), "overlong\nword");
  EXPECT_EQ(wrapped("äöü äöü", 7), "äöü äöü");
  EXPECT_EQ(wrapped("a\nb c", 1), "a\nb\nc");
  EXPECT_EQ(wrapped("", 10), "");
}

TEST(FittedLines, DivideLongLinesAlone) {
  EXPECT_EQ(fitted_lines("short\n  a long line of words\nshort\n", 12), "short\n  a long\n    line of\n    words\nshort\n");
  EXPECT_EQ(fitted_lines("as it is", 80), "as it is");
}

}  // namespace
}  // namespace mho::base
