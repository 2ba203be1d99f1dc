// How much of a nonideality a network bears: searches against closed forms, errors against published values.
#include "analysis/study/sensitivity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "analysis/plot/bar_plot.h"
#include "analysis/study/error_sources.h"
#include "analysis/study/nonidealities.h"
#include "analysis/study/reference_error.h"
#include "base/error.h"
#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"

namespace mho::analysis {
namespace {

using base::user_error;
using testing::AllOf;
using testing::HasSubstr;

TEST(ThresholdSearch, OfAPowerIsExact) {
  int asked = 0;
  const auto excess = [&](double value) {
    ++asked;
    return std::log(std::pow(value / 0.3, 1.7));
  };
  EXPECT_NEAR(search_threshold({.mild = 1e-4, .severe = 10}, excess).at.value(), 0.3, 1e-9);
  EXPECT_LE(asked, 2 + 10);
  EXPECT_NEAR(search_threshold({.mild = 50, .severe = 0.1}, [](double value) { return 2 - value; }).at.value(), 2, 2e-4);
}

TEST(ThresholdSearch, OfAStepIsAsCloseAsAsked) {
  const auto excess = [](double value) { return value > 0.7 ? 1.0 : -1.0; };
  EXPECT_NEAR(search_threshold({.mild = 1e-5, .severe = 1}, excess).at.value(), 0.7, 0.7 * 0.01);
  EXPECT_NEAR(search_threshold({.mild = 1e-5, .severe = 1}, excess, 1e-6).at.value(), 0.7, 1e-6);
}

TEST(ThresholdSearch, WholeSettingsAreInterpolatedBetweenNeighbours) {
  std::set<double> asked;
  const auto excess = [&](double bits) {
    asked.insert(bits);
    return 5.25 - bits;
  };
  EXPECT_DOUBLE_EQ(search_threshold({.mild = 16, .severe = 2, .whole = true}, excess).at.value(), 5.25);
  for (const double bits : asked) EXPECT_EQ(bits, std::floor(bits));
  EXPECT_DOUBLE_EQ(search_threshold({.mild = 16, .severe = 2, .whole = true}, [](double bits) { return 5 - bits; }).at.value(), 5);
}

TEST(ThresholdSearch, WhereThereIsNoneItSaysSo) {
  const ThresholdSearch never = search_threshold({.mild = 0.1, .severe = 100}, [](double) { return 0.0; });
  EXPECT_FALSE(never.at.has_value());
  EXPECT_EQ(never.why, "not within 100");
  const ThresholdSearch always = search_threshold({.mild = 16, .severe = 2, .whole = true}, [](double) { return 1.0; });
  EXPECT_FALSE(always.at.has_value());
  EXPECT_EQ(always.why, "already at 16");
}

TEST(Paired, DifferencesOfTheSameProgrammings) {
  // Far apart from each other, but always 1 to 3 apart in pairs.
  const PairedDifference difference = paired_difference({11, 52, 93}, {10, 50, 90});
  EXPECT_DOUBLE_EQ(difference.mean, 2);
  EXPECT_DOUBLE_EQ(difference.sem.value(), 1 / std::sqrt(3.0));
  EXPECT_NEAR(difference.high.value() - 2, 4.303 / std::sqrt(3.0), 1e-3);
  EXPECT_FALSE(difference.decided());  // three pairs are too few
  EXPECT_TRUE(paired_difference({11, 52, 93, 14}, {10, 51, 92, 12}).decided());
  EXPECT_FALSE(paired_difference({1}, {0}).decided());
  EXPECT_THROW(paired_difference({1, 2}, {0}), std::logic_error);
}

TEST(Nonidealities, AreNamedOnceAndStayWithinWhatTheirKeysAllow) {
  const Design design = load_design({});
  std::set<std::string> names;
  for (const Nonideality& one : nonidealities()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    for (const std::string& key : one.keys) {
      const base::Declaration& declaration = design.config.declaration(key);
      for (const double end : {one.range.mild, one.range.severe}) {
        EXPECT_GE(end, declaration.minimum) << one.name;
        EXPECT_LE(end, declaration.maximum) << one.name;
      }
    }
  }
}

TEST(Nonidealities, LeaveTheTileIdealAtTheMildEndAndSpoilItAtTheOther) {
  const Design design = load_design({});
  ReferenceError reference(design.config, {.tiles = 1, .vectors = 4, .times_s = {1}, .threads = 2});
  for (const Nonideality& one : nonidealities()) {
    // What lies beyond the converters' bound is clipped with any number of bits.
    EXPECT_LT(reference.at(one, one.range.mild), 0.012) << one.name;
    EXPECT_GT(reference.at(one, one.range.severe), 0.2) << one.name;
  }
}

TEST(Nonidealities, AreTheSameWhateverElseTheDesignHas) {
  const Design plain = load_design({});
  const Design other = load_design({}, {"tile.adc.bits=4", "tile.dac.bits=4", "tile.noise.output=1", "tile.device.stuck_rate=0.2",
                                        "tile.adc.gain_spread=0.2", "tile.adc.calibration=0.5", "tile.readout.s_curve_correction=1"});
  for (const Nonideality& one : nonidealities()) {
    ReferenceError a(plain.config, {.tiles = 1, .vectors = 1, .times_s = {1}}), b(other.config, {.tiles = 1, .vectors = 1, .times_s = {1}});
    EXPECT_EQ(a.at(one, one.range.severe), b.at(one, one.range.severe)) << one.name;
  }
}

TEST(Nonidealities, OfADesignWithoutThemTakeTheDefault) {
  const Design quiet = load_design({}, {"tile.device.kind=ideal", "tile.adc.bits=ideal", "tile.adc.bound=unlimited"});
  const auto& table = nonidealities();
  const auto named = [&](const std::string& name) { return *std::ranges::find(table, name, &Nonideality::name); };
  EXPECT_EQ(ideal_but(quiet.config, named("device noise"), 2).word("tile.device.kind"), "pcm");
  EXPECT_EQ(ideal_but(quiet.config, named("ADC bits"), 4).real("tile.adc.bound"), 10);
  const Design hermes = load_design({}, {"tile.device.kind=hermes_pcm_1", "tile.adc.bound=20"});
  EXPECT_EQ(ideal_but(hermes.config, named("device noise"), 2).word("tile.device.kind"), "hermes_pcm_1");
  EXPECT_EQ(ideal_but(hermes.config, named("ADC bits"), 4).real("tile.adc.bound"), 20);
  EXPECT_EQ(ideal_but(hermes.config, named("output noise"), 4).word("tile.device.kind"), "ideal");
}

class ReferenceErrorTest : public testing::Test {
 protected:
  static const Nonideality& named(const std::string& name) {
    const auto found = std::ranges::find(nonidealities(), name, &Nonideality::name);
    if (found == nonidealities().end()) throw std::logic_error("no nonideality " + name);
    return *found;
  }
  Design design_ = load_design({});
  ReferenceError reference_{design_.config, {.tiles = 2, .vectors = 32, .times_s = {1}, .threads = 2}};
};

TEST_F(ReferenceErrorTest, ClosedForms) {
  // Outputs of 512 uniform inputs on normal weights have the deviation 0.246 sqrt(512 / 3).
  constexpr double deviation = 0.246, inputs = 512;
  const double output = deviation * std::sqrt(inputs / 3);
  EXPECT_NEAR(reference_.at(named("output noise"), 0.5), 0.5 / output, 0.01 * 0.5 / output);
  EXPECT_NEAR(reference_.at(named("input noise"), 0.1), 0.1 * std::sqrt(3.0), 0.01 * 0.1 * std::sqrt(3.0));
  EXPECT_NEAR(reference_.at(named("read noise, constant"), 0.05), 0.05 / deviation, 0.01 * 0.05 / deviation);
  // Mean |w| of a normal weight is its deviation times sqrt(2 / pi).
  const double read = 0.1 * std::sqrt(std::sqrt(2 / std::numbers::pi) / deviation);
  EXPECT_NEAR(reference_.at(named("read noise"), 0.1), read, 0.01 * read);
  // Half of the outputs lose this share of themselves.
  EXPECT_NEAR(reference_.at(named("output asymmetry"), 0.1), 0.1 / std::sqrt(2.0), 0.02 * 0.1);
  // A weight that is lost takes its own square with it.
  EXPECT_NEAR(reference_.at(named("stuck at zero"), 0.04), 0.2, 0.005);
}

TEST_F(ReferenceErrorTest, BitsBetweenTwoAreTheirGeometricMean) {
  const Nonideality& bits = named("DAC bits");
  EXPECT_DOUBLE_EQ(reference_.at(bits, 3.5), std::sqrt(reference_.at(bits, 3) * reference_.at(bits, 4)));
}

TEST_F(ReferenceErrorTest, IsThatOfTheTileStudy) {
  const Design alone = load_design({}, {"tile.rows=512", "tile.columns=512", "tile.mapping.scale=none", "digital.activation_format=float32",
                                        "digital.partial_sum_format=float32", "digital.scale_format=float32", "digital.result_format=float32",
                                        "tile.noise.output=0.3", "tile.noise.read_kind=off", "tile.device.kind=ideal", "tile.dac.bits=ideal",
                                        "tile.adc.bits=ideal", "tile.adc.bound=unlimited", "tile.ir_drop.scale=off", "tile.drift_compensation=none"});
  const TileStudy study = study_tile(alone, {.tiles = 2, .vectors = 32, .times_s = {1}, .threads = 2});
  EXPECT_DOUBLE_EQ(reference_.at(named("output noise"), 0.3), study.times.front().designed.mean);
}

TEST_F(ReferenceErrorTest, PublishedValuesAtAnErrorOfTwentyPercent) {
  // Rasch et al., Nat. Commun. 14:5282 (2023): the values, most of them given to two digits, that make an MVM error of 20 %.
  const std::map<std::string, double> published{{"output noise", 0.64}, {"input noise", 0.115}, {"read noise", 0.11}, {"ADC bits", 3.4},
                                                {"DAC bits", 2.8},      {"IR drop", 12},        {"device noise", 1.5}};
  constexpr double tolerance = 0.05;
  for (const auto& [name, value] : published) {
    EXPECT_NEAR(reference_.value_for(named(name), 0.2).at.value_or(0), value, tolerance * value) << name;
  }
}

TEST_F(ReferenceErrorTest, TheValueForAnErrorMakesIt) {
  for (const Nonideality& one : nonidealities()) {
    const ThresholdSearch found = reference_.value_for(one, 0.15);
    ASSERT_TRUE(found.at.has_value()) << one.name << " " << found.why;
    EXPECT_NEAR(reference_.at(one, *found.at), 0.15, 0.003) << one.name;
  }
}

TEST(Sensitivity, RefusesWhatHasNoAccuracyToLose) {
  workloads::OnnxModel model;
  model.input("x", {0, 1, 16, 16}).output("y").node("Flatten", {"x"}, "f");
  model.floats("w", {10, 256}, std::vector<float>(2560, 0.01F)).node("Gemm", {"f", "w"}, "y").attribute("transB", 1);
  workloads::DataDescription data;
  data.test = workloads::stroke_digits(60, 1, 0);
  const auto network = model.import();
  const Design design = load_design({});
  EXPECT_THAT(user_error([&] { study_nonidealities(design, network, data, {}); }), AllOf(HasSubstr("no accuracy to lose"), HasSubstr("0.1")));
  EXPECT_THAT(user_error([&] { study_layers(design, network, data, {}); }), HasSubstr("no accuracy to lose"));
}

/// Samples of another data set, every value times a factor.
class Scaled : public workloads::Dataset {
 public:
  Scaled(std::unique_ptr<workloads::Dataset> samples, float factor) : samples_(std::move(samples)), factor_(factor) {}
  [[nodiscard]] const std::string& name() const override { return samples_->name(); }
  [[nodiscard]] const std::string& hash() const override { return samples_->hash(); }
  [[nodiscard]] std::size_t size() const override { return samples_->size(); }
  [[nodiscard]] const workloads::Shape& sample_shape() const override { return samples_->sample_shape(); }
  [[nodiscard]] int classes() const override { return samples_->classes(); }
  void load(std::size_t index, std::span<float> out) const override {
    samples_->load(index, out);
    for (float& v : out) v *= factor_;
  }
  [[nodiscard]] int label(std::size_t index) const override { return samples_->label(index); }

