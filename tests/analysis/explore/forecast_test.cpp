// How long a sweep will take, beside what a database holds.
#include "analysis/explore/sweep/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "analysis/explore/worker.h"
#include "analysis/store/cache.h"
#include "base/design_file/document.h"

namespace mho::analysis {
namespace {

class ForecastTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "mho-forecast-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    settings_.database = (folder_ / "results.db").string();
    settings_.built_in_network = network_;
    task_.accuracy = true;
    task_.times_s = {1, 86'400};
    task_.repeats = 8;
    task_.samples = 1500;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static NumberedPoint point(std::int64_t number, const std::string& key, const std::string& value) {
    NumberedPoint made{.number = number, .settings = base::Json::Object{}, .point = {}};
    made.settings[key] = value;
    set_axis(made.point, key, value);
    return made;
  }
  [[nodiscard]] double seconds(const std::vector<NumberedPoint>& points) const { return forecast(task_, points, settings_).seconds; }

  /// As a worker evaluates and stores them.
  void evaluate(const std::vector<NumberedPoint>& points) const {
    PointStore store(settings_.database);
    store.begin({.command = "mho sweep", .request = base::Json::Object{}});
    StoredCache cache(settings_.database);
    LocalEvaluator evaluator(task_, network_, &cache);
    std::vector<PointStore::Kept> kept;
    for (const NumberedPoint& one : points) kept.push_back({one, evaluator.compute(evaluator.prepare(one.point))});
    store.keep(Exploration{.command = "mho sweep", .request = base::Json::Object{}}.hash(), kept, {});
  }

  std::filesystem::path folder_;
  std::string network_ = base::read_file(MHO_STORE_DATA "/../../../../examples/default_network/strokes.onnx");
  EvaluationTask task_;
  SweepSettings settings_;
};

TEST_F(ForecastTest, WhatTheDatabaseHoldsTakesNoTime) {
  const NumberedPoint six = point(0, "tile.adc.bits", "6"), seven = point(1, "tile.adc.bits", "7");
  const double one = seconds({six});
  // 41.6 k multiply-accumulates, 1500 samples, 8 programmings, 2 ages.
  EXPECT_NEAR(one, 41'600 * 1500.0 * 8 * 2 * 1.5e-10, 1e-12);
  EXPECT_DOUBLE_EQ(seconds({six, seven}), 2 * one);
  evaluate({six});
  EXPECT_EQ(seconds({six}), 0) << "its run is there";
  EXPECT_DOUBLE_EQ(seconds({six, seven}), one);
  // Another chip with the same accuracy.
  task_.set = {"tile.adc.bits=6"};
  EXPECT_EQ(seconds({point(2, "digital.energy", "0.2")}), 0) << "its accuracy is in the cache";
  EXPECT_EQ(seconds({point(3, "chip.mesh.width", "7")}), 0);
  EXPECT_DOUBLE_EQ(seconds({point(4, "tile.dac.bits", "7")}), one);
  settings_.cache = false;
  EXPECT_DOUBLE_EQ(seconds({point(2, "digital.energy", "0.2")}), one) << "without the cache it is computed again";
}

TEST_F(ForecastTest, OtherSamplesAreOtherAccuracies) {
  evaluate({point(0, "tile.adc.bits", "6")});
  task_.samples = 1400;
  EXPECT_GT(seconds({point(0, "tile.adc.bits", "6")}), 0);
  task_.samples = 1500;
  task_.seed = 2;
  EXPECT_GT(seconds({point(0, "tile.adc.bits", "6")}), 0);
}

}  // namespace
}  // namespace mho::analysis
