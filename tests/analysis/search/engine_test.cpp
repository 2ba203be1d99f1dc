// How points are chosen: against full enumeration of a space, and against an analytic front.
#include "analysis/search/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace mho::analysis {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Ge;

/// 10 x 10 x 10 x 10 chips, of which four in ten keep a latency and an error: bits, rows, multiplexing, and a word.
const std::vector<Coordinate> chips{{true, true, 0, 9}, {true, true, 0, 9}, {true, true, 0, 9}, {true, false, 0, 9}};
Judgement chip(const Coordinates& at) {
  const double bits = 3 + at[0], rows = 64 * (1 + at[1]), mux = 1 + at[2], word = std::fmod(at[3] * 7 + 3, 10);
  const double area = rows * rows * 1e-3 + rows / mux * std::exp2(bits) * 0.02 + 3 * word;
  const double energy = std::exp2(bits) * 0.3 + 2000 / rows + 0.5 * word + 0.2 * mux;
  const double latency = mux * bits * 10 + 3 * rows / 64, error = std::exp2(-bits) * 8 + rows / 640 * 0.3 + (10 - word) * 0.02;
  return {.objectives = {std::log(area), std::log(energy)},
          .violation = std::max(0.0, std::log(latency / 480)) + std::max(0.0, std::log(error / 0.85))};
}
std::vector<Judgement> judge_chips(const std::vector<Coordinates>& points) {
  std::vector<Judgement> judgements;
  for (const Coordinates& at : points) judgements.push_back(chip(at));
  return judgements;
}

std::vector<JudgedPoint> all_chips() {
  std::vector<JudgedPoint> all;
  for (int i = 0; i < 10'000; ++i) {
    const Coordinates at{std::floor(i / 1000.0), std::fmod(std::floor(i / 100.0), 10), std::fmod(std::floor(i / 10.0), 10), std::fmod(i, 10)};
    all.push_back({at, chip(at)});
  }
  return all;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return 0.5 * (values[(values.size() - 1) / 2] + values[values.size() / 2]);
}

/// Shares of the whole space's hypervolume at two budgets, and of its front's points, by seed.
struct Reached {
  std::vector<double> early, late, front;
};
Reached reached(EngineKind kind, const std::vector<JudgedPoint>& all) {
  const ObjectiveRange range = objective_range(all);
  const double whole = hypervolume(all, all.size(), range.ideal, range.nadir);
  const std::vector<std::size_t> front = front_of(all);
  Reached found;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Archive archive = explore(chips, 2, judge_chips, {.kind = kind, .seed = seed, .evaluations = 500});
    found.early.push_back(hypervolume(archive.points, 150, range.ideal, range.nadir) / whole);
    found.late.push_back(hypervolume(archive.points, 500, range.ideal, range.nadir) / whole);
    const auto is_found = [&](std::size_t i) {
      return std::ranges::any_of(archive.points, [&](const auto& point) { return point.at == all[i].at; });
    };
    found.front.push_back(static_cast<double>(std::ranges::count_if(front, is_found)) / static_cast<double>(front.size()));
  }
  return found;
}

TEST(Engine, FindsTheFrontOfAnEnumeratedSpace) {
  const std::vector<JudgedPoint> all = all_chips();
  const auto feasible = std::ranges::count_if(all, [](const auto& point) { return point.judgement.feasible(); });
  EXPECT_NEAR(static_cast<double>(feasible), 5000, 300);
  const Reached random = reached(EngineKind::random, all), nsga2 = reached(EngineKind::nsga2, all), ants = reached(EngineKind::ants, all);
  for (const auto& [name, found] : {std::pair{"random", &random}, std::pair{"nsga2", &nsga2}, std::pair{"ants", &ants}}) {
    std::printf("%s: median share of the hypervolume %.4f at 150, %.4f at 500; of the front's points %.3f\n", name, median(found->early),
                median(found->late), median(found->front));
  }
  std::vector<double> early = random.early;
  std::ranges::sort(early);
  const double upper_quartile = early[7];
  EXPECT_GT(median(nsga2.early), upper_quartile);
  EXPECT_GE(median(nsga2.late), 0.95);
  EXPECT_GE(median(ants.late), 0.95);
  EXPECT_GT(median(ants.late), median(random.late));
  EXPECT_GT(median(nsga2.front), 0.4);
  EXPECT_LT(median(random.front), 0.15);
}