 private:
  std::unique_ptr<workloads::Dataset> samples_;
  float factor_;
};

/// Scores of stroke digits by their distance to the mean image of each class.
workloads::Network nearest_mean() {
  constexpr std::size_t classes = 10, pixels = 256, count = 500;
  const auto samples = workloads::stroke_digits(count, 1, 2);
  std::vector<float> means(classes * pixels), image(pixels), offsets(classes), members(classes);
  for (std::size_t k = 0; k < count; ++k) {
    samples->load(k, image);
    const auto label = static_cast<std::size_t>(samples->label(k));
    members[label] += 1;
    for (std::size_t j = 0; j < pixels; ++j) means[label * pixels + j] += image[j];
  }
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t j = 0; j < pixels; ++j) {
      float& w = means[c * pixels + j];
      w /= members[c];
      offsets[c] -= w * w / 2;
    }
  }
  workloads::OnnxModel model;
  model.input("x", {0, 1, 16, 16}).output("y").node("Flatten", {"x"}, "f").floats("w", {10, 256}, means).floats("b", {10}, offsets);
  return model.node("Gemm", {"f", "w", "b"}, "y").attribute("transB", 1).import();
}

TEST(Sensitivity, RefusesANetworkThatIdealTilesAlreadySpoil) {
  workloads::DataDescription data;
  data.test = workloads::stroke_digits(100, 1, 0);
  data.calibration = std::make_unique<Scaled>(workloads::stroke_digits(100, 1, 1), 0.001F);
  EXPECT_THAT(user_error([&] { study_nonidealities(load_design({}), nearest_mean(), data, {}); }),
              AllOf(HasSubstr("on ideal tiles"), HasSubstr("calibration"), HasSubstr("--threshold")));
}

