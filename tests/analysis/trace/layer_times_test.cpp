#include "analysis/trace/layer_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace mho::analysis {
namespace {

using periphery::UnitState;
using testing::ElementsAre;

constexpr double ns = 1e-9;

hw::Stage stage(hw::Stage::Kind kind, const char* name, int layer, int phase = 0) {
  hw::Stage one;
  one.kind = kind;
  one.name = name;
  one.layer = layer;
  one.phase = phase;
  one.positions = 1;
  return one;
}

hw::Edge edge(int producer, int consumer) {
  static const auto all = std::make_shared<const std::vector<std::int32_t>>(1, 1);
  return {.producer = producer, .consumer = consumer, .needs = all, .releases = all};
}

/// input -> a, of two stages -> join -> output, and input -> b -> join.
hw::Program branches() {
  using Kind = hw::Stage::Kind;
  hw::Program program;
  program.layers = {{"a", "Conv"}, {"b", "Conv"}, {"join", "Add"}};
  program.stages = {stage(Kind::source, "input", -1), stage(Kind::analog, "a[0]", 0),  stage(Kind::analog, "a[1]", 0),
                    stage(Kind::analog, "b[0]", 1),   stage(Kind::digital, "join", 2), stage(Kind::sink, "output", -1)};
  program.edges = {edge(0, 1), edge(0, 2), edge(0, 3), edge(1, 4), edge(2, 4), edge(3, 4), edge(4, 5)};
  return program;
}

/// A unit for each stage, in a clock of 1 GHz.
std::vector<hw::Unit> unit_each(const hw::Program& program) {
  std::vector<hw::Unit> units;
  for (int s = 0; s < static_cast<int>(program.stages.size()); ++s) units.push_back({"unit", s, base::Clock(1'000'000'000, 1), {{s}}});
  return units;
}

struct Work {
  int stage;
  std::int64_t begin, end;  ///< nanoseconds
};

base::SimTime at(std::int64_t nanoseconds) { return base::SimTime::from_femtoseconds(nanoseconds * 1'000'000); }

/// Tells the recorder of works in the order of time, and then that an inference has left.
void play(LayerTimeRecorder& recorder, const std::vector<Work>& works, std::int64_t left, std::int64_t count) {
  std::multimap<std::int64_t, std::pair<int, UnitState>> changes;
  for (const Work& work : works) changes.insert({work.begin, {work.stage, UnitState::working}});
  for (const Work& work : works) changes.insert({work.end, {work.stage, UnitState::free}});
  for (const auto& [time, change] : changes) recorder.changed(change.first, 0, change.second, time);
  recorder.inference_left(count, at(left));
}

const std::vector<Work> first{{0, 0, 10}, {1, 12, 40}, {2, 20, 60}, {3, 12, 30}, {4, 65, 70}, {5, 90, 100}};

std::map<std::string, LayerTime> by_name(const LayerTimes& times) {
  std::map<std::string, LayerTime> all;
  for (const LayerTime& layer : times.layers) all[layer.name] = layer;
  return all;
}

TEST(LayerTimeRecorder, TellsWhenLayersWork) {
  const hw::Program program = branches();
  LayerTimeRecorder recorder(program);
  recorder.begin(program, unit_each(program), base::Clock(1'000'000'000, 1));
  play(recorder, first, 100, 1);
  const LayerTimes times = recorder.times(at(100));
  std::vector<std::string> names;
  for (const LayerTime& layer : times.layers) names.push_back(layer.name);
  EXPECT_THAT(names, ElementsAre("input", "a", "b", "join", "output"));
  const auto layers = by_name(times);
  EXPECT_DOUBLE_EQ(layers.at("a").begin_s, 12 * ns);
  EXPECT_DOUBLE_EQ(layers.at("a").end_s, 60 * ns);
  EXPECT_DOUBLE_EQ(layers.at("a").working_s, 48 * ns);  // its two stages overlap
  EXPECT_EQ(layers.at("a").layer, 0);
  EXPECT_FALSE(layers.at("input").layer.has_value());
  // 40 parts of 2.5 ns: b works from 12 to 30.
  ASSERT_EQ(layers.at("b").alone.size(), 40U);
  EXPECT_DOUBLE_EQ(times.alone_width_s, 2.5 * ns);
  EXPECT_EQ(layers.at("b").alone[3], 0);
  EXPECT_EQ(layers.at("b").alone[4], 20);
  EXPECT_EQ(layers.at("b").alone[5], 100);
  EXPECT_EQ(layers.at("b").alone[12], 0);
  EXPECT_TRUE(layers.at("b").back_to_back.empty());
}

/// Along input, a, join, output: b ended long before a did, so it has no part in the latency.
TEST(LayerTimeRecorder, SharesOfTheLatencyAddUp) {
  const hw::Program program = branches();
  LayerTimeRecorder recorder(program);
  recorder.begin(program, unit_each(program), base::Clock(1'000'000'000, 1));
  play(recorder, first, 100, 1);
  const auto layers = by_name(recorder.times(at(100)));
  const std::map<std::string, std::pair<double, double>> expected{
      {"input", {10, 10}}, {"a", {50, 48}}, {"b", {0, 0}}, {"join", {10, 5}}, {"output", {30, 10}}};
  double sum = 0;
  for (const auto& [name, share] : expected) {
    EXPECT_NEAR(layers.at(name).latency_s, share.first * ns, 1e-16) << name;
    EXPECT_NEAR(layers.at(name).latency_working_s, share.second * ns, 1e-16) << name;
    sum += layers.at(name).latency_s;
  }
  EXPECT_NEAR(sum, 100 * ns, 1e-16);
}

/// What a stage does behind the last output belongs to no latency.
TEST(LayerTimeRecorder, WorkThatGoesOnBehindTheOutputIsCutOff) {
  const hw::Program program = branches();
  LayerTimeRecorder recorder(program);
  recorder.begin(program, unit_each(program), base::Clock(1'000'000'000, 1));
  recorder.changed(3, 0, UnitState::working, 50);
  recorder.changed(5, 0, UnitState::working, 90);
  recorder.changed(5, 0, UnitState::free, 100);
  recorder.inference_left(1, at(100));
  recorder.changed(3, 0, UnitState::free, 130);
  EXPECT_DOUBLE_EQ(by_name(recorder.times(at(100))).at("b").end_s, 100 * ns);
}

TEST(LayerTimeRecorder, BackToBackBeginsWithTheNextInput) {
  const hw::Program program = branches();
  LayerTimeRecorder recorder(program);
  recorder.begin(program, unit_each(program), base::Clock(1'000'000'000, 1));
  play(recorder, first, 100, 1);
  play(recorder, {{3, 110, 120}}, 121, 1);  // of a state that goes back, after the inference has left
  play(recorder, {{0, 200, 264}, {3, 264, 328}, {0, 328, 392}, {5, 380, 456}}, 456, 2);
  const LayerTimes times = recorder.times(at(100));
  const auto layers = by_name(times);
  // Parts are a power of two picoseconds: 256 ns make 32 of 8.192 ns.
  EXPECT_DOUBLE_EQ(times.back_to_back_width_s, 8.192 * ns);
  const std::vector<int>& input = layers.at("input").back_to_back;
  ASSERT_EQ(input.size(), 32U);
  EXPECT_EQ(input[0], 100);
  EXPECT_EQ(input[7], 81);  // of 57.344 to 65.536, up to 64
  EXPECT_EQ(input[8], 0);
  EXPECT_EQ(layers.at("b").back_to_back[0], 0);
  EXPECT_EQ(layers.at("b").back_to_back[10], 100);
}

/// Those of an estimate come in any order, and often.
TEST(LayerTimeRecorder, WorksInAnyOrderAreTheSame) {
  const hw::Program program = branches();
  LayerTimeRecorder in_order(program), in_disorder(program);
  in_order.begin(program, unit_each(program), base::Clock(1'000'000'000, 1));
  std::mt19937 random(7);
  std::vector<Work> works;
  std::vector<std::int64_t> free(program.stages.size(), 0);
  for (int i = 0; i < 30'000; ++i) {
    const int s = static_cast<int>(random() % program.stages.size());
    const std::int64_t begin = free[static_cast<std::size_t>(s)] + static_cast<std::int64_t>(1 + random() % 5),
                       end = begin + static_cast<std::int64_t>(1 + random() % 5);
    free[static_cast<std::size_t>(s)] = end;
    works.push_back({s, begin, end});
  }
  const std::int64_t latency = *std::ranges::max_element(free);
  play(in_order, works, latency, 1);
  std::ranges::shuffle(works, random);
  for (const Work& work : works) in_disorder.worked(work.stage, 0, work.begin * 1'000'000, work.end * 1'000'000);
  const auto a = by_name(in_order.times(at(latency))), b = by_name(in_disorder.times(at(latency)));
  for (const auto& [name, layer] : a) {
    EXPECT_EQ(layer.working_s, b.at(name).working_s) << name;
    EXPECT_EQ(layer.latency_s, b.at(name).latency_s) << name;
    EXPECT_EQ(layer.alone, b.at(name).alone) << name;
    EXPECT_GT(layer.working_s, 0) << name;
  }
}

/// Phases follow one another, and what one leaves the next begins with: their times add up.
TEST(LayerTimeRecorder, PhasesAddUp) {
  using Kind = hw::Stage::Kind;
  hw::Program program;
  program.layers = {{"a", "Conv"}, {"b", "Conv"}};
  program.phases = {{.programs = false, .name = "first"}, {.programs = true, .name = "programming"}, {.programs = false, .name = "second"}};
  program.stages = {stage(Kind::source, "input", -1, 0),       stage(Kind::analog, "a", 0, 0),
                    stage(Kind::sink, "to memory", -1, 0),     stage(Kind::programming, "program b", 1, 1),
                    stage(Kind::source, "from memory", -1, 2), stage(Kind::analog, "b", 1, 2),
                    stage(Kind::sink, "output", -1, 2)};
  program.edges = {edge(0, 1), edge(1, 2), edge(4, 5), edge(5, 6)};
  LayerTimeRecorder recorder(program);
  recorder.begin(program, unit_each(program), base::Clock(1'000'000'000, 1));
  play(recorder, {{0, 0, 10}, {1, 10, 20}, {2, 20, 25}, {3, 25, 75}, {4, 75, 80}, {5, 80, 90}, {6, 90, 100}}, 100, 1);
  const auto layers = by_name(recorder.times(at(100)));
  EXPECT_NEAR(layers.at("input").latency_s, 15 * ns, 1e-16);
  EXPECT_NEAR(layers.at("a").latency_s, 10 * ns, 1e-16);
  EXPECT_NEAR(layers.at("b").latency_s, 60 * ns, 1e-16);
  EXPECT_NEAR(layers.at("output").latency_s, 15 * ns, 1e-16);
}

TEST(FoldingBins, KeepWhatWasAdded) {
  constexpr std::size_t most = 16;
  FoldingBins bins(2, most);
  std::mt19937_64 random(3);
  std::vector<std::pair<std::int64_t, std::int64_t>> all;
  std::int64_t longest = 0;
  for (int i = 0; i < 500; ++i) {
    const auto begin = static_cast<std::int64_t>(random() % (1ULL << (10 + i / 20))), end = begin + static_cast<std::int64_t>(random() % 100'000);
    longest = std::max(longest, end);
    bins.add_time(i % 2 == 0 ? 1 : 0, base::SimTime::from_femtoseconds(begin), base::SimTime::from_femtoseconds(end));
    if (i % 2 == 0) all.emplace_back(begin, end);
  }
  EXPECT_LE(bins.parts().size(), most);
  const std::int64_t width = bins.width().femtoseconds();
  EXPECT_LT(width * static_cast<std::int64_t>(most), 4 * longest);
  for (std::size_t part = 0; part < bins.parts().size(); ++part) {
    const std::int64_t from = static_cast<std::int64_t>(part) * width;
    std::int64_t expected = 0;
    for (const auto& [begin, end] : all) expected += std::max<std::int64_t>(0, std::min(end, from + width) - std::max(begin, from));
    EXPECT_EQ(bins.parts()[part][1], expected) << part;
  }
}

}  // namespace
}  // namespace mho::analysis
