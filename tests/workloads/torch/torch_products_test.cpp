// Resampling, normalisations, quantisation and sums of products by letters, against libtorch.
#include "base/error.h"
#include "tests/workloads/torch/torch_compare.h"

namespace mho::workloads {
namespace {

using torch::Tensor;
namespace F = torch::nn::functional;

const Shape picture{1, 4, 6, 5};

/// Resize to `height` x `width`, by sizes or, where they are whole multiples, by scales.
OnnxModel resized(const std::string& mode, const std::string& transformation, std::int64_t height, std::int64_t width, bool by_scales = false) {
  auto model = one_operator("Resize", picture, {"", by_scales ? "s" : "", by_scales ? "" : "n"});
  model.attribute("mode", mode.c_str()).attribute("coordinate_transformation_mode", transformation.c_str());
  if (by_scales) return model.floats("s", {4}, {1, 1, static_cast<float>(height) / 6.0F, static_cast<float>(width) / 5.0F});
  return model.ints("n", {1, 4, height, width});
}

TEST(TorchProducts, ResamplingAsTorchDoes) {
  for (const bool by_scales : {false, true}) {
    for (const auto& [height, width] : {std::pair<std::int64_t, std::int64_t>{12, 15}, {9, 10}, {3, 2}, {13, 4}}) {
      SCOPED_TRACE(std::to_string(height) + "x" + std::to_string(width) + (by_scales ? " by scales" : ""));
      if (by_scales && (height % 3 != 0 || width % 5 != 0)) continue;  // other lengths do not come out of a rounded scale
      const auto options = F::InterpolateFuncOptions().size(std::vector<std::int64_t>{height, width});
      auto nearest = resized("nearest", "asymmetric", height, width, by_scales).attribute("nearest_mode", "floor");
      expect_same(nearest, picture, [&](const Tensor& x) { return F::interpolate(x, F::InterpolateFuncOptions(options).mode(torch::kNearest)); });
      for (const std::string transformation : {"half_pixel", "align_corners", "pytorch_half_pixel"}) {
        const bool align = transformation == "align_corners";
        expect_same(resized("linear", transformation, height, width, by_scales), picture, [&](const Tensor& x) {
          return F::interpolate(x, F::InterpolateFuncOptions(options).mode(torch::kBilinear).align_corners(align));
        });
        expect_same(resized("cubic", transformation, height, width, by_scales), picture, [&](const Tensor& x) {
          return F::interpolate(x, F::InterpolateFuncOptions(options).mode(torch::kBicubic).align_corners(align));
        });
      }
    }
  }
}

std::vector<float> line(OnnxModel model, const std::vector<float>& x) { return run_float(model.import(), x); }

OnnxModel line_resize(std::int64_t in, float scale, const char* mode, const char* transformation, const char* rounding = "round_prefer_floor") {
  auto model = one_operator("Resize", {1, 1, in}, {"", "s"}, 19).floats("s", {3}, {1, 1, scale}).attribute("mode", mode);
  return model.attribute("coordinate_transformation_mode", transformation).attribute("nearest_mode", rounding);
}

TEST(TorchProducts, ResamplingByHand) {
  const std::vector<float> four{1, 2, 3, 4};
  // Places on the input: -0.25, 0.25, 0.75, ... ; halves only where the scale is one half: 0.5 and 2.5.
  EXPECT_EQ(line(line_resize(2, 2, "nearest", "half_pixel"), {1, 2}), (std::vector<float>{1, 1, 2, 2}));
  EXPECT_EQ(line(line_resize(4, 0.5F, "nearest", "half_pixel"), four), (std::vector<float>{1, 3}));
  EXPECT_EQ(line(line_resize(4, 0.5F, "nearest", "half_pixel", "round_prefer_ceil"), four), (std::vector<float>{2, 4}));
  EXPECT_EQ(line(line_resize(4, 0.5F, "nearest", "half_pixel", "floor"), four), (std::vector<float>{1, 3}));
  EXPECT_EQ(line(line_resize(4, 0.5F, "nearest", "half_pixel", "ceil"), four), (std::vector<float>{2, 4}));
  // (place + 0.5) / 2: 0.25, 0.75, 1.25, 1.75.
  EXPECT_EQ(line(line_resize(2, 2, "nearest", "tf_half_pixel_for_nn", "ceil"), {1, 2}), (std::vector<float>{2, 2, 2, 2}));
  EXPECT_EQ(line(line_resize(2, 2, "nearest", "tf_half_pixel_for_nn", "floor"), {1, 2}), (std::vector<float>{1, 1, 2, 2}));
  EXPECT_EQ(line(line_resize(2, 2, "linear", "asymmetric"), {1, 2}), (std::vector<float>{1, 1.5F, 2, 2}));
  EXPECT_EQ(line(line_resize(4, 0.25F, "linear", "pytorch_half_pixel"), four), (std::vector<float>{1}));
  EXPECT_EQ(line(line_resize(4, 0.25F, "linear", "half_pixel"), four), (std::vector<float>{2.5F}));
  // 4 * 0.7 = 2.8 rounds down to 2 places; the 0.8 that is lost lies half on either side: 0.785714 and 2.214286.
  const auto symmetric = line(line_resize(4, 0.7F, "linear", "half_pixel_symmetric"), four);
  ASSERT_EQ(symmetric.size(), 2U);
  EXPECT_NEAR(symmetric[0], 1.785714, 1e-5);
  EXPECT_NEAR(symmetric[1], 3.214286, 1e-5);
  // A place 0.25 before the line: the taps at -2 and -1 do not count, those at 0 and 1 make up for them.
  const double inner = (1.25 * 0.25 - 2.25) * 0.25 * 0.25 + 1, outer = ((-0.75 * 1.25 + 3.75) * 1.25 - 6) * 1.25 + 3;
  const auto excluded = line(line_resize(2, 2, "cubic", "half_pixel").attribute("exclude_outside", 1), {1, 2});
  EXPECT_NEAR(excluded[0], (inner + 2 * outer) / (inner + outer), 1e-6);
  const auto steep = line(line_resize(3, 2, "cubic", "asymmetric").attribute("cubic_coeff_a", -0.5F), {0, 1, 0});
  EXPECT_NEAR(steep[1], 0.5625, 1e-6);  // half way: 9/16 of one neighbour, the others are 0
  // 3 / 0.6F is 5 although 0.6F is not 3 / 5.
  EXPECT_EQ(line(line_resize(7, 0.6F, "nearest", "asymmetric", "floor"), {0, 1, 2, 3, 4, 5, 6}), (std::vector<float>{0, 1, 3, 5}));
}

TEST(TorchProducts, ResamplingOfOlderVersions) {
  const auto twice = [](const Tensor& x) {
    return F::interpolate(x, F::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 3}).mode(torch::kNearest));
  };
  expect_same(one_operator("Upsample", picture, {"s"}, 9).floats("s", {4}, {1, 1, 2, 3}), picture, twice);
  expect_same(one_operator("Resize", picture, {"s"}, 10).floats("s", {4}, {1, 1, 2, 3}), picture, twice);
  OnnxModel oldest = one_operator("Upsample", picture, {}, 7).attribute("mode", "nearest");
  auto* scales = oldest.proto().mutable_graph()->mutable_node(0)->add_attribute();
  scales->set_name("scales");
  scales->set_type(onnx::AttributeProto::FLOATS);
  for (const float s : {1.0F, 1.0F, 2.0F, 3.0F}) scales->add_floats(s);
  expect_same(oldest, picture, twice);
  auto smaller = one_operator("Resize", {1, 1, 4}, {"s"}, 10).floats("s", {3}, {1, 1, 0.6F});
  EXPECT_EQ(run_float(smaller.import(), std::vector<float>{1, 2, 3, 4}), (std::vector<float>{1, 3}));
}

