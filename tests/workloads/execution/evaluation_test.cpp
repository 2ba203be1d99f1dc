#include "workloads/execution/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/design_file/config.h"
#include "periphery/parameters.h"
#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "tests/workloads/small_network.h"
#include "workloads/data/array_dataset.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/execution.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::AllOf;
using testing::HasSubstr;

tiles::TileParameters standard_tile(const std::vector<std::string>& settings = {}) {
  base::Declarations all = tiles::declarations();
  const auto more = periphery::declarations();
  all.insert(all.end(), more.begin(), more.end());
  base::Config config(all);
  for (const char* size : {"tile.rows=512", "tile.columns=512"}) config.set(size);
  for (const auto& setting : settings) config.set(setting);
  return tiles::TileParameters::read(config);
}

/// Images [n][...] with a label each.
std::unique_ptr<Dataset> labelled(FileArray images, const std::vector<int>& labels, Shape sample_shape, const SampleScaling& scaling) {
  ArraySamples samples;
  samples.name = "made up";
  samples.hash = "0";
  samples.count = labels.size();
  samples.inputs = std::move(images);
  samples.sample_shape = std::move(sample_shape);
  samples.scaling = scaling;
  for (const int label : labels) {
    samples.targets.push_back(static_cast<float>(label));
    samples.classes = std::max(samples.classes, label + 1);
  }
  return array_dataset(std::move(samples));
}

std::unique_ptr<Dataset> small_data(std::size_t count) {
  FileArray images;
  images.shape = {static_cast<std::int64_t>(count), 2, 9, 9};
  std::vector<int> labels;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < count * 162; ++i) {
    state = state * 1664525U + 1013904223U;
    images.bytes.push_back(static_cast<std::uint8_t>(state >> 24U));
  }
  for (std::size_t i = 0; i < count; ++i) labels.push_back(static_cast<int>(i % 5));
  return labelled(std::move(images), labels, {2, 9, 9}, {.divide = 255, .mean = {0.5F}, .deviation = {0.5F}});
}

/// All matrices that are not digital on tiles of their own.
TiledNetwork tiled(const Network& network, const tiles::TileParameters& tile) {
  tiles::Layout layout;
  for (const Matrix& matrix : network.matrices) {
    if (matrix.digital) continue;
    layout.matrices.push_back(
        tiles::default_layout(matrix.name, matrix.inputs, matrix.outputs, matrix.groups, tile.rows, tile.columns, layout.tiles));
    layout.tiles += static_cast<int>(layout.matrices.back().blocks.size());
  }
  return {network, tile, layout, full_scale_inputs(layout)};
}

/// Every output of the network on tiles, for one way of cutting the samples into work items.
class OutputRecorder : public Products {
 public:
  explicit OutputRecorder(const TiledNetwork& on) : network_(on.network) {
    for (const Matrix& matrix : network_.matrices) {
      const std::vector<float> ranges(static_cast<std::size_t>(on.layout.of(matrix.name).row_parts), 2.0F);
      matrices_.emplace_back(on.tiles.of(matrix.name), on.layout.of(matrix.name), matrix.weights, std::span<const float>(), ranges, 7, 0);
      matrices_.back().set_time(3600, 0);
    }
  }
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    matrices_[static_cast<std::size_t>(network_.nodes[node].matrices[which])].forward(rows, events, y);
  }

 private:
  const Network& network_;
  std::vector<tiles::AnalogMatrix> matrices_;
};

TEST(Evaluation, EveryBitIsIndependentOfTheBatch) {
  const Network network = small_network().import();
  const auto tile = standard_tile({"tile.rows=40", "tile.columns=3"});
  const TiledNetwork on = tiled(network, tile);
  const auto data = small_data(23);
  OutputRecorder products(on);
  const Execution execution(network);
  const auto rounding = result_rounding(on);
  ASSERT_TRUE(rounding);
  const auto outputs = [&](std::size_t batch) {
    std::vector<float> all;
    for (std::size_t first = 0; first < data->size(); first += batch) {
      const std::size_t count = std::min(batch, data->size() - first);
      std::vector<float> samples(count * 162);
      for (std::size_t s = 0; s < count; ++s) data->load(first + s, std::span(samples).subspan(s * 162, 162));
      const auto y = execution.run(samples, count, first, products, &*rounding);
      all.insert(all.end(), y.begin(), y.end());
    }
    return all;
  };
  const auto single = outputs(1);
  EXPECT_EQ(single, outputs(7));
  EXPECT_EQ(single, outputs(16));
  EXPECT_EQ(single, outputs(23));
}

