// Goals, free settings and the search over designs, with an evaluator whose figures are known.
#include "analysis/search/design_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "analysis/design/design.h"
#include "analysis/search/proxy_check.h"
#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"

namespace mho::analysis {
namespace {

using base::user_error;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<double> a_year{31'536'000};

TEST(Goals, BoundsTakeUnitsOfTheirFigure) {
  EXPECT_DOUBLE_EQ(parse_bound("--keep", "99%", "normalised@1y"), 0.99);
  EXPECT_DOUBLE_EQ(parse_bound("--throughput", "100k", "throughput_per_s"), 1e5);
  EXPECT_DOUBLE_EQ(parse_bound("--require", "12 us", "latency_s"), 12e-6);
  EXPECT_DOUBLE_EQ(parse_bound("--require", "2500000 um2", "area_mm2"), 2.5);
  EXPECT_DOUBLE_EQ(parse_bound("--require", "3uJ", "energy_per_inference_j@high"), 3e-6);
  EXPECT_THAT(user_error([&] { parse_bound("--keep", "99", "normalised@1y"); }), HasSubstr("did you mean 99%?"));
  EXPECT_THAT(user_error([&] { parse_bound("--keep", "160%", "normalised@1y"); }), HasSubstr("a share of at most about 1, or 100%"));
  EXPECT_DOUBLE_EQ(parse_bound("--keep", "101%", "normalised@1y"), 1.01);
  for (const std::string wrong : {"", "fast", "12 mm2", "nan", "1e999"}) {
    EXPECT_THAT(user_error([&] { parse_bound("--require", wrong, "latency_s"); }), HasSubstr("with a unit of its own such as 12us")) << wrong;
  }
}

TEST(Goals, FiguresHaveShortNames) {
  EXPECT_EQ(figure_called("area", a_year), "area_mm2");
  EXPECT_EQ(figure_called("energy@high", a_year), "energy_per_inference_j@high");
  EXPECT_EQ(figure_called("yield", a_year), "yield@1y");
  // An age with a fraction is no view.
  EXPECT_EQ(figure_called("normalised", {1500.5}), "normalised@1500.5s");
  EXPECT_TRUE(needs_accuracy("normalised@1500.5s") && is_predictable("normalised@1500.5s"));
  EXPECT_THAT(user_error([] { figure_called("aera", a_year); }), HasSubstr("did you mean area"));
  const FigureLimit limit = parse_limit("--require", "latency<=10us", a_year);
  EXPECT_EQ(limit.text(), "latency_s <= 1e-05");
  EXPECT_THAT(user_error([] { parse_limit("--require", "latency 10us", a_year); }), HasSubstr("FIGURE <= BOUND"));
}

TEST(Goals, ViolationsGrowWithTheDistance) {
  const FigureLimit limit{.figure = "latency_s", .bound = 1e-5}, share{.figure = "normalised@1y", .at_least = true, .bound = 0.8};
  EXPECT_EQ(limit.violation(1e-5), 0);
  EXPECT_NEAR(limit.violation(1e-4), std::log(10), 1e-12);
  EXPECT_NEAR(share.violation(0.4), 0.5, 1e-12);
  const std::map<std::string, double> figures{{"latency_s", 1e-4}, {"area_mm2", std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_THAT(judgement_of(figures, {{"area_mm2"}}, {}).objectives, IsEmpty());
  EXPECT_THAT(judgement_of(figures, {{"latency_s"}}, {share}).objectives, IsEmpty());
  EXPECT_THAT(judgement_of(figures, {{"latency_s", true}}, {limit}).objectives, ElementsAre(-std::log(1e-4)));
}

TEST(FreeSettings, AreReadAsAxesOfASweep) {
  const base::Config all(all_declarations());
  EXPECT_THAT(parse_free("--free", "tile.adc.bits=4..6", all).choices, ElementsAre("4", "5", "6"));
  const FreeSetting words = parse_free("--free", "tile.device.kind=pcm,ideal", all);
  EXPECT_FALSE(words.ordered);
  const FreeSetting real = parse_free("--free", "tile.noise.output=0.01..0.1", all);
  EXPECT_TRUE(real.choices.empty());
  EXPECT_EQ(choice_text(real, 0.5), "0.055");
  EXPECT_FALSE(parse_free("--free", "tile.dac.coding", all).choices.empty());
  EXPECT_THAT(user_error([&] { parse_free("--free", "tile.adc.bitz=4..6", all); }), HasSubstr("tile.adc.bits"));
  EXPECT_THAT(user_error([&] { parse_free("--free", "tile.upkeep.refresh", all); }), HasSubstr("LOW..HIGH"));
  EXPECT_THAT(user_error([&] { parse_free("--free", "tile.adc.bits=4,4", all); }), HasSubstr("twice"));
  EXPECT_THAT(user_error([&] { parse_free("--free", "tile.adc.bits=4,99", all); }), HasSubstr("tile.adc.bits"));
}

TEST(FreeSettings, KeysAloneAreSearchedAroundTheDesign) {
  const base::Config base = load_design(std::nullopt, {"tile.rows=100", "tile.noise.output=0.1"}).config;
  const auto choices = [&](const std::string& key) { return parse_free("--free", key, base).choices; };
  // Words, a short range, factors of two around the design's own value, inside the limits.
  EXPECT_THAT(choices("tile.mapping.scale"), ElementsAre("none", "column", "tile"));
  EXPECT_THAT(choices("tile.dac.latched"), ElementsAre("false", "true"));
  EXPECT_THAT(choices("tile.coding.pairs"), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8"));
  EXPECT_THAT(choices("tile.rows"), ElementsAre("25", "50", "100", "200", "400"));
  EXPECT_THAT(choices("port.outstanding"), ElementsAre("4", "8", "16", "32", "64"));
  const FreeSetting real = parse_free("--free", "tile.noise.output", base);
  EXPECT_TRUE(real.logarithmic);
  EXPECT_EQ(values_text(real), "tile.noise.output: 0.025 to 0.4, by ratios");
  // Of a share that is 0 all of its range; a word in place of a number is left out.
  EXPECT_EQ(values_text(parse_free("--free", "tile.device.stuck_rate", base)), "tile.device.stuck_rate: 0 to 1");
  EXPECT_THAT(choices("tile.adc.bits"), testing::Not(testing::Contains("ideal")));
  // A value with a unit is one of the declared unit.
  const FreeSetting clock = parse_free("--free", "chip.clock", base);
  EXPECT_EQ(choice_text(clock, 0.5), "1 GHz");
  for (const std::string key : {"tile.device.table", "tile.upkeep.refresh"}) {
    EXPECT_THAT(user_error([&] { parse_free("--free", key, base); }), HasSubstr("say between which values")) << key;
  }
  EXPECT_EQ(parse_frees("--free", "tile.rows,tile.columns,digital", base).size(), 3U);
  EXPECT_EQ(parse_frees("--free", "tile.rows=64,128", base).size(), 1U);
}

TEST(FreeSettings, OfADigitalLayerAreLeftOut) {
  const base::Config all(all_declarations());
  std::vector<FreeSetting> settings{parse_free("--free", "tile.rows=64,128", all)};
  for (const std::string layer : {"a", "b"}) {
    for (const std::string text : {"digital", "tile.adc.bits=4..6"}) {
      settings.push_back(parse_free("--per-layer", text, all));
      settings.back().layer = layer;
    }
  }
  const DesignPoint point = design_point(settings, {1, 0, 2, 1, 0});
  EXPECT_THAT(point.set, ElementsAre("tile.rows=128"));
  EXPECT_THAT(point.layer, ElementsAre("a=analog", "b=digital", "a:tile.adc.bits=6"));
  // Bits of the digital layer make no other design.
  EXPECT_THAT(canonical(settings, {1, 0, 2, 1, 2}), ElementsAre(1, 0, 2, 1, 0));
  EXPECT_THAT(canonical(settings, {1, 0, 2, 0, 2}), ElementsAre(1, 0, 2, 0, 2));
}

TEST(FreeSettings, UniformPointsHaveEqualLayers) {
  std::vector<FreeSetting> settings{{.key = "chip.mesh.width", .choices = {"4", "6", "8"}}};
  for (const char* layer : {"a", "b", "c"}) {
    settings.push_back({.key = "digital", .layer = layer, .choices = {"false", "true"}, .ordered = false});
    settings.push_back({.key = "tile.adc.bits", .layer = layer, .choices = {"5", "6", "7", "8"}});
  }
  const auto sets = [&](const std::vector<Coordinates>& points) {
    std::set<std::vector<std::string>> all;
    for (const Coordinates& at : points) {
      const DesignPoint point = design_point(settings, at);
      EXPECT_EQ(point.set, std::vector<std::string>{"chip.mesh.width=6"});
      all.insert(point.layer);
    }
    return all;
  };
  // Four numbers of bits.
  const std::vector<Coordinates> uniform = uniform_points(settings, 100);
  EXPECT_EQ(uniform.size(), 4U);
  EXPECT_THAT(sets(uniform),
              AllOf(testing::SizeIs(4), testing::Contains(std::vector<std::string>{"a=analog", "b=analog", "c=analog", "a:tile.adc.bits=5",
                                                                                   "b:tile.adc.bits=5", "c:tile.adc.bits=5"})));
  EXPECT_EQ(uniform_points(settings, 3).size(), 3U);
  EXPECT_TRUE(uniform_points({settings.front()}, 3).empty());
  // The noisiest layer, then the two noisiest, are digital.
  const std::vector<Coordinates> mixed = points_with_digital_layers(settings, {"b", "c", "a"}, 100);
  EXPECT_EQ(mixed.size(), 8U);
  EXPECT_THAT(sets(mixed),
              AllOf(testing::Contains(std::vector<std::string>{"a=analog", "b=digital", "c=analog", "a:tile.adc.bits=8", "c:tile.adc.bits=8"}),
                    testing::Contains(std::vector<std::string>{"a=analog", "b=digital", "c=digital", "a:tile.adc.bits=6"})));
  EXPECT_TRUE(points_with_digital_layers({settings.front(), settings.back()}, {"c", "b"}, 100).empty());
}

/// A digital layer's own settings make no other design: none is evaluated twice, shown twice or confirmed twice.
TEST(DesignSearch, DesignsThatAreTheSameAreEvaluatedOnce) {
  class Counting : public Evaluator {
   public:
    std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override {
      std::vector<Evaluation> all;
      for (const DesignPoint& point : points) {
        std::string text;
        for (const std::string& rule : point.layer) text += rule + " ";
        ++asked[text];
        Evaluation one;
        one.figures = {{"area_mm2", 1.0 + static_cast<double>(text.size())}, {"latency_s", text.find("digital") == std::string::npos ? 1.0 : 2.0}};
        all.push_back(one);
      }
      return all;
    }
    std::map<std::string, int> asked;
  };
  const base::Config all(all_declarations());
  std::vector<FreeSetting> settings{parse_free("--per-layer", "digital", all), parse_free("--per-layer", "tile.adc.bits=4..8", all)};
  for (FreeSetting& setting : settings) setting.layer = "a";
  for (const std::vector<Objective>& objectives : {std::vector<Objective>{{"area_mm2"}}, std::vector<Objective>{{"area_mm2"}, {"latency_s", true}}}) {
    Counting chips, full;
    DesignSearch search({.free = settings, .objectives = objectives, .constraints = {}}, chips);
    search.run({.evaluations = 10});
    // Five numbers of bits, or digital.
    EXPECT_EQ(chips.asked.size(), 6U);
    for (const auto& [text, times] : chips.asked) EXPECT_EQ(times, 1) << text;
    if (objectives.size() == 1) {
      EXPECT_EQ(search.best().size(), 6U);
    }
    static_cast<void>(search.confirm(full, 6));
    for (const auto& [text, times] : full.asked) EXPECT_EQ(times, 1) << text;
  }
}

/// Area of bits and rows, accuracy of both; what is confirmed is a hundredth worse.
class KnownChips : public Evaluator {
 public:
  explicit KnownChips(double less = 0) : less_(less) {}
  std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override {
    std::vector<Evaluation> all;
    for (const DesignPoint& point : points) {
      const double bits = number(point.set.at(0)), rows = number(point.set.at(1));
      Evaluation one;
      if (rows == 13) {
        one.reason = "thirteen rows";
        one.exit_code = base::ExitCode::does_not_fit;
      } else {
        one.figures = {
            {"area_mm2", bits * bits + rows}, {"normalised@1y", 1 - std::exp2(-bits) - 0.001 * rows - less_}, {"latency_s", 1e-6 * (30 - rows)}};
      }
      ++asked;
      all.push_back(one);
    }
    return all;
  }
  int asked = 0;

 private:
  static double number(const std::string& text) { return std::stod(text.substr(text.find('=') + 1)); }
  double less_;
};

std::vector<FreeSetting> bits_and_rows() {
  const base::Config all(all_declarations());
  return {parse_free("--free", "tile.adc.bits=2..12", all), parse_free("--free", "tile.rows=1..20", all)};
}

TEST(DesignSearch, FindsTheBestAndWhatBindsIt) {
  KnownChips chips;
  SearchProblem problem{.free = bits_and_rows(),
                        .objectives = {{"area_mm2"}},
                        .constraints = {{.figure = "normalised@1y", .at_least = true, .bound = 0.98}, {.figure = "latency_s", .bound = 40e-6}}};
  DesignSearch search(problem, chips);
  search.run({.evaluations = 120});
  ASSERT_FALSE(search.best().empty());
  const SearchedDesign best = search.design(search.best().front());
  // 6 bits leave 1/64, so 4 rows at most; the least is one row.
  EXPECT_THAT(best.point.set, ElementsAre("tile.adc.bits=6", "tile.rows=1"));
  const std::vector<LimitPrice> prices = search.prices({.evaluations = 120}, 40);
  ASSERT_EQ(prices.size(), 2U);
  // Twice the loss, 4 %, is kept by 5 bits: 26 in place of 37.
  EXPECT_NEAR(prices[0].easier.bound, 0.96, 1e-12);
  EXPECT_NEAR(prices[0].objective.value(), 26, 1e-9);
  EXPECT_NEAR(prices[0].saved, 11.0 / 37, 1e-9);
  EXPECT_NEAR(prices[1].saved, 0, 1e-12);
  EXPECT_THAT(search.failures(), testing::Contains(testing::Pair("thirteen rows", testing::Ge(1U))));
  EXPECT_EQ(static_cast<std::size_t>(chips.asked), 120U + 2 * 40U);
}

TEST(DesignSearch, ConfirmsAndLearnsWhatPredictionsMiss) {
  KnownChips chips, worse(0.006);
  SearchProblem problem{
      .free = bits_and_rows(), .objectives = {{"area_mm2"}}, .constraints = {{.figure = "normalised@1y", .at_least = true, .bound = 0.98}}};
  DesignSearch search(problem, chips);
  search.run({.evaluations = 200});
  const std::vector<SearchedDesign> found = search.confirm(worse, 2);
  // The best by prediction misses the bound by what predictions miss; the next that is tried keeps it: one bit more.
  ASSERT_EQ(found.size(), 3U);
  EXPECT_FALSE(found[0].kept);
  EXPECT_THAT(found[0].point.set, ElementsAre("tile.adc.bits=6", "tile.rows=1"));
  EXPECT_TRUE(found[1].kept);
  EXPECT_THAT(found[1].point.set, ElementsAre("tile.adc.bits=7", "tile.rows=1"));
  EXPECT_EQ(worse.asked, 3);
}

/// An objective that is no number for some designs: they count as failed and are named, the others are searched.
TEST(DesignSearch, AnObjectiveThatIsNoNumberIsAFailure) {
  class SometimesNaN : public KnownChips {
   public:
    std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override {
      std::vector<Evaluation> all = KnownChips::evaluate(points);
      for (Evaluation& one : all) {
        if (one.ok() && one.figures["area_mm2"] > 100) one.figures["area_mm2"] = std::numeric_limits<double>::quiet_NaN();
        if (one.ok() && one.figures["area_mm2"] < 10) one.figures.erase("area_mm2");
      }
      return all;
    }
  };
  SometimesNaN chips;
  DesignSearch search({.free = bits_and_rows(), .objectives = {{"area_mm2"}}, .constraints = {}}, chips);
  search.run({.evaluations = 220});
  ASSERT_FALSE(search.best().empty());
  // 3 bits and a row: 10, the least that is left.
  EXPECT_THAT(search.design(search.best().front()).point.set, ElementsAre("tile.adc.bits=3", "tile.rows=1"));
  EXPECT_THAT(search.failures(), AllOf(testing::Contains(testing::Key("area_mm2 is no number for this design")),
                                       testing::Contains(testing::Key("there is no area_mm2 for this design"))));
}

TEST(DesignSearch, SaysWhichConstraintExcludesEverything) {
  KnownChips chips;
  SearchProblem problem{.free = bits_and_rows(),
                        .objectives = {{"area_mm2"}},
                        .constraints = {{.figure = "normalised@1y", .at_least = true, .bound = 0.9}, {.figure = "latency_s", .bound = 1e-6}}};
  DesignSearch search(problem, chips);
  search.run({.evaluations = 220});
  EXPECT_THAT(search.best(), IsEmpty());
  const std::vector<LimitTrouble> troubles = search.troubles();
  ASSERT_EQ(troubles.size(), 2U);
  EXPECT_GT(troubles[0].kept, 0U);
  EXPECT_EQ(troubles[1].kept, 0U);
  EXPECT_NEAR(troubles[1].closest.value(), 10e-6, 1e-12);
}

TEST(DesignSearch, OfSeveralObjectivesGivesTheFront) {
  KnownChips chips;
  SearchProblem problem{.free = bits_and_rows(), .objectives = {{"area_mm2"}, {"normalised@1y", true}}, .constraints = {}};
  DesignSearch search(problem, chips);
  search.run({.evaluations = 220});
  EXPECT_TRUE(search.archive().exhausted);
  // One row is best in both: a design for each number of bits.
  EXPECT_EQ(search.best().size(), 11U);
  const std::vector<SearchStep> log = search.log();
  EXPECT_TRUE(std::ranges::is_sorted(log, {}, &SearchStep::hypervolume));
  KnownChips full;
  EXPECT_EQ(search.confirm(full, 3).size(), 3U);
}

/// Predictions that are too low exclude nothing: the nearest designs are confirmed, and correct the others.
TEST(DesignSearch, NothingIsImpossibleByPredictionAlone) {
  KnownChips low(0.05), chips;
  SearchProblem problem{
      .free = bits_and_rows(), .objectives = {{"area_mm2"}}, .constraints = {{.figure = "normalised@1y", .at_least = true, .bound = 0.98}}};
  DesignSearch search(problem, low);
  search.run({.evaluations = 220});
  EXPECT_THAT(search.best(), IsEmpty());
  const std::vector<SearchedDesign> found = search.confirm(chips, 2);
  ASSERT_FALSE(search.best().empty());
  const SearchedDesign best = search.design(search.best().front());
  EXPECT_TRUE(best.kept);
  EXPECT_THAT(best.point.set, ElementsAre("tile.adc.bits=6", "tile.rows=1"));
  EXPECT_LE(found.size(), 6U);
  EXPECT_EQ(search.feasible(), search.best().size());
  std::vector<LimitPrice> prices = search.prices({.evaluations = 220}, 20);
  search.price(prices);
  EXPECT_NEAR(prices.front().value, 1 - std::exp2(-6) - 0.001, 1e-12);
  EXPECT_NEAR(prices.front().objective.value(), 26, 1e-9);
  EXPECT_NEAR(search.best_without_constraints().value(), 5, 1e-9);
}

/// A relaxed search that finds a better design within the old bounds improves the best design.
TEST(DesignSearch, DesignsOfRelaxedSearchesBelongToTheSearch) {
  KnownChips chips;
  SearchProblem problem{
      .free = bits_and_rows(), .objectives = {{"area_mm2"}}, .constraints = {{.figure = "normalised@1y", .at_least = true, .bound = 0.98}}};
  DesignSearch search(problem, chips);
  search.run({.evaluations = 10});
  const std::size_t before = search.archive().points.size();
  static_cast<void>(search.prices({.evaluations = 10}, 210));
  EXPECT_GT(search.archive().points.size(), before);
  EXPECT_THAT(search.design(search.best().front()).point.set, ElementsAre("tile.adc.bits=6", "tile.rows=1"));
}

TEST(Greedy, LayersStayAnalogAsLongAsAccuracyIsKept) {
  const workloads::Network network = workloads::OnnxModel()
                                         .input("x", {0, 4})
                                         .output("y")
                                         .floats("w", {4, 8}, workloads::ramp(32))
                                         .floats("v", {8, 3}, workloads::ramp(24))
                                         .node("MatMul", {"x", "w"}, "h", "first")
                                         .node("MatMul", {"h", "v"}, "y", "second")
                                         .import();
  std::vector<std::string> layers;
  for (const workloads::Node& node : network.nodes) {
    if (node.on_tiles()) layers.push_back(node.name);
  }
  ASSERT_EQ(layers.size(), 2U);
  /// The larger layer costs 5 % on tiles, the other one nothing.
  class ByLayer : public Evaluator {
   public:
    explicit ByLayer(std::string costly) : costly_(std::move(costly)) {}
    std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override {
      std::vector<Evaluation> all;
      for (const DesignPoint& point : points) {
        const bool digital = std::ranges::find(point.layer, costly_ + "=digital") != point.layer.end();
        Evaluation one;
        one.figures = {{"normalised@1d", digital ? 1 : 0.95}};
        all.push_back(one);
      }
      return all;
    }

   private:
    std::string costly_;
  };
  for (const std::string& costly : layers) {
    ByLayer evaluator(costly);
    const GreedyChoice choice = greedy_by_macs(network, evaluator, {}, "normalised@1d", 0.99);
    ASSERT_EQ(choice.steps.size(), 2U);
    EXPECT_GE(choice.steps[0].macs, choice.steps[1].macs);
    EXPECT_THAT(choice.point.layer, ElementsAre(costly + "=digital"));
    for (const GreedyStep& step : choice.steps) EXPECT_EQ(step.analog, step.layer != costly);
  }
}

}  // namespace
}  // namespace mho::analysis
