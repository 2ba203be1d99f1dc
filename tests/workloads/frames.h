#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/workloads/onnx_model.h"

namespace mho::workloads {

/// One ONNX operator behind a Reshape that merges `frames` frames into the batch: x [N, frames, E], a layer, Reshape to -1 x `frame`, the operator.
struct FrameCase {
  std::string op_type;
  Shape frame;
  std::vector<std::string> more_inputs{};
  /// Attributes of the operator and constants, for that many frames.
  std::function<void(OnnxModel&, std::int64_t frames)> add = [](OnnxModel&, std::int64_t) {};
  std::string refused{};  ///< what the refusal says; empty: the network is right
  std::int64_t opset = 13;
  std::string domain{};  ///< of the operator; empty: ONNX's own
  [[nodiscard]] std::int64_t elements() const { return element_count(frame); }

  [[nodiscard]] OnnxModel model(std::int64_t frames) const {
    const std::int64_t width = elements();
    std::vector<float> layer(static_cast<std::size_t>(width * width), 0.0F);
    for (std::int64_t i = 0; i < width; ++i) layer[static_cast<std::size_t>(i * width + i)] = 1.0F;
    Shape target{-1};
    target.insert(target.end(), frame.begin(), frame.end());
    std::vector<std::string> inputs{"r"};
    inputs.insert(inputs.end(), more_inputs.begin(), more_inputs.end());
    OnnxModel made(opset);
    made.input("x", {0, frames, width}).output("y").floats("layer", {width, width}, layer).ints("target", target);
    made.node("MatMul", {"x", "layer"}, "h").node("Reshape", {"h", "target"}, "r").node(op_type, inputs, "y", "tried");
    made.proto().mutable_graph()->mutable_node(2)->set_domain(domain);
    add(made, frames);
    return made;
  }
};

/// Numbers around 1: roots, logarithms and quotients of them are numbers.
inline std::vector<float> around_one(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = 0.5F + static_cast<float>(i * 37 % 101) / 101.0F;
  return values;
}

/// At least one case for every operator that takes activations; one that the list does not name is tried with its input alone.
inline std::vector<FrameCase> frame_cases() {
  using Ints = std::vector<std::int64_t>;
  const Shape plane{4, 3, 3}, row{36}, rows{4, 9};
  const auto floats = [](std::string name, Shape shape) {
    return [name, shape](OnnxModel& m, std::int64_t) { m.floats(name, shape, around_one(static_cast<std::size_t>(element_count(shape)))); };
  };
  const auto axis = [](std::int64_t at) { return [at](OnnxModel& m, std::int64_t) { m.attribute("axis", at); }; };
  const auto attribute = [](std::string name, Ints values) { return [name, values](OnnxModel& m, std::int64_t) { m.attribute(name, values); }; };
  std::vector<FrameCase> cases{
      // Over channels and planes.
      {"Conv",
       plane,
       {"w"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("pads", Ints{1, 0, 1, 2}).floats("w", {2, 4, 2, 3}, ramp(48));
       }},
      {"Conv",
       plane,
       {"w", "b"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("group", 4).floats("w", {4, 1, 2, 2}, ramp(16)).floats("b", {4}, ramp(4));
       }},
      {"Conv",
       rows,
       {"w"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("strides", Ints{2}).floats("w", {5, 4, 3}, ramp(60));
       }},
      {"Conv",
       plane,
       {"w"},
       [](OnnxModel& m, std::int64_t) {
         m.floats("w", {3, 4, 3, 3}, ramp(108));
       }},
      {"ConvTranspose",
       plane,
       {"w", "b"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("strides", Ints{2, 2}).floats("w", {4, 2, 3, 3}, ramp(72)).floats("b", {2}, ramp(2));
       }},
      {"ConvTranspose",
       rows,
       {"w"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("group", 2).floats("w", {4, 1, 3}, ramp(12));
       }},
      {"MaxPool", plane, {}, attribute("kernel_shape", {2, 2})},
      {"MaxPool", rows, {}, attribute("kernel_shape", {2})},
      {"AveragePool",
       plane,
       {},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("kernel_shape", Ints{3, 3}).attribute("pads", Ints{1, 1, 1, 1});
       }},
      {"LpPool", plane, {}, attribute("kernel_shape", {2, 2}), "", 18},
      {"CastLike", rows, {"c"}, floats("c", {9}), "", 15},
      {"GlobalAveragePool", plane},
      {"GlobalMaxPool", rows},
      {"InstanceNormalization", plane, {"s", "t"}, [](OnnxModel& m, std::int64_t) { m.floats("s", {4}, ramp(4)).floats("t", {4}, ramp(4)); }},
      {"GroupNormalization",
       plane,
       {"s", "t"},
       [](OnnxModel& m, std::int64_t) { m.attribute("num_groups", 2).floats("s", {4}, ramp(4)).floats("t", {4}, ramp(4)); },
       "",
       18},
      {"LRN", plane, {}, [](OnnxModel& m, std::int64_t) { m.attribute("size", 3); }},
      {"PRelu", plane, {"s"}, floats("s", {4, 1, 1})},
      {"DepthToSpace", plane, {}, [](OnnxModel& m, std::int64_t) { m.attribute("blocksize", 2); }},
      {"SpaceToDepth", {1, 6, 6}, {}, [](OnnxModel& m, std::int64_t) { m.attribute("blocksize", 3); }},
      {"Resize",
       plane,
       {"", "s"},
       [](OnnxModel& m, std::int64_t) {
         m.floats("s", {4}, {1, 1, 2, 2});
       }},
      {"Resize",
       plane,
       {"", "s"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("mode", "linear").floats("s", {4}, {1, 1, 2, 1.5F});
       }},
      {"Upsample",
       plane,
       {"s"},
       [](OnnxModel& m, std::int64_t) {
         m.floats("s", {4}, {1, 1, 2, 1});
       },
       "",
       9},
      // Products.
      {"Gemm",
       row,
       {"w", "b"},
       [](OnnxModel& m, std::int64_t) {
         m.floats("w", {36, 3}, ramp(108)).floats("b", {3}, ramp(3));
       }},
      {"MatMul", plane, {"w"}, floats("w", {3, 5})},
      {"MatMul", row, {"w"}, floats("w", {36, 5})},
      {"MatMul",
       rows,
       {"r2"},
       [](OnnxModel& m, std::int64_t) {
         m.node("Transpose", {"r"}, "r2").attribute("perm", Ints{0, 2, 1});
       }},
      {"Einsum",
       rows,
       {"w"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("equation", "abc,cd->abd").floats("w", {9, 2}, ramp(18));
       }},
      {"LSTM",
       rows,
       {"w", "q"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("hidden_size", 2).floats("w", {1, 8, 9}, ramp(72)).floats("q", {1, 8, 2}, ramp(16));
       },
       "'tried'"},
      {"GRU",
       rows,
       {"w", "q"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("hidden_size", 2).floats("w", {1, 6, 9}, ramp(54)).floats("q", {1, 6, 2}, ramp(12));
       },
       "'tried'"},
      {"RNN",
       rows,
       {"w", "q"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("hidden_size", 2).floats("w", {1, 2, 9}, ramp(18)).floats("q", {1, 2, 2}, ramp(4));
       },
       "'tried'"},
      // Along an axis.
      {"Softmax", rows, {}, axis(1)},
      {"Softmax", row},
      {"LogSoftmax", plane, {}, axis(3)},
      {"Hardmax", rows, {}, axis(1)},
      {"LayerNormalization", rows, {"s"}, floats("s", {9}), "", 17},
      {"LayerNormalization", plane, {"s"}, [](OnnxModel& m, std::int64_t) { m.attribute("axis", 1).floats("s", {36}, ramp(36)); }, "", 17},
      {"LpNormalization", rows, {}, axis(1)},
      {"MeanVarianceNormalization", plane, {}, attribute("axes", {2, 3})},
      {"ArgMax", rows, {}, axis(1)},
      {"ArgMin", plane, {}, axis(2)},
      {"CumSum", rows, {"a"}, [](OnnxModel& m, std::int64_t) { m.ints("a", {1}); }},
      {"TopK", rows, {"k"}, [](OnnxModel& m, std::int64_t) { m.ints("k", {2}); }},
      // To other places.
      {"Concat", plane, {"r"}, axis(1)},
      {"Split", plane, {}, axis(1)},
      {"Slice", plane, {"b", "e", "a"}, [](OnnxModel& m, std::int64_t) { m.ints("b", {1}).ints("e", {3}).ints("a", {1}); }},
      {"Slice", rows, {"b", "e", "a"}, [](OnnxModel& m, std::int64_t) { m.ints("b", {1}).ints("e", {3}).ints("a", {2}); }},
      {"Gather",
       plane,
       {"i"},
       [](OnnxModel& m, std::int64_t) {
         m.attribute("axis", 2).ints("i", {2, 0});
       }},
      {"GatherElements",
       rows,
       {"i"},
       [](OnnxModel& m, std::int64_t frames) {
         m.attribute("axis", 2).floats("i", {frames, 4, 1}, std::vector<float>(static_cast<std::size_t>(4 * frames), 3));
       },
       "axis 0 of 'r'"},
      {"GatherND",
       rows,
       {"i"},
       [](OnnxModel& m, std::int64_t frames) {
         m.attribute("batch_dims", 1).floats("i", {frames, 1}, std::vector<float>(static_cast<std::size_t>(frames), 2));
       }},
      {"ScatterElements",
       rows,
       {"i", "u"},
       [](OnnxModel& m, std::int64_t frames) {
         m.attribute("axis", 2).floats("i", {frames, 4, 1}, std::vector<float>(static_cast<std::size_t>(4 * frames), 3));
         m.floats("u", {frames, 4, 1}, std::vector<float>(static_cast<std::size_t>(4 * frames), 7));
       },
       "axis 0 of 'r'"},
      {"ScatterND",
       rows,
       {"i", "u"},
       [](OnnxModel& m, std::int64_t frames) {
         std::vector<float> places;
         for (std::int64_t f = 0; f < frames; ++f) places.insert(places.end(), {static_cast<float>(f), 2});
         m.floats("i", {frames, 2}, places).floats("u", {frames, 9}, std::vector<float>(static_cast<std::size_t>(9 * frames), 7));
       },
       "axis 0 of 'r'"},
      {"Tile",
       rows,
       {"n"},
       [](OnnxModel& m, std::int64_t) {
         m.ints("n", {1, 2, 1});
       }},
      {"Expand",
       {1, 9},
       {"n"},
       [](OnnxModel& m, std::int64_t) {
         m.ints("n", {1, 4, 1});
       }},
      {"Pad",
       plane,
       {"p"},
       [](OnnxModel& m, std::int64_t) {
         m.ints("p", {0, 1, 1, 0, 0, 0, 2, 1});
       }},
      {"Pad",
       plane,
       {"p"},
       [](OnnxModel& m, std::int64_t) {
         m.ints("p", {0, 0, 1, 0, 0, 0, 2, 1}).attribute("mode", "reflect");
       }},
      {"Transpose", plane, {}, attribute("perm", {0, 2, 3, 1})},
      {"Flatten", plane},
      {"Reshape",
       plane,
       {"n"},
       [](OnnxModel& m, std::int64_t) {
         m.ints("n", {0, -1});
       }},
      {"Squeeze", {1, 9}, {"a"}, [](OnnxModel& m, std::int64_t) { m.ints("a", {1}); }},
      {"Unsqueeze", rows, {"a"}, [](OnnxModel& m, std::int64_t) { m.ints("a", {1}); }},
      {"Trilu", rows, {}, [](OnnxModel&, std::int64_t) {}, "", 14},
      {"Where",
       plane,
       {"a", "b"},
       [](OnnxModel& m, std::int64_t) {
         m.floats("a", {4, 1, 1}, ramp(4)).floats("b", {3}, ramp(3));
       }},
      {"QuantizeLinear", plane, {"s"}, floats("s", {4})},
      {"DequantizeLinear", plane, {"s"}, floats("s", {4})},
      {"Clip", plane, {"a"}, [](OnnxModel& m, std::int64_t) { m.floats("a", {}, {0.7F}); }},
      {"Cast", rows, {}, [](OnnxModel& m, std::int64_t) { m.attribute("to", 7); }},
      {"Mod", rows, {"c"}, [](OnnxModel& m, std::int64_t) { m.attribute("fmod", 1).floats("c", {9}, around_one(9)); }},
      {"Mean", plane, {"c", "r"}, floats("c", {4, 1, 3})},
      {"Sum", plane, {"c", "r"}, floats("c", {4, 1, 3})},
  };
  for (const Shape& frame : {plane, rows, row}) {
    cases.push_back({"BatchNormalization", frame, {"s", "t", "m", "v"}, [channels = frame[0]](OnnxModel& model, std::int64_t) {
                       for (const char* name : {"s", "t", "m", "v"}) {
                         model.floats(name, {channels}, around_one(static_cast<std::size_t>(channels)));
                       }
                     }});
  }
  for (const char* op :
       {"Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Min", "Mul", "Or", "Pow", "Sub", "Xor"}) {
    cases.push_back({op, plane, {"c"}, floats("c", {4, 1, 3})});
  }
  for (const char* op :
       {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"}) {
    cases.push_back({op, plane, {}, attribute("axes", {1, 3})});
  }
  cases.push_back({"ReduceSum", plane, {"a"}, [](OnnxModel& m, std::int64_t) { m.attribute("keepdims", 0).ints("a", {2, 3}); }});
  return cases;
}

/// A network that merges frames into the batch, as exporters write it: `each` on every frame, then `rest` on the frames of a sample together.
struct FrameNetwork {
  std::string name;
  Shape in;     ///< of a sample: the frames, then their axes
  Shape frame;  ///< of what is merged, and of the input of `each`
  /// Adds nodes from tensor `from` and returns the last tensor's name.
  std::function<std::string(OnnxModel&, const std::string& from)> each;
  Shape made;                                                                 ///< of `each`, for one frame
  std::function<std::string(OnnxModel&, const std::string& from)> rest = {};  ///< from [N, frames, made]; null: the frames stay merged

