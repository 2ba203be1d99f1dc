#include "mapper/lowering/tensor_stream.h"

#include <algorithm>

#include "workloads/graph/operator.h"

namespace mho::mapper {

Positions::Positions(const workloads::Network& network) {
  const auto shape = [&](int value) -> const workloads::Shape& { return network.values[static_cast<std::size_t>(value)].shape; };
  const auto windows_of_rank = [&](std::size_t rank) {
    return std::ranges::any_of(network.nodes, [&](const workloads::Node& node) { return node.op->over_planes && shape(node.output).size() == rank; });
  };
  channels_first_in_rank_3_ = windows_of_rank(3);
  channels_first_in_rank_4_ = windows_of_rank(4);
  const workloads::Shape& in = shape(network.input);
  if (in.size() == 2 || in.size() == 3) steps_ = in[0] == 1 ? in[1] : in[0];
}

bool Positions::channels_first(std::size_t rank) const {
  return (rank == 3 && channels_first_in_rank_3_) || (rank == 4 && channels_first_in_rank_4_);
}

TensorStream Positions::of(const workloads::Shape& shape) const {
  const auto size = [&](std::size_t axis) { return static_cast<int>(shape.at(axis)); };
  TensorStream stream;
  stream.plane = {1, 1};
  const auto elements = static_cast<int>(workloads::element_count(shape));
  if (channels_first(shape.size())) {
    stream.channels = size(1);
    stream.plane = shape.size() == 4 ? Plane{size(2), size(3), size(0)} : Plane{1, size(2), size(0)};
  } else if (shape.size() < 3) {
    stream.channels = elements;
  } else {
    // A sequence of the network's time steps, batch first or time first; otherwise one vector for each index of the leading axes.
    const bool in_steps = (shape[0] == 1 && shape[1] == steps_) || (shape[0] == steps_ && shape[1] == 1);
    stream.plane.width = in_steps ? static_cast<int>(steps_) : elements / static_cast<int>(shape.back());
    stream.channels = elements / stream.plane.width;
  }
  return stream;
}

Elements Positions::order(const workloads::Shape& shape) const {
  const TensorStream stream = of(shape);
  const int of_frame = stream.plane.height * stream.plane.width;
  return channels_first(shape.size()) ? product_order(stream.positions(), stream.channels, of_frame)
                                      : position_major(stream.positions(), stream.channels);
}

bool Positions::within(const workloads::Shape& shape, int axis) const {
  const auto rank = static_cast<int>(shape.size());
  const int at = axis < 0 ? axis + rank : axis;
  if (channels_first(shape.size())) return at == 1;
  std::int64_t row = 1;
  for (int i = at; i < rank; ++i) row *= shape[static_cast<std::size_t>(i)];
  return row <= of(shape).channels;
}

TensorStream viewed(const TensorStream& stream, const TensorStream& as, bool order_kept, bool channel_major) {
  TensorStream view = stream;
  const bool same = stream.plane == as.plane && stream.channels == as.channels;
  if (order_kept && same && stream.arrangement == Arrangement::direct) return view;
  if (stream.positions() == 1 && order_kept) return view;  // one vector stays one vector in every shape
  const bool row_of_all = as.positions() == 1;
  view.arrangement =
      order_kept && channel_major && row_of_all && stream.arrangement != Arrangement::opaque && stream.positions() > 1 && stream.plane.frames == 1
          ? Arrangement::flattened
          : Arrangement::opaque;
  return view;
}

}  // namespace mho::mapper
