#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "workloads/graph/operator.h"
#include "workloads/onnx/onnx_importer.h"
#include "workloads/operators/families.h"

namespace mho::workloads {
namespace {

using ::testing::IsEmpty;

/// One node with its tensors: inputs, of which the first ones are activations, then the output.
struct Case {
  std::string op;
  Attributes attributes;
  std::vector<Shape> inputs;
  Shape output;
  std::size_t activations = 1;
  std::vector<float> constant{1.0F};  ///< all constants, repeated
};

struct Made {
  Network network;
  std::vector<std::vector<float>> data;
  [[nodiscard]] const Node& node() const { return network.nodes.at(0); }
};

Made make(const Case& from) {
  Made made;
  Node node;
  node.op = &operator_named(from.op);
  node.attributes = from.attributes;
  for (std::size_t i = 0; i < from.inputs.size(); ++i) {
    node.inputs.push_back(static_cast<int>(i));
    made.network.values.push_back({.name = "x", .shape = from.inputs[i], .constant = i >= from.activations, .data = {}});
    std::vector<float> data(static_cast<std::size_t>(element_count(from.inputs[i])));
    for (std::size_t k = 0; k < data.size(); ++k) {
      data[k] =
          i >= from.activations ? from.constant[k % from.constant.size()] : 0.1F + 0.01F * static_cast<float>(k * 7 % 31) + static_cast<float>(i);
    }
    made.data.push_back(std::move(data));
  }
  node.output = static_cast<int>(from.inputs.size());
  made.network.values.push_back({.name = "y", .shape = from.output, .data = {}});
  made.network.nodes.push_back(std::move(node));
  return made;
}

std::vector<float> run(const Made& made) {
  std::vector<float> y(static_cast<std::size_t>(element_count(made.network.values.back().shape)));
  const std::vector<std::span<const float>> inputs(made.data.begin(), made.data.end());
  run_digital(made.network, made.node(), inputs, y);
  return y;
}

/// Elements of the output that change with one element of the first input.
std::set<std::size_t> readers(Made made, std::size_t element) {
  const std::vector<float> before = run(made);
  made.data[0][element] += 0.5F;
  const std::vector<float> after = run(made);
  std::set<std::size_t> list;
  for (std::size_t k = 0; k < before.size(); ++k) {
    if (before[k] != after[k]) list.insert(k);
  }
  return list;
}

Shape place_of(std::size_t element, const Shape& shape) {
  Shape place(shape.size());
  auto rest = static_cast<std::int64_t>(element);
  for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) place[axis] = rest % shape[axis];
  return place;
}

TEST(OperatorDescriptions, NamesAndOnnxOperatorsAreThereOnce) {
  std::set<std::string_view> names;
  std::set<std::pair<std::string_view, std::string_view>> op_types;  // with their domains
  for (const OperatorFamily* family : operator_families()) {
    for (const Operator* op : family->operators) EXPECT_TRUE(names.insert(op->name).second) << op->name;
    for (const OnnxImporter& importer : family->importers) {
      EXPECT_TRUE(op_types.emplace(importer.domain, importer.op_type).second) << importer.op_type;
      EXPECT_NE(importer.import, nullptr) << importer.op_type;
    }
  }
  EXPECT_EQ(op_types.size(), 157U);
}

TEST(OperatorDescriptions, WhatOneFactNeedsIsThere) {
  for (const OperatorFamily* family : operator_families()) {
    for (const Operator* op : family->operators) {
      const bool along = op->access == Access::rows || op->access == Access::joined;
      EXPECT_TRUE(!along || op->rows != nullptr) << op->name;
      EXPECT_TRUE(op->access != Access::window || op->window != nullptr) << op->name;
      EXPECT_TRUE(op->elementwise == Elementwise::no || op->source == nullptr) << op->name;
      EXPECT_NE(op->leading, LeadingAxis::unstated) << op->name << " says nothing of axis 0, into which networks merge frames";
      EXPECT_TRUE(op->run != nullptr || op->over_planes || op->count != nullptr) << op->name << " neither runs nor lies on tiles";
    }
  }
}

TEST(OperatorDescriptions, MovedElementsAreThoseThatTheKernelPuts) {
  const std::vector<Case> cases{
      {"pad", Padding{{0, 1, 0, 2, 0, 0, 3, 1}, -7.0F}, {{1, 2, 3, 4}}, {1, 3, 6, 7}},
      {"concatenation", Concatenation{2}, {{2, 3, 1, 2}, {2, 3, 4, 2}}, {2, 3, 5, 2}, 2},
      {"concatenation", Concatenation{0}, {{1, 4}, {3, 4}}, {4, 4}, 2},
  };
  for (const Case& one : cases) {
    const Made made = make(one);
    const std::vector<float> y = run(made);
    for (std::size_t k = 0; k < y.size(); ++k) {
      const MovedElement from = made.node().op->source(made.network, made.node(), static_cast<std::int64_t>(k));
      const float expected = from.element < 0 ? from.otherwise : made.data[from.input][static_cast<std::size_t>(from.element)];
      ASSERT_EQ(y[k], expected) << one.op << " element " << k;
    }
  }
}

/// An element of the input reaches no output outside its row along the axes that the description names.
TEST(OperatorDescriptions, RowsHoldAllThatAnElementReaches) {
  using periphery::digital::Reduction;
  const Shape in{2, 3, 4};
  const std::vector<Case> cases{
      {"softmax", Softmax{Softmax::Kind::plain, {2}}, {in}, in},
      {"log_softmax", Softmax{Softmax::Kind::logarithm, {1, 2}}, {in}, in},
      {"hardmax", Softmax{Softmax::Kind::hard, {1}}, {in}, in},
      {"layer_normalization", LayerNormalization{1, 1e-5F}, {in, {12}, {12}}, in},
      {"local_response", LocalResponse{3, 0.5F, 0.75F, 1.0F}, {in}, in},
      {"cumulative_sum", CumulativeSum{.axis = 1}, {in}, in},
      {"top_k", TopK{.axis = 2}, {in}, {2, 3, 2}},
      {"extreme_index", ExtremeIndex{.axis = 1}, {in}, {2, 1, 4}},
      {"reduce", Reduce{Reduction::sum, {0, 2}}, {in}, {1, 3, 1}},
      {"reduce", Reduce{Reduction::mean, {1}}, {in}, {2, 1, 4}},
  };
  for (const Case& one : cases) {
    const Made made = make(one);
    const Rows rows = made.node().op->rows(made.network, made.node());
    const std::set<std::int64_t> along(rows.axes.begin(), rows.axes.end());
    std::size_t reached = 0;
    for (std::size_t e = 0; e < made.data[0].size(); ++e) {
      const Shape from = place_of(e, in);
      for (const std::size_t reader : readers(made, e)) {
        ++reached;
        const Shape to = place_of(reader, one.output);
        for (std::size_t axis = 0; axis < in.size(); ++axis) {
          if (along.contains(static_cast<std::int64_t>(axis))) continue;
          ASSERT_EQ(from[axis], to[axis]) << one.op << " axis " << axis;
        }
      }
    }
    EXPECT_GT(reached, 0U) << one.op;
  }
}

TEST(OperatorDescriptions, ElementwiseOperatorsKeepElementsApart) {
  const Shape in{1, 3, 4};
  const std::vector<Case> cases{
      {"relu", Nonlinearity{Nonlinearity::Kind::relu}, {in}, in},
      {"sigmoid", Nonlinearity{Nonlinearity::Kind::sigmoid}, {in}, in},
      {"tanh", Nonlinearity{Nonlinearity::Kind::tanh}, {in}, in},
      {"function", ElementFunction{{periphery::digital::Function::exponential}}, {in}, in},
      {"clip", Clip{-100.0F, 100.0F}, {in}, in},
      {"channel_scale", ChannelScale{}, {in, {3}, {3}}, in},
      {"binary", Binary{periphery::digital::Binary::sub}, {in, in}, in, 2},
  };
  for (const Case& one : cases) {
    const Made made = make(one);
    EXPECT_NE(made.node().op->elementwise, Elementwise::no);
    for (std::size_t e = 0; e < made.data[0].size(); ++e) EXPECT_EQ(readers(made, e), std::set{e}) << one.op;
  }
}

TEST(OperatorDescriptions, WhatOnlyMovesMakesNoNewNumbers) {
  const std::vector<Case> cases{
      {"reshape", View{}, {{2, 6}}, {3, 4}},
      {"transpose", Permutation{{2, 0, 1}}, {{2, 3, 4}}, {4, 2, 3}},
      {"pick", Picking{1, {2, 0, 2}}, {{2, 3}}, {2, 3}},
      {"concatenation", Concatenation{1}, {{2, 3}}, {2, 3}},
  };
  for (const Case& one : cases) {
    const Made made = make(one);
    EXPECT_TRUE(made.node().op->moves_only) << one.op;
    const std::set<float> known(made.data[0].begin(), made.data[0].end());
    for (const float y : run(made)) EXPECT_TRUE(known.contains(y)) << one.op;
  }
}

}  // namespace
}  // namespace mho::workloads
