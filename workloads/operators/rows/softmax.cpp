#include "workloads/operators/rows/softmax.h"

#include <fmt/format.h>

#include <numeric>

#include "periphery/digital/lines.h"
#include "periphery/digital/reduction.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

digital::Lines lines_of(const Operands& in) {
  const auto& axes = in.node.as<Softmax>().axes;
  const Shape& shape = in.shape(0);
  const auto first = static_cast<std::size_t>(axes.front()), end = static_cast<std::size_t>(axes.back()) + 1;
  return {elements_between(shape, 0, first), elements_between(shape, first, end), elements_between(shape, end, shape.size())};
}

template <void (*kernel)(std::span<const float> x, std::size_t count, std::size_t stride, std::span<float> y)>
void run_softmax(const Operands& in, std::span<float> y) {
  const auto [outer, row, inner] = lines_of(in);
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) kernel(in.inputs[0].subspan(o * row * inner + i), row, inner, y.subspan(o * row * inner + i));
  }
}

void run_hardmax(const Operands& in, std::span<float> y) { digital::hardmax(lines_of(in), in.inputs[0], y); }

Rows softmax_rows(const Network& /*network*/, const Node& node) { return {node.as<Softmax>().axes}; }

Softmax read(const OnnxBuilder& graph, const OnnxNode& node, std::size_t rank, Softmax::Kind kind) {
  // Before version 13 all axes from `axis` on form one row.
  const bool flattens = graph.opset() < 13;
  const int axis = normal_axis(node, node.integer("axis", flattens ? 1 : -1), rank);
  Softmax result{kind, std::vector<std::int64_t>(flattens ? rank - static_cast<std::size_t>(axis) : 1)};
  std::iota(result.axes.begin(), result.axes.end(), axis);
  return result;
}

template <Softmax::Kind kind>
void import_softmax(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape shape = graph.value(x).shape;
  Softmax own = read(graph, node, shape.size(), kind);
  const Operator& op = kind == Softmax::Kind::plain ? softmax_operator : log_softmax_operator;
  graph.add(node, node_of(node, op, std::move(own), {x}), shape);
}

void import_hardmax(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape shape = graph.value(x).shape;
  Softmax own = read(graph, node, shape.size(), Softmax::Kind::hard);
  graph.add(node, node_of(node, hardmax_operator, std::move(own), {x}), shape);
}

constexpr std::int64_t softmax_operations = exponential_operations + 3;  // maximum, exponential, sum, division

}  // namespace

constinit const Operator softmax_operator{.name = "softmax",
                                          .run = run_softmax<digital::softmax>,
                                          .leading = LeadingAxis::any,
                                          .operations = softmax_operations,
                                          .access = Access::rows,
                                          .rows = softmax_rows};
constinit const Operator log_softmax_operator{.name = "log_softmax",
                                              .run = run_softmax<digital::log_softmax>,
                                              .leading = LeadingAxis::any,
                                              .operations = softmax_operations,
                                              .access = Access::rows,
                                              .rows = softmax_rows};
constinit const Operator hardmax_operator{
    .name = "hardmax", .run = run_hardmax, .leading = LeadingAxis::any, .access = Access::rows, .rows = softmax_rows};

const OperatorFamily& softmax_family() {
  static const OperatorFamily family{"softmax",
                                     {&softmax_operator, &log_softmax_operator, &hardmax_operator},
                                     {{.op_type = "Softmax", .import = import_softmax<Softmax::Kind::plain>},
                                      {.op_type = "LogSoftmax", .import = import_softmax<Softmax::Kind::logarithm>},
                                      {.op_type = "Hardmax", .import = import_hardmax}}};
  return family;
}

}  // namespace mho::workloads