TEST(Evaluation, LearnedInputRangesComeBeforeCalibratedOnes) {
  Network network = small_network().import();
  const auto data = small_data(20);
  const auto calibrated = [&](const std::vector<std::string>& settings) {
    return calibrate(tiled(network, standard_tile(settings)), *data, 0, 20, 1);
  };
  const auto before = calibrated({});
  const std::string name = network.matrices[2].name;
  const auto own = before.parts.at(name).at(0);
  network.input_ranges[name] = {2 * own.range};
  const auto with = calibrated({});
  EXPECT_EQ(with.parts.at(name)[0].range, 2 * own.range);
  // Pulses are half as long, but for what the smaller range clipped.
  EXPECT_NEAR(with.parts.at(name)[0].mean_drive, own.mean_drive / 2, 1e-3 * own.mean_drive);
  const std::string other = network.matrices[0].name;
  EXPECT_EQ(with.parts.at(other)[0].range, before.parts.at(other)[0].range);
  EXPECT_EQ(calibrated({"tile.input_range.learned=ignore"}).parts.at(name)[0].range, own.range);
  EXPECT_NE(calibrated({"tile.input_range.kind=per_vector"}).parts.at(name)[0].range, 2 * own.range);
  // 64 inputs take two parts here.
  const std::string message = user_error([&] { calibrated({"tile.rows=40"}); });
  EXPECT_THAT(message, HasSubstr("matrix 'y' of 64 inputs has 1 learned input range"));
  EXPECT_THAT(message, HasSubstr("take 2 parts (tile.rows 40)"));
  network.input_ranges[name] = {0.5F, 0.25F};
  const auto parts = calibrated({"tile.rows=40"});
  EXPECT_EQ(parts.parts.at(name)[0].range, 0.5F);
  EXPECT_EQ(parts.parts.at(name)[1].range, 0.25F);
  network.matrices[2].digital = true;
  network.input_ranges[name] = {1.0F, 1.0F, 1.0F};
  EXPECT_NO_THROW(calibrated({"tile.rows=40"}));
}

TEST(Evaluation, ThreadsAndBatchChangeNothing) {
  const Network network = small_network().import();
  TiledNetwork on = tiled(network, standard_tile());
  const auto data = small_data(50);
  const auto one = calibrate(on, *data, 0, 20, 1), two = calibrate(on, *data, 0, 20, 2);
  ASSERT_EQ(one.parts.size(), 3U);
  for (const auto& [node, parts] : one.parts) {
    for (std::size_t p = 0; p < parts.size(); ++p) {
      EXPECT_EQ(parts[p].range, two.parts.at(node)[p].range);
      EXPECT_EQ(parts[p].mean_drive, two.parts.at(node)[p].mean_drive);
    }
  }
  EvaluationOptions options{.times_s = {1, 86400}, .repeats = 2, .seed = 3, .threads = 1, .batch = 1, .first_sample = 20, .samples = 30};
  on.calibration = one;
  const auto reference = evaluate_analog(on, *data, options);
  for (const int threads : {1, 2}) {
    for (const int batch : {7, 16}) {
      options.threads = threads;
      options.batch = batch;
      const auto other = evaluate_analog(on, *data, options);
      for (std::size_t t = 0; t < 2; ++t) EXPECT_EQ(other.times[t].by_repeat, reference.times[t].by_repeat);
      for (std::size_t n = 0; n < reference.nodes.size(); ++n) {
        EXPECT_EQ(other.nodes[n].mvm.vectors, reference.nodes[n].mvm.vectors);
        EXPECT_EQ(other.nodes[n].mvm.clipped_inputs, reference.nodes[n].mvm.clipped_inputs);
        EXPECT_EQ(other.nodes[n].mvm.largest_output, reference.nodes[n].mvm.largest_output);
        EXPECT_EQ(other.nodes[n].snr_db, reference.nodes[n].snr_db);
      }
    }
  }
  EXPECT_EQ(reference.nodes[0].node, "c1");
  EXPECT_EQ(reference.nodes[0].mvm.vectors, 81U * 30 * 2 * 2);
  EXPECT_EQ(evaluate_float(network, *data, 0, 50, 1), evaluate_float(network, *data, 0, 50, 2));
}

