#pragma once

#include "mapper/lowering/geometry.h"
#include "mapper/lowering/tensor_stream.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// How digital nodes read the streams that come in: position by position, by windows, or all at once. Both references must outlive it.
class AccessPattern {
 public:
  AccessPattern(const workloads::Network& network, const Positions& positions) : network_(network), positions_(positions) {}
  /// How an element-wise, windowed or reducing digital node reads one of its inputs.
  [[nodiscard]] AccessSchedule schedule_of(const workloads::Node& node, const TensorStream& input, const TensorStream& output) const;
  /// How an analog node without time steps reads its input, of which `positions` make its output.
  struct ProductAccess {
    AccessSchedule schedule;
    bool row_by_row = false;  ///< a position of the output reads channels that follow from the rows of its matrix (channels_of_rows), else all
  };
  [[nodiscard]] ProductAccess access_of_product(const workloads::Node& node, const TensorStream& input, const TensorStream& output) const;

 private:
  /// Whether a stream is cut as its tensor `value` is by itself: not so where a vector is only shown as planes.
  [[nodiscard]] bool own_cut(int value, const TensorStream& stream) const;
  /// Whether a position of the output may depend on any position of the input, unless it is cut so that rows stay together.
  [[nodiscard]] bool reads_all(const workloads::Node& node, const TensorStream& input) const;
  /// Whether every position of a direct stream of the node's input holds whole rows of what the node works along, counted on tensor `value`.
  [[nodiscard]] bool holds_rows(const workloads::Node& node, int value, const TensorStream& input) const;
  [[nodiscard]] const workloads::Shape& shape(int value) const { return network_.values[static_cast<std::size_t>(value)].shape; }
  const workloads::Network& network_;
  const Positions& positions_;
};

/// Whether a node that moves axes leaves the elements in their order: only axes of length 1 change places.
[[nodiscard]] bool keeps_order(const workloads::Network& network, const workloads::Node& node);
/// Channels of `stream` that rows [begin, end) of an analog node's matrix read, where it reads row by row.
[[nodiscard]] std::pair<int, int> channels_of_rows(const workloads::Node& node, const TensorStream& stream, int begin, int end);
/// Positions of an analog node that lie inside one another's axes: of a window those of a frame, else elements after the axis that its matrix sums
/// over.
[[nodiscard]] int inner_positions(const workloads::Network& network, const workloads::Node& node);

}  // namespace mho::mapper
