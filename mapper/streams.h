#pragma once

#include <string>
#include <vector>

#include "mapper/geometry.h"
#include "workloads/network.h"

namespace mho::mapper {

/// How a tensor of one sample lies in the stream of positions that its producer makes.
enum class Arrangement {
  direct,     ///< position p, channel c is the tensor's own element (p, c)
  flattened,  ///< the tensor lists channel by channel, all positions of each: element c * positions + p
  opaque,     ///< in another order: whoever reads it needs everything
};

/// Part of a stream: a stage that makes some of its channels.
struct StreamPart {
  int stage = 0;
  int channel_begin = 0;
  int channel_end = 0;
};

/// A tensor as positions (each a vector of channels) that arrive one after the other.
struct Stream {
  std::vector<StreamPart> parts;
  Plane plane;
  int channels = 0;
  Arrangement arrangement = Arrangement::direct;
  [[nodiscard]] int positions() const { return plane.positions(); }
};

/// How tensors are cut into positions: [1,C,H,W] is H x W positions of C channels, [1,K] one of K; a tensor of rank 3 is [1,C,L] in a network with
/// one-dimensional convolutions or poolings and [1,T,K] or [T,1,K] else.
class Positions {
 public:
  explicit Positions(const workloads::Network& network);
  /// Plane and channels of a tensor of this shape, without parts.
  [[nodiscard]] Stream of(const workloads::Shape& shape) const;

 private:
  bool channels_first_in_rank_3_ = false;
};

/// The same tensor under another shape: reshape, flatten, squeeze, unsqueeze, transpose.
Stream viewed(const Stream& stream, const Stream& as, bool order_kept);

}  // namespace mho::mapper
