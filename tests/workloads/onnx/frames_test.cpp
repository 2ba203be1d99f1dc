// Frames or tokens that a network merges into the batch: every operator behind such a Reshape against a loop over the frames.
#include "tests/workloads/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/base/expect_error.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/onnx_importer.h"
#include "workloads/operators/families.h"

namespace mho::workloads {
namespace {

using testing::HasSubstr;

constexpr std::int64_t frames_merged = 3;

/// Each frame alone, one after the other.
std::vector<float> one_by_one(const FrameCase& one, const std::vector<float>& x) {
  const Network single = one.model(1).import();
  std::vector<float> y;
  for (std::int64_t f = 0; f < frames_merged; ++f) {
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(f * one.elements());
    const std::vector<float> made = run_float(single, std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(one.elements())));
    y.insert(y.end(), made.begin(), made.end());
  }
  return y;
}

TEST(Frames, EveryOperatorRunsOnceForEachFrameOrIsRefused) {
  // They make tensors of lengths and of nothing, and hold no value of the input.
  const std::set<std::string> of_no_activation{"Constant", "ConstantOfShape", "NonZero", "Range", "Shape", "Size"};
  std::vector<FrameCase> cases = frame_cases();
  // Others without a case of their own are tried with one tensor, which does not serve these: they say which node lacks what. A new importer stands
  // here, has a case, or is right with one tensor.
  const std::set<std::string> refused_by_name{"BiasAdd",
                                              "BiasDropout",
                                              "BiasSoftmax",
                                              "BipolarQuant",
                                              "ConvInteger",
                                              "EyeLike",
                                              "FusedConv",
                                              "FusedGemm",
                                              "FusedMatMul",
                                              "MatMulInteger",
                                              "OneHot",
                                              "QGemm",
                                              "QLinearAdd",
                                              "QLinearAveragePool",
                                              "QLinearConcat",
                                              "QLinearConv",
                                              "QLinearGlobalAveragePool",
                                              "QLinearLeakyRelu",
                                              "QLinearMatMul",
                                              "QLinearMul",
                                              "QLinearSigmoid",
                                              "QLinearSoftmax",
                                              "Quant",
                                              "SkipLayerNormalization",
                                              "SkipSimplifiedLayerNormalization",
                                              "TransposeMatMul"};
  std::set<std::string> named = of_no_activation;
  for (const FrameCase& one : cases) named.insert(one.op_type);
  for (const OperatorFamily* family : operator_families()) {
    for (const OnnxImporter& importer : family->importers) {
      const std::string op(importer.op_type);
      if (named.contains(op)) continue;
      cases.push_back({.op_type = op, .frame = {4, 3, 3}, .domain = std::string(importer.domain)});
    }
  }
  std::set<std::string> met;
  for (const FrameCase& one : cases) {
    SCOPED_TRACE(one.op_type + " over frames of " + shape_text(one.frame));
    const OnnxModel model = one.model(frames_merged);
    if (!one.refused.empty()) {
      EXPECT_THAT(base::user_error([&] { model.import(); }), HasSubstr(one.refused));
      continue;
    }
    const std::vector<float> x = around_one(static_cast<std::size_t>(frames_merged * one.elements()));
    try {
      EXPECT_EQ(run_float(model.import(), x), one_by_one(one, x));
    } catch (const base::UserError& error) {
      if (refused_by_name.contains(one.op_type)) {
        met.insert(one.op_type);
        EXPECT_THAT(error.what(), HasSubstr("node 'tried"));
        continue;
      }
      ADD_FAILURE() << "give it a case in frames.h, or put it on the list: " << std::string(error.what()).substr(0, 200);
    }
  }
  EXPECT_EQ(met, refused_by_name);
}

/// y = x / (bias + alpha / size * squares of the neighbours among the channels) ^ beta, in a loop over frames.
TEST(Frames, ResponsesToNeighboursAreThoseOfAPlainLoop) {
  constexpr std::size_t frames = 3, channels = 5, plane = 6, size = 3;
  OnnxModel model;
  model.input("x", {0, frames, channels * plane}).output("y").ints("merged", {-1, channels, 2, 3}).node("Reshape", {"x", "merged"}, "r");
  model.node("LRN", {"r"}, "y").attribute("size", static_cast<int>(size)).attribute("alpha", 0.7F).attribute("beta", 0.6F).attribute("bias", 1.5F);
  std::vector<float> x(frames * channels * plane);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = ramp(x.size())[i];
  const std::vector<float> y = run_float(model.import(), x);
  ASSERT_EQ(y.size(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t channel = i / plane % channels;
    double squares = 0;
    for (std::size_t c = channel < 1 ? 0 : channel - 1; c <= std::min(channel + 1, channels - 1); ++c) {
      const auto value = static_cast<double>(x[i + c * plane - channel * plane]);
      squares += value * value;
    }
    const double wanted = static_cast<double>(x[i]) / std::pow(1.5 + static_cast<double>(0.7F) / size * squares, static_cast<double>(0.6F));
    EXPECT_NEAR(static_cast<double>(y[i]), wanted, 1e-6 * std::abs(wanted)) << i;
  }
}

TEST(Frames, NetworksOfFramesAreTheirPartsInTurn) {
  for (const FrameNetwork& one : frame_networks()) {
    SCOPED_TRACE(one.name);
    const std::vector<float> x = around_one(static_cast<std::size_t>(element_count(one.in)));
    const Network each = one.of_one_frame().import();
    std::vector<float> y;
    const std::size_t length = x.size() / static_cast<std::size_t>(one.frames());
    for (std::size_t at = 0; at < x.size(); at += length) {
      const std::vector<float> made = run_float(each, std::span(x).subspan(at, length));
      y.insert(y.end(), made.begin(), made.end());
    }
    if (one.rest) y = run_float(one.of_the_rest().import(), y);
    const Network whole = one.whole().import();
    EXPECT_EQ(run_float(whole, x), y);
    // A matrix that every frame meets has as many products as a frame alone, for each of them.
    for (const Node& node : each.nodes) {
      for (const Node& same : whole.nodes) {
        if (same.name == node.name && node.on_tiles()) {
          EXPECT_EQ(whole.positions(same), one.frames() * each.positions(node)) << node.name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mho::workloads
