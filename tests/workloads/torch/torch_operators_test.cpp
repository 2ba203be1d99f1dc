// Operators that networks use around their products, against libtorch or one of its building blocks.
#include "base/error.h"
#include "tests/workloads/torch/torch_compare.h"

namespace mho::workloads {
namespace {

using torch::Tensor;
using Cases = std::vector<std::pair<std::string, Reference>>;

const Shape image{1, 4, 6, 5};

TEST(TorchOperators, FunctionsOfOne) {
  const Tensor zero = torch::zeros({});
  for (const auto& [op, reference] : Cases{{"Floor", [](const Tensor& x) { return torch::floor(x); }},
                                           {"Ceil", [](const Tensor& x) { return torch::ceil(x); }},
                                           {"Round", [](const Tensor& x) { return torch::round(x); }},
                                           {"Sign", [](const Tensor& x) { return torch::sign(x); }},
                                           {"Sin", [](const Tensor& x) { return torch::sin(x); }},
                                           {"Cos", [](const Tensor& x) { return torch::cos(x); }},
                                           {"Celu", [](const Tensor& x) { return torch::celu(x, 1.0); }},
                                           {"ThresholdedRelu", [](const Tensor& x) { return torch::threshold(x, 1.0, 0.0); }}}) {
    for (const float scale : {1.0F, 0.5F, -37.0F, 1e5F, 0.0F}) {
      SCOPED_TRACE(op + " " + std::to_string(scale));
      OnnxModel model;
      model.input("x", image).output("y").floats("c", {1}, {scale}).node("Mul", {"x", "c"}, "s").node(op, {"s"}, "y");
      expect_same(model, image, [&](const Tensor& x) { return reference((x * scale).to(torch::kDouble)).to(torch::kFloat); });
    }
  }
  expect_same(one_operator("Celu", image).attribute("alpha", 0.3F), image, [](const Tensor& x) { return torch::celu(x, 0.3); });
  expect_same(one_operator("ThresholdedRelu", image).attribute("alpha", 0.4F), image, [](const Tensor& x) { return torch::threshold(x, 0.4, 0); });
  OnnxModel halves;
  halves.input("x", {1, 6}).output("y").node("Round", {"x"}, "y");
  EXPECT_EQ(run_float(halves.import(), std::vector<float>{0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 2.4999F}), (std::vector<float>{0, 2, 2, 0, -2, 2}));
}

TEST(TorchOperators, CastsToWholeNumbersAndTruth) {
  const auto cast = [](int to) { return one_operator("Cast", image).attribute("to", to); };
  expect_same(cast(onnx::TensorProto::INT64), image, [](const Tensor& x) { return torch::trunc(x); });
  OnnxModel model;
  model.input("x", image).output("y").node("Relu", {"x"}, "r").node("Cast", {"r"}, "y").attribute("to", static_cast<int>(onnx::TensorProto::BOOL));
  expect_same(model, image, [](const Tensor& x) { return (torch::relu(x) != 0).to(torch::kFloat); });
}

TEST(TorchOperators, ComparisonsAndRests) {
  const auto c = ramp(30, 0.07F);
  const Tensor limit = tensor(c, {6, 5});
  for (const auto& [op, reference] : Cases{{"GreaterOrEqual", [&](const Tensor& x) { return (x >= limit).to(torch::kFloat); }},
                                           {"LessOrEqual", [&](const Tensor& x) { return (x <= limit).to(torch::kFloat); }},
                                           {"Xor", [&](const Tensor& x) { return torch::logical_xor(x, limit).to(torch::kFloat); }}}) {
    SCOPED_TRACE(op);
    expect_same(one_operator(op, image, {"c"}).floats("c", {6, 5}, c), image, reference);
  }
  expect_same(one_operator("Mod", image, {"c"}).attribute("fmod", 1).floats("c", {6, 5}, c), image,
              [&](const Tensor& x) { return torch::fmod(x, limit); });
  OnnxModel whole;  // as integers of either sign
  whole.input("x", image).output("y").node("Mul", {"x", "ten"}, "t").floats("ten", {}, {10}).ints("c", {3, -3, 2, 7, -5});
  whole.node("Cast", {"t"}, "i").attribute("to", static_cast<int>(onnx::TensorProto::INT64));
  OnnxModel quotient = whole;
  whole.node("Mod", {"i", "c"}, "y");
  quotient.node("Div", {"i", "c"}, "y");
  const Tensor divisor = torch::tensor({3.0F, -3.0F, 2.0F, 7.0F, -5.0F});
  expect_same(whole, image, [&](const Tensor& x) { return torch::remainder(torch::trunc(x * 10), divisor); });
  expect_same(quotient, image, [&](const Tensor& x) { return torch::div(torch::trunc(x * 10), divisor, "trunc"); });
}

TEST(TorchOperators, Reductions) {
  for (const Ints& axes : {Ints{1}, Ints{2, 3}, Ints{1, 3}, Ints{3}}) {
    for (const std::int64_t opset : {11, 18}) {
      const auto of = [&](const std::string& op, bool keep = true) {
        OnnxModel model = one_operator(op, image, opset < 18 ? std::vector<std::string>{} : std::vector<std::string>{"a"}, opset);
        model.attribute("keepdims", keep ? 1 : 0);
        return opset < 18 ? model.attribute("axes", axes) : model.ints("a", axes);
      };
      expect_same(of("ReduceL1"), image, [&](const Tensor& x) { return x.abs().sum(axes, true); });
      expect_same(of("ReduceSumSquare", false), image, [&](const Tensor& x) { return (x * x).sum(axes, false); });
      expect_same(of("ReduceLogSumExp"), image, [&](const Tensor& x) { return torch::logsumexp(x, axes, true); });
      expect_same(of("ReduceProd"), image, [&](const Tensor& x) {
        Tensor product = x;
        for (const std::int64_t axis : axes) product = product.prod(axis, true);
        return product;
      });
    }
  }
  OnnxModel large;
  large.input("x", {1, 3}).output("y").node("ReduceLogSumExp", {"x"}, "y").attribute("axes", Ints{1});
  EXPECT_NEAR(run_float(large.import(), std::vector<float>{2000, 2000, -3000})[0], 2000 + std::log(2.0), 1e-3);
  OnnxModel log_sum;
  log_sum.input("x", image).output("y").node("Abs", {"x"}, "a").node("ReduceLogSum", {"a"}, "y").attribute("axes", Ints{2});
  expect_same(log_sum, image, [](const Tensor& x) { return x.abs().sum(Ints{2}, true).log(); });
}

TEST(TorchOperators, RepeatingAndPadding) {
  expect_same(one_operator("Tile", image, {"r"}).ints("r", {1, 2, 1, 3}), image, [](const Tensor& x) { return x.repeat({1, 2, 1, 3}); });
  const auto padded = [](const std::string& mode, const Ints& pads) {
    return one_operator("Pad", image, {"p"}).ints("p", pads).attribute("mode", mode.c_str());
  };
  namespace F = torch::nn::functional;
  expect_same(padded("reflect", {0, 0, 2, 1, 0, 0, 3, 4}), image, [](const Tensor& x) {
    return F::pad(x, F::PadFuncOptions({1, 4, 2, 3}).mode(torch::kReflect));
  });
  expect_same(padded("edge", {0, 0, 2, 1, 0, 0, 7, 9}), image, [](const Tensor& x) {
    return F::pad(x, F::PadFuncOptions({1, 9, 2, 7}).mode(torch::kReplicate));
  });
  expect_same(padded("wrap", {0, 0, 2, 1, 0, 0, 6, 3}), image, [](const Tensor& x) {
    return F::pad(x, F::PadFuncOptions({1, 3, 2, 6}).mode(torch::kCircular));
  });
  expect_same(padded("constant", {0, -1, 2, -2, 0, 1, -3, 0}), image, [](const Tensor& x) {
    return torch::constant_pad_nd(x, {-2, 0, 2, -3, -1, 1});
  });
  expect_same(one_operator("Pad", image, {}, 7).attribute("mode", "edge").attribute("pads", Ints{0, 1, 0, 0, 0, 0, 0, -1}), image,
              [](const Tensor& x) {
                return torch::cat({x.slice(1, 0, 1), x}, 1).slice(3, 0, 4);
              });
}

TEST(TorchOperators, TrianglesAndRunningSums) {
  for (const std::int64_t k : {-2, 0, 1, 9}) {
    for (const bool upper : {true, false}) {
      auto model = one_operator("Trilu", image, {"k"}, 14).attribute("upper", upper ? 1 : 0).floats("k", {}, {static_cast<float>(k)});
      expect_same(model, image, [&](const Tensor& x) { return upper ? torch::triu(x, k) : torch::tril(x, k); });
    }
  }
  for (const std::int64_t axis : {1, 2, -1}) {
    const auto model = [&](bool exclusive, bool reverse) {
      return one_operator("CumSum", image, {"a"}, 14)
          .attribute("exclusive", exclusive ? 1 : 0)
          .attribute("reverse", reverse ? 1 : 0)
          .floats("a", {}, {static_cast<float>(axis)});
    };
    expect_same(model(false, false), image, [&](const Tensor& x) { return torch::cumsum(x, axis); });
    expect_same(model(true, false), image, [&](const Tensor& x) { return torch::cumsum(x, axis) - x; });
    expect_same(model(false, true), image, [&](const Tensor& x) { return torch::cumsum(x.flip(axis), axis).flip(axis); });
    expect_same(model(true, true), image, [&](const Tensor& x) { return torch::cumsum(x.flip(axis), axis).flip(axis) - x; });
  }
}

TEST(TorchOperators, ExtremesAndOrder) {
  for (const std::int64_t axis : {1, 2, -1}) {
    for (const bool keep : {true, false}) {
      const auto of = [&](const std::string& op) { return one_operator(op, image).attribute("axis", axis).attribute("keepdims", keep ? 1 : 0); };
      expect_same(of("ArgMax"), image, [&](const Tensor& x) { return torch::argmax(x, axis, keep).to(torch::kFloat); });
      expect_same(of("ArgMin"), image, [&](const Tensor& x) { return torch::argmin(x, axis, keep).to(torch::kFloat); });
    }
    for (const bool largest : {true, false}) {
      for (const bool places : {true, false}) {
        OnnxModel model;
        model.input("x", image).output("y").node("TopK", {"x", "k"}, places ? "v" : "y").ints("k", {3});
        model.attribute("axis", axis).attribute("largest", largest ? 1 : 0);
        model.proto().mutable_graph()->mutable_node(0)->add_output(places ? "y" : "i");
        expect_same(model, image, [&](const Tensor& x) {
          const auto [values, indices] = torch::topk(x, 3, axis, largest, true);
          return places ? indices.to(torch::kFloat) : values;
        });
      }
    }
  }
  OnnxModel both;  // values and places of one node, read by two others
  both.input("x", {1, 5}).output("y").node("TopK", {"x", "k"}, "v").ints("k", {2});
  both.proto().mutable_graph()->mutable_node(0)->add_output("i");
  both.node("Concat", {"v", "i"}, "y").attribute("axis", 1);
  EXPECT_EQ(run_float(both.import(), std::vector<float>{3, 7, 7, 1, 5}), (std::vector<float>{7, 7, 1, 2}));
  OnnxModel attribute = one_operator("TopK", {1, 3}, {}, 9);
  EXPECT_EQ(run_float(attribute.attribute("k", 1).import(), std::vector<float>{3, 7, 5}), (std::vector<float>{7}));
  OnnxModel last = one_operator("ArgMax", {1, 4}).attribute("axis", 1);
  EXPECT_EQ(run_float(last.import(), std::vector<float>{3, 7, 7, 5})[0], 1);
  EXPECT_EQ(run_float(last.attribute("select_last_index", 1).import(), std::vector<float>{3, 7, 7, 5})[0], 2);
}

std::vector<float> places(std::size_t count, int length) {
  std::vector<float> list(count);
  for (std::size_t i = 0; i < count; ++i) list[i] = static_cast<float>(static_cast<int>(i * i + i / 3) % (2 * length) - length);
  return list;
}

Tensor positive(const std::vector<float>& indices, const Shape& shape, int length) {
  return torch::remainder(tensor(indices, shape), length).to(torch::kLong);
}

TEST(TorchOperators, PickingSingleElements) {
  const Shape few{1, 3, 4, 2};
  for (const auto& [axis, length] : {std::pair{1, 4}, {2, 6}, {-1, 5}}) {
    const auto indices = places(24, length);
    expect_same(one_operator("GatherElements", image, {"i"}).attribute("axis", axis).floats("i", few, indices), image,
                [&, axis = axis, length = length](const Tensor& x) { return torch::gather(x, axis, positive(indices, few, length)); });
  }
  OnnxModel computed;  // the values at the places that TopK found
  computed.input("x", image).output("y").node("TopK", {"x", "k"}, "v").ints("k", {2}).node("GatherElements", {"x", "i"}, "y").attribute("axis", -1);
  computed.proto().mutable_graph()->mutable_node(0)->add_output("i");
  expect_same(computed, image, [](const Tensor& x) { return std::get<0>(torch::topk(x, 2, -1)); });
  expect_same(one_operator("GatherND", image, {"i"}).attribute("batch_dims", 1).floats("i", {1, 3, 2}, {0, 5, -1, 2, 2, -6}), image,
              [](const Tensor& x) {
                return torch::stack({x.select(1, 0).select(1, 5), x.select(1, 3).select(1, 2), x.select(1, 2).select(1, 0)}, 1);
              });
  expect_same(one_operator("GatherND", image, {"i"}).floats("i", {1, 2, 4}, {0, 1, 2, 3, 0, 3, -1, 0}), image, [](const Tensor& x) {
    return torch::stack({x.index({0, 1, 2, 3}), x.index({0, 3, 5, 0})}).reshape({1, 2});
  });
}

TEST(TorchOperators, PlacingSingleElements) {
  const Shape few{1, 3, 4, 2};
  const auto updates = ramp(24, 0.3F);
  const Tensor values = tensor(updates, few);
  for (const auto& [axis, length] : {std::pair{1, 4}, {2, 6}, {3, 5}}) {
    const auto indices = places(24, length);
    for (const auto& [mode, torch_mode] : {std::pair{"add", "sum"}, {"mul", "prod"}, {"max", "amax"}, {"min", "amin"}}) {
      expect_same(one_operator("ScatterElements", image, {"i", "u"}, 18)
                      .attribute("axis", axis)
                      .attribute("reduction", mode)
                      .floats("i", few, indices)
                      .floats("u", few, updates),
                  image, [&, axis = axis, length = length, torch_mode = torch_mode](const Tensor& x) {
                    return torch::scatter_reduce(x, axis, positive(indices, few, length), values, torch_mode, true);
                  });
    }
  }
  expect_same(one_operator("ScatterElements", image, {"i", "u"})
                  .attribute("axis", 2)
                  .floats("i", {1, 1, 3, 1}, {5, 0, -3})
                  .floats("u", {1, 1, 3, 1}, {9, 8, 7}),
              image, [](const Tensor& x) {
                return torch::scatter(x, 2, torch::tensor({5, 0, 3}, torch::kLong).reshape({1, 1, 3, 1}),
                                      torch::tensor({9.0F, 8.0F, 7.0F}).reshape({1, 1, 3, 1}));
              });
  for (const auto& [mode, expected] : {std::pair{"none", 2.0F}, {"add", 15.0F}, {"mul", 100.0F}, {"max", 10.0F}, {"min", 2.0F}}) {
    // Two updates of the same element.
    auto model =
        one_operator("ScatterND", {1, 3}, {"i", "u"}, 18).attribute("reduction", mode).floats("i", {2, 2}, {0, 1, 0, -2}).floats("u", {2}, {10, 2});
    const float before = mode == std::string("mul") ? 5.0F : 3.0F;
    EXPECT_EQ(run_float(model.import(), std::vector<float>{1, before, 4}), (std::vector<float>{1, expected, 4})) << mode;
  }
  auto rows = one_operator("ScatterND", {1, 3, 2}, {"i", "u"}).floats("i", {1, 1, 2}, {0, 2}).floats("u", {1, 1, 2}, {8, 9});
  EXPECT_EQ(run_float(rows.import(), std::vector<float>{1, 2, 3, 4, 5, 6}), (std::vector<float>{1, 2, 3, 4, 8, 9}));
}

TEST(TorchOperators, BlocksAndPlanes) {
  const Shape deep{1, 12, 3, 5}, wide{1, 3, 4, 6};
  expect_same(one_operator("DepthToSpace", deep).attribute("blocksize", 2).attribute("mode", "CRD"), deep,
              [](const Tensor& x) { return torch::pixel_shuffle(x, 2); });
  expect_same(one_operator("DepthToSpace", deep).attribute("blocksize", 2), deep, [](const Tensor& x) {
    return x.reshape({1, 2, 2, 3, 3, 5}).permute({0, 3, 4, 1, 5, 2}).reshape({1, 3, 6, 10});
  });
  OnnxModel there_and_back;
  there_and_back.input("x", wide)
      .output("y")
      .node("SpaceToDepth", {"x"}, "d")
      .attribute("blocksize", 2)
      .node("DepthToSpace", {"d"}, "y")
      .attribute("blocksize", 2);
  expect_same(there_and_back, wide, [](const Tensor& x) { return x; });
  OnnxModel depth = one_operator("SpaceToDepth", {1, 1, 2, 4}).attribute("blocksize", 2);
  EXPECT_EQ(run_float(depth.import(), std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7}), (std::vector<float>{0, 2, 1, 3, 4, 6, 5, 7}));
}

TEST(TorchOperators, ConstantsThatFold) {
  OnnxModel counting;  // x + (2, 5, 8) * number of elements
  counting.input("x", {1, 3}).output("y").floats("a", {}, {2}).floats("b", {}, {9}).floats("c", {}, {3}).node("Range", {"a", "b", "c"}, "r");
  counting.node("Size", {"x"}, "n").node("Mul", {"r", "n"}, "m").node("Add", {"x", "m"}, "y");
  EXPECT_EQ(run_float(counting.import(), std::vector<float>{0, 0, 0}), (std::vector<float>{6, 15, 24}));
  OnnxModel down;
  down.input("x", {1, 3})
      .output("y")
      .floats("a", {}, {1})
      .floats("b", {}, {-0.5F})
      .floats("c", {}, {-0.5F})
      .node("Range", {"a", "b", "c"}, "r")
      .node("Add", {"x", "r"}, "y");
  EXPECT_EQ(run_float(down.import(), std::vector<float>{0, 0, 0}), (std::vector<float>{1, 0.5F, 0}));
  OnnxModel places;
  places.input("x", {1, 2, 3}).output("y").floats("t", {2, 3}, {0, 4, 0, 5, 0, 6}).node("NonZero", {"t"}, "n").node("Add", {"x", "n"}, "y");
  EXPECT_EQ(run_float(places.import(), std::vector<float>(6, 0.0F)), (std::vector<float>{0, 1, 1, 1, 0, 2}));
}

}  // namespace
}  // namespace mho::workloads
