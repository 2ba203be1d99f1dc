// Quantised exports against integer arithmetic, step by step as their operators are defined: sums in whole numbers, one scale, halves to even,
// limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;
using Type = onnx::TensorProto;
using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

std::string refusal(const OnnxModel& model) {
  return user_error([&] { model.import(); });
}

/// A tensor of whole numbers of a type.
OnnxModel& whole(OnnxModel& model, const std::string& name, int type, const Shape& shape, const Ints& data) {
  auto* tensor = model.proto().mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(type);
  for (const std::int64_t length : shape) tensor->add_dims(length);
  for (const std::int64_t value : data) tensor->add_int32_data(static_cast<std::int32_t>(value));
  return model;
}

/// -37, 91, ... : numbers of both signs, all over 8 bits.
Ints scattered(std::size_t count, std::int64_t least = -128) {
  Ints values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::int64_t>(i * 91 + 37) % 256 + least);
  return values;
}

Floats floats(const Ints& values) { return {values.begin(), values.end()}; }

float limited(double value, double least, double largest) { return static_cast<float>(std::clamp(value, least, largest)); }

/// As operators are defined: sum * scale in float, rounded half to even, then the zero point, then the limits.
float requantised(std::int64_t sum, float scale, std::int64_t zero, double least, double largest) {
  return limited(static_cast<double>(std::nearbyint(static_cast<float>(sum) * scale)) + static_cast<double>(zero), least, largest);
}

struct Convolution3x3 {
  std::int64_t channels = 3, outputs = 4, size = 5;
  Ints x, w, bias;
  Ints weight_zeros;
  std::int64_t x_zero = 0;
  /// Whole sums of a convolution with padding 1; padding is the zero point.
  [[nodiscard]] std::int64_t sum(std::int64_t o, std::int64_t row, std::int64_t column) const {
    std::int64_t result = bias.empty() ? 0 : bias[static_cast<std::size_t>(o)];
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t ky = 0; ky < 3; ++ky) {
        for (std::int64_t kx = 0; kx < 3; ++kx) {
          const std::int64_t y = row + ky - 1, z = column + kx - 1;
          if (y < 0 || y >= size || z < 0 || z >= size) continue;
          result += (x[static_cast<std::size_t>((c * size + y) * size + z)] - x_zero) *
                    (w[static_cast<std::size_t>(((o * channels + c) * 3 + ky) * 3 + kx)] - weight_zeros[static_cast<std::size_t>(o)]);
        }
      }
    }
    return result;
  }
};

TEST(QuantizedFiles, ConvolutionOfWholeNumbers) {
  Convolution3x3 exact;
  exact.x = scattered(75, 0);
  exact.w = scattered(108);
  exact.bias = {1000, -2000, 0, 77};
  exact.x_zero = 117;
  for (const bool by_channel : {false, true}) {
    const Floats scales = by_channel ? Floats{0.011F, 0.003F, 0.02F, 0.0071F} : Floats(4, 0.013F);
    exact.weight_zeros = by_channel ? Ints{0, 0, 0, 0} : Ints(4, 3);
    constexpr float x_scale = 0.021F, y_scale = 0.05F;
    constexpr std::int64_t y_zero = 120;
    OnnxModel model;
    model.input("x", {0, 3, 5, 5}, Type::UINT8).output("y").floats("xs", {}, {x_scale}).floats("ys", {}, {y_scale});
    model.floats("ws", by_channel ? Shape{4} : Shape{}, by_channel ? scales : Floats{scales[0]});
    whole(whole(whole(model, "xz", Type::UINT8, {}, {117}), "yz", Type::UINT8, {}, {y_zero}), "b", Type::INT32, {4}, exact.bias);
    whole(whole(model, "wz", Type::INT8, by_channel ? Shape{4} : Shape{}, by_channel ? exact.weight_zeros : Ints{3}), "w", Type::INT8, {4, 3, 3, 3},
          exact.w);
    model.node("QLinearConv", {"x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"}, "y", "conv").attribute("pads", Ints{1, 1, 1, 1});
    Floats expected;
    for (std::int64_t o = 0; o < 4; ++o) {
      for (std::int64_t i = 0; i < 25; ++i) {
        expected.push_back(requantised(exact.sum(o, i / 5, i % 5), x_scale * scales[static_cast<std::size_t>(o)] / y_scale, y_zero, 0, 255));
      }
    }
    EXPECT_GT(std::ranges::count(expected, 255.0F), 0);
    EXPECT_GT(std::ranges::count(expected, 0.0F), 0);
    const Network network = model.import();
    EXPECT_THAT(run_float(network, floats(exact.x)), ElementsAreArray(expected)) << by_channel;
    // The weights are those of tiles, in the size of what they stand for, up to a factor below 2.
    ASSERT_EQ(network.matrices.size(), 1U);
    EXPECT_EQ(network.matrices[0].name, "conv");
    for (std::size_t i = 0; i < exact.w.size(); ++i) {
      const std::size_t o = i / 27;
      const double real = static_cast<double>(x_scale * scales[o] / y_scale) * static_cast<double>(exact.w[i] - exact.weight_zeros[o]);
      const double on_tile = static_cast<double>(network.matrices[0].weights[i]);
      EXPECT_LE(std::abs(on_tile), std::abs(real)) << i;
      EXPECT_GE(2 * std::abs(on_tile), std::abs(real)) << i;
    }
  }
}

