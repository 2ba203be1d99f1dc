#include <rapidcheck.h>

#include <cmath>

#include "base/design_file/config.h"
#include "tests/base/expect_error.h"

namespace mho::base {
namespace {

TEST(Units, ConversionsAreExactWherePowersOfTenAre) {
  EXPECT_EQ(convert_unit(25, "uS", "S"), 25e-6);
  EXPECT_EQ(convert_unit(40, "ns", "ns"), 40.0);
  EXPECT_EQ(convert_unit(0.1, "us", "ns"), 100.0);
  EXPECT_EQ(convert_unit(250, "ns", "s"), 250e-9);
  EXPECT_EQ(convert_unit(1, "fs", "s"), 1e-15);
  EXPECT_EQ(convert_unit(1.2, "GHz", "Hz"), 1.2e9);
  EXPECT_EQ(convert_unit(3, "kHz", "MHz"), 0.003);
  EXPECT_EQ(convert_unit(4, "um2", "m2"), 4e-12);
  EXPECT_EQ(convert_unit(1, "mm2", "um2"), 1e6);
  EXPECT_EQ(convert_unit(0.35, "ohm", "kohm"), 0.35e-3);
  EXPECT_EQ(convert_unit(2, "Mohm", "ohm"), 2e6);
  EXPECT_EQ(convert_unit(7, "fJ", "pJ"), 7e-3);
  EXPECT_EQ(convert_unit(7, "mW", "nW"), 7e6);
  EXPECT_EQ(convert_unit(7, "mV", "V"), 7e-3);
  EXPECT_EQ(convert_unit(7, "fF", "pF"), 7e-3);
}

TEST(Units, LongTimesAndInformation) {
  EXPECT_EQ(convert_unit(1, "min", "s"), 60.0);
  EXPECT_EQ(convert_unit(2, "h", "min"), 120.0);
  EXPECT_EQ(convert_unit(1, "y", "d"), 365.0);
  EXPECT_EQ(convert_unit(1, "MiB", "KiB"), 1024.0);
  EXPECT_EQ(convert_unit(1, "MB", "B"), 1e6);
  EXPECT_EQ(convert_unit(2, "B", "bit"), 16.0);
  EXPECT_EQ(convert_unit(2, "%", ""), 0.02);
  EXPECT_EQ(convert_unit(50, "ppm", "%"), 0.005);
}

TEST(Units, Quotients) {
  EXPECT_EQ(convert_unit(3, "pJ/bit", "fJ/bit"), 3000.0);
  EXPECT_EQ(convert_unit(8, "pJ/B", "pJ/bit"), 1.0);
  EXPECT_EQ(convert_unit(5, "1/s", "Hz"), 5.0);
  EXPECT_EQ(convert_unit(1, "uW/um2", "W/m2"), 1e6);
  EXPECT_EQ(convert_unit(1, "J/s", "W"), 1.0);
  for (const char* wrong : {"/s", "s/", "1/", "J//s", "/"}) EXPECT_EQ(convert_unit(1, wrong, "s"), std::nullopt) << wrong;
}

TEST(Units, UnknownOrUnlike) {
  EXPECT_EQ(convert_unit(1, "ns", "pJ"), std::nullopt);
  EXPECT_EQ(convert_unit(1, "furlong", "m"), std::nullopt);
  EXPECT_EQ(convert_unit(1, "NS", "s"), std::nullopt);
  EXPECT_EQ(convert_unit(1, "mS", "ms"), std::nullopt);  // millisiemens are no milliseconds
  EXPECT_EQ(convert_unit(1, "", "s"), std::nullopt);
}

TEST(Units, OtherSpellings) {
  EXPECT_EQ(convert_unit(1, "\u00b5s", "us"), 1.0);
  EXPECT_EQ(convert_unit(1, "\u03bcm\u00b2", "um2"), 1.0);
  EXPECT_EQ(convert_unit(1, "k\u2126", "ohm"), 1000.0);
  EXPECT_EQ(convert_unit(1, "um^2", "um2"), 1.0);
}

TEST(Units, ThereAndBackIsTheSame) {
  const bool held = rc::check([](std::int32_t number) {
    const auto names = *rc::gen::element(std::vector<std::string>{"s", "ns", "us", "fs", "h", "y"}, std::vector<std::string>{"J", "pJ", "fJ", "uJ"},
                                         std::vector<std::string>{"B", "bit", "KiB", "MB"});
    const std::string from = *rc::gen::elementOf(names);
    const std::string to = *rc::gen::elementOf(names);
    const double there = convert_unit(number, from, to).value();
    RC_ASSERT(std::abs(convert_unit(there, to, from).value() - number) <= 4e-16 * std::abs(static_cast<double>(number)) * 2);
  });
  EXPECT_TRUE(held);
}

TEST(Format, SiPrefixes) {
  EXPECT_EQ(format_si(3.2e-6, "J"), "3.2 uJ");
  EXPECT_EQ(format_si(85e-9, "s"), "85 ns");
  EXPECT_EQ(format_si(0, "s"), "0 s");
  EXPECT_EQ(format_si(-3.456e-3, "V"), "-3.46 mV");
  EXPECT_EQ(format_si(1.2e9, "Hz"), "1.2 GHz");
  EXPECT_EQ(format_si(999.6e-9, "s"), "1 us");  // rounding moves to the next prefix
  EXPECT_EQ(format_si(999.4e-9, "s"), "999 ns");
  EXPECT_EQ(format_si(1e-6, "W"), "1 uW");
  EXPECT_EQ(format_si(123456, ""), "123 k");
  EXPECT_EQ(format_si(12, ""), "12");
  EXPECT_EQ(format_si(86400, "s"), "86400 s");
  EXPECT_EQ(format_si(2.5e-6, "m2"), "2.5 mm2");
  EXPECT_EQ(format_si(4e-12, "m2"), "4 um2");
  EXPECT_EQ(format_si(0.25e-6, "m2"), "250000 um2");
  EXPECT_EQ(format_si(1.23456789, "s", 6), "1.23457 s");
  EXPECT_EQ(format_si(12, "%"), "12 %");
  EXPECT_EQ(format_si(123.4e-9, "s", 2), "123 ns");
}

TEST(Format, EveryPowerOfTenHasOneToThreeDigits) {
  for (int power = -18; power <= 17; ++power) {
    const std::string text = format_si(std::pow(10.0, power), "J");
    const std::string digits = text.substr(0, text.find(' '));
    EXPECT_TRUE(digits == "1" || digits == "10" || digits == "100") << power << ": " << text;
    const std::string unit = text.substr(text.find(' ') + 1);
    const double scale = unit == "TJ"   ? 1e12
                         : unit == "PJ" ? 1e15
                         : unit == "GJ" ? 1e9
                         : unit == "MJ" ? 1e6
                         : unit == "kJ" ? 1e3
                                        : convert_unit(1, unit, "J").value_or(NAN);
    EXPECT_NEAR(std::stod(digits) * scale / std::pow(10.0, power), 1.0, 1e-12) << text;
  }
}

TEST(DurationText, ReadsWhatUsersWrite) {
  EXPECT_EQ(parse_duration_seconds("1s"), 1.0);
  EXPECT_EQ(parse_duration_seconds("90s"), 90.0);
  EXPECT_EQ(parse_duration_seconds("250 ns"), 250e-9);
  EXPECT_EQ(parse_duration_seconds(" 1min "), 60.0);
  EXPECT_EQ(parse_duration_seconds("1h"), 3600.0);
  EXPECT_EQ(parse_duration_seconds("1d"), 86400.0);
  EXPECT_EQ(parse_duration_seconds("1y"), 31536000.0);
  EXPECT_EQ(parse_duration_seconds("0s"), 0.0);
  EXPECT_EQ(parse_duration_seconds("1e3s"), 1000.0);
}

TEST(DurationText, RefusesTheRest) {
  const auto refusal = [](const char* text) { return user_error([&] { parse_duration_seconds(text); }); };
  EXPECT_THAT(refusal("-1s"), ::testing::StartsWith("duration '-1s' is negative: write a number of at least 0 with a unit of time"));
  EXPECT_THAT(refusal("nan s"), ::testing::HasSubstr("is not a duration"));
  EXPECT_THAT(refusal(""), ::testing::HasSubstr("is not a duration"));
  EXPECT_THAT(refusal("inf"), ::testing::HasSubstr("is not a duration"));
  EXPECT_THAT(refusal("10"), ::testing::HasSubstr("has no unit"));
  EXPECT_THAT(refusal("10 V"), ::testing::HasSubstr("has the unit 'V', which is no unit of time"));
  EXPECT_THAT(refusal("1 week"), ::testing::HasSubstr("has the unit 'week'"));
  EXPECT_THAT(refusal("1e308y"), ::testing::HasSubstr("is too long"));
}

}  // namespace
}  // namespace mho::base
