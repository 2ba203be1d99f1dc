#pragma once

#include "mapper/lowering/geometry.h"
#include "mapper/lowering/tensor_stream.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// Access of nodes to their input streams: position by position, by windows, or all at once. Both references outlive the object.
class AccessPattern {
 public:
  AccessPattern(const workloads::Network& network, const Positions& positions) : network_(network), positions_(positions) {}
  /// Schedule of one input of an element-wise, windowed or reducing digital node.
  [[nodiscard]] AccessSchedule schedule_of(const workloads::Node& node, const TensorStream& input, const TensorStream& output) const;
  /// Access of a product with a trained matrix, without time steps, to its input.
  struct ProductAccess {
    AccessSchedule schedule;
    bool row_by_row = false;  ///< each block reads only the channels of its matrix rows (channels_of_rows); else all channels
  };
  [[nodiscard]] ProductAccess access_of_product(const workloads::Node& node, const TensorStream& input, const TensorStream& output) const;

 private:
  /// Whether a stream has the plane and channels of the tensor `value` itself. False if the stream was only reshaped, for example a vector that is
  /// read as planes.
  [[nodiscard]] bool own_cut(int value, const TensorStream& stream) const;
  /// Whether a position of the output may depend on any position of the input.
  [[nodiscard]] bool reads_all(const workloads::Node& node, const TensorStream& input) const;
  /// Whether each position of a direct stream holds whole rows along the axes that the node works on, for the shape of tensor `value`.
  [[nodiscard]] bool holds_rows(const workloads::Node& node, int value, const TensorStream& input) const;
  [[nodiscard]] const workloads::Shape& shape(int value) const { return network_.values[static_cast<std::size_t>(value)].shape; }
  const workloads::Network& network_;
  const Positions& positions_;
};

/// Whether a transposition keeps the order of elements: only axes of length 1 move.
[[nodiscard]] bool keeps_order(const workloads::Network& network, const workloads::Node& node);
/// Channels [first, end) of `stream` that rows [begin, end) of the matrix read, if ProductAccess::row_by_row.
[[nodiscard]] std::pair<int, int> channels_of_rows(const workloads::Node& node, const TensorStream& stream, int begin, int end);
/// With windows: positions per frame. Else: number of elements of the axes behind the axis that the matrix sums over.
[[nodiscard]] int inner_positions(const workloads::Network& network, const workloads::Node& node);

}  // namespace mho::mapper