TEST(QuantizedFiles, HalvesGoToTheEvenNumber) {
  // Sums of 1, 3, 5, -1 in halves.
  OnnxModel model;
  model.input("x", {0, 4}, Type::INT8).output("y").floats("half", {}, {0.5F}).floats("one", {}, {1});
  whole(whole(model, "z", Type::INT8, {}, {0}), "w", Type::INT8, {4, 4}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
  model.node("QLinearMatMul", {"x", "half", "z", "w", "one", "z", "one", "z"}, "y");
  EXPECT_THAT(run_float(model.import(), Floats{1, 3, 5, -1}), ElementsAre(0, 2, 2, 0));
}

TEST(QuantizedFiles, ProductsOfMatrices) {
  const Ints x = scattered(6, 0), w = scattered(12);
  constexpr float x_scale = 0.03F, y_scale = 0.9F;
  const Floats scales{0.01F, 0.02F, 0.005F, 0.0333F};
  constexpr std::int64_t x_zero = 100, w_zero = -5, y_zero = 10;
  const auto sum = [&](std::int64_t row, std::int64_t column) {
    std::int64_t result = 0;
    for (std::int64_t k = 0; k < 3; ++k) {
      result += (x[static_cast<std::size_t>(row * 3 + k)] - x_zero) * (w[static_cast<std::size_t>(k * 4 + column)] - w_zero);
    }
    return result;
  };
  Floats expected, sums;
  for (std::int64_t i = 0; i < 8; ++i) {
    sums.push_back(static_cast<float>(sum(i / 4, i % 4)));
    expected.push_back(requantised(sum(i / 4, i % 4), x_scale * scales[static_cast<std::size_t>(i % 4)] / y_scale, y_zero, -128, 127));
  }
  const auto model = [&](bool constant) {
    OnnxModel made;
    made.input("x", {0, 2, 3}, Type::UINT8).output("y").floats("xs", {}, {x_scale}).floats("ys", {}, {y_scale}).floats("ws", {4}, scales);
    whole(whole(whole(made, "xz", Type::UINT8, {}, {x_zero}), "wz", Type::INT8, {}, {w_zero}), "yz", Type::INT8, {}, {y_zero});
    return constant ? whole(made, "w", Type::INT8, {3, 4}, w) : made;
  };
  OnnxModel linear = model(true).node("QLinearMatMul", {"x", "xs", "xz", "w", "ws", "wz", "ys", "yz"}, "y");
  EXPECT_THAT(run_float(linear.import(), floats(x)), ElementsAreArray(expected));
  EXPECT_EQ(linear.import().matrices.size(), 1U);
  OnnxModel integer = model(true).node("MatMulInteger", {"x", "w", "xz", "wz"}, "y");
  EXPECT_THAT(run_float(integer.import(), floats(x)), ElementsAreArray(sums));
  EXPECT_EQ(integer.import().matrices.size(), 1U);
  // Of two activations there is no matrix: x times its own transpose.
  OnnxModel both = model(false).node("Transpose", {"x"}, "t").attribute("perm", Ints{0, 2, 1});
  both.node("QLinearMatMul", {"x", "xs", "xz", "t", "xs", "xz", "ys", "yz"}, "y");
  Floats squares;
  for (std::size_t i = 0; i < 4; ++i) {
    std::int64_t own = 0;
    for (std::size_t k = 0; k < 3; ++k) own += (x[i / 2 * 3 + k] - x_zero) * (x[i % 2 * 3 + k] - x_zero);
    squares.push_back(requantised(own, x_scale * x_scale / y_scale, y_zero, -128, 127));
  }
  EXPECT_THAT(run_float(both.import(), floats(x)), ElementsAreArray(squares));
  EXPECT_TRUE(both.import().matrices.empty());
}

TEST(QuantizedFiles, LayersWithABias) {
  const Ints x{10, -20, 127}, w = scattered(6), bias{100, -50};
  const auto model = [&](bool whole_result) {
    OnnxModel made;
    made.input("x", {0, 3}, Type::INT8).output("y").floats("xs", {}, {0.1F}).floats("ws", {2}, {0.02F, 0.03F}).floats("ys", {}, {2});
    whole(whole(whole(made, "z", Type::INT8, {}, {0}), "b", Type::INT32, {2}, bias), "w", Type::INT8, {2, 3}, w);
    std::vector<std::string> in{"x", "xs", "z", "w", "ws", "z", "b"};
    if (whole_result) in.insert(in.end(), {"ys", "z"});
    made.node("QGemm", in, "y").attribute("transB", 1);
    made.proto().mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
    return made;
  };
  Floats real, rounded;
  for (std::size_t o = 0; o < 2; ++o) {
    std::int64_t sum = bias[o];
    for (std::size_t k = 0; k < 3; ++k) sum += x[k] * w[o * 3 + k];
    const float scale = 0.1F * (o == 0 ? 0.02F : 0.03F);
    real.push_back(static_cast<float>(sum) * scale);
    rounded.push_back(requantised(sum, scale / 2, 0, -128, 127));
  }
  EXPECT_THAT(run_float(model(false).import(), floats(x)), Pointwise(FloatNear(1e-6F), real));
  EXPECT_THAT(run_float(model(true).import(), floats(x)), ElementsAreArray(rounded));
}

TEST(QuantizedFiles, ConvInteger) {
  Convolution3x3 exact;
  exact.x = scattered(75, 0);
  exact.w = scattered(108, 0);
  exact.x_zero = 7;
  exact.weight_zeros = Ints(4, 128);
  OnnxModel model;
  model.input("x", {0, 3, 5, 5}, Type::UINT8).output("y");
  whole(whole(whole(model, "xz", Type::UINT8, {}, {7}), "wz", Type::UINT8, {}, {128}), "w", Type::UINT8, {4, 3, 3, 3}, exact.w);
  model.node("ConvInteger", {"x", "w", "xz", "wz"}, "y").attribute("pads", Ints{1, 1, 1, 1});
  Floats expected;
  for (std::int64_t i = 0; i < 100; ++i) expected.push_back(static_cast<float>(exact.sum(i / 25, i % 25 / 5, i % 5)));
  EXPECT_THAT(run_float(model.import(), floats(exact.x)), ElementsAreArray(expected));
}

/// What DynamicQuantizeLinear makes of a sample.
struct Dynamic {
  float scale = 1;
  float zero = 0;
  Floats y;
  explicit Dynamic(const Floats& x) {
    const float least = std::min(0.0F, *std::ranges::min_element(x)), largest = std::max(0.0F, *std::ranges::max_element(x));
    if (largest != least) scale = (largest - least) / 255;
    zero = std::clamp(std::nearbyint(-least / scale), 0.0F, 255.0F);
    for (const float value : x) y.push_back(std::clamp(std::nearbyint(value / scale) + zero, 0.0F, 255.0F));
  }
};

OnnxModel dynamic(const std::string& scored) {
  OnnxModel model;
  model.input("x", {0, 2, 3}).output(scored).node("DynamicQuantizeLinear", {"x"}, "y");
  for (const char* more : {"scale", "zero"}) model.proto().mutable_graph()->mutable_node(0)->add_output(more);
  return model;
}

TEST(QuantizedFiles, TheRangeOfTheSampleItself) {
  for (const Floats& x : {Floats{-1, 0.5F, 3, 2, -0.2F, 1}, Floats{1, 2, 3, 4, 5, 6}, Floats{-1, -2, -3, -4, -5, -6}, Floats(6, 0)}) {
    const Dynamic expected(x);
    EXPECT_THAT(run_float(dynamic("y").import(), x), ElementsAreArray(expected.y));
    EXPECT_THAT(run_float(dynamic("scale").import(), x), ElementsAre(expected.scale));
    EXPECT_THAT(run_float(dynamic("zero").import(), x), ElementsAre(expected.zero));
  }
}

TEST(QuantizedFiles, WhatDynamicQuantisationLeavesBehind) {
  // DynamicQuantizeLinear, MatMulInteger, Cast, and both scales.
  const Floats x{-1, 0.5F, 3, 2, -0.2F, 1};
  const Ints w = scattered(12);
  OnnxModel model = dynamic("r");
  whole(model, "wz", Type::INT8, {}, {2}).floats("ws", {}, {0.01F});
  whole(model, "w", Type::INT8, {3, 4}, w);
  model.node("MatMulInteger", {"y", "w", "zero", "wz"}, "m").node("Cast", {"m"}, "f").attribute("to", 1);
  model.node("Mul", {"scale", "ws"}, "s").node("Mul", {"f", "s"}, "r");
  const Dynamic own(x);
  Floats expected;
  for (std::size_t i = 0; i < 8; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      sum += (static_cast<double>(own.y[i / 4 * 3 + k]) - static_cast<double>(own.zero)) * static_cast<double>(w[k * 4 + i % 4] - 2);
    }
    expected.push_back(static_cast<float>(sum * static_cast<double>(own.scale) * 0.01));
  }
  EXPECT_THAT(run_float(model.import(), x), Pointwise(FloatNear(1e-4F), expected));
  EXPECT_EQ(model.import().matrices.size(), 1U);
}