/// y = h = tanh(x + h before), carried from sample to sample.
Network accumulator() {
  OnnxModel model(14);
  model.input("x", {1, 0, 1}).input("h", {1, 0, 1}).output("y").output("hn").floats("w", {1, 1, 1}, {1}).floats("r", {1, 1, 1}, {1});
  model.node("RNN", {"x", "w", "r", "", "", "h"}, "all", "cell").attribute("hidden_size", 1);
  model.proto().mutable_graph()->mutable_node(0)->add_output("hn");
  return model.node("Identity", {"all"}, "y").import();
}

TEST(Evaluation, AStateIsCarriedThroughEachStream) {
  const Network network = accumulator();
  ASSERT_EQ(network.states.size(), 1U);
  ArraySamples samples;
  samples.name = "streams";
  samples.count = 9;
  samples.inputs.shape = {9, 1};
  samples.inputs.floats = {0.1F, 0.2F, -0.3F, 0.4F, 0.5F, 0.6F, -0.7F, 0.8F, 0.9F};
  samples.sample_shape = {1};
  samples.metric = Metric::mse;
  samples.stream_length = 4;
  double h = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    h = std::tanh(static_cast<double>(samples.inputs.floats[i]) + (i % 4 == 0 ? 0.0 : h));  // streams of samples 0-3, 4-7 and 8
    samples.targets.push_back(static_cast<float>(h));
  }
  const auto data = array_dataset(std::move(samples));
  EXPECT_NEAR(evaluate_float(network, *data, 0, 9, 1), 0, 1e-12);
  // Entered in its middle, a stream has the state of the samples before; they are not scored.
  for (const std::size_t first : {1U, 2U, 3U, 5U, 7U}) EXPECT_NEAR(evaluate_float(network, *data, first, 9 - first, 1), 0, 1e-12) << first;
  EvaluationOptions from_two{.times_s = {1}, .repeats = 1, .seed = 3, .threads = 1, .batch = 2, .first_sample = 2, .samples = 7};
  const TiledNetwork exact = tiled(network, standard_tile({"digital.result_format=float32"}));
  EXPECT_LT(evaluate_analog(exact, *data, from_two).times[0].by_repeat[0], 0.05);
  TiledNetwork on = tiled(network, standard_tile());
  on.calibration = calibrate(on, *data, 0, 9, 1);
  EvaluationOptions options{.times_s = {1}, .repeats = 2, .seed = 3, .threads = 1, .batch = 1, .first_sample = 0, .samples = 9};
  const auto reference = evaluate_analog(on, *data, options);
  options.threads = 2;
  options.batch = 3;
  EXPECT_EQ(evaluate_analog(on, *data, options).times[0].by_repeat, reference.times[0].by_repeat);
  EXPECT_GT(reference.times[0].by_repeat[0], 0);
}

TEST(Evaluation, ADigitalMatrixIsExact) {
  Network network = small_network().import();
  for (Matrix& matrix : network.matrices) matrix.digital = true;
  network.matrices.back().digital = false;
  const Matrix& last = network.matrices.back();
  TiledNetwork on = tiled(network, standard_tile({"digital.result_format=float32"}));
  ASSERT_EQ(on.layout.matrices.size(), 1U);
  const auto data = small_data(30);
  on.calibration = calibrate(on, *data, 0, 20, 1);
  EXPECT_EQ(on.calibration.parts.size(), 1U);
  EvaluationOptions options{.times_s = {1}, .repeats = 1, .seed = 3, .threads = 1, .first_sample = 0, .samples = 30};
  const auto result = evaluate_analog(on, *data, options);
  ASSERT_EQ(result.nodes.size(), 1U);
  EXPECT_EQ(result.nodes[0].node, last.name);
  ASSERT_TRUE(result.nodes[0].snr_db[0].has_value());
  EXPECT_GT(*result.nodes[0].snr_db[0], 5);
  EXPECT_LT(*result.nodes[0].snr_db[0], 40);
}

TEST(Evaluation, CalibrationFindsTheQuantileOfMagnitudes) {
  // One input of 100 values -1, -2 ... -100 per sample straight into a Gemm.
  OnnxModel model;
  model.input("x", {0, 100}).output("y").floats("w", {100, 1}, std::vector<float>(100, 1)).node("Gemm", {"x", "w"}, "y", "g");
  const Network network = model.import();
  FileArray images;
  images.shape = {1, 100};
  for (int i = 1; i <= 100; ++i) images.floats.push_back(static_cast<float>(-i));
  const auto data = labelled(std::move(images), {0}, {100}, {});
  const auto calibration = calibrate(tiled(network, standard_tile({"tile.input_range.quantile=0.9"})), *data, 0, 1, 1);
  const auto& part = calibration.parts.at("g").at(0);
  // Bins are 5e-4 wide.
  EXPECT_NEAR(part.range, 90, 0.06);
  double mean = 0;
  for (int i = 1; i <= 100; ++i) mean += std::min(i / static_cast<double>(part.range), 1.0) / 100;
  EXPECT_NEAR(part.mean_drive, mean, 1e-3);
}

