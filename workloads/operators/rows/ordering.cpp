#include "workloads/operators/rows/ordering.h"

#include <fmt/format.h>

#include <bit>

#include "periphery/digital/lines.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

digital::Lines along(const Shape& shape, int axis) {
  const auto at = static_cast<std::size_t>(axis);
  return {elements_between(shape, 0, at), static_cast<std::size_t>(shape[at]), elements_between(shape, at + 1, shape.size())};
}

void run_cumulative_sum(const Operands& in, std::span<float> y) {
  const auto& own = in.node.as<CumulativeSum>();
  digital::cumulative_sum(along(in.shape(0), own.axis), own.exclusive, own.reverse, in.inputs[0], y);
}

void run_extreme_index(const Operands& in, std::span<float> y) {
  const auto& own = in.node.as<ExtremeIndex>();
  digital::extreme_index(along(in.shape(0), own.axis), own.largest, own.last, in.inputs[0], y);
}

void run_top_k(const Operands& in, std::span<float> y) {
  const auto& own = in.node.as<TopK>();
  const auto k = static_cast<std::size_t>(in.output_shape()[static_cast<std::size_t>(own.axis)]);
  digital::top_k(along(in.shape(0), own.axis), k, own.largest, own.places, in.inputs[0], y);
}

template <class Attributes>
Rows ordering_rows(const Network& /*network*/, const Node& node) {
  return {{node.as<Attributes>().axis}};
}

/// For each input element the comparisons of an insertion into a sorted list of k: the bits of k, floor(log2 k) + 1.
std::int64_t comparisons(const Network& network, const Node& node) {
  const auto& out = network.values[static_cast<std::size_t>(node.output)].shape;
  return inputs_per_output(network, node) *
         static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(out[static_cast<std::size_t>(node.as<TopK>().axis)])));
}

int type_of_top_k(const OnnxBuilder& graph, const OnnxNode& node, int output) {
  return output == 1 ? static_cast<int>(int64_type) : graph.element_type(node, 0);
}

void import_cumulative_sum(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  CumulativeSum result;
  result.axis = normal_axis(node, graph.constant_integer(node, 1, "its axis"), graph.value(x).shape.size());
  result.exclusive = node.integer("exclusive", 0) != 0;
  result.reverse = node.integer("reverse", 0) != 0;
  graph.add(node, node_of(node, cumulative_sum_operator, result, {x}), graph.value(x).shape);
}

template <bool largest>
void import_extreme_index(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  Shape out = graph.value(x).shape;
  ExtremeIndex result;
  result.axis = normal_axis(node, node.integer("axis", 0), out.size());
  const bool keepdims = node.integer("keepdims", 1) != 0;
  result.last = node.integer("select_last_index", 0) != 0;
  result.largest = largest;
  const auto at = out.begin() + result.axis;
  if (keepdims) {
    *at = 1;
  } else {
    out.erase(at);
  }
  graph.add(node, node_of(node, extreme_index_operator, result, {x}), std::move(out));
}

void import_top_k(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  Shape out = graph.value(x).shape;
  TopK values;
  values.axis = normal_axis(node, node.integer("axis", -1), out.size());
  std::int64_t& length = out[static_cast<std::size_t>(values.axis)];
  if (graph.opset() < 10 && !node.has("k")) node.fail("attribute 'k' is missing");
  const std::int64_t k = graph.opset() < 10 ? node.integer("k", 0) : graph.constant_integer(node, 1, "its k");
  if (k < 1 || k > length) node.fail(fmt::format("its k is {} for axis {} of length {}; 1 to {} is legal", k, values.axis, length, length));
  length = k;
  values.largest = node.integer("largest", 1) != 0;
  if (node.makes(1)) {
    Node places = node_of(node, top_k_operator, TopK{values.axis, values.largest, true}, {x});
    places.name += ".indices";
    graph.name_output(node, graph.append(node, std::move(places), out, node.output(1)), 1);
  }
  graph.add(node, node_of(node, top_k_operator, values, {x}), std::move(out));
}

}  // namespace

constinit const Operator cumulative_sum_operator{
    .name = "cumulative_sum", .run = run_cumulative_sum, .leading = LeadingAxis::any, .access = Access::rows, .rows = ordering_rows<CumulativeSum>};
constinit const Operator extreme_index_operator{.name = "extreme_index",
                                                .run = run_extreme_index,
                                                .leading = LeadingAxis::any,
                                                .count = inputs_per_output,
                                                .access = Access::rows,
                                                .rows = ordering_rows<ExtremeIndex>};
constinit const Operator top_k_operator{
    .name = "top_k", .run = run_top_k, .leading = LeadingAxis::any, .count = comparisons, .access = Access::rows, .rows = ordering_rows<TopK>};

const OperatorFamily& ordering_family() {
  static const OperatorFamily family{"ordering",
                                     {&cumulative_sum_operator, &extreme_index_operator, &top_k_operator},
                                     {{.op_type = "ArgMax", .import = import_extreme_index<true>, .element_type = index_type},
                                      {.op_type = "ArgMin", .import = import_extreme_index<false>, .element_type = index_type},
                                      {.op_type = "CumSum", .import = import_cumulative_sum},
                                      {.op_type = "TopK", .import = import_top_k, .element_type = type_of_top_k}}};
  return family;
}

}  // namespace mho::workloads
