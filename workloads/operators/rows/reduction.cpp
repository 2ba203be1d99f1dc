#include "workloads/operators/rows/reduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>

#include "periphery/digital/reduction.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

void run_reduction(const Operands& in, std::span<float> y) {
  const auto& own = in.node.as<Reduce>();
  const std::span<const float> x = in.inputs[0];
  const Shape& shape = in.shape(0);
  if (own.axes.empty()) {
    std::copy(x.begin(), x.end(), y.begin());
    return;
  }
  const auto first = static_cast<std::size_t>(own.axes.front()), end = static_cast<std::size_t>(own.axes.back()) + 1;
  if (end - first == own.axes.size()) {
    digital::reduce(own.reduction, x, elements_between(shape, 0, first), elements_between(shape, first, end),
                    elements_between(shape, end, shape.size()), y);
    return;
  }
  // If the reduced axes are not adjacent, they are moved to the end first.
  const Shape steps = row_major_steps(shape);
  Shape moved, from;
  for (const bool reduced : {false, true}) {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (std::ranges::count(own.axes, static_cast<std::int64_t>(i)) != (reduced ? 1 : 0)) continue;
      moved.push_back(shape[i]);
      from.push_back(steps[i]);
    }
  }
  std::vector<float> ordered(x.size());
  copy_strided(moved, from, x, ordered);
  digital::reduce(own.reduction, ordered, y.size(), y.empty() ? 0 : x.size() / y.size(), 1, y);
}

std::int64_t reduction_operations(const Network& network, const Node& node) {
  const std::int64_t reduced = inputs_per_output(network, node);
  if (node.as<Reduce>().reduction != digital::Reduction::log_sum_of_exponentials) return reduced + 1;
  return (exponential_operations + 2) * reduced + exponential_operations;
}

Rows reduction_rows(const Network& /*network*/, const Node& node) { return {node.as<Reduce>().axes}; }

std::optional<int> behind_reduced(const Node& node, const Shape& /*in*/, int axis, const Shape& /*out*/) {
  const auto& own = node.as<Reduce>();
  const auto before = std::ranges::count_if(own.axes, [&](std::int64_t reduced) { return reduced < axis; });
  return own.keepdims ? axis : axis - static_cast<int>(before);
}

struct NamedReduction {
  std::string_view op_type;
  digital::Reduction reduction;
};

constexpr NamedReduction named_reductions[] = {
    {"ReduceL1", digital::Reduction::l1},          {"ReduceL2", digital::Reduction::l2},
    {"ReduceLogSum", digital::Reduction::log_sum}, {"ReduceLogSumExp", digital::Reduction::log_sum_of_exponentials},
    {"ReduceMax", digital::Reduction::maximum},    {"ReduceMean", digital::Reduction::mean},
    {"ReduceMin", digital::Reduction::minimum},    {"ReduceProd", digital::Reduction::product},
    {"ReduceSum", digital::Reduction::sum},        {"ReduceSumSquare", digital::Reduction::sum_of_squares},
};

digital::Reduction reduction_of(const OnnxNode& node) {
  return std::ranges::find(named_reductions, node.op_type(), &NamedReduction::op_type)->reduction;
}

void import_reduce(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape shape = graph.value(x).shape;
  Reduce result;
  result.keepdims = node.integer("keepdims", 1) != 0;
  result.reduction = reduction_of(node);
  result.axes = graph.axes(node, node.op_type() == "ReduceSum" ? 13 : 18);
  for (std::int64_t& axis : result.axes) axis = normal_axis(node, axis, shape.size());
  if (result.axes.empty() && node.integer("noop_with_empty_axes", 0) == 0) {
    result.axes.resize(shape.size());
    std::iota(result.axes.begin(), result.axes.end(), 0);
  }
  std::sort(result.axes.begin(), result.axes.end());
  result.axes.erase(std::unique(result.axes.begin(), result.axes.end()), result.axes.end());
  Shape out;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool reduced = std::ranges::count(result.axes, static_cast<std::int64_t>(i)) > 0;
    if (!reduced || result.keepdims) out.push_back(reduced ? 1 : shape[i]);
  }
  graph.add(node, node_of(node, reduce_operator, std::move(result), {x}), std::move(out));
}

}  // namespace

constinit const Operator reduce_operator{.name = "reduce",
                                         .run = run_reduction,
                                         .leading = LeadingAxis::any,
                                         .count = reduction_operations,
                                         .access = Access::rows,
                                         .accumulates = true,
                                         .rows = reduction_rows,
                                         .batch_axis = behind_reduced};

const OperatorFamily& reduction_family() {
  static const OperatorFamily family = [] {
    OperatorFamily made{"reduction", {&reduce_operator}, {}};
    for (const NamedReduction& named : named_reductions) made.importers.push_back({.op_type = named.op_type, .import = import_reduce});
    return made;
  }();
  return family;
}

int reduce_step(OnnxBuilder& graph, const OnnxNode& node, digital::Reduction reduction, int x, std::vector<std::int64_t> axes, bool keepdims,
                int& step) {
  Shape out;
  for (std::size_t i = 0; i < graph.value(x).shape.size(); ++i) {
    const bool reduced = std::ranges::count(axes, static_cast<std::int64_t>(i)) > 0;
    if (!reduced || keepdims) out.push_back(reduced ? 1 : graph.value(x).shape[i]);
  }
  return graph.add_step(node, node_of(node, reduce_operator, Reduce{reduction, std::move(axes), keepdims}, {x}), std::move(out), step);
}

}  // namespace mho::workloads
