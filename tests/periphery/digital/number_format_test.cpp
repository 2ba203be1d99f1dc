#include "periphery/digital/number_format.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/error.h"

namespace mho::periphery {
namespace {

float rounded(std::string_view format, float value) {
  round_to(NumberFormat::parse(format), {&value, 1});
  return value;
}

TEST(NumberFormat, ParsesAndPrintsTheSameWords) {
  for (const char* text : {"float32", "float16", "bfloat16", "int2", "int8", "int16"}) EXPECT_EQ(NumberFormat::parse(text).text(), text);
  EXPECT_EQ(NumberFormat::parse("int8").bits(), 8);
  EXPECT_EQ(NumberFormat::parse("bfloat16").bits(), 16);
  for (const char* text : {"int1", "int17", "int", "int8x", "float64", "", "INT8"})
    EXPECT_THROW((void)NumberFormat::parse(text), base::UserError) << text;
}

TEST(NumberFormat, Float16ByHand) {
  EXPECT_EQ(rounded("float16", 1.0F), 1.0F);
  EXPECT_EQ(rounded("float16", 1.0F + 0x1p-11F), 1.0F);                // a tie goes to even
  EXPECT_EQ(rounded("float16", 1.0F + 3 * 0x1p-11F), 1.0F + 0x1p-9F);  // and up where that is even
  EXPECT_EQ(rounded("float16", 1.0F + 0x1.1p-11F), 1.0F + 0x1p-10F);
  EXPECT_EQ(rounded("float16", 65519.0F), 65504.0F);
  EXPECT_EQ(rounded("float16", -1e9F), -65504.0F);
  EXPECT_EQ(rounded("float16", 0x1p-24F), 0x1p-24F);  // smallest subnormal
  EXPECT_EQ(rounded("float16", 0x1p-25F), 0.0F);
  EXPECT_EQ(rounded("float16", 0x1.8p-24F), 0x1p-23F);
  EXPECT_EQ(rounded("bfloat16", 1.0F + 0x1p-8F), 1.0F);
  EXPECT_EQ(rounded("bfloat16", 1.0F + 0x1.8p-8F), 1.0F + 0x1p-7F);
}

TEST(NumberFormat, EveryFloat16IsKept) {
  for (std::uint32_t code = 0; code < 0x7C00; ++code) {
    const std::uint32_t exponent = code >> 10U;
    const std::uint32_t mantissa = code & 0x3FFU;
    const float value = exponent == 0 ? static_cast<float>(mantissa) * 0x1p-24F
                                      : std::ldexp(1.0F + static_cast<float>(mantissa) * 0x1p-10F, static_cast<int>(exponent) - 15);
    ASSERT_EQ(rounded("float16", value), value);
    ASSERT_EQ(rounded("float16", -value), -value);
  }
}

/// Against what rounding does to each value: what becomes the largest number, or 0.
TEST(NumberFormat, OutsideIsWhatRoundingLoses) {
  for (const char* name : {"float32", "float16", "bfloat16"}) {
    const NumberFormat format = NumberFormat::parse(name);
    std::vector<float> values{0.0F,     -0.0F, 65504.0F, 65519.99F, 65520.0F, -65520.0F, 1e38F, 0x1p-24F, 0x1p-25F, std::nextafter(0x1p-25F, 1.0F),
                              -0x1p-26F};
    for (std::uint32_t bits = 1; bits < 0x7F800000U; bits += 0x3457U) values.push_back(std::bit_cast<float>(bits));
    std::vector<float> rounded = values;
    round_to(format, rounded);
    const OutsideFormat found = outside(format, values);
    std::uint64_t overflow = 0, underflow = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      // Half a step beyond the largest number is the first that another exponent would hold.
      const bool beyond = std::abs(values[i]) > largest_number(format) && std::abs(rounded[i]) == largest_number(format);
      const double step = format.kind == NumberFormat::Kind::float16 ? 32.0 : std::ldexp(1.0, 127 - 7);
      overflow += beyond && std::abs(static_cast<double>(values[i])) >= static_cast<double>(largest_number(format)) + step / 2 ? 1U : 0U;
      underflow += values[i] != 0.0F && rounded[i] == 0.0F ? 1U : 0U;
    }
    EXPECT_EQ(found.values, values.size());
    EXPECT_EQ(found.overflow, overflow) << name;
    EXPECT_EQ(found.underflow, underflow) << name;
    EXPECT_EQ(found.overflow > 0, format.kind != NumberFormat::Kind::float32);
  }
  EXPECT_EQ(outside(NumberFormat::parse("float16"), std::vector<float>{std::numeric_limits<float>::infinity(), -2.0F}).overflow, 0U);
}

TEST(NumberFormat, GridIsSymmetricBoundedMonotoneAndIdempotent) {
  for (const int bits : {2, 4, 8, 16}) {
    const float step = 2.0F / static_cast<float>((1 << bits) - 2);
    float last = -2.0F;
    for (float v = -1.5F; v < 1.5F; v += 0.0007F) {
      std::vector<float> pair{v, -v};
      round_to_grid(bits, pair);
      EXPECT_EQ(pair[0], -pair[1]);
      EXPECT_LE(std::abs(pair[0]), 1.0F);
      EXPECT_GE(pair[0], last);
      if (std::abs(v) < 1.0F) {
        EXPECT_LE(std::abs(pair[0] - v), 0.5001F * step);
      }
      last = pair[0];
      const float once = pair[0];
      round_to_grid(bits, pair);
      EXPECT_EQ(pair[0], once);
    }
  }
}

TEST(NumberFormat, IntegersWithoutScaleAreAProgrammerError) {
  float value = 1.0F;
  EXPECT_THROW(round_to(NumberFormat::parse("int8"), {&value, 1}), std::logic_error);
}

}  // namespace
}  // namespace mho::periphery