  [[nodiscard]] std::int64_t frames() const { return in.front(); }
  [[nodiscard]] OnnxModel whole() const {
    OnnxModel model;
    model.input("x", with({0}, in)).ints("merged", with({-1}, frame)).ints("split", with({-1, frames()}, made)).node("Reshape", {"x", "merged"}, "m");
    std::string last = each(model, "m");
    if (rest) last = rest(model.node("Reshape", {last, "split"}, "apart"), "apart");
    model.output(last);
    return model;
  }
  [[nodiscard]] OnnxModel of_one_frame() const {
    OnnxModel model;
    model.output(each(model.input("x", with({0}, frame)), "x"));
    return model;
  }
  [[nodiscard]] OnnxModel of_the_rest() const {
    OnnxModel model;
    model.output(rest(model.input("x", with({0, frames()}, made)), "x"));
    return model;
  }

 private:
  static Shape with(Shape shape, const Shape& more) {
    shape.insert(shape.end(), more.begin(), more.end());
    return shape;
  }
};

inline std::vector<FrameNetwork> frame_networks() {
  using Ints = std::vector<std::int64_t>;
  const auto normalise = [](OnnxModel& m, const std::string& from, const std::string& to, std::int64_t channels) {
    for (const char* name : {"gain", "offset", "mean", "variance"}) m.floats(name, {channels}, around_one(static_cast<std::size_t>(channels)));
    m.node("BatchNormalization", {from, "gain", "offset", "mean", "variance"}, to);
  };
  return {
      {"TimeDistributed",
       {3, 18},
       {2, 3, 3},
       [=](OnnxModel& m, const std::string& from) {
         m.floats("k", {4, 2, 2, 2}, ramp(32)).floats("w", {4, 3}, ramp(12)).node("Conv", {from, "k"}, "c").node("Relu", {"c"}, "r");
         normalise(m, "r", "n", 4);
         m.node("MaxPool", {"n"}, "p").attribute("kernel_shape", Ints{2, 2}).node("Flatten", {"p"}, "f").node("Gemm", {"f", "w"}, "g");
         return std::string("g");
       },
       {3},
       [](OnnxModel& m, const std::string& from) {
         m.node("ReduceMean", {from}, "a").attribute("axes", Ints{1}).attribute("keepdims", 0);
         m.floats("v2", {3, 2}, ramp(6)).node("Gemm", {"a", "v2"}, "y");
         return std::string("y");
       }},
      {"Video",
       {3, 2, 5, 5},
       {2, 5, 5},
       [](OnnxModel& m, const std::string& from) {
         m.floats("k", {4, 2, 3, 3}, ramp(72)).node("Conv", {from, "k"}, "c").attribute("strides", Ints{2, 2}).node("GlobalAveragePool", {"c"}, "p");
         return std::string("p");
       },
       {4},
       [](OnnxModel& m, const std::string& from) {
         m.node("Transpose", {from}, "t").attribute("perm", Ints{0, 2, 1}).floats("over_time", {5, 4, 2}, ramp(40));
         m.node("Conv", {"t", "over_time"}, "y");
         return std::string("y");
       }},
      {"TokensStayMerged",
       {4, 6},
       {6},
       [=](OnnxModel& m, const std::string& from) {
         m.floats("w", {6, 5}, ramp(30)).floats("u", {5, 3}, ramp(15)).node("Gemm", {from, "w"}, "g");
         normalise(m, "g", "n", 5);
         m.node("Relu", {"n"}, "r").node("Gemm", {"r", "u"}, "y");
         return std::string("y");
       },
       {3}},
      {"DepthwiseOverMergedTokens",
       {4, 10},
       {2, 5},
       [](OnnxModel& m, const std::string& from) {
         m.floats("k", {2, 1, 3}, ramp(6)).floats("slope", {2, 1}, {0.1F, 0.3F}).node("Conv", {from, "k"}, "c").attribute("group", 2);
         m.node("PRelu", {"c", "slope"}, "y");
         return std::string("y");
       },
       {2, 3}},
      {"FramesThroughARecurrentLayer",
       {3, 8},
       {2, 2, 2},
       [=](OnnxModel& m, const std::string& from) {
         normalise(m, from, "n", 2);
         m.node("GlobalMaxPool", {"n"}, "p");
         return std::string("p");
       },
       {2},
       [](OnnxModel& m, const std::string& from) {
         m.node("Transpose", {from}, "t").attribute("perm", Ints{1, 0, 2}).floats("w", {1, 12, 2}, ramp(24)).floats("q", {1, 12, 3}, ramp(36));
         m.node("LSTM", {"t", "w", "q"}, "y", "cell").attribute("hidden_size", 3);
         return std::string("y");
       }},
  };
}

}  // namespace mho::workloads
