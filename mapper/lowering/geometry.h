#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::mapper {

using Table = std::shared_ptr<const std::vector<std::int32_t>>;

/// Positions of a producer that each position of a consumer needs and releases (hw::Edge::needs, releases).
struct AccessSchedule {
  Table needs;
  Table releases;
  Table first = nullptr;  ///< first producer position that consumer position k reads; null: the consumer cannot be divided
};

/// The positions of a tensor that one of several stages computes. Stages take turns, each with `turn` successive positions.
struct Share {
  int stages = 1;
  int index = 0;
  int turn = 1;
  [[nodiscard]] bool all() const { return stages == 1; }
  /// The number of positions of the stage if the tensor has `of`.
  [[nodiscard]] int positions(int of) const;
  /// Position of the tensor for the stage's own position `own`.
  [[nodiscard]] int whole(int own) const { return (own / turn * stages + index) * turn + own % turn; }
  [[nodiscard]] bool has(int position) const { return position / turn % stages == index; }
  /// The stage's own position for position `position` of the tensor.
  [[nodiscard]] int own(int position) const { return position / turn / stages * turn + position % turn; }
  bool operator==(const Share&) const = default;
};

/// Schedule between two stages that each compute a share of a tensor.
struct SharedSchedule {
  AccessSchedule schedule;
  Table carried;  ///< carried positions, in the producer's own numbering (Edge::carried); null: all
  int count = 0;  ///< number of carried positions; 0: no edge
};
/// Schedule of the stage with share `consumer` on the stage with share `producer` of a tensor of `positions` positions. `whole`: schedule without
/// shares. Counts are in carried positions. Throws std::logic_error if `whole` cannot be divided.
SharedSchedule shared(const AccessSchedule& whole, const Share& consumer, const Share& producer, int positions);

/// A plane of positions, row-major. Frames follow one another.
struct Plane {
  int height = 1;
  int width = 1;
  int frames = 1;
  [[nodiscard]] int positions() const { return frames * height * width; }
  bool operator==(const Plane&) const = default;
};

/// Consumer position k needs producer position k.
AccessSchedule one_to_one(int positions);
/// Consumer position k needs producer position k - `behind`; the first `behind` positions need none. Used for a state that is fed back, with `behind`
/// sequences in turn.
AccessSchedule steps_behind(int positions, int behind);
/// The first `first` consumer positions need all `producer` positions, which are free afterwards. Used for the initial state of a recurrence.
AccessSchedule before_first(int producer, int consumer, int first);
/// Every consumer position needs all `producer` positions; they are free after the last one.
AccessSchedule all_at_once(int producer, int consumer);
/// No consumer position needs any of `producer` positions; they are free after the last one.
AccessSchedule unread(int producer, int consumer);
/// A window slides over the producer's plane. Position k needs the inputs up to the last one in its window, in row-major order. An input is free when
/// no later window touches it. A window that lies in the padding still needs one input. Input and output have equal numbers of frames, and windows do
/// not cross frames.
AccessSchedule windowed(const workloads::Window& window, Plane input, Plane output);
/// Largest number of producer positions held at once: max over k of needs[k] - releases[k-1].
int widest_window(const AccessSchedule& schedule);

}  // namespace mho::mapper
