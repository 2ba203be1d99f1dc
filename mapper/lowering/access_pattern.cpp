#include "mapper/lowering/access_pattern.h"

namespace mho::mapper {

using workloads::Node;
using workloads::Operator;

bool AccessPattern::reads_all(const Node& node, const TensorStream& input) const {
  switch (node.op) {
    case Operator::pad:
    case Operator::global_pool:
    case Operator::take:
    case Operator::row_at:
    case Operator::embed:
    case Operator::where:
    case Operator::instance_normalization:
    case Operator::gather_elements:
    case Operator::gather_nd:
    case Operator::scatter_elements:
    case Operator::scatter_nd:
    case Operator::interpolate:
    case Operator::overlap_add:
      return true;
    case Operator::matmul:
      return !node.on_tiles();
    case Operator::reduce:
      return !reduces_within(node, input);
    case Operator::softmax:
    case Operator::log_softmax:
    case Operator::hardmax:
    case Operator::concat:
    case Operator::cumulative_sum:
    case Operator::extreme_index:
    case Operator::top_k:
    case Operator::top_k_indices:
      return !along_channels(node, input);
    case Operator::layer_normalization:
      return !(along_channels(node, input) && is_last_axis(node));
    default:
      return false;
  }
}

AccessSchedule AccessPattern::schedule_of(const Node& node, const TensorStream& input, const TensorStream& output) const {
  const bool windowed_op = node.op == Operator::max_pool || node.op == Operator::average_pool;
  if (input.arrangement == Arrangement::direct) {
    if (windowed_op) return windowed(node.window, input.plane, output.plane);
    if (node.op == Operator::pad && node.pads.size() == 8) {
      workloads::Window shift;
      shift.pad_begin = {static_cast<int>(node.pads[2]), static_cast<int>(node.pads[3])};
      return windowed(shift, input.plane, output.plane);
    }
  }
  const bool reorders = windowed_op || reads_all(node, input);
  if (!reorders && input.arrangement == Arrangement::direct && input.positions() == output.positions()) return one_to_one(output.positions());
  return all_at_once(input.positions(), output.positions());
}

bool AccessPattern::reduces_within(const Node& node, const TensorStream& input) const {
  return input.arrangement == Arrangement::direct && !node.axes.empty() &&
         positions_.within(shape(node.inputs.at(0)), static_cast<int>(node.axes.front()));
}

bool AccessPattern::is_last_axis(const Node& node) const { return node.axis == -1 || node.axis + 1 == static_cast<int>(shape(node.output).size()); }

bool AccessPattern::along_channels(const Node& node, const TensorStream& input) const {
  if (input.arrangement != Arrangement::direct) return input.positions() == 1;
  return positions_.within(shape(node.op == Operator::concat ? node.output : node.inputs.at(0)), node.axis);
}

bool keeps_order(const workloads::Network& network, const Node& node) {
  if (node.op != Operator::transpose) return true;
  const auto& lengths = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  if (node.axes.size() != lengths.size()) return false;
  std::int64_t last = -1;
  for (const std::int64_t axis : node.axes) {
    if (lengths[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

std::pair<int, int> channels_of_rows(const Node& node, const TensorStream& stream, int begin, int end) {
  if (stream.arrangement == Arrangement::opaque) return {0, stream.channels};
  int rows_per_channel = 1;
  if (node.op == Operator::conv) {
    if (stream.arrangement != Arrangement::direct) return {0, stream.channels};
    rows_per_channel = node.window.kernel[0] * node.window.kernel[1];
  } else if (stream.arrangement == Arrangement::flattened) {
    rows_per_channel = stream.positions();
  }
  return {begin / rows_per_channel, (end - 1) / rows_per_channel + 1};
}

int inner_positions(const workloads::Network& network, const Node& node) {
  const auto& lengths = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  return static_cast<int>(workloads::element_count(workloads::Shape(lengths.begin() + node.axis + 1, lengths.end())));
}

}  // namespace mho::mapper
