// The axis that holds the batch is no data: what works along it is refused, or it can be shown that every sample has its right numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/base/expect_error.h"
#include "tests/workloads/frames.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/onnx_importer.h"
#include "workloads/operators/families.h"

namespace mho::workloads {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using Ints = std::vector<std::int64_t>;
using Add = std::function<void(OnnxModel&)>;

/// An operator that works along axis 0 of an input of [?, 4, 4].
struct AlongFirst {
  std::string op_type;
  std::vector<std::string> more_inputs{};
  Add add = [](OnnxModel&) {};
  std::int64_t opset = 13;
  bool of_one_sample = false;  ///< shapes fit where the axis is 1 long
};

std::vector<AlongFirst> along_first() {
  const Add axis_0 = [](OnnxModel& m) { m.attribute("axis", 0); };
  const auto ints = [](const std::string& name, const Ints& numbers) { return [name, numbers](OnnxModel& m) { m.ints(name, numbers); }; };
  const auto slice = [](std::int64_t begin, std::int64_t end, std::int64_t step) {
    return [=](OnnxModel& m) { m.ints("b", {begin}).ints("e", {end}).ints("a", {0}).ints("s", {step}); };
  };
  constexpr std::int64_t beyond = std::numeric_limits<std::int64_t>::max();
  std::vector<AlongFirst> cases{
      {"Softmax", {}, axis_0},
      {"LogSoftmax", {}, axis_0},
      {"Softmax", {}, axis_0, 11},
      {"Hardmax", {}, axis_0},
      {"LpNormalization", {}, axis_0},
      {"LayerNormalization", {"g"}, [](OnnxModel& m) { m.attribute("axis", 0).floats("g", {1}, {1}); }, 17},
      {"MeanVarianceNormalization",
       {},
       [](OnnxModel& m) {
         m.attribute("axes", Ints{0, 2});
       }},
      {"ArgMax", {}, axis_0},
      {"ArgMin", {}, [](OnnxModel& m) { m.attribute("axis", -3); }},
      {"CumSum", {"a"}, ints("a", {-3})},
      {"TopK", {"k"}, [](OnnxModel& m) { m.attribute("axis", 0).ints("k", {1}); }},
      {"ReduceSum", {"a"}, ints("a", {0})},
      {"ReduceSum", {"a"}, ints("a", {1, -3})},
      {"ReduceMean"},  // over all axes
      {"Concat", {"t"}, axis_0},
      {"Slice", {"b", "e", "a", "s"}, slice(0, 1, 1)},
      {"Slice", {"b", "e", "a", "s"}, slice(-1, beyond, 1)},
      {"Slice", {"b", "e", "a", "s"}, slice(-1, -beyond, -1)},
      {"Slice", {}, [](OnnxModel& m) { m.attribute("starts", Ints{0}).attribute("ends", Ints{1}); }, 9},
      {"Gather", {"i"}, [](OnnxModel& m) { m.floats("i", {}, {0}); }},
      {"Gather", {"i"}, ints("i", {0})},
      {"Gather", {"i"}, ints("i", {-1, 0})},
      {"GatherElements",
       {"i"},
       [](OnnxModel& m) {
         m.floats("i", {1, 4, 4}, std::vector<float>(16, 0));
       }},
      {"GatherElements",
       {"i"},
       [](OnnxModel& m) {
         m.attribute("axis", 2).floats("i", {1, 4, 1}, {0, 1, 2, 3});
       }},
      {"GatherND",
       {"i"},
       [](OnnxModel& m) {
         m.floats("i", {1, 1}, {0});
       }},
      {"GatherND",
       {"i"},
       [](OnnxModel& m) {
         m.floats("i", {2, 2}, {0, 1, 0, 3});
       }},
      {"ScatterElements",
       {"i", "u"},
       [](OnnxModel& m) {
         m.floats("i", {1, 1, 1}, {0}).floats("u", {1, 1, 1}, {7});
       }},
      {"ScatterElements",
       {"i", "u"},
       [](OnnxModel& m) {
         m.attribute("axis", 2).floats("i", {1, 1, 1}, {3}).floats("u", {1, 1, 1}, {7});
       }},
      {"ScatterND",
       {"i", "u"},
       [](OnnxModel& m) {
         m.floats("i", {1, 2}, {0, 1}).floats("u", {1, 4}, {7, 7, 7, 7});
       }},
      {"ScatterND",
       {"i", "u"},
       [](OnnxModel& m) {
         m.floats("i", {1, 1}, {0}).floats("u", {1, 4, 4}, std::vector<float>(16, 7));
       }},
      {"Tile", {"n"}, ints("n", {2, 1, 1})},
      {"Pad", {"p"}, ints("p", {1, 0, 0, 0, 0, 0})},
      {"Pad",
       {"p"},
       [](OnnxModel& m) {
         m.ints("p", {0, 0, 0, 1, 0, 0}).attribute("mode", "edge");
       }},
      {"Resize",
       {"", "s"},
       [](OnnxModel& m) {
         m.floats("s", {3}, {2, 1, 1});
       }},
      {"Resize",
       {"", "s"},
       [](OnnxModel& m) {
         m.attribute("mode", "linear").floats("s", {3}, {2, 1, 1});
       }},
      {"Upsample",
       {"s"},
       [](OnnxModel& m) {
         m.floats("s", {3}, {2, 1, 1});
       },
       9},
      {"Einsum", {}, [](OnnxModel& m) { m.attribute("equation", "abc->bc"); }},
      {"Expand", {"n"}, ints("n", {3, 4, 4}), 13, true},
      {"Add",
       {"c"},
       [](OnnxModel& m) {
         m.floats("c", {3, 1, 1}, {1, 2, 3});
       },
       13,
       true},
      {"Where",
       {"c", "d"},
       [](OnnxModel& m) {
         m.floats("c", {3, 1, 1}, {1, 2, 3}).floats("d", {1}, {1});
       },
       13,
       true},
      {"Squeeze", {}, [](OnnxModel&) {}, 13, true},
  };
  for (const char* op :
       {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"}) {
    cases.push_back({op, {}, [](OnnxModel& m) { m.attribute("axes", Ints{0}); }});
  }
  return cases;
}

OnnxModel tried(const AlongFirst& one, bool merged) {
  std::vector<std::string> inputs{"t"};
  inputs.insert(inputs.end(), one.more_inputs.begin(), one.more_inputs.end());
  OnnxModel model(one.opset);
  model.input("x", merged ? Shape{0, 3, 16} : Shape{0, 16}).output("y").ints("shape", {-1, 4, 4}).node("Reshape", {"x", "shape"}, "t");
  model.node(one.op_type, inputs, "y", "tried");
  one.add(model);
  return model;
}

TEST(BatchAxis, WhatWorksAlongItIsRefused) {
  for (const AlongFirst& one : along_first()) {
    for (const bool merged : {false, true}) {
      if (merged && one.of_one_sample) continue;
      SCOPED_TRACE(one.op_type + (merged ? " of frames merged into the batch" : " of the batch"));
      const std::string message = base::user_error([&] { tried(one, merged).import(); });
      EXPECT_THAT(message, HasSubstr("node 'tried'"));
      EXPECT_THAT(message, HasSubstr("batch"));
    }
  }
}

/// An operator that the list does not name has no axis: it gives the same numbers whatever axis its attributes name, or is refused.
TEST(BatchAxis, NoOtherOperatorHasAnAxis) {
  std::set<std::string> named{"Flatten", "Unsqueeze", "Split", "QuantizeLinear", "DequantizeLinear"};  // below, or they move nothing along it
  for (const AlongFirst& one : along_first()) named.insert(one.op_type);
  std::size_t compared = 0;
  for (const OperatorFamily* family : operator_families()) {
    for (const OnnxImporter& importer : family->importers) {
      const std::string op(importer.op_type);
      if (named.contains(op)) continue;
      const auto along = [&](std::int64_t axis) -> std::vector<float> {
        OnnxModel model = tried({op, {}, [&](OnnxModel& m) { m.attribute("axis", axis).attribute("axes", Ints{axis}); }, 13, false}, false);
        try {
          return run_float(model.import(), around_one(16));
        } catch (const base::UserError&) {
          return {};
        }
      };
      const std::vector<float> first = along(0);
      compared += first.empty() ? 0U : 1U;
      EXPECT_TRUE(first.empty() || first == along(1)) << op;
    }
  }
  EXPECT_GT(compared, 20U);
}

/// x [N, 2, 3] with the batch moved, then summed along where it is.
TEST(BatchAxis, IsFollowedWhereItMoves) {
  const auto summed_after = [](const char* op, const Add& add, std::int64_t axis, const Shape& in = {0, 2, 3}) {
    OnnxModel model;
    model.input("x", in).output("y").node(op, {"x"}, "t");
    add(model);
    model.node("CumSum", {"t", "along"}, "y", "sum").ints("along", {axis});
    return model;
  };
  const auto with_input = [](const Ints& numbers) {
    return [numbers](OnnxModel& m) { m.ints("n", numbers).proto().mutable_graph()->mutable_node(0)->add_input("n"); };
  };
  const Add none = [](OnnxModel&) {};
  const std::vector<OnnxModel> refused{summed_after(
                                           "Transpose",
                                           [](OnnxModel& m) {
                                             m.attribute("perm", Ints{1, 2, 0});
                                           },
                                           2),
                                       summed_after("Unsqueeze", with_input({0}), 1),
                                       summed_after("Squeeze", with_input({1}), 0, {0, 1, 3}),
                                       summed_after("Flatten", none, 0),
                                       summed_after(
                                           "Flatten", [](OnnxModel& m) { m.attribute("axis", 2); }, 0),
                                       summed_after("Reshape", with_input({0, -1}), 0),
                                       summed_after("Reshape", with_input({-1, 3}), 0),
                                       summed_after("Reshape", with_input({1, -1}), 1),
                                       summed_after(
                                           "ReduceMean", [](OnnxModel& m) { m.attribute("axes", Ints{2}).attribute("keepdims", 0); }, 0),
                                       summed_after(
                                           "Slice",
                                           [](OnnxModel& m) {
                                             for (const char* input : {"b", "e", "a"}) m.proto().mutable_graph()->mutable_node(0)->add_input(input);
                                             m.ints("b", {0}).ints("e", {1}).ints("a", {1});
                                           },
                                           0)};
  for (const OnnxModel& model : refused) {
    EXPECT_THAT(base::user_error([&] { model.import(); }), HasSubstr("node 'sum' (CumSum)"));
    EXPECT_THAT(base::user_error([&] { model.import(); }), HasSubstr("batch"));
  }
  const std::vector<OnnxModel> right{
      summed_after(
          "Transpose",
          [](OnnxModel& m) {
            m.attribute("perm", Ints{1, 2, 0});
          },
          0),
      summed_after("Unsqueeze", with_input({0}), 0),
      summed_after("Reshape", with_input({-1, 3}), 1),
      summed_after("Reshape", with_input({1, -1}), 0),
      summed_after("Reshape", with_input({2, 3}), 0),  // the file has the lengths of one sample
  };
  for (const OnnxModel& model : right) EXPECT_NO_THROW(model.import());
}

/// Merged with frames and split again it is where it was.
TEST(BatchAxis, IsFollowedThroughAMergeAndASplit) {
  const auto model = [](std::int64_t axis) {
    OnnxModel m;
    m.input("x", {0, 3, 4}).output("y").ints("merged", {-1, 4}).ints("split", {-1, 3, 4}).ints("along", {axis});
    m.node("Reshape", {"x", "merged"}, "a").node("Relu", {"a"}, "b").node("Reshape", {"b", "split"}, "c").node("CumSum", {"c", "along"}, "y");
    return m;
  };
  EXPECT_THAT(base::user_error([&] { model(0).import(); }), HasSubstr("which is the batch"));
  EXPECT_THAT(run_float(model(1).import(), std::vector<float>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}), ElementsAre(1, 2, 3, 4, 2, 4, 6, 8, 3, 6, 9, 12));
}

TEST(BatchAxis, TheWholeOfItIsEverySample) {
  OnnxModel slice = one_operator("Slice", {0, 4}, {"b", "e", "a"});
  slice.ints("b", {0, 1}).ints("e", {std::numeric_limits<std::int64_t>::max(), 3}).ints("a", {0, 1});
  EXPECT_THAT(run_float(slice.import(), std::vector<float>{1, 2, 3, 4}), ElementsAre(2, 3));
  OnnxModel split = one_operator("Split", {0, 4});
  split.attribute("axis", 0);
  EXPECT_THAT(run_float(split.import(), std::vector<float>{1, 2, 3, 4}), ElementsAre(1, 2, 3, 4));
}

/// arange(N), as exporters write x[arange(N), 2].
TEST(BatchAxis, IndicesMadeOfItsLengthAreEverySample) {
  OnnxModel model;
  model.input("x", {0, 4})
      .output("y")
      .floats("zero", {}, {0})
      .floats("one", {}, {1})
      .ints("none", {0})
      .ints("column", {1, 1})
      .floats("two", {1, 1}, {2});
  model.proto().mutable_graph()->mutable_initializer(2)->clear_dims();  // a scalar
  model.node("Shape", {"x"}, "lengths").node("Gather", {"lengths", "none"}, "n").node("Range", {"zero", "n", "one"}, "samples");
  model.node("Reshape", {"samples", "column"}, "samples2").node("Concat", {"samples2", "two"}, "places").attribute("axis", 1);
  model.node("GatherND", {"x", "places"}, "y");
  EXPECT_THAT(run_float(model.import(), std::vector<float>{5, 6, 7, 8}), ElementsAre(7));
}

/// A file whose batch is 1 has one sample, and place 0 is it.
TEST(BatchAxis, TheOnlySampleOfAFileIsEverySample) {
  const Shape one{1, 4};
  const std::vector<float> x{5, 6, 7, 8};
  EXPECT_THAT(run_float(one_operator("Gather", one, {"i"}).ints("i", {0}).import(), x), ElementsAreArray(x));
  EXPECT_THAT(run_float(one_operator("Slice", one, {"b", "e"}).ints("b", {0}).ints("e", {1}).import(), x), ElementsAreArray(x));
  EXPECT_THAT(run_float(one_operator("GatherND", one, {"i"}).floats("i", {2, 2}, {0, 1, 0, 3}).import(), x), ElementsAre(6, 8));
  EXPECT_THAT(run_float(one_operator("ScatterND", one, {"i", "u"}).floats("i", {1, 2}, {0, 1}).floats("u", {1}, {9}).import(), x),
              ElementsAre(5, 9, 7, 8));
  EXPECT_THAT(base::user_error([&] { one_operator("Gather", {4, 4}, {"i"}).ints("i", {0}).import(); }), HasSubstr("which is the batch"));
  EXPECT_THAT(base::user_error([&] { one_operator("ArgMax", one).import(); }), HasSubstr("which is the batch"));
}

}  // namespace
}  // namespace mho::workloads
