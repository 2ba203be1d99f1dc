#include "workloads/operators/rows/pooling.h"

#include <fmt/format.h>

#include <algorithm>

#include "periphery/digital/pooling.h"
#include "periphery/digital/reduction.h"
#include "workloads/onnx/onnx_window.h"
#include "workloads/operators/elements/binary.h"
#include "workloads/operators/elements/functions.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

using Kernel = void (*)(std::span<const float> x, std::array<int, 2> size, const digital::PoolWindow& window, std::array<int, 2> out_size,
                        std::span<float> y);

template <Kernel kernel>
void run_pooling(const Operands& operands, std::span<float> y) {
  const Shape &in = operands.shape(0), &out = operands.output_shape();
  const std::span<const float> x = operands.inputs[0];
  const bool plane = in.size() == 4;
  const std::array<int, 2> size{plane ? static_cast<int>(in[2]) : 1, static_cast<int>(in.back())};
  const std::array<int, 2> out_size{plane ? static_cast<int>(out[2]) : 1, static_cast<int>(out.back())};
  const Window& w = operands.node.as<Pool>().window;
  const digital::PoolWindow window{w.kernel, w.stride, w.dilation, w.pad_begin, w.pad_end, w.count_include_pad, operands.node.as<Pool>().order};
  const auto area = [](const std::array<int, 2>& lengths) { return static_cast<std::size_t>(lengths[0]) * static_cast<std::size_t>(lengths[1]); };
  const std::size_t from = area(size), to = area(out_size);
  for (std::size_t c = 0; c < static_cast<std::size_t>(in[0] * in[1]); ++c) {
    kernel(x.subspan(c * from, from), size, window, out_size, y.subspan(c * to, to));
  }
}

void run_global(const Operands& in, std::span<float> y) {
  digital::reduce(in.node.as<GlobalPool>().reduction, in.inputs[0], y.size(), in.inputs[0].size() / y.size(), 1, y);
}

std::int64_t area(const Network& /*network*/, const Node& node) {
  const Window& window = node.as<Pool>().window;
  return static_cast<std::int64_t>(window.kernel[0]) * window.kernel[1];
}
std::int64_t area_and_division(const Network& network, const Node& node) { return area(network, node) + 1; }
std::int64_t plane_and_division(const Network& network, const Node& node) { return inputs_per_output(network, node) + 1; }

std::vector<std::int64_t> plane_axes(const Network& network, const Node& node, std::size_t /*input*/) {
  std::vector<std::int64_t> axes;
  const auto rank = static_cast<std::int64_t>(network.values[static_cast<std::size_t>(node.inputs[0])].shape.size());
  for (std::int64_t axis = 2; axis < rank; ++axis) axes.push_back(axis);
  return axes;
}

std::optional<Window> window_of(const Node& node) { return node.as<Pool>().window; }

/// The order p of the norm.
int order_of(const OnnxNode& node) {
  const std::int64_t order = node.integer("p", 2);
  constexpr std::int64_t highest = 64;
  if (order < 1 || order > highest) node.fail(fmt::format("its p is {}; 1 to {} is legal", order, highest));
  return static_cast<int>(order);
}

/// One power for each element under the window, and one root.
std::int64_t powers(const Network& network, const Node& node) {
  const int order = node.as<Pool>().order;
  return area(network, node) * (order <= 2 ? 2 : 2 * exponential_operations) + 2 * exponential_operations;
}

void check_padding(const OnnxNode& node, const Window& window) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const int extent = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
    if (window.pad_begin[axis] >= extent || window.pad_end[axis] >= extent) {
      node.fail(fmt::format("padding of {} and {} around a window of {}: some windows would cover padding only", window.pad_begin[axis],
                            window.pad_end[axis], extent));
    }
  }
}

const Operator& pool_operator(Pool::Kind kind) {
  return kind == Pool::Kind::maximum ? max_pool_operator : kind == Pool::Kind::average ? average_pool_operator : norm_pool_operator;
}

/// A window over a volume is a window over planes followed by one along the depth: a maximum of maxima, a mean of means, a norm of norms.
void pool_volume(OnnxBuilder& graph, const OnnxNode& node, int x, Pool::Kind kind, int order) {
  const Shape in = graph.value(x).shape;
  const auto [depth, plane] = read_volume_window(node, in, node.integers("kernel_shape"));
  check_padding(node, depth);
  check_padding(node, plane);
  int step = 1;
  x = reshape_step(graph, node, x, {in[0], in[1] * in[2], in[3], in[4]}, step);
  const Shape planes = windowed_shape(node, plane, graph.value(x).shape, in[1] * in[2]);
  x = graph.add_step(node, node_of(node, pool_operator(kind), Pool{kind, plane, order}, {x}), planes, step);
  x = reshape_step(graph, node, x, {in[0], in[1], in[2], planes[2] * planes[3]}, step);
  const Shape along = windowed_shape(node, depth, graph.value(x).shape, in[1]);
  x = graph.add_step(node, node_of(node, pool_operator(kind), Pool{kind, depth, order}, {x}), along, step);
  conclude(graph, node, reshape_step(graph, node, x, {in[0], in[1], along[2], planes[2], planes[3]}, step));
}

