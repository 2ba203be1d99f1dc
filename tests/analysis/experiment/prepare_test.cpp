// The steps before an experiment: their order, and that their result is what each would give by itself.
#include "analysis/experiment/prepare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"

namespace mho::analysis {
namespace {

using base::user_error;
using testing::HasSubstr;

/// Samples of six numbers, 0.1 to 0.6 in turn with their negatives, that count how often they are read.
class CountedSamples : public workloads::Dataset {
 public:
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& hash() const override { return name_; }
  [[nodiscard]] std::size_t size() const override { return 10; }
  [[nodiscard]] const workloads::Shape& sample_shape() const override { return shape_; }
  [[nodiscard]] int classes() const override { return 4; }
  void load(std::size_t index, std::span<float> out) const override {
    ++loaded_;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = (index % 2 == 0 ? 0.1F : -0.1F) * static_cast<float>(i + 1);
  }
  [[nodiscard]] int label(std::size_t) const override { return 0; }
  [[nodiscard]] int loaded() const { return loaded_; }

 private:
  std::string name_ = "counted";
  workloads::Shape shape_{6};
  mutable std::atomic<int> loaded_ = 0;
};

/// Two layers, 6 to 4 to 4.
workloads::Network two_layers() {
  workloads::OnnxModel model;
  model.input("x", {0, 6}).floats("a", {6, 4}, workloads::ramp(24)).floats("b", {4, 4}, workloads::ramp(16, 0.2F)).output("y");
  return model.node("MatMul", {"x", "a"}, "p", "one").node("Relu", {"p"}, "q").node("MatMul", {"q", "b"}, "y", "two").import();
}

Design design_of(const std::string& text = "", const std::vector<std::string>& assignments = {}) {
  std::vector<std::string> all{"tile.rows=32", "tile.columns=16", "tile.adc.mux=1", "tile.input_range.method=max"};
  all.insert(all.end(), assignments.begin(), assignments.end());
  return design_from_text(text, "chip.yaml", all);
}

TEST(Prepare, WithoutOptionsTheNetworkLiesOnItsTiles) {
  const Design design = design_of("layers: [{match: two, set: {tile.adc.bits: 5}}]\n");
  const workloads::TiledNetwork tiled = prepare(design, two_layers());
  EXPECT_EQ(tiled.layout.tiles, 2);
  EXPECT_EQ(tiled.tiles.of("two").adc.bits, 5);
  EXPECT_EQ(tiled.tiles.of("one").adc.bits, design.tile.adc.bits);
  ASSERT_EQ(tiled.calibration.parts.size(), 2U);
  EXPECT_EQ(tiled.calibration.parts.at("one")[0].range, 1.0F);
  EXPECT_EQ(tiled.calibration.parts.at("one")[0].mean_drive, 1.0) << "full scale";
}

TEST(Prepare, ADigitalLayerHasNoTile) {
  const workloads::TiledNetwork tiled = prepare(design_of("layers: [{match: two, digital: true}]\n"), two_layers());
  EXPECT_TRUE(tiled.network.matrices[1].digital);
  EXPECT_EQ(tiled.layout.tiles, 1);
  EXPECT_EQ(tiled.calibration.parts.size(), 1U);
  EXPECT_THAT(user_error([] { (void)prepare(design_of("layers: [{match: '*', digital: true}]\n"), two_layers()); }),
              HasSubstr("nothing would run on a tile"));
}

/// The largest number that enters is 0.6, the mean magnitude 0.35.
TEST(Prepare, CalibrationIsThatOfTheSamples) {
  const CountedSamples samples;
  const workloads::TiledNetwork tiled = prepare(design_of(), two_layers(), {.calibration = &samples, .calibration_samples = 4});
  EXPECT_EQ(samples.loaded(), 4);
  const auto& part = tiled.calibration.parts.at("one").at(0);
  EXPECT_NEAR(part.range, 0.6, 0.6 * 1e-3);
  EXPECT_NEAR(part.mean_drive, 0.35 / 0.6, 5e-3);
}

/// Whatever can be refused is refused before a sample is read, and the caller's check hears of a network that fits.
TEST(Prepare, RefusesBeforeAnythingLong) {
  const CountedSamples samples;
  int checked = 0;
  const auto prepared = [&](const Design& design) {
    return user_error([&] {
      (void)prepare(
          design, two_layers(),
          {.mapped_for = mapper::InferenceMode{}, .calibration = &samples, .calibration_samples = 4, .check = [&](const auto&) { ++checked; }});
    });
  };
  const std::vector<std::string> small{"chip.mesh.width=3", "chip.mesh.height=1", "chip.digital_cores=1"};
  EXPECT_THAT(prepared(design_of("", small)), HasSubstr("needs 2 tiles"));
  // An input of one value is no sequence of tokens.
  workloads::OnnxModel single;
  single.input("x", {0, 1}).floats("a", {1, 4}, workloads::ramp(4)).output("y").node("MatMul", {"x", "a"}, "y", "one");
  EXPECT_THAT(user_error([&] {
                (void)prepare(design_of(), single.import(),
                              {.mapped_for = mapper::InferenceMode{mapper::InferenceMode::Kind::prefill}, .check = [&](const auto&) { ++checked; }});
              }),
              HasSubstr("--mode prefill: the input of network"));
  EXPECT_THAT(prepared(design_of("layers: [{match: three, digital: true}]\n")), HasSubstr("no layer with weights is called 'three'"));
  EXPECT_EQ(checked, 0);
  EXPECT_EQ(samples.loaded(), 0);
  // One that only its tiles are wanted of need not fit.
  EXPECT_NO_THROW((void)prepare(design_of("", small), two_layers()));
  const auto refused = [](const workloads::TiledNetwork& tiled) {
    EXPECT_EQ(tiled.layout.tiles, 2);
    throw base::UserError("the caller refuses");
  };
  const auto all = [&] {
    (void)prepare(design_of(), two_layers(),
                  {.mapped_for = mapper::InferenceMode{}, .calibration = &samples, .calibration_samples = 4, .check = refused});
  };
  EXPECT_EQ(user_error(all), "the caller refuses");
  EXPECT_EQ(samples.loaded(), 0);
}

TEST(Prepare, DataOfAnotherShapeAreRefused) {
  const CountedSamples samples;
  workloads::OnnxModel model;
  model.input("x", {0, 5}).floats("a", {5, 4}, workloads::ramp(20)).output("y");
  const workloads::Network network = model.node("MatMul", {"x", "a"}, "y", "one").import();
  EXPECT_THAT(user_error([&] { (void)prepare(design_of(), network, {.calibration = &samples, .calibration_samples = 4}); }), HasSubstr("counted"));
}

}  // namespace
}  // namespace mho::analysis
