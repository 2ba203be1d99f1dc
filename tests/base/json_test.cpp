#include "base/json.h"

#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/base/expect_error.h"

namespace mho::base {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& text) {
  return user_error([&] { Json::parse(text, "x.json"); });
}

TEST(Json, WritesInInsertionOrder) {
  Json json;
  json["z"] = 1;
  json["a"]["deep"] = true;
  json["list"].push_back("x");
  json["list"].push_back(Json());
  json["list"].push_back(0.1);
  EXPECT_EQ(json.dump(), R"({"z":1,"a":{"deep":true},"list":["x",null,0.1]})");
  EXPECT_EQ(Json(Json::Object{{"a", 1}}).dump(2), "{\n  \"a\": 1\n}");
  EXPECT_EQ(Json(Json::Object{}).dump(), "{}");
  EXPECT_EQ(Json(Json::Array{}).dump(), "[]");
  EXPECT_EQ(Json("\"\\\n\x01\u00b5").dump(), "\"\\\"\\\\\\n\\u0001\u00b5\"");
  EXPECT_EQ(Json("\xff").dump(), "\"\ufffd\"");
}

TEST(Json, FindsMembers) {
  Json json;
  json["a"] = 3;
  EXPECT_EQ(std::get<std::int64_t>(json.find("a")->value()), 3);
  EXPECT_EQ(json.find("b"), nullptr);
  EXPECT_EQ(Json(3).find("b"), nullptr);
}

TEST(Json, SlipsInTheCodeAreLogicErrors) {
  EXPECT_THROW((void)Json(NAN).dump(), std::logic_error);
  EXPECT_THROW((void)Json(Json::Array{Json(-INFINITY)}).dump(), std::logic_error);
  EXPECT_THROW(Json(3)["a"], std::logic_error);
  EXPECT_THROW(Json("s").push_back(1), std::logic_error);
  EXPECT_THROW(Json(std::uint64_t{1} << 63), std::logic_error);
}

TEST(Json, ReadsNumbersAsWritten) {
  EXPECT_EQ(std::get<std::int64_t>(Json::parse("-9223372036854775808", "x").value()), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(std::get<double>(Json::parse("9223372036854775808", "x").value()), 0x1p63);
  EXPECT_EQ(std::get<double>(Json::parse("1.0", "x").value()), 1.0);
  EXPECT_EQ(std::get<double>(Json::parse("5e-324", "x").value()), std::numeric_limits<double>::denorm_min());
}

TEST(Json, RefusesWhatIsNoJson) {
  EXPECT_THAT(refusal("{\"a\": 1,\n \"b\" 2}"), ::testing::StartsWith("x.json:2:6: not valid JSON: syntax error"));
  EXPECT_THAT(refusal(""), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("{} {}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("[1e999]"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("{\"a\": 1, \"a\": 2}"), HasSubstr("duplicate member 'a'"));
  EXPECT_THAT(refusal("NaN"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(std::string(100000, '[')), HasSubstr("nests deeper than 1000 levels"));
}

TEST(Json, DoublesKeepEveryBit) {
  const bool held = rc::check([](std::uint64_t bits) {
    const double number = std::bit_cast<double>(bits);
    RC_PRE(std::isfinite(number));
    const Json again = Json::parse(Json(number).dump(), "x");
    RC_ASSERT(std::bit_cast<std::uint64_t>(std::get<double>(again.value())) == bits);
  });
  EXPECT_TRUE(held);
}

TEST(Json, TextReadsBack) {
  const bool held = rc::check([](const std::vector<std::int64_t>& numbers, const std::vector<std::uint8_t>& bytes) {
    Json json;
    Json& list = json["numbers"];
    list = Json::Array{};
    for (const std::int64_t number : numbers) list.push_back(number);
    std::string text;
    for (const std::uint8_t byte : bytes) text.push_back(static_cast<char>(byte & 0x7f));
    json[text] = text;
    for (const int indent : {-1, 0, 2}) {
      const Json again = Json::parse(json.dump(indent), "x");
      RC_ASSERT(again.dump() == json.dump());
      RC_ASSERT(std::get<std::string>(again.find(text)->value()) == text);
    }
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace mho::base