template <Pool::Kind kind>
void import_pool(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  if (!node.has("kernel_shape")) node.fail("attribute 'kernel_shape' is missing");
  if (node.integer("storage_order", 0) != 0) node.fail("storage_order 1 is not supported");
  const int order = kind == Pool::Kind::norm ? order_of(node) : 2;
  constexpr std::size_t axes_of_volumes = 5;
  if (in.size() == axes_of_volumes) return pool_volume(graph, node, x, kind, order);
  const Window window = read_window(node, in, node.integers("kernel_shape"));
  check_padding(node, window);
  Shape out = windowed_shape(node, window, in, in[1]);
  graph.add(node, node_of(node, pool_operator(kind), Pool{kind, window, order}, {x}), std::move(out));
}

void import_global_norm(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  const int order = order_of(node);
  const digital::Reduction sum = order == 2 ? digital::Reduction::l2 : order == 1 ? digital::Reduction::l1 : digital::Reduction::sum;
  Shape in = graph.value(x).shape, out = in;
  if (out.size() < 3) node.fail(fmt::format("input shape {}; batch, channels and at least one more axis are needed", shape_text(out)));
  std::fill(out.begin() + 2, out.end(), 1);
  if (order <= 2) return graph.add(node, node_of(node, global_pool_operator, GlobalPool{sum}, {x}), std::move(out));
  int step = 1;
  const int power = graph.add_constant(node.name() + ".p", {1}, {static_cast<float>(order)});
  const int root = graph.add_constant(node.name() + ".root", {1}, {1.0F / static_cast<float>(order)});
  x = binary_step(graph, node, digital::Binary::power, function_step(graph, node, digital::Function::abs, x, step), power, step);
  x = graph.add_step(node, node_of(node, global_pool_operator, GlobalPool{sum}, {x}), std::move(out), step);
  conclude(graph, node, binary_step(graph, node, digital::Binary::power, x, root, step));
}

template <digital::Reduction reduction>
void import_global_pool(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  Shape out = graph.value(x).shape;
  if (out.size() < 3) node.fail(fmt::format("input shape {}; batch, channels and at least one more axis are needed", shape_text(out)));
  std::fill(out.begin() + 2, out.end(), 1);
  graph.add(node, node_of(node, global_pool_operator, GlobalPool{reduction}, {x}), std::move(out));
}

}  // namespace

constinit const Operator max_pool_operator{.name = "max_pool",
                                           .run = run_pooling<digital::max_pool>,
                                           .leading = LeadingAxis::frames,
                                           .count = area,
                                           .access = Access::window,
                                           .over_planes = true,
                                           .accumulates = true,
                                           .window = window_of,
                                           .along = plane_axes};
constinit const Operator average_pool_operator{.name = "average_pool",
                                               .run = run_pooling<digital::average_pool>,
                                               .leading = LeadingAxis::frames,
                                               .count = area_and_division,
                                               .access = Access::window,
                                               .over_planes = true,
                                               .accumulates = true,
                                               .window = window_of,
                                               .along = plane_axes};
constinit const Operator norm_pool_operator{.name = "norm_pool",
                                            .run = run_pooling<digital::norm_pool>,
                                            .leading = LeadingAxis::frames,
                                            .count = powers,
                                            .access = Access::window,
                                            .over_planes = true,
                                            .accumulates = true,
                                            .window = window_of,
                                            .along = plane_axes};
constinit const Operator global_pool_operator{.name = "global_pool",
                                              .run = run_global,
                                              .leading = LeadingAxis::frames,
                                              .count = plane_and_division,
                                              .over_planes = true,
                                              .accumulates = true,
                                              .along = plane_axes};

const OperatorFamily& pooling_family() {
  using digital::Reduction;
  static const OperatorFamily family{"pooling",
                                     {&max_pool_operator, &average_pool_operator, &norm_pool_operator, &global_pool_operator},
                                     {{.op_type = "AveragePool", .import = import_pool<Pool::Kind::average>},
                                      {.op_type = "GlobalAveragePool", .import = import_global_pool<Reduction::mean>},
                                      {.op_type = "GlobalLpPool", .import = import_global_norm},
                                      {.op_type = "LpPool", .import = import_pool<Pool::Kind::norm>},
                                      {.op_type = "GlobalMaxPool", .import = import_global_pool<Reduction::maximum>},
                                      {.op_type = "MaxPool", .import = import_pool<Pool::Kind::maximum>}}};
  return family;
}

}  // namespace mho::workloads