TEST(TorchProducts, ResamplingOfNamedAxes) {
  for (const auto& [policy, height, width] : {std::tuple{"stretch", 12, 20}, {"not_larger", 12, 10}, {"not_smaller", 24, 20}}) {
    auto model = one_operator("Resize", picture, {"", "", "n"}, 18).ints("n", {20, 12}).attribute("axes", Ints{3, -2}).attribute("mode", "linear");
    model.attribute("keep_aspect_ratio_policy", policy);
    expect_same(model, picture, [&, height = height, width = width](const Tensor& x) {
      return F::interpolate(x,
                            F::InterpolateFuncOptions().size(std::vector<std::int64_t>{height, width}).mode(torch::kBilinear).align_corners(false));
    });
  }
}

TEST(TorchProducts, Normalisations) {
  const Tensor two = torch::tensor({2.0F, -1.0F}), shift = torch::tensor({0.1F, 0.3F});
  expect_same(
      one_operator("GroupNormalization", picture, {"s", "b"}, 18).attribute("num_groups", 2).floats("s", {2}, {2, -1}).floats("b", {2}, {0.1F, 0.3F}),
      picture, [&](const Tensor& x) { return torch::group_norm(x, 2, two.repeat_interleave(2), shift.repeat_interleave(2)); });
  const auto scale = ramp(4), by_channel = ramp(4, 0.3F);
  expect_same(one_operator("GroupNormalization", picture, {"s", "b"}, 18)
                  .attribute("num_groups", 2)
                  .attribute("epsilon", 0.01F)
                  .floats("s", {4}, scale)
                  .floats("b", {4}, by_channel),
              picture, [&](const Tensor& x) { return torch::group_norm(x, 2, torch::tensor(scale), torch::tensor(by_channel), 0.01); });
  for (const std::int64_t p : {1, 2}) {
    expect_same(one_operator("LpNormalization", picture).attribute("p", p).attribute("axis", 1), picture,
                [&](const Tensor& x) { return F::normalize(x, F::NormalizeFuncOptions().p(static_cast<double>(p)).dim(1)); });
  }
  EXPECT_EQ(run_float(one_operator("LpNormalization", {1, 2}).import(), std::vector<float>{0, 0}), (std::vector<float>{0, 0}));
  expect_same(one_operator("MeanVarianceNormalization", picture).attribute("axes", Ints{2, 3}), picture, [](const Tensor& x) {
    const Tensor d = x - x.mean(Ints{2, 3}, true);
    return d / (d * d).mean(Ints{2, 3}, true).sqrt();
  });
  for (const std::int64_t size : {1, 3}) {  // of an even size libtorch leaves out the other neighbour
    expect_same(one_operator("LRN", picture).attribute("size", size).attribute("alpha", 0.3F).attribute("beta", 0.6F).attribute("bias", 1.5F),
                picture,
                [&](const Tensor& x) { return F::local_response_norm(x, F::LocalResponseNormFuncOptions(size).alpha(0.3).beta(0.6).k(1.5)); });
  }
  auto even = one_operator("LRN", {1, 3, 1}).attribute("size", 2).attribute("alpha", 2.0F).attribute("beta", 1.0F);
  const auto y = run_float(even.import(), std::vector<float>{1, 2, 3});  // 1 / (1 + 1 + 4), 2 / (1 + 4 + 9), 3 / (1 + 9)
  EXPECT_NEAR(y[0], 1 / 6.0, 1e-6);
  EXPECT_NEAR(y[1], 2 / 14.0, 1e-6);
  EXPECT_NEAR(y[2], 0.3, 1e-6);
  EXPECT_EQ(run_float(one_operator("Hardmax", {1, 2, 3}).import(), std::vector<float>{1, 3, 3, 2, 1, 0}), (std::vector<float>{0, 1, 0, 1, 0, 0}));
  EXPECT_EQ(run_float(one_operator("Hardmax", {1, 2, 3}, {}, 12).import(), std::vector<float>{1, 3, 3, 4, 1, 0}),
            (std::vector<float>{0, 0, 0, 1, 0, 0}));
}

