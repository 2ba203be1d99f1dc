// When layers work: against the trace of the same simulation, and an estimate against the simulation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

double number(const base::Json& json) {
  if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
  return std::get<double>(json.value());
}

std::string text(const base::Json& json, const char* key) { return std::get<std::string>(json.find(key)->value()); }

class LayerTimesTest : public CommandTest {
 protected:
  /// Rows of layer_times by name.
  [[nodiscard]] std::map<std::string, base::Json> times(const std::vector<std::string>& line) {
    std::vector<std::string> words = line;
    words.emplace_back("--json");
    const Outcome outcome = mho(words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const base::Json json = base::Json::parse(outcome.out, "out");
    latency_s_ = number(*json.find("latency_s"));
    std::map<std::string, base::Json> all;
    for (const base::Json& layer : std::get<base::Json::Array>(json.find("layer_times")->find("layers")->value())) all[text(layer, "name")] = layer;
    return all;
  }
  double latency_s_ = 0;
};

/// Slices of the first inference, put together by the layers of their stages.
TEST_F(LayerTimesTest, AreThoseOfTheTrace) {
  const auto layers = times(on_large_chip({"simulate", "--trace", "trace.json"}, false));
  const base::Json trace = base::Json::parse(base::read_file((folder_ / "trace.json").string()), "trace");
  std::map<std::string, std::vector<std::pair<double, double>>> slices;
  constexpr double microsecond = 1e-6;
  for (const base::Json& event : std::get<base::Json::Array>(trace.find("traceEvents")->value())) {
    const base::Json* arguments = event.find("args");
    if (text(event, "ph") != "X" || arguments == nullptr || arguments->find("inference") == nullptr || number(*arguments->find("inference")) != 0)
      continue;
    const std::string stage = text(event, "name");
    const double begin = microsecond * number(*event.find("ts"));
    slices[stage.substr(0, stage.find_first_of("[ "))].emplace_back(begin, begin + microsecond * number(*event.find("dur")));
  }
  ASSERT_EQ(slices.size(), layers.size());
  double sum = 0;
  for (const auto& [name, layer] : layers) {
    auto& works = slices.at(name);
    std::ranges::sort(works);
    double working = 0, until = 0;
    for (const auto& [begin, end] : works) {
      working += std::max(0.0, end - std::max(begin, until));
      until = std::max(until, end);
    }
    constexpr double femtosecond = 1e-15;
    EXPECT_NEAR(number(*layer.find("begin_s")), works.front().first, femtosecond) << name;
    EXPECT_NEAR(number(*layer.find("end_s")), until, femtosecond) << name;
    EXPECT_NEAR(number(*layer.find("working_s")), working, 1e-9 * working) << name;
    EXPECT_GT(working, 0) << name;
    // Percents of equal parts of the latency.
    double percents = 0;
    const auto& parts = std::get<base::Json::Array>(layer.find("alone_percent")->value());
    for (const base::Json& part : parts) percents += number(part);
    EXPECT_NEAR(percents / 100 / static_cast<double>(parts.size()) * latency_s_, working, 0.006 * latency_s_) << name;
    sum += number(*layer.find("latency_s"));
  }
  EXPECT_NEAR(sum, latency_s_, 1e-9 * latency_s_);
}

/// Above the latency of what is before: layers of a chain of convolutions overlap.
TEST_F(LayerTimesTest, AnEstimateTellsTheSame) {
  const auto simulated = times(on_large_chip({"simulate"}, false));
  const double latency_s = latency_s_;
  const auto estimated = times(on_large_chip({"simulate", "--fidelity", "estimate"}, false));
  ASSERT_EQ(simulated.size(), estimated.size());
  for (const auto& [name, layer] : simulated) {
    for (const char* key : {"begin_s", "end_s", "working_s", "latency_s"}) {
      EXPECT_NEAR(number(*layer.find(key)), number(*estimated.at(name).find(key)), 0.05 * latency_s) << name << " " << key;
    }
    EXPECT_FALSE(std::get<base::Json::Array>(layer.find("back_to_back_percent")->value()).empty());
    EXPECT_TRUE(std::get<base::Json::Array>(estimated.at(name).find("back_to_back_percent")->value()).empty());
  }
}

/// Programming belongs to the layer whose tiles are programmed.
TEST_F(LayerTimesTest, PhasesAddUp) {
  const auto layers = times({"simulate", "--set", "mapper.weights=reloaded", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2"});
  double sum = 0;
  for (const auto& [name, layer] : layers) sum += number(*layer.find("latency_s"));
  EXPECT_NEAR(sum, latency_s_, 1e-9 * latency_s_);
  EXPECT_NEAR(number(*layers.at("first").find("latency_working_s")), 2.0 / 3 * latency_s_, 0.01 * latency_s_);  // two of three tiles
}

}  // namespace
}  // namespace mho::cli::test
