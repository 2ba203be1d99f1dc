#include "analysis/plot/look.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <regex>
#include <stdexcept>

#include "analysis/plot/bar_plot.h"
#include "analysis/plot/cloud_plot.h"
#include "analysis/plot/curve_plot.h"
#include "analysis/plot/plot.h"

namespace mho::analysis {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

bool is_round(double step) {
  const double digits = step / std::pow(10.0, std::floor(std::log10(step) + 1e-9));
  return std::abs(digits - 1) < 1e-6 || std::abs(digits - 2) < 1e-6 || std::abs(digits - 5) < 1e-6;
}

TEST(Look, BothEndsOfAnAxisAreTicks) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> size(-9, 9), share(0, 1);
  for (int round = 0; round < 2000; ++round) {
    const double scale = std::pow(10.0, size(random));
    const double low = scale * (share(random) - 0.5), high = low + scale * share(random) + 1e-12;
    const int count = 3 + round % 6;
    const Axis axis = linear_axis("", low, high, count);
    ASSERT_LE(axis.low, low + 1e-6 * scale);
    ASSERT_GE(axis.high, high - 1e-6 * scale);
    ASSERT_DOUBLE_EQ(axis.ticks.front(), axis.low);
    ASSERT_DOUBLE_EQ(axis.ticks.back(), axis.high);
    ASSERT_LE(axis.ticks.size(), static_cast<std::size_t>(count + 3));
    ASSERT_TRUE(is_round(axis.ticks[1] - axis.ticks[0])) << axis.ticks[1] - axis.ticks[0];
    // Less than one step stays empty on either side.
    ASSERT_LT(low - axis.low, (axis.ticks[1] - axis.ticks[0]) * (1 + 1e-6));
    ASSERT_LT(axis.high - high, (axis.ticks[1] - axis.ticks[0]) * (1 + 1e-6));
    ASSERT_NEAR(axis.share(axis.low), 0, 1e-12);
    ASSERT_NEAR(axis.share(axis.high), 1, 1e-12);
  }
}

TEST(Look, LogarithmicAxesEndInRoundNumbers) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> decades(-12, 12), length(0, 9);
  for (int round = 0; round < 2000; ++round) {
    const double low = std::pow(10.0, decades(random)), high = low * std::pow(10.0, length(random));
    const Axis axis = logarithmic_axis("", low, high);
    ASSERT_LE(axis.low, low * (1 + 1e-6));
    ASSERT_GE(axis.high, high * (1 - 1e-6));
    ASSERT_DOUBLE_EQ(axis.ticks.front(), axis.low);
    ASSERT_DOUBLE_EQ(axis.ticks.back(), axis.high);
    for (const double tick : axis.ticks) ASSERT_TRUE(is_round(tick)) << tick;
    ASSERT_NEAR(axis.share(std::sqrt(axis.low * axis.high)), 0.5, 1e-9);
  }
  EXPECT_THROW(logarithmic_axis("", 0, 1), std::logic_error);
  EXPECT_THROW(linear_axis("", 1, NAN, 4), std::logic_error);
}

TEST(Look, OneValueHasRoomOnEitherSide) {
  for (const double value : {0.0, 3.0, -2e-9}) {
    const Axis axis = linear_axis("", value, value, 5);
    EXPECT_GT(axis.share(value), 0.05);
    EXPECT_LT(axis.share(value), 0.95);
  }
}

TEST(Look, LongTextsLoseTheirMiddle) {
  EXPECT_EQ(name_text("StatefulPartitionedCall/dense/BiasAdd", 15), "Statef...iasAdd");
  const std::string svg = svg_begin(600, 100, {std::string(400, 'x') + "end", {"a < b"}});
  EXPECT_THAT(svg, AllOf(HasSubstr("...xx"), HasSubstr("end</text>"), HasSubstr("a &lt; b")));
  EXPECT_LT(svg.size(), 1500U);
}

/// Heights of letters when the picture is 600 pixels wide.
std::vector<double> letters_at_600(const std::string& svg) {
  std::smatch match;
  EXPECT_TRUE(std::regex_search(svg, match, std::regex("width=\"([0-9.]+)\"")));
  const double width = std::stod(match[1]);
  std::vector<double> heights;
  const std::regex size(R"(font-size(?:="|: )([0-9.]+))");
  for (std::sregex_iterator found(svg.begin(), svg.end(), size), end; found != end; ++found) heights.push_back(std::stod((*found)[1]) * 600 / width);
  return heights;
}

TEST(Look, EveryPictureCanBeReadAt600Pixels) {
  const std::string long_text = "a title that goes on and on: network on design, with all that it is made of, seed 1";
  const std::vector<double> values{0.5, 1, 2};
  const std::vector<std::string> pictures{
      curves_svg({{long_text, {long_text}}, "x (flits)", "y (cycles)"}, {{"one", {{0.1, 10}, {0.2, 30, 25, 40}}}}, CurveEnd{0.4, "not stable"}),
      bars_svg(long_text, {{"panel", "%", {{"a name that is much too long for its place", 1, 0.5, 2, "note"}, {"b", {}, {}, {}, "why not"}}}}),
      plot_svg(long_text, {"a", long_text, "c", values, values}, {"d", "e", "f", values}),
      cloud_svg({long_text, "x", "y"}, {"group"}, {{1, 2, "group", "named"}, {100, 3000, "group", ""}})};
  for (const std::string& svg : pictures) {
    const std::vector<double> heights = letters_at_600(svg);
    EXPECT_GT(heights.size(), 2U);
    for (const double height : heights) EXPECT_GE(height, 9.9) << svg;
    EXPECT_THAT(svg, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
    // No colour but those of the project, black, white and greys.
    const std::regex colour("#[0-9a-f]{3,6}\\b");
    const std::vector<std::string> known{"#111", "#444", "#ddd", "#eee", "#fff", "#a34700"};
    for (std::sregex_iterator found(svg.begin(), svg.end(), colour), end; found != end; ++found) {
      const std::string text = found->str();
      EXPECT_TRUE(std::ranges::find(series_colours, text) != series_colours.end() || std::ranges::find(known, text) != known.end()) << text;
    }
  }
}

TEST(Look, CurvesMarkWhereTheyEnd) {
  const std::string svg = curves_svg({{"head"}, "x", "y"}, {{"one", {{0.1, 10}, {0.2, 100}}}}, CurveEnd{0.4, "not stable: 0.4"});
  EXPECT_THAT(svg, AllOf(HasSubstr("class=\"beyond\""), HasSubstr("not stable: 0.4")));
  EXPECT_THAT(curves_svg({{"head"}, "x", "y"}, {{"one", {{0.1, 10}}}}), Not(HasSubstr("class=\"beyond\"")));
  EXPECT_THROW(curves_svg({{"head"}, "x", "y"}, {{"one", {{0.1, 0}}}}), std::logic_error);
}

TEST(Look, BarsAreSorted) {
  std::vector<Bar> bars{{"a", 2.0}, {"none", {}}, {"b", 1.0}, {"c", 3.0}};
  const auto names = [&] {
    std::string all;
    for (const Bar& bar : bars) all += bar.name + " ";
    return all;
  };
  sort_bars(bars, true);
  EXPECT_EQ(names(), "c a b none ");
  sort_bars(bars, false);
  EXPECT_EQ(names(), "b a c none ");
}

}  // namespace
}  // namespace mho::analysis
