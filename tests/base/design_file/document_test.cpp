#include "base/design_file/document.h"

#include <rapidcheck.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <set>

#include "tests/base/expect_error.h"

namespace mho::base {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

YamlNode read(const std::string& text) { return read_yaml_text(text, "x.yaml"); }
std::string refusal(const std::string& text) {
  return user_error([&] { read(text); });
}

TEST(Document, TreeWithPositions) {
  const YamlNode root = read("a: 1\nlist:\n  - x\n  - 'y z'\nmap: {b: off, c: }\n");
  ASSERT_EQ(root.kind, YamlNode::Kind::map);
  ASSERT_EQ(root.entries.size(), 3U);
  EXPECT_EQ(root.entries[0].key, "a");
  EXPECT_EQ(root.find("a")->scalar, "1");
  EXPECT_FALSE(root.find("a")->quoted);
  EXPECT_EQ(root.find("a")->where(), "x.yaml:1:4");
  const YamlNode& list = *root.find("list");
  ASSERT_EQ(list.kind, YamlNode::Kind::list);
  EXPECT_EQ(list.items[1].scalar, "y z");
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_EQ(list.items[1].where(), "x.yaml:4:5");
  const YamlNode& map = *root.find("map");
  EXPECT_EQ(map.find("b")->scalar, "off");
  EXPECT_EQ(map.find("c")->kind, YamlNode::Kind::null);
  EXPECT_EQ(map.entries[1].column, 15);
  EXPECT_EQ(root.find("none"), nullptr);
}

TEST(Document, EmptyIsNull) {
  for (const char* text : {"", "\n\n", "# words\n", "---\n", "~", "null"}) EXPECT_EQ(read(text).kind, YamlNode::Kind::null) << text;
  EXPECT_EQ(read("").where(), "x.yaml:1:1");
}

TEST(Document, AMissingValueStandsAtItsKey) {
  const YamlNode root = read("a:\n\n\nb: 1\n");
  EXPECT_EQ(root.find("a")->where(), "x.yaml:1:1");
}

TEST(Document, DuplicateKeysNameBothPlaces) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"), "x.yaml:3:1: duplicate key 'a', first set at x.yaml:1:1; keep one of them");
  EXPECT_EQ(refusal("t:\n  u: {a: 1, a: 2}\n"), "x.yaml:2:13: duplicate key 't.u.a', first set at x.yaml:2:7; keep one of them");
  EXPECT_EQ(refusal("a: 1\n'a': 3\n"), "x.yaml:2:1: duplicate key 'a', first set at x.yaml:1:1; keep one of them");
  EXPECT_EQ(read("- {a: 1}\n- {a: 2}\n").items.size(), 2U);  // not the same map
}

TEST(Document, KeysAreWords) {
  EXPECT_THAT(refusal("[1, 2]: 3"), HasSubstr("x.yaml:1:1: a key must be one word, not a list or a map"));
  EXPECT_THAT(refusal("? {a: 1}\n: 3"), HasSubstr("a key must be one word"));
  EXPECT_THAT(refusal("~: 3"), HasSubstr("a key must be one word"));
  EXPECT_THAT(refusal("a: &x {b: 1}\nc:\n  <<: *x\n"), HasSubstr("x.yaml:3:3: merge keys ('<<') are not read"));
}

TEST(Document, AliasesAreExpanded) {
  const YamlNode root = read("a: &x {b: [1, 2]}\nc: *x\n");
  EXPECT_EQ(root.find("c")->find("b")->items[1].scalar, "2");
  EXPECT_THAT(refusal("a: *nowhere"), StartsWith("x.yaml:1:"));
  EXPECT_THAT(refusal("a: &x [1, *x]"), HasSubstr("x.yaml:1:11: this alias stands inside the very value it names"));
  std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 8; ++j) laughs += ", " + last;
    laughs += "]\n";
  }
  EXPECT_THAT(refusal(laughs), HasSubstr("aliases repeat more than 100000 values"));
}

