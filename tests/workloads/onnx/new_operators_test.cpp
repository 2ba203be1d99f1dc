// Operators that came to ONNX late, and volumes, each against numbers computed here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/workloads/onnx/one_operator.h"

namespace mho::workloads {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

TEST(NewOperators, WhatNumbersAre) {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const Floats x{-infinity, -1, 0, nan, infinity};
  EXPECT_THAT(run(one_operator("IsNaN", {0, 5}), x), ElementsAre(0, 0, 0, 1, 0));
  EXPECT_THAT(run(one_operator("IsInf", {0, 5}), x), ElementsAre(1, 0, 0, 0, 1));
  EXPECT_THAT(run(one_operator("IsInf", {0, 5}).attribute("detect_negative", 0), x), ElementsAre(0, 0, 0, 0, 1));
  EXPECT_THAT(run(one_operator("IsInf", {0, 5}).attribute("detect_positive", 0), x), ElementsAre(1, 0, 0, 0, 0));
  const Floats angles{-1.2F, 0.3F, 2, 40};
  EXPECT_THAT(run(one_operator("Tan", {0, 4}), angles), Pointwise(FloatNear(2e-6F), each(angles, [](double v) { return std::tan(v); })));
}

TEST(NewOperators, CastLike) {
  OnnxModel whole;
  whole.input("x", {0, 3}).output("y").ints("like", {0}).node("CastLike", {"x", "like"}, "y");
  EXPECT_THAT(run(whole, {-1.5, 0.4F, 2.9F}), ElementsAre(-1, 0, 2));
  EXPECT_THAT(run(one_operator("CastLike", {0, 2}, {"like"}).floats("like", {1}, {0}), {-1.5, 2.5}), ElementsAre(-1.5, 2.5));
}

TEST(NewOperators, OneHot) {
  const auto model = [](std::int64_t axis) {
    return one_operator("OneHot", {0, 2}, {"depth", "values"})
        .attribute("axis", static_cast<int>(axis))
        .ints("depth", {3})
        .floats("values", {2}, {-1, 5});
  };
  EXPECT_THAT(run(model(-1), {1, -1}), ElementsAre(-1, 5, -1, -1, -1, 5));
  EXPECT_THAT(run(model(1), {1, -1}), ElementsAre(-1, -1, 5, -1, -1, 5));
  EXPECT_THAT(run(model(-1), {7, -4}), ElementsAre(-1, -1, -1, -1, -1, -1));  // beyond its depth
}

TEST(NewOperators, EyeLike) {
  OnnxModel model;
  model.input("x", {0, 3}).output("y").floats("m", {1, 3}, Floats(3, 7)).node("EyeLike", {"m"}, "e").attribute("k", 1).node("Add", {"x", "e"}, "y");
  EXPECT_THAT(run(model, {0, 0, 0}), ElementsAre(0, 1, 0));
  EXPECT_THAT(refusal(one_operator("EyeLike", {0, 3})), HasSubstr("batch"));
}

TEST(NewOperators, LpPooling) {
  const Floats x{3, -4, 1, 2, -2, 5};
  const auto norm = [](std::initializer_list<double> values, double p) {
    double sum = 0;
    for (const double value : values) sum += std::pow(std::abs(value), p);
    return static_cast<float>(std::pow(sum, 1 / p));
  };
  for (const int p : {1, 2, 3}) {
    auto pooled =
        one_operator("LpPool", {0, 1, 6}, {}, 18).attribute("kernel_shape", Ints{2}).attribute("strides", Ints{2}).attribute("pads", Ints{1, 1});
    EXPECT_THAT(run(pooled.attribute("p", p), x), Pointwise(FloatNear(1e-5F), Floats{3, norm({4, 1}, p), norm({2, 2}, p), 5})) << p;
    EXPECT_THAT(run(one_operator("GlobalLpPool", {0, 2, 3}).attribute("p", p), x),
                Pointwise(FloatNear(1e-5F), {norm({3, 4, 1}, p), norm({2, 2, 5}, p)}))
        << p;
  }
}

// Volumes, against plain loops over depth, height and width.

struct Volume {
  Shape in, kernel, stride, dilation, begin, end;
  std::int64_t channels = 1;
  [[nodiscard]] std::int64_t out(std::size_t a) const { return (in[a] + begin[a] + end[a] - (kernel[a] - 1) * dilation[a] - 1) / stride[a] + 1; }
  /// Calls visit(place in x of one channel or -1 in the padding, tap) for all taps of an output.
  template <class Visit>
  void taps(std::int64_t place, const Visit& visit) const {
    const Shape at{place / out(2) / out(1), place / out(2) % out(1), place % out(2)};
    for (std::int64_t tap = 0; tap < kernel[0] * kernel[1] * kernel[2]; ++tap) {
      const Shape k{tap / kernel[2] / kernel[1], tap / kernel[2] % kernel[1], tap % kernel[2]};
      std::int64_t from = 0;
      bool inside = true;
      for (std::size_t a = 0; a < 3; ++a) {
        const std::int64_t here = at[a] * stride[a] + k[a] * dilation[a] - begin[a];
        inside = inside && here >= 0 && here < in[a];
        from = from * in[a] + here;
      }
      visit(inside ? from : -1, tap);
    }
  }
  void describe(OnnxModel& model) const {
    Shape pads = begin;
    pads.insert(pads.end(), end.begin(), end.end());
    model.attribute("kernel_shape", kernel).attribute("strides", stride).attribute("pads", pads);
  }
};

TEST(Volumes, Convolutions) {
  const Volume v{{5, 4, 6}, {3, 2, 3}, {2, 1, 2}, {1, 2, 1}, {1, 0, 1}, {0, 1, 1}, 4};
  for (const std::int64_t groups : {1, 2, 4}) {
    constexpr std::int64_t outputs = 4, taps = 18;
    const std::int64_t each = v.channels / groups, size = 5 * 4 * 6, places = v.out(0) * v.out(1) * v.out(2);
    const Floats x = ramp(static_cast<std::size_t>(v.channels * size)), w = ramp(static_cast<std::size_t>(outputs * each * taps), 0.03F),
                 b{1, 2, 3, 4};
    OnnxModel model;
    model.input("x", {0, v.channels, 5, 4, 6}).output("y").floats("w", {outputs, each, 3, 2, 3}, w).floats("b", {outputs}, b);
    model.node("Conv", {"x", "w", "b"}, "y").attribute("group", groups).attribute("dilations", v.dilation);
    v.describe(model);
    Floats expected;
    for (std::int64_t o = 0; o < outputs; ++o) {
      for (std::int64_t place = 0; place < places; ++place) {
        double sum = static_cast<double>(b[static_cast<std::size_t>(o)]);
        for (std::int64_t c = 0; c < each; ++c) {
          const std::int64_t channel = o / (outputs / groups) * each + c;
          v.taps(place, [&](std::int64_t from, std::int64_t tap) {
            if (from < 0) return;
            sum += static_cast<double>(x[static_cast<std::size_t>(channel * size + from)]) *
                   static_cast<double>(w[static_cast<std::size_t>((o * each + c) * taps + tap)]);
          });
        }
        expected.push_back(static_cast<float>(sum));
      }
    }
    const Network network = model.import();
    EXPECT_EQ(network.values[static_cast<std::size_t>(network.output)].shape, (Shape{1, outputs, v.out(0), v.out(1), v.out(2)}));
    EXPECT_THAT(run_float(network, x), Pointwise(FloatNear(1e-4F), expected)) << groups;
    // One matrix, which multiplies once for every place.
    ASSERT_EQ(network.matrices.size(), 1U);
    EXPECT_EQ(network.matrices[0].inputs, v.channels * taps);
    EXPECT_EQ(network.macs(), outputs * each * taps * places);
  }
}

TEST(Volumes, TransposedConvolutions) {
  constexpr std::int64_t channels = 4, depth = 3, height = 2, width = 4, taps = 18;
  const Shape kernel{3, 2, 3}, stride{2, 1, 2}, dilation{1, 2, 1}, begin{1, 0, 1}, end{0, 1, 1}, more{1, 0, 0};
  Shape out, pads = begin;
  pads.insert(pads.end(), end.begin(), end.end());
  const Shape in{depth, height, width};
  for (std::size_t a = 0; a < 3; ++a) out.push_back(stride[a] * (in[a] - 1) + more[a] + (kernel[a] - 1) * dilation[a] + 1 - begin[a] - end[a]);
  for (const std::int64_t groups : {1, 2}) {
    for (const bool biased : {false, true}) {
      constexpr std::int64_t outputs = 2;
      const std::int64_t each = outputs / groups, places = out[0] * out[1] * out[2];
      const Floats x = ramp(static_cast<std::size_t>(channels * depth * height * width));
      const Floats w = ramp(static_cast<std::size_t>(channels * each * taps), 0.03F), b{1, -2};
      OnnxModel model;
      model.input("x", {0, channels, depth, height, width}).output("y").floats("w", {channels, each, 3, 2, 3}, w).floats("b", {outputs}, b);
      model.node("ConvTranspose", biased ? std::vector<std::string>{"x", "w", "b"} : std::vector<std::string>{"x", "w"}, "y", "up");
      model.attribute("group", groups).attribute("strides", stride).attribute("dilations", dilation).attribute("pads", pads);
      model.attribute("output_padding", more);
      std::vector<double> sums(static_cast<std::size_t>(outputs * places), 0.0);
      for (std::size_t i = 0; biased && i < sums.size(); ++i) sums[i] = static_cast<double>(b[i / static_cast<std::size_t>(places)]);
      for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t o = 0; o < each; ++o) {
          for (std::int64_t i = 0; i < depth * height * width; ++i) {
            for (std::int64_t t = 0; t < taps; ++t) {
              const Shape at{i / width / height, i / width % height, i % width}, k{t / 6, t / 3 % 2, t % 3};
              std::int64_t to = c / (channels / groups) * each + o;
              bool inside = true;
              for (std::size_t a = 0; a < 3; ++a) {
                const std::int64_t place = at[a] * stride[a] + k[a] * dilation[a] - begin[a];
                inside = inside && place >= 0 && place < out[a];
                to = to * out[a] + place;
              }
              if (!inside) continue;
              sums[static_cast<std::size_t>(to)] += static_cast<double>(x[static_cast<std::size_t>(c * depth * height * width + i)]) *
                                                    static_cast<double>(w[static_cast<std::size_t>((c * each + o) * taps + t)]);
            }
          }
        }
      }
      const Network network = model.import();
      EXPECT_EQ(network.values[static_cast<std::size_t>(network.output)].shape, (Shape{1, outputs, out[0], out[1], out[2]}));
      EXPECT_THAT(run_float(network, x), Pointwise(FloatNear(1e-4F), Floats(sums.begin(), sums.end()))) << groups;
      EXPECT_EQ(network.matrices.size(), 1U);
    }
  }
}