TEST(QuantizedFiles, ElementsOfWholeNumbers) {
  const Ints a{0, 50, 200, 255}, b{255, 3, 100, 7};
  const auto pair = [&](const std::string& op) {
    OnnxModel model;
    model.input("x", {0, 4}, Type::UINT8).output("y").floats("as", {}, {0.1F}).floats("bs", {}, {0.03F}).floats("cs", {}, {0.11F});
    whole(whole(whole(whole(model, "az", Type::UINT8, {}, {128}), "bz", Type::UINT8, {}, {5}), "cz", Type::UINT8, {}, {100}), "b", Type::UINT8, {4},
          b);
    model.node(op, {"x", "as", "az", "b", "bs", "bz", "cs", "cz"}, "y");
    model.proto().mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
    return model;
  };
  Floats sums, products;
  for (std::size_t i = 0; i < 4; ++i) {
    const float left = static_cast<float>(a[i] - 128) * 0.1F, right = static_cast<float>(b[i] - 5) * 0.03F;
    sums.push_back(limited(std::nearbyint((left + right) / 0.11F) + 100, 0, 255));
    products.push_back(limited(std::nearbyint(left * right / 0.11F) + 100, 0, 255));
  }
  EXPECT_THAT(run_float(pair("QLinearAdd").import(), floats(a)), ElementsAreArray(sums));
  EXPECT_THAT(run_float(pair("QLinearMul").import(), floats(a)), ElementsAreArray(products));
  const auto one = [](const std::string& op, const Shape& shape) {
    OnnxModel model;
    model.input("x", shape, Type::UINT8).output("y").floats("as", {}, {0.1F}).floats("cs", {}, {0.02F});
    whole(whole(model, "az", Type::UINT8, {}, {128}), "cz", Type::UINT8, {}, {100}).node(op, {"x", "as", "az", "cs", "cz"}, "y");
    model.proto().mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
    return model;
  };
  Floats leaky, sigmoid;
  for (const std::int64_t value : a) {
    const double x = static_cast<double>(static_cast<float>(value - 128) * 0.1F);
    leaky.push_back(limited(std::nearbyint((x < 0 ? 0.05 * x : x) / static_cast<double>(0.02F)) + 100, 0, 255));
    sigmoid.push_back(limited(std::nearbyint(1 / (1 + std::exp(-x)) / static_cast<double>(0.02F)) + 100, 0, 255));
  }
  EXPECT_THAT(run_float(one("QLinearLeakyRelu", {0, 4}).attribute("alpha", 0.05F).import(), floats(a)), ElementsAreArray(leaky));
  EXPECT_THAT(run_float(one("QLinearSigmoid", {0, 4}).import(), floats(a)), ElementsAreArray(sigmoid));
  EXPECT_THAT(run_float(one("QLinearGlobalAveragePool", {0, 1, 2, 2}).import(), Floats{128, 129, 130, 131}), ElementsAre(108));
}