TEST(Sensitivity, CrossingsAreWhereAccuracyCrosses) {
  workloads::DataDescription data;
  data.test = workloads::stroke_digits(200, 1, 0);
  data.calibration = workloads::stroke_digits(100, 1, 1);
  const SensitivityOptions options{.repeats = 3, .samples = 200, .threads = 2, .threshold = 0.8, .error = 0.5, .tiles = 1, .vectors = 4};
  const Sensitivity study = study_nonidealities(load_design({}), nearest_mean(), data, options);
  ASSERT_EQ(study.nonidealities.size(), nonidealities().size());
  EXPECT_GT(study.float_accuracy, 0.5);
  EXPECT_NEAR(study.reference.mean, study.float_accuracy, 0.01);
  const auto& noise = *std::ranges::find(study.nonidealities, "output noise", &NonidealitySensitivity::name);
  // The value is also the one at which an experiment would find it.
  SensitivityOptions there = options;
  there.error = noise.error_at_threshold.value();
  const Sensitivity again = study_nonidealities(load_design({}), nearest_mean(), data, there);
  const auto& same = *std::ranges::find(again.nonidealities, "output noise", &NonidealitySensitivity::name);
  EXPECT_NEAR(same.at_error.at.value(), noise.at_threshold.at.value(), 0.02 * *noise.at_threshold.at);
  EXPECT_NEAR(same.normalised_at_error.value(), 0.8, 0.02);
  EXPECT_LE(noise.certain.value(), *noise.at_threshold.at);
  EXPECT_GE(noise.possible.value(), *noise.at_threshold.at);
}

TEST(BarPlot, DrawsBarsWhiskersAndWords) {
  const BarPanel left{"left", "%", {{"one", 1.0, {}, {}, "at 3"}, {"a & b", {}, {}, {}, "not within 4"}}};
  const BarPanel right{"right", "%", {{"one", -1.0, -2.0, 0.5, ""}, {"a & b", 2.0, 1.0, 3.0, "x"}}};
  const std::string svg = bars_svg("<head", {left, right});
  EXPECT_THAT(svg, AllOf(HasSubstr("&lt;head"), HasSubstr("a &amp; b"), HasSubstr("not within 4")));
  const auto count = [&](const std::string& what) {
    std::size_t found = 0;
    for (auto at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("class=\"bar\""), 3U);
  EXPECT_EQ(count("class=\"whisker\""), 2U);
  EXPECT_THROW(bars_svg("", {{"", "", {}}}), std::logic_error);
  EXPECT_THROW(bars_svg("", {{"", "", {{"one", NAN, {}, {}, ""}}}}), std::logic_error);
}

}  // namespace
}  // namespace mho::analysis