TEST(Document, WhatIsNotOneYamlDocument) {
  EXPECT_THAT(refusal("a: 1\n---\nb: 2\n"), HasSubstr("x.yaml:2:"));
  EXPECT_THAT(refusal("a: 1\n---\nb: 2\n"), HasSubstr("a second document starts here"));
  EXPECT_THAT(refusal("a: [1, 2\nb: 3\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(refusal("a:\n\t- 1\n"), StartsWith("x.yaml:2:"));
  for (const char* piece : {"[", "[ ", "{a: ", "- ", "? ", "a: [", "[1,"}) {
    std::string deep;
    for (int i = 0; i < 20000; ++i) deep += piece;
    EXPECT_THAT(refusal(deep), StartsWith("x.yaml:")) << piece;
  }
}

TEST(Document, QuotesCloseOnTheirLine) {
  EXPECT_EQ(refusal("a: 'open\n"), "x.yaml:1:4: this quote is not closed on its line; close it, or write text of several lines after a '|'");
  // The parser alone would end the quote silently where the indentation ends.
  EXPECT_THAT(refusal("t:\n  a: \"open\n  b: 'x'\n"), StartsWith("x.yaml:2:6: this quote is not closed"));
  EXPECT_THAT(refusal("a: &x 'open\n"), StartsWith("x.yaml:1:4: this quote is not closed"));
  EXPECT_EQ(read("a: 'it''s'").find("a")->scalar, "it's");
  EXPECT_EQ(read(R"(a: &x "say \"\\")").find("a")->scalar, "say \"\\");
  EXPECT_EQ(read("a: !t &x   'b'").find("a")->scalar, "b");
  EXPECT_EQ(read("a: |\n  it's\n  two").find("a")->scalar, "it's\ntwo");
}

TEST(Document, ColumnsCountCharacters) {
  const YamlNode root = read("\ufeff\u00b5\u2126: {a: 1}\nb: 2");
  EXPECT_EQ(root.entries[0].key, "\u00b5\u2126");
  EXPECT_EQ(root.entries[0].value.where(), "x.yaml:1:5");
  EXPECT_EQ(root.find("b")->where(), "x.yaml:2:4");
  EXPECT_THAT(refusal("\u00b5: 1\n\u00b5\u00b5: ]"), StartsWith("x.yaml:2:5: not valid YAML"));
}

TEST(Document, BinaryIsNoText) {
  EXPECT_EQ(refusal("a: 1\nb: \x01"), "x.yaml:2:4: byte 0x01 is not UTF-8 text; is this really a YAML file?");
  EXPECT_THAT(refusal(std::string("a\0b", 3)), HasSubstr("byte 0x00"));
  // Stray continuation, overlong slash, surrogate, beyond U+10FFFF, cut short.
  for (const char* bytes : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    EXPECT_THAT(refusal(bytes), HasSubstr("is not UTF-8 text"));
  }
  EXPECT_EQ(read("a: \u00b5\u2126\U0001F642").find("a")->scalar, "\u00b5\u2126\U0001F642");
}

TEST(Document, AnyTextIsReadOrRefused) {
  const bool held = rc::check([] {
    const auto piece = rc::gen::element<std::string>("a", "b: ", ": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ",", "'", "\"", "&x ", "*x",
                                                     "? ", "|", ">", "# c", "~", "1.5", "!!t ", "%", "---", "...", "\\", "<<: ", "\t", "\r\n", "@");
    std::string text;
    for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece)) text += part;
    try {
      read(text);
    } catch (const UserError& error) {
      RC_ASSERT(std::string(error.what()).starts_with("x.yaml:"));
    }
  });
  EXPECT_TRUE(held);
}

TEST(Files, ReadWholeOrRefused) {
  const std::string path = ::testing::TempDir() + "mho_document_test.bin";
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{200001}}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 37);
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_EQ(read_file(path), bytes);
  }
  EXPECT_EQ(user_error([] { read_file("no/such/file"); }),
            "no/such/file: cannot read this file: No such file or directory; check the path and its permissions");
  EXPECT_THAT(user_error([] { read_file(::testing::TempDir()); }), HasSubstr("it is a folder"));
  EXPECT_GT(read_file("/proc/self/status").size(), 100U);  // states no size
}

// A megabyte on one line took minutes: the parser's columns were counted from the beginning of the line for every value.
TEST(Document, OneLongLineTakesLinearTime) {
  // Of processor time: other work on the machine does not count.
  const auto seconds = [](const std::string& text) {
    const std::clock_t begin = std::clock();
    try {
      read(text);
    } catch (const UserError&) {
    }
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  };
  const auto repeated = [](const std::string& piece) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    return text;
  };
  constexpr double most = 5;  // under 1 s on an idle machine
  EXPECT_LT(seconds("a: [" + repeated("1, ") + "1]"), most);
  EXPECT_LT(seconds("a: [" + repeated("'x', ") + "1]"), most);
  EXPECT_LT(seconds("a: [" + repeated("&x ") + "1]"), most);
  EXPECT_LT(seconds("a: {" + repeated("\u00e4: 1, ") + "b: 1}"), most);
  EXPECT_LT(seconds("a: " + repeated("x y ")), most);
  EXPECT_LT(seconds("a: '" + repeated("x '' ")), most);
  EXPECT_LT(seconds("!" + repeated("x") + " 1"), most);
  EXPECT_LT(seconds(repeated("&a [")), most);
}

TEST(Document, ColumnsCountCharactersAlsoFarIntoALine) {
  std::string text = "a: [";
  for (int i = 0; i < 1000; ++i) text += "\u00e4\u00f6, ";
  const YamlNode root = read(text + "last]");
  const YamlNode& list = root.entries[0].value;
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(list.items[static_cast<std::size_t>(i)].column, 5 + 4 * i);
  EXPECT_EQ(list.items.back().column, 5 + 4 * 1000);
}

// What libxxhash 0.8 computes with seed 0.
TEST(ContentHash, IsXxh64) {
  EXPECT_EQ(content_hash(""), "ef46db3751d8e999");
  EXPECT_EQ(content_hash("a"), "d24ec4f1a98c6e5b");
  EXPECT_EQ(content_hash("abc"), "44bc2cf5ad770999");
  EXPECT_EQ(content_hash("Nobody inspects the spammish repetition"), "fbcea83c8a378bf1");
  const auto ramp = [](std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 37);
    return content_hash(bytes);
  };
  EXPECT_EQ(ramp(4), "a9c00ae8f9b200f0");
  EXPECT_EQ(ramp(31), "4513ec5ebc46d0d3");
  EXPECT_EQ(ramp(32), "2c1f2ffa2ace16d3");
  EXPECT_EQ(ramp(33), "62f3b71cd8263c47");
  EXPECT_EQ(ramp(63), "2c9d78b9323007f3");
  EXPECT_EQ(ramp(100), "3f99fd1263b54f01");
  EXPECT_EQ(ramp(1000), "bfba0b19df72611c");
}

TEST(ContentHash, EveryBitCounts) {
  std::string bytes(1000, 'x');
  std::set<std::string> seen{content_hash(bytes)};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      seen.insert(content_hash(bytes));
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
    }
  }
  for (std::size_t length = 0; length < bytes.size(); ++length) seen.insert(content_hash(std::string(length, '\0')));
  EXPECT_EQ(seen.size(), 1U + 8000U + 1000U);
}

}  // namespace
}  // namespace mho::base