/// x to whole numbers and back.
OnnxModel there_and_back(const Shape& shape, const std::vector<float>& scales, int type, const std::vector<int>& zeros, std::int64_t block = 0) {
  OnnxModel model(20);
  model.input("x", picture).output("y").floats("s", shape, scales);
  auto* zero = model.proto().mutable_graph()->add_initializer();
  zero->set_name("z");
  zero->set_data_type(type);
  for (const std::int64_t length : shape) zero->add_dims(length);
  for (const int z : zeros) zero->add_int32_data(z);
  for (const auto& [op, from, to] : {std::tuple{"QuantizeLinear", "x", "q"}, {"DequantizeLinear", "q", "y"}}) {
    model.node(op, {from, "s", "z"}, to);
    if (block != 0) model.attribute("axis", 2).attribute("block_size", block);
  }
  return model;
}

TEST(TorchProducts, QuantisationThereAndBack) {
  expect_same(there_and_back({}, {0.01F}, onnx::TensorProto::UINT8, {100}), picture,
              [](const Tensor& x) { return torch::fake_quantize_per_tensor_affine(x, 0.01, 100, 0, 255); });
  expect_same(there_and_back({4}, {0.0101F, 0.0203F, 0.0031F, 1.03F}, onnx::TensorProto::INT8, {0, -3, 5, 0}), picture, [](const Tensor& x) {
    return torch::fake_quantize_per_channel_affine(x, torch::tensor({0.0101F, 0.0203F, 0.0031F, 1.03F}), torch::tensor({0.0F, -3.0F, 5.0F, 0.0F}), 1,
                                                   -128, 127);
  });
  const auto scales = ramp(60, 0.02F);  // blocks of 2 along the height: [1, 4, 3, 5]
  std::vector<float> sizes;
  for (const float s : scales) sizes.push_back(std::abs(s) + 0.0103F);
  expect_same(there_and_back({1, 4, 3, 5}, sizes, onnx::TensorProto::INT16, std::vector<int>(60, 7), 2), picture, [&](const Tensor& x) {
    const Tensor s = tensor(sizes, {1, 4, 3, 5}).repeat_interleave(2, 2);
    return torch::round(x / s) * s;
  });
  OnnxModel halves = one_operator("QuantizeLinear", {1, 6}, {"s"}).floats("s", {}, {2});  // without a zero point: uint8
  EXPECT_EQ(run_float(halves.import(), std::vector<float>{1, 3, 5, -1, 509, 1000}), (std::vector<float>{0, 2, 2, 0, 254, 255}));
}

