#include "workloads/execution/result_rounding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workloads/onnx_model.h"
#include "workloads/graph/network.h"

namespace mho::workloads {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

TEST(ResultRounding, IntegersByHand) {
  // 4 bits: 7 codes to either side; largest magnitude 1.4, so steps of 0.2.
  std::vector<float> values{0.29F, 0.3F, -0.31F, 1.39F, 1.6F, -9.0F, 0.0F};
  periphery::round_to_integers(4, 0.2F, values);
  EXPECT_THAT(values, ElementsAre(FloatEq(0.2F), FloatEq(0.4F), FloatEq(-0.4F), FloatEq(1.4F), FloatEq(1.4F), FloatEq(-1.4F), 0.0F));
  const auto outside = periphery::outside_integers(4, 0.2F, std::vector<float>{0.1F, 1.49F, 1.51F, -2.0F});
  EXPECT_EQ(outside.values, 4U);
  EXPECT_EQ(outside.underflow, 1U);  // 0.1 is half a step, to even
  EXPECT_EQ(outside.overflow, 2U);   // 1.49 is rounded to 7 steps
  EXPECT_EQ(outside.largest, 2.0F);
}

/// x -> Transpose -> MatMul -> Slice; the first two share the input's numbers, the last two those of the product.
Network moved() {
  OnnxModel model(18);
  model.input("x", {0, 2, 3}).output("y").floats("w", {2, 4}, ramp(8));
  model.ints("from", {0}).ints("to", {2}).ints("axes", {2});
  model.node("Transpose", {"x"}, "t", "turned").attribute("perm", std::vector<std::int64_t>{0, 2, 1});
  model.node("MatMul", {"t", "w"}, "h", "layer").node("Slice", {"h", "from", "to", "axes"}, "y", "cut");
  return model.import();
}

TEST(ResultRounding, TensorsThatOnlyMoveShareTheirScale) {
  const Network network = moved();
  ResultScaleRecorder first(network), second(network);
  const auto node = [&](const std::string& name) {
    for (std::size_t n = 0; n < network.nodes.size(); ++n) {
      if (network.nodes[n].name == name) return n;
    }
    throw std::logic_error(name);
  };
  first.see_input(std::vector<float>{1.0F, -3.0F});
  first.see(node("turned"), RoundedTensor::result, std::vector<float>{2.0F});
  first.see(node("layer"), RoundedTensor::result, std::vector<float>{-7.0F});
  second.see(node("cut"), RoundedTensor::result, std::vector<float>{5.0F});
  first += second;
  const ResultScales scales = first.scales();
  EXPECT_EQ(scales.input, 3.0F);
  EXPECT_EQ(scales.by_node[node("turned")][0], 3.0F);
  EXPECT_EQ(scales.by_node[node("layer")][0], 7.0F);
  EXPECT_EQ(scales.by_node[node("cut")][0], 7.0F);
  const ResultRounding rounding({.kind = periphery::NumberFormat::Kind::integer, .integer_bits = 8}, scales);
  EXPECT_FLOAT_EQ(rounding.scale(node("cut"), RoundedTensor::result), 7.0F / 127);
}

}  // namespace
}  // namespace mho::workloads