/// The quantiser of networks with few bits, as its authors write it.
double quant(double x, double scale, double zero, int bits, bool is_signed, bool narrow) {
  const double largest = is_signed ? std::exp2(bits - 1) - 1 : std::exp2(bits) - 1 - (narrow ? 1 : 0);
  const double least = is_signed ? -std::exp2(bits - 1) + (narrow ? 1 : 0) : 0;
  return (std::clamp(std::nearbyint(x / scale + zero), least, largest) - zero) * scale;
}

TEST(QuantizedFiles, QuantWithFewBits) {
  const Floats x{-3, -0.6F, -0.25F, 0.25F, 0.75F, 1.2F, 9};
  for (const char* domain : {"qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas"}) {
    for (const bool is_signed : {false, true}) {
      for (const bool narrow : {false, true}) {
        auto model = one_operator("Quant", {0, 7}, {"s", "z", "b"}).floats("s", {}, {0.5F}).floats("z", {}, {1}).floats("b", {}, {3});
        model.attribute("signed", is_signed ? 1 : 0).attribute("narrow", narrow ? 1 : 0).attribute("rounding_mode", "ROUND");
        model.proto().mutable_graph()->mutable_node(0)->set_domain(domain);
        Floats expected;
        for (const float value : x) expected.push_back(static_cast<float>(quant(static_cast<double>(value), 0.5, 1, 3, is_signed, narrow)));
        EXPECT_THAT(run_float(model.import(), x), ElementsAreArray(expected)) << domain << is_signed << narrow;
      }
    }
  }
  const auto rounded = [&](const char* mode) {
    auto model = one_operator("Quant", {0, 3}, {"s", "z", "b"}).floats("s", {}, {1}).floats("z", {}, {0}).floats("b", {}, {8});
    model.attribute("rounding_mode", mode).proto().mutable_graph()->mutable_node(0)->set_domain("qonnx.custom_op.general");
    return model;
  };
  const Floats y{-1.5, 0.5, 1.7F};
  EXPECT_THAT(run_float(rounded("FLOOR").import(), y), ElementsAre(-2, 0, 1));
  EXPECT_THAT(run_float(rounded("CEIL").import(), y), ElementsAre(-1, 1, 2));
  EXPECT_THAT(run_float(rounded("ROUND_TO_ZERO").import(), y), ElementsAre(-1, 0, 1));
  EXPECT_THAT(refusal(rounded("STOCHASTIC")), HasSubstr("STOCHASTIC"));
}

