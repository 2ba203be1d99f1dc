#include "workloads/graph/operator.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace mho::workloads {

void run_digital(const Network& network, const Node& node, std::span<const std::span<const float>> inputs, std::span<float> y) {
  if (node.op == nullptr || node.op->run == nullptr || node.on_tiles()) {
    throw std::logic_error("node " + node.name + " (" + node.operation + ") runs on tiles, not digitally");
  }
  const auto count = static_cast<std::size_t>(frames(network, node));
  if (count == 1) return node.op->run({network, node, inputs}, y);
  const auto one_of = [&](int value) {
    Shape shape = network.values[static_cast<std::size_t>(value)].shape;
    shape.front() = 1;
    return shape;
  };
  const std::array<Shape, 2> shapes{one_of(node.inputs.at(0)), one_of(node.output)};
  std::vector<std::span<const float>> own(inputs.begin(), inputs.end());
  const std::size_t in = inputs[0].size() / count, out = y.size() / count;
  for (std::size_t frame = 0; frame < count; ++frame) {
    own[0] = inputs[0].subspan(frame * in, in);
    node.op->run({network, node, own, shapes}, y.subspan(frame * out, out));
  }
}

std::int64_t frames(const Network& network, const Node& node) {
  if (node.op->leading != LeadingAxis::frames) return 1;
  const Shape& shape = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  return shape.size() < 2 ? 1 : shape.front();
}

std::vector<std::int64_t> axes_along(const Network& network, const Node& node, std::size_t input) {
  if (node.op->along != nullptr) return node.op->along(network, node, input);
  return node.op->rows != nullptr && input == 0 ? node.op->rows(network, node).axes : std::vector<std::int64_t>();
}

std::size_t elements_between(const Shape& shape, std::size_t begin, std::size_t end) {
  std::size_t count = 1;
  for (std::size_t i = begin; i < end; ++i) count *= static_cast<std::size_t>(shape[i]);
  return count;
}

Shape row_major_steps(const Shape& shape) {
  Shape steps(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) steps[i - 1] = steps[i] * shape[i];
  return steps;
}

void copy_strided(const Shape& out, const Shape& from_steps, std::span<const float> x, std::span<float> y) {
  Shape index(out.size(), 0);
  std::int64_t at = 0;
  for (float& value : y) {
    value = x[static_cast<std::size_t>(at)];
    for (std::size_t axis = out.size(); axis-- > 0;) {
      at += from_steps[axis];
      if (++index[axis] < out[axis]) break;
      at -= from_steps[axis] * out[axis];
      index[axis] = 0;
    }
  }
}

std::int64_t inputs_per_output(const Network& network, const Node& node) {
  const auto elements = [&](int value) { return element_count(network.values[static_cast<std::size_t>(value)].shape); };
  const auto activation = std::ranges::find_if(node.inputs, [&](int value) { return !network.values[static_cast<std::size_t>(value)].constant; });
  const std::int64_t in = activation == node.inputs.end() ? 0 : elements(*activation), out = std::max<std::int64_t>(1, elements(node.output));
  return (in + out - 1) / out;
}

}  // namespace mho::workloads
