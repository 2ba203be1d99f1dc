#pragma once

#include <string>
#include <vector>

#include "mapper/lowering/dataflow.h"
#include "mapper/lowering/geometry.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// How a tensor of one sample lies in the stream of positions that its producer makes.
enum class Arrangement {
  direct,     ///< position p, channel c is the tensor's own element (p, c)
  flattened,  ///< the tensor lists channel by channel, all positions of each: element c * positions + p
  opaque,     ///< in another order: whoever reads it needs everything
};

/// Part of a stream: a stage that makes some of its channels, of all positions or of a share of them.
struct StreamPart {
  int stage = 0;
  int channel_begin = 0;
  int channel_end = 0;
  int from = 0;  ///< of the stage's values of a position: where these channels begin
  Share share = {};
  int only_at = -1;  ///< the stage makes the stream's one position with this one of its own; -1: position by position
};

/// A tensor as positions (each a vector of channels) that arrive one after the other.
struct TensorStream {
  std::vector<StreamPart> parts;
  Plane plane;
  int channels = 0;
  Arrangement arrangement = Arrangement::direct;
  Elements elements = nullptr;  ///< null unless the lowering is traced
  bool rounded = false;         ///< StageInput::rounded
  [[nodiscard]] int positions() const { return plane.positions(); }
};

/// How tensors are cut into positions. In a network with two-dimensional windows [1,C,H,W] is H x W positions of C channels, with one-dimensional
/// ones [1,C,L] L of C, and frames in the place of the 1 follow each other. Else sequences [1,T,...] or [T,1,...] of the network's T time steps are T
/// positions, and other tensors of rank 3 and more one position for each place of their leading axes. [1,K] is one position.
class Positions {
 public:
  explicit Positions(const workloads::Network& network);
  /// Plane and channels of a tensor of this shape, without parts.
  [[nodiscard]] TensorStream of(const workloads::Shape& shape) const;
  /// Whether tensors of this rank are planes of channels, [1,C,H,W] or [1,C,L].
  [[nodiscard]] bool channels_first(std::size_t rank) const;
  /// The order of a tensor of this shape in the stream of().
  [[nodiscard]] Elements order(const workloads::Shape& shape) const;
  /// Whether every position of such a tensor holds whole rows along `axis` and the axes after it.
  [[nodiscard]] bool within(const workloads::Shape& shape, int axis) const;

 private:
  bool channels_first_in_rank_3_ = false, channels_first_in_rank_4_ = false;
  std::int64_t steps_ = 0;  ///< length of the network's input sequence
};

/// The same tensor under another shape: reshape, flatten, squeeze, unsqueeze, transpose. `channel_major`: it lists channel by channel.
TensorStream viewed(const TensorStream& stream, const TensorStream& as, bool order_kept, bool channel_major);

}  // namespace mho::mapper
