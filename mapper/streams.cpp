#include "mapper/streams.h"

#include <algorithm>

namespace mho::mapper {

namespace {

bool is_window(workloads::Operator op) {
  using workloads::Operator;
  return op == Operator::conv || op == Operator::max_pool || op == Operator::average_pool || op == Operator::global_pool;
}

}  // namespace

Positions::Positions(const workloads::Network& network) {
  channels_first_in_rank_3_ = std::ranges::any_of(network.nodes, [&](const workloads::Node& node) {
    return is_window(node.op) && network.values[static_cast<std::size_t>(node.output)].shape.size() == 3;
  });
}

Stream Positions::of(const workloads::Shape& shape) const {
  const auto size = [&](std::size_t axis) { return static_cast<int>(shape.at(axis)); };
  Stream stream;
  if (shape.size() == 4) {
    stream.channels = size(1);
    stream.plane = {size(2), size(3)};
  } else if (shape.size() == 3) {
    // Sequences come batch first or time first; either way one of the two is the single sample.
    stream.channels = channels_first_in_rank_3_ ? size(1) : size(2);
    stream.plane = {1, channels_first_in_rank_3_ ? size(2) : size(0) * size(1)};
  } else {
    stream.channels = static_cast<int>(workloads::element_count(shape));
    stream.plane = {1, 1};
  }
  return stream;
}

Stream viewed(const Stream& stream, const Stream& as, bool order_kept) {
  Stream view = stream;
  const bool same = stream.plane.height == as.plane.height && stream.plane.width == as.plane.width && stream.channels == as.channels;
  if (order_kept && same && stream.arrangement == Arrangement::direct) return view;
  if (stream.positions() == 1 && order_kept) return view;  // one vector stays one vector, whatever its shape is called
  const bool row_of_all = as.positions() == 1;
  view.arrangement = order_kept && row_of_all && stream.arrangement != Arrangement::opaque && stream.plane.height * stream.plane.width > 1
                         ? Arrangement::flattened
                         : Arrangement::opaque;
  return view;
}

}  // namespace mho::mapper
