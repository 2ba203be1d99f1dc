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
  if (direct && node.op->access == Access::window) {
    if (const auto window = node.op->window(node)) return windowed(*window, input.plane, output.plane);
  }
  if (direct && !reads_all(node, input) && input.positions() == output.positions()) return one_to_one(output.positions());
  return all_at_once(input.positions(), output.positions());
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
  if (stream.arrangement == Arrangement::opaque) return {0, stream.channels};
  int rows_per_channel = 1;
  if (const workloads::Window* window = node.window()) {
    if (stream.arrangement != Arrangement::direct) return {0, stream.channels};
    rows_per_channel = window->kernel[0] * window->kernel[1];
  } else if (stream.arrangement == Arrangement::flattened) {
    rows_per_channel = stream.positions();
  }
  return {begin / rows_per_channel, (end - 1) / rows_per_channel + 1};
}

int inner_positions(const workloads::Network& network, const Node& node) {
  const auto& lengths = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  return static_cast<int>(workloads::element_count(workloads::Shape(lengths.begin() + node.product_axis() + 1, lengths.end())));
}

}  // namespace mho::mapper