TEST(TorchProducts, WeightsStoredAsWholeNumbersFoldIntoTheMatrix) {
  OnnxModel model;
  model.input("x", {1, 2})
      .output("y")
      .ints("unused", {1})
      .floats("s", {3}, {1, 0.5F, 2})
      .node("DequantizeLinear", {"q", "s"}, "w")
      .attribute("axis", 1);
  auto* q = model.proto().mutable_graph()->add_initializer();
  q->set_name("q");
  q->set_data_type(onnx::TensorProto::INT8);
  q->add_dims(2);
  q->add_dims(3);
  for (const int v : {1, 2, 3, -4, 5, 6}) q->add_int32_data(v);
  model.node("MatMul", {"x", "w"}, "y");
  const Network network = model.import();
  ASSERT_EQ(network.nodes.size(), 1U);
  EXPECT_TRUE(network.nodes[0].on_tiles());
  EXPECT_EQ(run_float(network, std::vector<float>{1, 10}), (std::vector<float>{-39, 26, 126}));
}

TEST(TorchProducts, EinsumOfOneOperand) {
  for (const std::string equation : {"abcd->abdc", "abcd->adcb", "abcd->ab", "abcd->ac", "...d->...", "a...d->ad...", "ab...", "adcb"}) {
    SCOPED_TRACE(equation);
    expect_same(one_operator("Einsum", picture).attribute("equation", equation.c_str()), picture,
                [&](const Tensor& x) { return torch::einsum(equation, {x}); });
  }
}