TEST(Volumes, Pooling) {
  const Volume v{{5, 4, 6}, {3, 2, 3}, {2, 1, 2}, {1, 1, 1}, {1, 0, 1}, {0, 1, 1}, 2};
  const std::int64_t size = 5 * 4 * 6, places = v.out(0) * v.out(1) * v.out(2);
  const Floats x = ramp(static_cast<std::size_t>(v.channels * size));
  Floats largest, means, with_padding, norms;
  for (std::int64_t c = 0; c < v.channels; ++c) {
    for (std::int64_t place = 0; place < places; ++place) {
      double sum = 0, most = -1e9, square = 0;
      int count = 0;
      v.taps(place, [&](std::int64_t from, std::int64_t) {
        if (from < 0) return;
        const auto value = static_cast<double>(x[static_cast<std::size_t>(c * size + from)]);
        sum += value;
        square += value * value;
        most = std::max(most, value);
        ++count;
      });
      largest.push_back(static_cast<float>(most));
      means.push_back(static_cast<float>(sum / count));
      with_padding.push_back(static_cast<float>(sum / 18));
      norms.push_back(static_cast<float>(std::sqrt(square)));
    }
  }
  const auto pooled = [&](const std::string& op) {
    auto model = one_operator(op, {0, v.channels, 5, 4, 6});
    v.describe(model);
    return model;
  };
  const auto near = [](const Floats& y) { return Pointwise(FloatNear(1e-5F), y); };
  EXPECT_THAT(run(pooled("MaxPool"), x), near(largest));
  EXPECT_THAT(run(pooled("AveragePool"), x), near(means));
  EXPECT_THAT(run(pooled("AveragePool").attribute("count_include_pad", 1), x), near(with_padding));
  EXPECT_THAT(run(pooled("LpPool"), x), near(norms));
  EXPECT_THAT(run(one_operator("GlobalMaxPool", {0, 1, 2, 1, 2}), {1, 4, 2, 3}), ElementsAre(4));
}

}  // namespace
}  // namespace mho::workloads
