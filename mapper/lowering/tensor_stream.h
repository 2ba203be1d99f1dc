#pragma once

#include <string>
#include <vector>

#include "mapper/lowering/dataflow.h"
#include "mapper/lowering/geometry.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// Order of the elements of a tensor in the stream of positions from its producer.
enum class Arrangement {
  direct,     ///< position p, channel c is element (p, c) of the tensor
  flattened,  ///< position p, channel c is element c * positions + p
  opaque,     ///< another order; readers need the whole tensor
};

/// Part of a stream: a stage that computes some of its channels, of all positions or of a share of them.
struct StreamPart {
  int stage = 0;
  int channel_begin = 0;
  int channel_end = 0;
  int from = 0;  ///< index of the first channel among the stage's values of a position
  Share share = {};
  int only_at = -1;  ///< position of the stage that computes the only position of the stream; -1: position by position
};

/// A tensor as a sequence of positions, each a vector of channels.
struct TensorStream {
  std::vector<StreamPart> parts;
  Plane plane;
  int channels = 0;
  Arrangement arrangement = Arrangement::direct;
  Elements elements = nullptr;  ///< null unless the lowering is traced
  bool rounded = false;         ///< see StageInput::rounded
  [[nodiscard]] int positions() const { return plane.positions(); }
};

/// Division of tensors into positions. In a network with two-dimensional windows, [F,C,H,W] has F x H x W positions of C channels, frame by frame;
/// with one-dimensional windows, [F,C,L] has F x L positions of C channels. Else, a sequence [1,T,...] or [T,1,...] of the network's T time steps has
/// T positions, and another tensor of rank 3 or more has one position for each index of its leading axes. [1,K] is one position.
class Positions {
 public:
  explicit Positions(const workloads::Network& network);
  /// Plane and channels of a tensor of this shape, without parts.
  [[nodiscard]] TensorStream of(const workloads::Shape& shape) const;
  /// Whether tensors of this rank are planes of channels, [1,C,H,W] or [1,C,L].
  [[nodiscard]] bool channels_first(std::size_t rank) const;
  /// Order of the elements of a tensor of this shape in the stream of().
  [[nodiscard]] Elements order(const workloads::Shape& shape) const;
  /// Whether every position of a tensor of this shape holds whole rows along `axis` and the axes behind it. A negative axis counts from the end.
  [[nodiscard]] bool within(const workloads::Shape& shape, int axis) const;

 private:
  bool channels_first_in_rank_3_ = false, channels_first_in_rank_4_ = false;
  std::int64_t steps_ = 0;  ///< length of the network's input sequence
};

/// The stream of the same elements under another shape: after reshape, flatten, squeeze, unsqueeze or transpose. `as`: stream of the new shape.
/// `order_kept`: the order of elements is unchanged. `channel_major`: the tensor is stored channel by channel.
TensorStream viewed(const TensorStream& stream, const TensorStream& as, bool order_kept, bool channel_major);

}  // namespace mho::mapper
