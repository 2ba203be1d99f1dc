#include "mapper/lowering/access_pattern.h"

#include <variant>

#include "workloads/graph/operator.h"

namespace mho::mapper {

using workloads::Access;
using workloads::Node;

bool AccessPattern::reads_all(const Node& node, const TensorStream& input) const {
  switch (node.op->access) {
    case Access::position:
      return false;
    case Access::rows:
      return !holds_rows(node, node.inputs.at(0), input);
    case Access::joined:
      return !holds_rows(node, node.output, input);
    case Access::window:
    case Access::everything:
      return true;
  }
  return true;
}

AccessSchedule AccessPattern::schedule_of(const Node& node, const TensorStream& input, const TensorStream& output) const {
  const bool direct = input.arrangement == Arrangement::direct;
  if (direct && node.op->access == Access::window && positions_.channels_first(shape(node.inputs.at(0)).size()) &&
      own_cut(node.inputs.at(0), input)) {
    if (const auto window = node.op->window(node)) return windowed(*window, input.plane, output.plane);
  }
  if (direct && !reads_all(node, input) && input.positions() == output.positions()) return one_to_one(output.positions());
  return all_at_once(input.positions(), output.positions());
}

AccessPattern::ProductAccess AccessPattern::access_of_product(const Node& node, const TensorStream& input, const TensorStream& output) const {
  const int value = node.inputs.at(0), positions = output.positions();
  const bool direct = input.arrangement == Arrangement::direct && own_cut(value, input);
  if (const workloads::Window* window = node.window()) {
    if (direct) return {windowed(*window, input.plane, output.plane), true};
  } else {
    const workloads::Shape& in = shape(value);
    const auto axis = static_cast<std::size_t>(node.product_axis());
    const bool along_channels = positions_.channels_first(in.size()) ? axis == 1 : axis + 1 == in.size();
    const bool whole = positions == 1 && input.arrangement != Arrangement::opaque;
    if (whole || (direct && along_channels && input.channels == in[axis] && input.positions() == positions)) {
      return {input.positions() == positions ? one_to_one(positions) : all_at_once(input.positions(), positions), true};
    }
  }
  return {all_at_once(input.positions(), positions), false};
}

bool AccessPattern::own_cut(int value, const TensorStream& stream) const {
  const TensorStream own = positions_.of(shape(value));
  return own.plane == stream.plane && own.channels == stream.channels;
}

bool AccessPattern::holds_rows(const Node& node, int value, const TensorStream& input) const {
  const workloads::Rows rows = node.op->rows(network_, node);
  return input.arrangement == Arrangement::direct && rows.whole_positions && !rows.axes.empty() &&
         positions_.within(shape(value), static_cast<int>(rows.axes.front()));
}

bool keeps_order(const workloads::Network& network, const Node& node) {
  const auto* moved = std::get_if<workloads::Permutation>(&node.attributes);
  if (moved == nullptr) return true;
  const auto& lengths = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  if (moved->axes.size() != lengths.size()) return false;
  std::int64_t last = -1;
  for (const std::int64_t axis : moved->axes) {
    if (lengths[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

std::pair<int, int> channels_of_rows(const Node& node, const TensorStream& stream, int begin, int end) {
  int rows_per_channel = 1;
  if (const workloads::Window* window = node.window()) {
    rows_per_channel = window->kernel[0] * window->kernel[1];
  } else if (stream.arrangement == Arrangement::flattened) {
    rows_per_channel = stream.positions();
  }
  return {begin / rows_per_channel, (end - 1) / rows_per_channel + 1};
}

int inner_positions(const workloads::Network& network, const Node& node) {
  if (node.window() != nullptr) return static_cast<int>(network.positions(node) / workloads::frames(network, node));
  const auto& lengths = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  return static_cast<int>(workloads::element_count(workloads::Shape(lengths.begin() + node.product_axis() + 1, lengths.end())));
}

}  // namespace mho::mapper