TEST(QuantizedFiles, QuantisedWeightsAreTrainedWeights) {
  // Weights by channel with 2 bits, and bipolar ones; activations with one bit and a sign.
  const Floats w{0.9F, -0.2F, 0.3F, -2}, x{-0.3F, 0};
  OnnxModel model;
  model.input("x", {0, 2}).output("y").floats("w", {2, 2}, w).floats("s", {1, 2}, {1, 0.25F}).floats("z", {}, {0}).floats("b", {}, {2});
  model.floats("one", {}, {1}).node("Quant", {"w", "s", "z", "b"}, "wq").attribute("signed", 1).attribute("narrow", 1);
  model.node("BipolarQuant", {"x", "one"}, "xq").node("MatMul", {"xq", "wq"}, "y");
  for (const int node : {0, 1}) model.proto().mutable_graph()->mutable_node(node)->set_domain("qonnx.custom_op.general");
  // Quantised: columns {1, 0} of scale 1 and {-0.25, -0.25} of scale a quarter; x becomes {-1, 1}.
  const Network network = model.import();
  EXPECT_THAT(run_float(network, x), ElementsAre(-1, 0));
  ASSERT_EQ(network.matrices.size(), 1U);
  EXPECT_THAT(network.matrices[0].weights, ElementsAre(1, 0, -0.25, -0.25));
}

}  // namespace
}  // namespace mho::workloads