TEST(Engine, GivesTheSamePointsForTheSameSeedAndNoneTwice) {
  for (const EngineKind kind : {EngineKind::nsga2, EngineKind::ants, EngineKind::random}) {
    const EngineOptions options{.kind = kind, .seed = 7, .evaluations = 200};
    const Archive one = explore(chips, 2, judge_chips, options), two = explore(chips, 2, judge_chips, options);
    EngineOptions other = options;
    other.seed = 8;
    const Archive three = explore(chips, 2, judge_chips, other);
    ASSERT_EQ(one.points.size(), 200U) << engine_name(kind);
    std::set<Coordinates> distinct;
    bool same = true, differs = false;
    for (std::size_t i = 0; i < 200; ++i) {
      distinct.insert(one.points[i].at);
      same = same && one.points[i].at == two.points[i].at;
      differs = differs || one.points[i].at != three.points[i].at;
    }
    EXPECT_EQ(distinct.size(), 200U) << engine_name(kind);
    EXPECT_TRUE(same) << engine_name(kind);
    EXPECT_TRUE(differs) << engine_name(kind);
    EXPECT_EQ(one.generations.back(), 200U);
    EXPECT_FALSE(one.exhausted);
  }
}

TEST(Engine, StopsWhereThereIsNoOtherPoint) {
  const std::vector<Coordinate> small{{true, true, 0, 4}, {true, false, 2, 5}};
  const Judge judge = [](const std::vector<Coordinates>& points) {
    std::vector<Judgement> judgements;
    for (const Coordinates& at : points) judgements.push_back({.objectives = {at[0] + at[1]}, .violation = at[0] < 2 ? 1.0 : 0.0});
    return judgements;
  };
  for (const EngineKind kind : {EngineKind::nsga2, EngineKind::ants, EngineKind::random}) {
    const Archive archive = explore(small, 1, judge, {.kind = kind, .evaluations = 500});
    EXPECT_EQ(archive.points.size(), 20U) << engine_name(kind);
    EXPECT_TRUE(archive.exhausted);
    const std::vector<std::size_t> best = front_of(archive.points);
    ASSERT_EQ(best.size(), 1U);
    EXPECT_THAT(archive.points[best[0]].at, ElementsAre(2, 2));
  }
}

/// ZDT1 of Zitzler, Deb and Thiele (Evolutionary Computation 8(2), 2000) in 5 variables, of which the last one is a whole number of 0..10 for a tenth
/// each: its front is f2 = 1 - sqrt(f1).
TEST(Engine, ReachesTheFrontOfZdt1InRealAndWholeNumbers) {
  std::vector<Coordinate> space(4, Coordinate{.whole = false, .low = 0, .high = 1});
  space.push_back({.whole = true, .low = 0, .high = 10});
  const Judge judge = [](const std::vector<Coordinates>& points) {
    std::vector<Judgement> judgements;
    for (const Coordinates& at : points) {
      const double g = 1 + 9.0 / 4 * (at[1] + at[2] + at[3] + at[4] / 10);
      judgements.push_back({.objectives = {at[0], g * (1 - std::sqrt(at[0] / g))}});
    }
    return judgements;
  };
  const auto reach = [&](EngineKind kind) {
    const Archive archive = explore(space, 2, judge, {.kind = kind, .evaluations = 3000, .population = 40});
    return hypervolume(archive.points, archive.points.size(), {0, 0}, {1, 1});
  };
  // Of the true front up to the corner (1.1, 1.1): 1.21 less the area below it.
  const double whole = 1.21 - (1 - 2.0 / 3 + 0.0);
  const double nsga2 = reach(EngineKind::nsga2), random = reach(EngineKind::random);
  EXPECT_GT(nsga2, 0.99 * whole);
  EXPECT_LT(nsga2, whole + 1e-9);
  EXPECT_GT(reach(EngineKind::ants), random);
}

TEST(Engine, HypervolumeIsThatOfRectangles) {
  const auto point = [](double x, double y, double violation = 0) { return JudgedPoint{{x, y}, {.objectives = {x, y}, .violation = violation}}; };
  std::vector<JudgedPoint> points{point(0, 10), point(10, 0), point(5, 5), point(6, 6), point(1, 1, 0.5)};
  const ObjectiveRange range = objective_range(points);
  EXPECT_THAT(range.ideal, ElementsAre(0, 0));
  EXPECT_THAT(range.nadir, ElementsAre(10, 10));
  EXPECT_THAT(front_of(points), ElementsAre(0, 2, 1));
  EXPECT_NEAR(hypervolume(points, 1, range.ideal, range.nadir), 1.1 * 0.1, 1e-12);
  EXPECT_NEAR(hypervolume(points, 5, range.ideal, range.nadir), 0.5 * 0.1 + 0.5 * 0.6 + 0.1 * 1.1, 1e-12);
}

}  // namespace
}  // namespace mho::analysis
