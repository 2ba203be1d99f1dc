#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "analysis/explore/sweep/axis.h"
#include "analysis/explore/sweep/constraint.h"
#include "analysis/explore/sweep/figure_front.h"
#include "analysis/explore/sweep/schedule.h"
#include "analysis/explore/sweep/sweep_request.h"
#include "analysis/explore/worker.h"
#include "base/error.h"

namespace mho::analysis {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const base::Declarations& declared() {
  static const base::Declarations all = all_declarations();
  return all;
}

SweepAxis axis(const std::string& name, const std::vector<std::string>& values) {
  return read_axis(name, values, declared(), "--vary", base::ExitCode::usage);
}

template <class Action>
std::string refusal(const Action& action) {
  try {
    action();
  } catch (const base::UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(SweepAxes, RangesAsTheyAreWritten) {
  EXPECT_THAT(axis("tile.adc.bits", {"4..8"}).values, ElementsAre("4", "5", "6", "7", "8"));
  EXPECT_THAT(axis("tile.adc.bits", {"4..8/2", "ideal"}).values, ElementsAre("4", "6", "8", "ideal"));
  EXPECT_THAT(axis("tile.rows", {"64..256^3"}).values, ElementsAre("64", "128", "256"));
  EXPECT_THAT(axis("tile.adc.bound", {"5..10*3"}).values, ElementsAre("5", "7.5", "10"));
  EXPECT_THAT(axis("tile.adc.bound", {"5..6/0.25"}).values, ElementsAre("5", "5.25", "5.5", "5.75", "6"));
  EXPECT_THAT(axis("chip.clock", {"0.5..1 GHz*2"}).interval.has_value(), false);
  EXPECT_THAT(axis("times", {"1s", "1d"}).values, ElementsAre("1s", "1d"));
  const SweepAxis drawn = axis("tile.adc.bound", {"5.0..20^"});
  ASSERT_TRUE(drawn.interval);
  EXPECT_TRUE(drawn.interval->logarithmic);
  EXPECT_NEAR(std::stod(drawn.at(0.5)), 10, 1e-9);
  const SweepAxis whole = axis("tile.rows", {"64..67^"});
  std::set<std::string> all;
  for (double share = 0; share < 1; share += 0.01) all.insert(whole.at(share));
  EXPECT_THAT(all, ElementsAre("64", "65", "66", "67"));
}

TEST(SweepAxes, KeysOfARecipe) {
  const base::Declarations all = axis_declarations();
  EXPECT_THAT(read_axis("recipe.noise.scale", {"0..3"}, all, "--vary", base::ExitCode::usage).values, ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(refusal([&] { read_axis("recipe.noise.scael", {"1"}, all, "--vary", base::ExitCode::usage); }),
              AllOf(HasSubstr("did you mean recipe.noise.scale?"), HasSubstr("mho describe --recipe-keys")));
  EXPECT_THAT(refusal([&] { read_axis("recipe.noise.kind", {"pink"}, all, "--vary", base::ExitCode::usage); }), HasSubstr("pink"));
  DesignPoint point;
  set_axis(point, "recipe.noise.scale", "2");
  set_axis(point, "recipe", "quiet.yaml");
  EXPECT_TRUE(point.set.empty()) << "a key of a recipe is none of the design";
  EXPECT_TRUE(is_recipe_axis("recipe") && is_recipe_axis("recipe.epochs") && !is_recipe_axis("recipes"));
}

TEST(SweepAxes, WhatIsNoAxis) {
  EXPECT_THAT(refusal([] { axis("tile.adc.bit", {"4"}); }), AllOf(HasSubstr("no axis 'tile.adc.bit'"), HasSubstr("did you mean tile.adc.bits?")));
  EXPECT_THAT(refusal([] { axis("tile.adc.bits", {"99"}); }), HasSubstr("99"));
  EXPECT_THAT(refusal([] { axis("tile.adc.bits", {"8..4"}); }), HasSubstr("the first end must be smaller than the second"));
  SweepRequest request;
  EXPECT_THAT(refusal([&] { add_variation(request, "tile.adc.bits=4,4"); }), HasSubstr("tile.adc.bits: 4 stands there twice"));
  EXPECT_THAT(refusal([&] { add_variation(request, "tile.rows/tile.columns=64/64,64/128,64/64"); }), HasSubstr("64/64 stands there twice"));
  add_variation(request, "tile.rows/tile.columns=64/64,64/128");
  EXPECT_THAT(refusal([] { axis("tile.adc.bits", {""}); }), HasSubstr("empty"));
  EXPECT_THAT(refusal([] { axis("tile.adc.bits", {"4..8*x"}); }), HasSubstr("no number"));
  EXPECT_THAT(refusal([] { axis("tile.adc.bound", {"0..20^"}); }), HasSubstr("above 0"));
}

TEST(SweepConstraints, AreExpressionsOverKeys) {
  const Constraint area("chip.mesh.width * chip.mesh.height <= 48 AND tile.dac.coding = 'pulse_width'", declared(), "constraint");
  EXPECT_THAT(area.keys(), ElementsAre("chip.mesh.width", "chip.mesh.height", "tile.dac.coding"));
  EXPECT_TRUE(area.holds({std::int64_t{6}, std::int64_t{8}, std::string("pulse_width")}));
  EXPECT_FALSE(area.holds({std::int64_t{7}, std::int64_t{8}, std::string("pulse_width")}));
  EXPECT_FALSE(area.holds({std::int64_t{6}, std::int64_t{8}, std::string("bits")}));
  // Halves are no whole numbers.
  EXPECT_TRUE(Constraint("chip.mesh.width / 2 = 3.5", declared(), "").holds({std::int64_t{7}}));
  EXPECT_THAT(refusal([] { Constraint("chip.mesh.widht > 3", declared(), "c"); }), HasSubstr("did you mean chip.mesh.width?"));
  EXPECT_THAT(refusal([] { Constraint("chip.mesh.width >", declared(), "c"); }), HasSubstr("no condition"));
  EXPECT_THAT(refusal([] { Constraint("1 < 2", declared(), "c"); }), HasSubstr("no key"));
  EXPECT_THAT(refusal([] { static_cast<void>(Constraint("1 / tile.adc.inl > 0", declared(), "c").holds({0.0})); }),
              HasSubstr("neither true nor false"));
}

std::vector<std::string> settings_of(const SweepPoints& points) {
  std::vector<std::string> all;
  for (const NumberedPoint& point : points.points) all.push_back(point.settings.dump());
  return all;
}

TEST(SweepPointsTest, GridZipAndConstraints) {
  SweepRequest request;
  add_variation(request, "tile.adc.bits=6,7");
  add_variation(request, "chip.mesh.width/chip.mesh.height=6/4,8/6");
  EXPECT_THAT(settings_of(points_of(request)), ElementsAre(R"({"tile.adc.bits":"6","chip.mesh.width":"6","chip.mesh.height":"4"})",
                                                           R"({"tile.adc.bits":"6","chip.mesh.width":"8","chip.mesh.height":"6"})",
                                                           R"({"tile.adc.bits":"7","chip.mesh.width":"6","chip.mesh.height":"4"})",
                                                           R"({"tile.adc.bits":"7","chip.mesh.width":"8","chip.mesh.height":"6"})"));
  // Keys that no axis has are those of the design.
  request.constraints = {"chip.mesh.width * tile.adc.bits < 56 OR chip.digital_cores > 100"};
  const SweepPoints held = points_of(request);
  EXPECT_EQ(held.spanned, 4);
  EXPECT_EQ(held.points.size(), 3U);
  EXPECT_EQ(held.excluded.front().second, 1);
  request.constraints.emplace_back("tile.adc.bits > 20");
  EXPECT_THAT(refusal([&] { points_of(request); }), AllOf(HasSubstr("'tile.adc.bits > 20' excludes 4 of 4, all"), HasSubstr("excludes 1 of 4;")));
  EXPECT_THAT(refusal([] { add_variation(*std::make_unique<SweepRequest>(), "chip.mesh.width/chip.mesh.height=6/4,8"); }), HasSubstr("has 1 values"));
  EXPECT_THAT(refusal([] { points_of({}); }), HasSubstr("nothing is varied"));
  SweepRequest twice;
  add_variation(twice, "tile.adc.bits=6,7");
  add_variation(twice, "tile.adc.bits=8");
  EXPECT_THAT(refusal([&] { points_of(twice); }), HasSubstr("varied twice"));
  SweepRequest interval;
  add_variation(interval, "tile.adc.bound=5.0..10");
  EXPECT_THAT(refusal([&] { points_of(interval); }), HasSubstr("a grid takes values"));
}

TEST(SweepPointsTest, ALatinHypercubeHasEveryPartOnce) {
  SweepRequest request;
  add_variation(request, "tile.adc.bound=5.0..25");
  add_variation(request, "tile.noise.output=0.01..0.1^");
  set_sampling(request, "latin:40");
  const SweepPoints points = points_of(request);
  ASSERT_EQ(points.points.size(), 40U);
  std::set<int> bounds, noises;
  for (const NumberedPoint& point : points.points) {
    const auto value = [&](const char* name) { return std::stod(std::get<std::string>(point.settings.find(name)->value())); };
    bounds.insert(static_cast<int>((value("tile.adc.bound") - 5) / 20 * 40));
    noises.insert(static_cast<int>(std::log10(value("tile.noise.output") / 0.01) * 40));
  }
  EXPECT_EQ(bounds.size(), 40U);
  EXPECT_EQ(noises.size(), 40U);
  EXPECT_EQ(settings_of(points_of(request)), settings_of(points));
  SweepRequest other = request;
  other.sampling_seed = 2;
  EXPECT_NE(settings_of(points_of(other)), settings_of(points));
  set_sampling(request, "random:40");
  EXPECT_NE(settings_of(points_of(request)), settings_of(points));
  EXPECT_THAT(refusal([&] { set_sampling(request, "latin"); }), HasSubstr("latin:N"));
}

TEST(SweepScheduleTest, EveryPointOnceAndTheFirstOfAGroupAlone) {
  SweepRequest request;
  add_variation(request, "tile.adc.bits=4..8");
  add_variation(request, "chip.mesh.width=4..12");
  const std::vector<NumberedPoint> points = points_of(request).points;
  Schedule schedule(points, sharing_group, 2, 8);
  std::map<std::string, int> stored;
  std::set<std::int64_t> seen;
  std::vector<std::vector<NumberedPoint>> hands;
  std::mt19937 random(1);
  while (seen.size() < points.size()) {
    std::vector<NumberedPoint> hand = schedule.next();
    for (const NumberedPoint& point : hand) {
      EXPECT_TRUE(seen.insert(point.number).second) << point.number;
      // Either it leads, or its group has been led.
      if (stored[sharing_group(point)] == 0) {
        EXPECT_EQ(hand.size(), 1U);
      }
      schedule.evaluated(0.01);
    }
    if (!hand.empty()) hands.push_back(std::move(hand));
    if (hands.empty()) break;
    if (hands.size() < 2 && random() % 2 == 0) continue;
    // A worker dies now and then: its points come back.
    if (random() % 8 == 0) {
      for (const NumberedPoint& point : hands.front()) seen.erase(point.number);
      schedule.returned(std::move(hands.front()));
    } else {
      for (const NumberedPoint& point : hands.front()) {
        schedule.stored(point);
        ++stored[sharing_group(point)];
      }
    }
    hands.erase(hands.begin());
  }
  EXPECT_EQ(seen.size(), points.size());
}

/// Points with the same mapping are handed out one after the other, though an axis in front of that of the mesh divides them.
TEST(SweepScheduleTest, PointsWithTheSameMappingFollowEachOther) {
  SweepRequest request;
  add_variation(request, "tile.adc.bits=4..8");
  add_variation(request, "chip.mesh.width=4..12");
  const std::vector<NumberedPoint> points = points_of(request).points;
  Schedule schedule(points, nullptr, 1, 8, true);
  std::vector<std::string> order;
  for (std::vector<NumberedPoint> hand = schedule.next(); !hand.empty(); hand = schedule.next()) {
    // A hand ends with the last point of a mapping.
    for (const NumberedPoint& point : hand) order.push_back(chip_group(point));
    EXPECT_EQ(order.size() % 5, 0U);
  }
  ASSERT_EQ(order.size(), points.size());
  const std::size_t groups = std::set<std::string>(order.begin(), order.end()).size();
  EXPECT_EQ(groups, 9U);
  std::size_t changes = 0;
  for (std::size_t i = 1; i < order.size(); ++i) changes += order[i] == order[i - 1] ? 0U : 1U;
  EXPECT_EQ(changes, groups - 1);
}

TEST(FigureFrontTest, IsThatOfACountOverAllPairs) {
  std::mt19937 random(3);
  std::vector<std::pair<double, double>> points;
  FigureFront front("area_mm2", "normalised");
  for (std::int64_t i = 0; i < 400; ++i) {
    points.emplace_back(static_cast<double>(random() % 50), static_cast<double>(random() % 50));
    front.add(i, {{"area_mm2", points.back().first}, {"normalised", points.back().second}});
  }
  front.add(1000, {{"area_mm2", -1.0}});
  std::set<std::pair<double, double>> expected, found;
  for (const auto& [x, y] : points) {
    const bool dominated = std::ranges::any_of(
        points, [x = x, y = y](const auto& other) { return other.first <= x && other.second >= y && (other.first < x || other.second > y); });
    if (!dominated) expected.emplace(x, y);
  }
  for (const FigureFront::Member& member : front.members()) {
    EXPECT_TRUE(found.emplace(member.x, member.y).second);
    EXPECT_EQ(points[static_cast<std::size_t>(member.number)], (std::pair{member.x, member.y}));
  }
  EXPECT_EQ(found, expected);
}

TEST(WorkerLines, SayWhatTheyWereToldBitForBit) {
  WorkerWord word{.kind = WorkerWord::Kind::evaluated, .number = 7};
  word.evaluation.figures = {{"latency_s", 0.1 + 0.2}, {"tiles", 3}, {"accuracy@1d", 1.0 / 3}};
  word.evaluation.reason = "a \"reason\"\nof two lines";
  word.evaluation.exit_code = base::ExitCode::does_not_fit;
  word.evaluation.wall_s = 1e-7;
  const WorkerWord again = worker_word(line_of(word));
  EXPECT_EQ(line_of(word).find('\n'), std::string::npos);
  EXPECT_EQ(again.evaluation.figures, word.evaluation.figures);
  EXPECT_EQ(again.evaluation.reason, word.evaluation.reason);
  EXPECT_EQ(again.evaluation.exit_code, word.evaluation.exit_code);
  EXPECT_EQ(again.evaluation.wall_s, word.evaluation.wall_s);
  WorkerTask task;
  task.task.seed = 18'446'744'073'709'551'615U;
  task.task.samples = 3;
  task.task.times_s = {1, 86400};
  task.tags = {{"a", "b=c"}};
  EXPECT_EQ(line_of(worker_task(line_of(task))), line_of(task));
  SweepRequest request;
  add_variation(request, "layer=first=digital,none");
  add_variation(request, "times=1s,1d");
  const std::vector<NumberedPoint> points = points_of(request).points;
  EXPECT_EQ(line_of(numbered_points(line_of(points))), line_of(points));
  EXPECT_THROW(worker_word("{\"frobnicated\": 1}"), base::UserError);
}

}  // namespace
}  // namespace mho::analysis