/// Without nonidealities a sample's score is right or wrong: the jackknife of n samples is then sqrt(p (1 - p) / (n - 1)).
TEST(Evaluation, TheSamplingErrorIsThatOfAShare) {
  const Network network = small_network().import();
  const auto data = small_data(40);
  const tiles::TileParameters ideal = standard_tile({"tile.device.kind=ideal", "tile.noise.read=0", "tile.noise.output=0"});
  const TiledNetwork on = tiled(network, ideal);
  EvaluationOptions options{.times_s = {1.0}, .repeats = 3, .samples = 40};
  const auto result = evaluate_analog(on, *data, options);
  const double share = result.times[0].by_repeat[0];
  ASSERT_GT(share, 0);
  ASSERT_LT(share, 1);
  EXPECT_EQ(result.times[0].by_repeat, std::vector<double>(3, share));
  ASSERT_TRUE(result.times[0].sampling_sem);
  EXPECT_NEAR(*result.times[0].sampling_sem, std::sqrt(share * (1 - share) / 39), 1e-12);
  options.samples = 1;
  EXPECT_FALSE(evaluate_analog(on, *data, options).times[0].sampling_sem);
}

/// Results of the last layer, a thousand times too large for float16, counted one by one.
TEST(Evaluation, ResultsOutsideTheirFormatAreCounted) {
  OnnxModel model;
  model.input("x", {0, 2}).output("y").floats("w", {2, 2}, {1e6F, 1, -1, 1}).node("Gemm", {"x", "w"}, "y");
  const Network network = model.import();
  const auto data = labelled({{3, 2}, {}, {1, 0, 0, 1, 1, 1}, nullptr}, {0, 1, 0}, {2}, {});
  const TiledNetwork on = tiled(network, standard_tile({"tile.device.kind=ideal", "tile.noise.read=0", "tile.noise.output=0"}));
  const auto result = evaluate_analog(on, *data, {.times_s = {1.0}, .repeats = 1, .samples = 3});
  const periphery::OutsideFormat& outside = result.outside_results.at(0);
  EXPECT_EQ(outside.values, 6U);
  EXPECT_EQ(outside.overflow, 2U) << "the first output of the first and the last sample";
  EXPECT_NEAR(outside.largest, 1e6, 5e4) << "as far as the converters tell";
}

TEST(Evaluation, DataMustFit) {
  const Network network = small_network().import();
  const auto data = labelled({{1, 5}, {1, 2, 3, 4, 5}, {}, nullptr}, {0}, {5}, {});
  const auto message = user_error([&] { check_fit(network, *data); });
  EXPECT_THAT(message, HasSubstr("5"));
  EXPECT_THAT(message, HasSubstr("1x2x9x9"));
  // As many values in another order of axes: the network takes 2x9x9.
  const auto turned = labelled({{1, 9, 9, 2}, std::vector<std::uint8_t>(162, 1), {}, nullptr}, {0}, {9, 9, 2}, {});
  EXPECT_THAT(user_error([&] { check_fit(network, *turned); }), AllOf(HasSubstr("9x9x2"), HasSubstr("1x2x9x9"), HasSubstr("layout: chw -> hwc")));
  FileArray images{{1, 162}, std::vector<std::uint8_t>(162, 1), {}, nullptr};
  const auto classes = labelled(std::move(images), {7}, {162}, {});
  EXPECT_THAT(user_error([&] { check_fit(network, *classes); }), HasSubstr("8 classes"));
  EXPECT_THAT(user_error([&] { evaluate_float(network, *small_data(3), 2, 2, 1); }), HasSubstr("2 samples from sample 2 on"));
}

TEST(Evaluation, AnOutputThatIsNoNumberIsAnError) {
  OnnxModel model;
  model.input("x", {0, 2}).output("y").floats("w", {2, 1}, {1, 1}).node("Gemm", {"x", "w"}, "y");
  const Network network = model.import();
  try {
    run_float(network, std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 1});
    FAIL() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::failed_check);
  }
}

}  // namespace
}  // namespace mho::workloads
