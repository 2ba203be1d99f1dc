// Normalisations that are made of plainer operators, and those along the channels.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

using periphery::digital::Function;
using periphery::digital::Reduction;

void OnnxGraph::group_normalization(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  const std::int64_t groups = node.integer("num_groups", 0);
  if (in.size() < 2 || groups < 1 || in[1] % groups != 0) {
    node.fail(fmt::format("input shape {} with {} groups; batch and a number of channels that is a multiple of the groups are needed", shape_text(in),
                          groups));
  }
  // A group is one channel of an instance normalisation. Parameters are one for each group, or one for each channel as later versions have them.
  const auto size = static_cast<std::int64_t>(constant(node, 1, "scale").data.size());
  if (size != static_cast<std::int64_t>(constant(node, 2, "shift").data.size()) || (size != groups && size != in[1])) {
    node.fail(fmt::format("its scale and shift have {} and {} values; {} of each, one for each group, are needed", size,
                          constant(node, 2, "shift").data.size(), groups));
  }
  const bool by_channel = size != groups;
  const auto all = [&](const char* what, float number) {
    return add_constant(fmt::format("{}.{}", node.name(), what), {groups}, std::vector<float>(static_cast<std::size_t>(groups), number));
  };
  int step = 1;
  const int grouped = reshape_step(node, x, {in[0], groups, element_count(in) / in[0] / groups}, step);
  Node instances = node_of(node, {grouped, by_channel ? all("ones", 1.0F) : input(node, 1), by_channel ? all("zeros", 0.0F) : input(node, 2)});
  instances.op = Operator::instance_normalization;
  instances.epsilon = node.real("epsilon", 1e-5F);
  const Shape group_shape = value(grouped).shape;
  int made = reshape_step(node, add_step(node, std::move(instances), group_shape, step++), in, step);
  if (by_channel) {
    Shape along(in.size() - 1, 1);
    along[0] = in[1];
    made = binary_step(node, Operator::mul, made, reshape_step(node, input(node, 1), along, step), step);
    made = binary_step(node, Operator::add, made, reshape_step(node, input(node, 2), along, step), step);
  }
  conclude(node, made);
}

void OnnxGraph::lp_normalization(const OnnxNode& node) {
  const int x = input(node, 0);
  const int axis = normal_axis(node, node.integer("axis", -1), value(x).shape.size());
  const std::int64_t p = node.integer("p", 2);
  if (p != 1 && p != 2) node.fail(fmt::format("p {}; legal are 1 and 2", p));
  keep_batch(node, x, axis, "normalises");
  int step = 1;
  const int norm = reduce_step(node, p == 1 ? Reduction::l1 : Reduction::l2, x, {axis}, true, step);
  // A row of zeros stays one.
  const int least = add_constant(node.name() + ".least", {1}, {std::numeric_limits<float>::min()});
  conclude(node, binary_step(node, Operator::div, x, binary_step(node, Operator::maximum, norm, least, step), step));
}

void OnnxGraph::mean_variance_normalization(const OnnxNode& node) {
  const int x = input(node, 0);
  std::vector<std::int64_t> axes = node.has("axes") ? node.integers("axes") : std::vector<std::int64_t>{0, 2, 3};
  for (std::int64_t& axis : axes) {
    axis = normal_axis(node, axis, value(x).shape.size());
    keep_batch(node, x, static_cast<int>(axis), "normalises");
  }
  std::ranges::sort(axes);
  int step = 1;
  const int difference = binary_step(node, Operator::sub, x, reduce_step(node, Reduction::mean, x, axes, true, step), step);
  const int variance = reduce_step(node, Reduction::mean, binary_step(node, Operator::mul, difference, difference, step), axes, true, step);
  const int deviation = function_step(node, Function::square_root, variance, step);
  // The operator's definition has this very addend.
  const int positive = binary_step(node, Operator::add, deviation, add_constant(node.name() + ".epsilon", {1}, {1e-9F}), step);
  conclude(node, binary_step(node, Operator::div, difference, positive, step));
}

void OnnxGraph::local_response_normalization(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  if (in.size() < 2) node.fail(fmt::format("input shape {}; batch and channels are needed", shape_text(in)));
  Node result = node_of(node, {x});
  constexpr std::int64_t largest_size = 1 << 15;
  const std::int64_t size = node.integer("size", 0);
  if (size < 1 || size > largest_size) node.fail(fmt::format("size {}; 1 to {} is legal", size, largest_size));
  result.axis = 1;
  result.axes = {size};
  result.alpha = node.real("alpha", 1e-4F);
  result.beta = node.real("beta", 0.75F);
  result.epsilon = node.real("bias", 1.0F);
  add(node, std::move(result), in);
}

void OnnxGraph::hardmax(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape shape = value(x).shape;
  // Before version 13 everything from the axis on is one row.
  const bool flattens = opset_ < 13;
  Node result = node_of(node, {x});
  result.axis = normal_axis(node, node.integer("axis", flattens ? 1 : -1), shape.size());
  result.axes.resize(flattens ? shape.size() - static_cast<std::size_t>(result.axis) : 1);
  std::iota(result.axes.begin(), result.axes.end(), result.axis);
  keep_batch(node, x, result.axis, "compares");
  add(node, std::move(result), shape);
}

}  // namespace mho::workloads
