// Every operator against libtorch, on shapes that are no powers of two.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "base/error.h"
#include "tests/workloads/small_network.h"
#include "tests/workloads/torch/torch_compare.h"

namespace mho::workloads {
namespace {

struct ConvolutionCase {
  Shape input, kernel;
  Ints strides, pads, dilations;  ///< pads: begin of each axis; the end is the same
  std::int64_t groups;
};

TEST(TorchReference, Convolutions) {
  for (const auto& c : std::vector<ConvolutionCase>{{{1, 3, 9, 7}, {5, 3, 3, 3}, {1, 1}, {1, 1}, {1, 1}, 1},
                                                    {{1, 3, 9, 7}, {5, 3, 1, 1}, {2, 2}, {0, 0}, {1, 1}, 1},
                                                    {{1, 4, 11, 8}, {6, 2, 5, 2}, {2, 3}, {2, 0}, {1, 2}, 2},
                                                    {{1, 6, 6, 6}, {12, 1, 3, 3}, {1, 1}, {1, 1}, {1, 1}, 6},
                                                    {{1, 2, 10, 30}, {20, 2, 7, 7}, {3, 1}, {3, 3}, {1, 3}, 1},
                                                    {{1, 3, 19}, {5, 3, 4}, {2}, {1}, {3}, 1},
                                                    {{1, 40, 20, 20}, {17, 40, 3, 3}, {1, 1}, {1, 1}, {1, 1}, 1}}) {
    const auto weights = ramp(static_cast<std::size_t>(element_count(c.kernel)), 0.03F), bias = ramp(static_cast<std::size_t>(c.kernel[0]));
    auto model = one_operator("Conv", c.input, {"w", "b"});
    model.attribute("group", c.groups).attribute("strides", c.strides).attribute("dilations", c.dilations);
    Ints pads = c.pads;
    pads.insert(pads.end(), c.pads.begin(), c.pads.end());
    model.attribute("pads", pads).floats("w", c.kernel, weights).floats("b", {c.kernel[0]}, bias);
    expect_same(model, c.input, [&](const torch::Tensor& x) {
      const torch::Tensor w = tensor(weights, c.kernel), b = torch::tensor(bias);
      return c.input.size() == 4 ? torch::conv2d(x, w, b, c.strides, c.pads, c.dilations, c.groups)
                                 : torch::conv1d(x, w, b, c.strides, c.pads, c.dilations, c.groups);
    });
  }
}

TEST(TorchReference, Products) {
  const auto w = ramp(35, 0.05F), b = ramp(5);
  expect_same(one_operator("Gemm", {1, 7}, {"w", "b"}).attribute("transB", 1).floats("w", {5, 7}, w).floats("b", {5}, b), {1, 7},
              [&](const torch::Tensor& x) {
                return torch::linear(x, tensor(w, {5, 7}), torch::tensor(b));
              });
  expect_same(one_operator("MatMul", {1, 3, 7}, {"w"}).floats("w", {7, 5}, w), {1, 3, 7}, [&](const torch::Tensor& x) {
    return torch::matmul(x, tensor(w, {7, 5}));
  });
  OnnxModel left;
  left.input("x", {1, 7, 4}).output("y").floats("w", {5, 7}, w).node("MatMul", {"w", "x"}, "y");
  expect_same(left, {1, 7, 4}, [&](const torch::Tensor& x) { return torch::matmul(tensor(w, {5, 7}), x); });
  expect_same(one_operator("MatMul", {1, 7}, {"w"}).floats("w", {7}, ramp(7)), {1, 7},
              [&](const torch::Tensor& x) { return torch::matmul(x, torch::tensor(ramp(7))); });
  OnnxModel both;
  both.input("x", {1, 2, 3, 3}).output("y").node("Transpose", {"x"}, "t").attribute("perm", Ints{0, 1, 3, 2}).node("MatMul", {"x", "t"}, "y");
  expect_same(both, {1, 2, 3, 3}, [](const torch::Tensor& x) { return torch::matmul(x, x.transpose(2, 3)); });
}

TEST(TorchReference, Pooling) {
  struct Case {
    Ints kernel, strides, pads, dilations;
    bool ceil_mode, include;
  };
  const Shape shape{1, 3, 11, 8};
  for (const auto& c : std::vector<Case>{{{2, 2}, {2, 2}, {0, 0}, {1, 1}, false, false},
                                         {{3, 2}, {2, 3}, {1, 1}, {1, 1}, false, true},
                                         {{3, 3}, {2, 2}, {1, 1}, {1, 1}, true, false},
                                         {{3, 3}, {2, 2}, {1, 1}, {1, 1}, true, true},
                                         {{4, 3}, {3, 3}, {0, 1}, {1, 1}, true, true},
                                         {{1, 1}, {2, 2}, {0, 0}, {1, 1}, false, false}}) {
    Ints pads = c.pads;
    pads.insert(pads.end(), c.pads.begin(), c.pads.end());
    auto maximum = one_operator("MaxPool", shape), average = one_operator("AveragePool", shape);
    for (auto* model : {&maximum, &average}) {
      model->attribute("kernel_shape", c.kernel).attribute("strides", c.strides).attribute("pads", pads).attribute("ceil_mode", c.ceil_mode ? 1 : 0);
    }
    average.attribute("count_include_pad", c.include ? 1 : 0);
    expect_same(maximum, shape, [&](const torch::Tensor& x) { return torch::max_pool2d(x, c.kernel, c.strides, c.pads, c.dilations, c.ceil_mode); });
    expect_same(average, shape, [&](const torch::Tensor& x) { return torch::avg_pool2d(x, c.kernel, c.strides, c.pads, c.ceil_mode, c.include); });
  }
  auto dilated =
      one_operator("MaxPool", shape).attribute("kernel_shape", Ints{2, 3}).attribute("dilations", Ints{3, 2}).attribute("pads", Ints{1, 1, 1, 1});
  expect_same(dilated, shape, [&](const torch::Tensor& x) { return torch::max_pool2d(x, {2, 3}, {1, 1}, {1, 1}, {3, 2}); });
  expect_same(one_operator("GlobalAveragePool", shape), shape, [](const torch::Tensor& x) { return torch::adaptive_avg_pool2d(x, {1, 1}); });
}

TEST(TorchReference, ElementByElement) {
  const Shape shape{1, 3, 5, 7};
  expect_same(one_operator("Relu", shape), shape, [](const torch::Tensor& x) { return torch::relu(x); });
  expect_same(one_operator("Sigmoid", shape), shape, [](const torch::Tensor& x) { return torch::sigmoid(x); });
  expect_same(one_operator("Tanh", shape), shape, [](const torch::Tensor& x) { return torch::tanh(x); });
  expect_same(one_operator("Clip", shape, {"a", "b"}).floats("a", {}, {-0.3F}).floats("b", {}, {0.4F}), shape,
              [](const torch::Tensor& x) { return torch::clamp(x, -0.3, 0.4); });
  for (const std::int64_t axis : {1, 2, -1}) {
    expect_same(one_operator("Softmax", shape).attribute("axis", axis), shape, [&](const torch::Tensor& x) { return torch::softmax(x, axis); });
  }
  const auto c = ramp(15, 0.2F);
  const Shape c_shape{3, 5, 1};
  expect_same(one_operator("Add", shape, {"c"}).floats("c", c_shape, c), shape, [&](const torch::Tensor& x) { return x + tensor(c, c_shape); });
  expect_same(one_operator("Sub", shape, {"c"}).floats("c", c_shape, c), shape, [&](const torch::Tensor& x) { return x - tensor(c, c_shape); });
  expect_same(one_operator("Mul", shape, {"c"}).floats("c", c_shape, c), shape, [&](const torch::Tensor& x) { return x * tensor(c, c_shape); });
  expect_same(one_operator("Div", shape, {"c"}).floats("c", c_shape, c), shape, [&](const torch::Tensor& x) { return x / tensor(c, c_shape); });
}

TEST(TorchReference, FunctionsOfOne) {
  const Shape shape{1, 3, 5, 7};
  const auto positive = [](const torch::Tensor& x) { return torch::abs(x) + 0.1; };
  const std::vector<std::pair<std::string, Reference>> plain{
      {"Abs", [](const torch::Tensor& x) { return torch::abs(x); }},
      {"Neg", [](const torch::Tensor& x) { return -x; }},
      {"Exp", [](const torch::Tensor& x) { return torch::exp(x); }},
      {"Erf", [](const torch::Tensor& x) { return torch::erf(x); }},
      {"Reciprocal", [](const torch::Tensor& x) { return 1 / x; }},
      {"Elu", [](const torch::Tensor& x) { return torch::elu(x); }},
      {"Selu", [](const torch::Tensor& x) { return torch::selu(x); }},
      {"LeakyRelu", [](const torch::Tensor& x) { return torch::leaky_relu(x, 0.01); }},
      {"HardSigmoid", [](const torch::Tensor& x) { return torch::clamp(0.2 * x + 0.5, 0, 1); }},
      {"Softplus", [](const torch::Tensor& x) { return torch::softplus(x); }},
      {"Softsign", [](const torch::Tensor& x) { return x / (1 + torch::abs(x)); }}};
  for (const auto& [op, reference] : plain) {
    SCOPED_TRACE(op);
    expect_same(one_operator(op, shape), shape, reference);
  }
  expect_same(one_operator("HardSwish", shape, {}, 14), shape, [](const torch::Tensor& x) { return torch::hardswish(x); });
  expect_same(one_operator("Mish", shape, {}, 18), shape, [](const torch::Tensor& x) { return torch::mish(x); });
  expect_same(one_operator("Gelu", shape, {}, 20), shape, [](const torch::Tensor& x) { return torch::gelu(x); });
  expect_same(one_operator("Gelu", shape, {}, 20).attribute("approximate", "tanh"), shape,
              [](const torch::Tensor& x) { return torch::gelu(x, "tanh"); });
  expect_same(one_operator("Elu", shape).attribute("alpha", 0.3F), shape, [](const torch::Tensor& x) { return torch::elu(x, 0.3); });
  for (const auto& [op, reference] : std::vector<std::pair<std::string, Reference>>{
           {"Log", [](const torch::Tensor& x) { return torch::log(x); }}, {"Sqrt", [](const torch::Tensor& x) { return torch::sqrt(x); }}}) {
    OnnxModel model;
    model.input("x", shape).output("y").node("Abs", {"x"}, "a").node("Add", {"a", "c"}, "p").floats("c", {1}, {0.1F}).node(op, {"p"}, "y");
    expect_same(model, shape, [&](const torch::Tensor& x) { return reference(positive(x)); });
  }
}

TEST(TorchReference, FunctionsOfTwo) {
  const Shape shape{1, 3, 5, 7};
  const auto c = ramp(15, 0.2F), d = ramp(7, 0.3F);
  const Shape c_shape{3, 5, 1};
  const auto two = [&](const std::string& op) { return one_operator(op, shape, {"c", "d"}).floats("c", c_shape, c).floats("d", {7}, d); };
  const torch::Tensor tc = tensor(c, c_shape), td = tensor(d, {7});
  expect_same(two("Max"), shape, [&](const torch::Tensor& x) { return torch::max(torch::max(x, tc), td); });
  expect_same(two("Min"), shape, [&](const torch::Tensor& x) { return torch::min(torch::min(x, tc), td); });
  expect_same(two("Sum"), shape, [&](const torch::Tensor& x) { return x + tc + td; });
  expect_same(two("Mean"), shape, [&](const torch::Tensor& x) { return (x + tc + td) / 3; });
  expect_same(one_operator("PRelu", shape, {"s"}).floats("s", {3, 1, 1}, {0.1F, 0.2F, -0.3F}), shape, [](const torch::Tensor& x) {
    return torch::prelu(x, torch::tensor({0.1F, 0.2F, -0.3F}));
  });
  for (const float exponent : {2.0F, 3.0F, -1.0F}) {
    expect_same(one_operator("Pow", shape, {"e"}).floats("e", {}, {exponent}), shape,
                [&](const torch::Tensor& x) { return torch::pow(x, exponent); });
  }
  OnnxModel root;
  root.input("x", shape).output("y").node("Abs", {"x"}, "a").node("Pow", {"a", "e"}, "y").floats("e", {}, {1.7F});
  expect_same(root, shape, [](const torch::Tensor& x) { return torch::pow(torch::abs(x), 1.7); });
}

TEST(TorchReference, PickingElements) {
  const Shape shape{1, 6, 5, 7};
  expect_same(one_operator("Slice", shape, {"b", "e", "a", "s"}).ints("b", {1, -1}).ints("e", {100, 0}).ints("a", {1, 3}).ints("s", {2, -2}), shape,
              [](const torch::Tensor& x) {
                return x.slice(1, 1, 6, 2).index_select(3, torch::tensor({6, 4, 2}));
              });
  expect_same(
      one_operator("Slice", shape, {}, 9).attribute("starts", Ints{-3}).attribute("ends", Ints{9223372036854775807}).attribute("axes", Ints{2}),
      shape, [](const torch::Tensor& x) { return x.slice(2, 2, 5); });
  expect_same(one_operator("Gather", shape, {"i"}).attribute("axis", 2).ints("i", {4, 0, -2}), shape, [](const torch::Tensor& x) {
    return x.index_select(2, torch::tensor({4, 0, 3}));
  });
  expect_same(one_operator("Gather", shape, {"i"}).attribute("axis", 1).floats("i", {}, {2}), shape,
              [](const torch::Tensor& x) { return x.select(1, 2); });
  OnnxModel parts;
  parts.input("x", shape).output("y").node("Split", {"x", "n"}, "a").attribute("axis", 1).ints("n", {1, 3, 2});
  auto* split = parts.proto().mutable_graph()->mutable_node(0);
  split->add_output("b");
  split->add_output("c");
  parts.node("Concat", {"c", "a", "b"}, "y").attribute("axis", 1);
  expect_same(parts, shape, [](const torch::Tensor& x) { return torch::cat({x.slice(1, 4, 6), x.slice(1, 0, 1), x.slice(1, 1, 4)}, 1); });
  std::vector<float> mask(35);
  for (std::size_t k = 0; k < mask.size(); ++k) mask[k] = k % 3 == 0 ? 1.0F : 0.0F;
  OnnxModel where;
  where.input("x", shape).output("y").floats("m", {5, 7}, mask).floats("c", {}, {-9}).node("Where", {"m", "x", "c"}, "y");
  expect_same(where, shape, [&](const torch::Tensor& x) { return torch::where(tensor(mask, {5, 7}) != 0, x, torch::tensor(-9.0F)); });
}

TEST(TorchReference, ComparisonsAndLogic) {
  const Shape shape{1, 3, 5, 7};
  const torch::Tensor limit = torch::tensor(0.2F);
  for (const auto& [op, reference] :
       std::vector<std::pair<std::string, Reference>>{{"Greater", [&](const torch::Tensor& x) { return (x > limit).to(torch::kFloat); }},
                                                      {"Less", [&](const torch::Tensor& x) { return (x < limit).to(torch::kFloat); }},
                                                      {"Equal", [&](const torch::Tensor& x) { return (x == limit).to(torch::kFloat); }}}) {
    SCOPED_TRACE(op);
    OnnxModel model;
    model.input("x", shape).output("y").floats("c", {}, {0.2F}).node(op, {"x", "c"}, "b").node("Cast", {"b"}, "y").attribute("to", 1);
    // A graph whose output is an alias of another node's: the cast has nothing to do.
    expect_same(model, shape, reference);
    OnnxModel negated;
    negated.input("x", shape).output("y").floats("c", {}, {0.2F}).node(op, {"x", "c"}, "b").node("Not", {"b"}, "y");
    expect_same(negated, shape, [&](const torch::Tensor& x) { return 1 - reference(x); });
  }
  OnnxModel between;
  between.input("x", shape)
      .output("y")
      .floats("a", {}, {-0.3F})
      .floats("b", {}, {0.4F})
      .node("Greater", {"x", "a"}, "g")
      .node("Less", {"x", "b"}, "l");
  between.node("And", {"g", "l"}, "both").node("Or", {"g", "l"}, "any").node("Add", {"both", "any"}, "y");
  expect_same(between, shape, [](const torch::Tensor& x) { return torch::logical_and(x > -0.3, x < 0.4).to(torch::kFloat) + 1; });
}

TEST(TorchReference, RowsOfATableByTheirNumbers) {
  OnnxModel model;
  model.input("ids", {0, 4}, onnx::TensorProto::INT64)
      .output("y")
      .floats("table", {3, 2}, {10, 11, 20, 21, 30, 31})
      .node("Gather", {"table", "ids"}, "y");
  const Network network = model.import();
  EXPECT_EQ(network.values[static_cast<std::size_t>(network.output)].shape, (Shape{1, 4, 2}));
  EXPECT_EQ(run_float(network, std::vector<float>{2, 0, 1, 2}), (std::vector<float>{30, 31, 10, 11, 20, 21, 30, 31}));
  EXPECT_THROW(run_float(network, std::vector<float>{0, 3, 0, 0}), base::UserError);  // no such row: no number comes out
}

TEST(TorchReference, ShapesThatExportersCompute) {
  // x reshaped to (its own batch, 6, 35) by way of Shape, Gather, Unsqueeze and Concat; ones of its shape added.
  const Shape shape{1, 6, 5, 7};
  OnnxModel model;
  model.input("x", shape).output("y").node("Shape", {"x"}, "s").node("Gather", {"s", "zero"}, "n").floats("zero", {}, {0});
  model.node("Unsqueeze", {"n", "axis"}, "n1").ints("axis", {0}).node("Cast", {"n1"}, "n2").attribute("to", 7);
  model.node("Concat", {"n2", "rest"}, "to").ints("rest", {6, 35}).attribute("axis", 0);
  model.node("Reshape", {"x", "to"}, "r").node("ConstantOfShape", {"to"}, "z").node("Expand", {"one", "to"}, "ones").floats("one", {1}, {1});
  model.node("Add", {"r", "z"}, "rz").node("Add", {"rz", "ones"}, "y");
  expect_same(model, shape, [](const torch::Tensor& x) { return x.reshape({1, 6, 35}) + 1; });
}

TEST(TorchReference, ReductionsAndNormalisations) {
  const Shape shape{1, 3, 5, 7};
  for (const Ints& axes : {Ints{1}, Ints{2, 3}, Ints{1, 3}}) {
    const auto of = [&](const std::string& op) { return one_operator(op, shape, {}, 11).attribute("axes", axes); };
    expect_same(of("ReduceMean"), shape, [&](const torch::Tensor& x) { return x.mean(axes, true); });
    expect_same(of("ReduceSum"), shape, [&](const torch::Tensor& x) { return x.sum(axes, true); });
    expect_same(of("ReduceMax"), shape, [&](const torch::Tensor& x) { return x.amax(axes, true); });
    expect_same(of("ReduceMin"), shape, [&](const torch::Tensor& x) { return x.amin(axes, true); });
    expect_same(of("ReduceL2"), shape, [&](const torch::Tensor& x) { return (x * x).sum(axes, true).sqrt(); });
  }
  expect_same(one_operator("ReduceSum", shape, {"axes"}).ints("axes", {-1}).attribute("keepdims", 0), shape,
              [](const torch::Tensor& x) { return x.sum(Ints{3}, false); });
  expect_same(one_operator("GlobalMaxPool", shape), shape, [](const torch::Tensor& x) { return x.amax(Ints{2, 3}, true); });
  for (const std::int64_t axis : {1, 3, -1}) {
    expect_same(one_operator("LogSoftmax", shape).attribute("axis", axis), shape,
                [&](const torch::Tensor& x) { return torch::log_softmax(x, axis); });
  }
  const auto scale = ramp(35, 0.2F), shift = ramp(35, 0.1F);
  expect_same(one_operator("LayerNormalization", shape, {"s", "b"}, 17)
                  .attribute("axis", 2)
                  .attribute("epsilon", 0.01F)
                  .floats("s", {5, 7}, scale)
                  .floats("b", {5, 7}, shift),
              shape, [&](const torch::Tensor& x) {
                return torch::layer_norm(x, {5, 7}, tensor(scale, {5, 7}), tensor(shift, {5, 7}), 0.01);
              });
  expect_same(one_operator("LayerNormalization", shape, {"s"}, 17).floats("s", {7}, ramp(7)), shape,
              [&](const torch::Tensor& x) { return torch::layer_norm(x, {7}, torch::tensor(ramp(7))); });
  expect_same(one_operator("InstanceNormalization", shape, {"s", "b"}).floats("s", {3}, {1, 2, -1}).floats("b", {3}, {0.1F, 0.2F, 0.3F}), shape,
              [](const torch::Tensor& x) {
                return torch::instance_norm(x, torch::tensor({1.0F, 2.0F, -1.0F}), torch::tensor({0.1F, 0.2F, 0.3F}), {}, {}, true, 0, 1e-5, false);
              });
}

TEST(TorchReference, BatchNormalisationAloneAndFolded) {
  const std::vector<float> scale{1, 2, 0.5F}, shift{0.1F, -0.2F, 0.3F}, mean{0.5F, 0, -0.5F}, variance{1, 0.2F, 3};
  const auto with_norm = [&](OnnxModel model, const std::string& from) {
    model.floats("s", {3}, scale).floats("t", {3}, shift).floats("m", {3}, mean).floats("v", {3}, variance);
    model.node("BatchNormalization", {from, "s", "t", "m", "v"}, "n").output("n");
    return model;
  };
  const auto normalise = [&](const torch::Tensor& x) {
    return torch::batch_norm(x, torch::tensor(scale), torch::tensor(shift), torch::tensor(mean), torch::tensor(variance), false, 0, 1e-5, false);
  };
  OnnxModel alone;
  alone.input("x", {1, 3, 4, 5});
  expect_same(with_norm(alone, "x"), {1, 3, 4, 5}, normalise);
  const auto w = ramp(54, 0.1F);
  OnnxModel folded;
  folded.input("x", {1, 2, 6, 5}).floats("w", {3, 2, 3, 3}, w).node("Conv", {"x", "w"}, "c");
  expect_same(with_norm(folded, "c"), {1, 2, 6, 5}, [&](const torch::Tensor& x) { return normalise(torch::conv2d(x, tensor(w, {3, 2, 3, 3}))); });
}

TEST(TorchReference, Shapes) {
  const Shape shape{1, 3, 4, 5};
  expect_same(one_operator("Transpose", shape).attribute("perm", Ints{0, 2, 3, 1}), shape, [](const torch::Tensor& x) {
    return x.permute({0, 2, 3, 1});
  });
  expect_same(one_operator("Flatten", shape).attribute("axis", 2), shape, [](const torch::Tensor& x) { return x.reshape({3, 20}); });
  expect_same(one_operator("Pad", shape, {"p"}).ints("p", {0, 1, 0, 2, 0, 0, 3, 1}), shape, [](const torch::Tensor& x) {
    return torch::constant_pad_nd(x, {2, 1, 0, 3, 1, 0});
  });
  expect_same(one_operator("Concat", shape, {"c", "x"}).attribute("axis", 1).floats("c", {1, 2, 4, 5}, ramp(40)), shape, [](const torch::Tensor& x) {
    return torch::cat({x, tensor(ramp(40), {1, 2, 4, 5}), x}, 1);
  });
  for (const bool keep : {false, true}) {
    for (const auto& axes : std::vector<Ints>{{1}, {2, 3}, {1, 3}, {1, 2, 3}}) {
      expect_same(one_operator("ReduceMean", shape).attribute("axes", axes).attribute("keepdims", keep ? 1 : 0), shape,
                  [&](const torch::Tensor& x) { return torch::mean(x, axes, keep); });
    }
  }
}

TEST(TorchReference, ResidualNetwork) {
  expect_same(small_network(), {1, 2, 9, 9}, [](const torch::Tensor& x) {
    const torch::Tensor c1 = torch::conv2d(x, tensor(ramp(72), {4, 2, 3, 3}), torch::tensor(std::vector<float>{0.1F, 0.2F, -0.1F, 0.3F}), 1, 1);
    const torch::Tensor p1 = torch::max_pool2d(torch::relu(c1), 2);
    const torch::Tensor c2 = torch::conv2d(p1, tensor(ramp(72, 0.05F), {4, 2, 3, 3}), {}, 1, 1, 1, 2);
    return torch::linear(torch::relu(torch::sigmoid(c2) + p1).flatten(1), tensor(ramp(320, 0.02F), {5, 64}));
  });
}

}  // namespace
}  // namespace mho::workloads