TEST(TorchProducts, EinsumOfTwoOperands) {
  struct Case {
    std::string equation;
    Shape second;
  };
  for (const auto& [equation, second] : std::vector<Case>{{"abcd,de->abce", {5, 7}},
                                                          {"abcd, bde -> aceb", {4, 5, 7}},
                                                          {"abcd,cd->ab", {6, 5}},
                                                          {"abcd,bcd->a", {4, 6, 5}},
                                                          {"abcd,ed", {3, 5}},
                                                          {"abcd,e->abcde", {2}},
                                                          {"abcd,abed->abce", {1, 4, 3, 5}},
                                                          {"...cd,...de->...ce", {4, 5, 7}},
                                                          {"...cd,de->...ec", {5, 7}},
                                                          {"abcd,dx->abc", {5, 3}},
                                                          {"abcd,bd->abcd", {4, 5}}}) {
    SCOPED_TRACE(equation);
    const auto c = ramp(static_cast<std::size_t>(element_count(second)), 0.11F);
    expect_same(one_operator("Einsum", picture, {"c"}).attribute("equation", equation.c_str()).floats("c", second, c), picture,
                [&, equation = equation, second = second](const Tensor& x) {
                  return torch::einsum(equation, {x, tensor(c, second)});
                });
  }
  OnnxModel attention;
  attention.input("x", picture).output("y").node("Einsum", {"x", "x"}, "y").attribute("equation", "bhqd,bhkd->bhqk");
  expect_same(attention, picture, [](const Tensor& x) { return torch::einsum("bhqd,bhkd->bhqk", {x, x}); });
}

TEST(TorchProducts, TransposedConvolutions) {
  for (const std::int64_t groups : {1, 2}) {
    for (const std::int64_t stride : {1, 2, 3}) {
      for (const std::int64_t dilation : {1, 2}) {
        const std::int64_t padding = stride - 1, addition = stride - 1, each = 3;
        const std::vector<float> w = ramp(static_cast<std::size_t>(4 * each * 3 * 2)), b = ramp(static_cast<std::size_t>(each * groups));
        auto model = one_operator("ConvTranspose", picture, {"w", "b"}).floats("w", {4, each, 3, 2}, w).floats("b", {each * groups}, b);
        model.attribute("group", groups).attribute("strides", std::vector<std::int64_t>{stride, stride});
        model.attribute("dilations", std::vector<std::int64_t>{dilation, dilation});
        model.attribute("pads", std::vector<std::int64_t>(4, padding)).attribute("output_padding", std::vector<std::int64_t>{addition, addition});
        EXPECT_TRUE(model.import().nodes[0].on_tiles());
        expect_same(model, picture, [&](const Tensor& x) {
          return F::conv_transpose2d(x, torch::tensor(w).reshape({4, each, 3, 2}),
                                     F::ConvTranspose2dFuncOptions()
                                         .bias(torch::tensor(b))
                                         .stride(stride)
                                         .padding(padding)
                                         .output_padding(addition)
                                         .groups(groups)
                                         .dilation(dilation));
        });
      }
    }
  }
  // Two inputs, a kernel of 1, 10, 100 and stride 2; SAME_UPPER keeps the stride times the input, dropping what is over at the end.
  auto same = one_operator("ConvTranspose", {1, 1, 2}, {"w"}).floats("w", {1, 1, 3}, {1, 10, 100});
  same.attribute("strides", std::vector<std::int64_t>{2}).attribute("auto_pad", "SAME_UPPER");
  EXPECT_EQ(line(same, {1, 2}), (std::vector<float>{1, 10, 102, 20}));
}

}  // namespace
}  // namespace mho::workloads
