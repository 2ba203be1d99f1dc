#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::mapper {

using Table = std::shared_ptr<const std::vector<std::int32_t>>;

/// What a consumer needs of a producer's positions, and what it may drop, position by position (hw::Edge::needs, releases).
struct AccessSchedule {
  Table needs;
  Table releases;
  Table first = nullptr;  ///< first producer position that consumer position k reads; null: the consumer cannot be divided
};

/// The positions of a tensor that one of several stages makes: `turn` at a time, stage by stage.
struct Share {
  int stages = 1;
  int index = 0;
  int turn = 1;
  [[nodiscard]] bool all() const { return stages == 1; }
  /// Of the stage, where the tensor has `of` positions.
  [[nodiscard]] int positions(int of) const;
  /// Position of the tensor that is the stage's own position `own`.
  [[nodiscard]] int whole(int own) const { return (own / turn * stages + index) * turn + own % turn; }
  [[nodiscard]] bool has(int position) const { return position / turn % stages == index; }
  /// The stage's own position that is position `position` of the tensor.
  [[nodiscard]] int own(int position) const { return position / turn / stages * turn + position % turn; }
  bool operator==(const Share&) const = default;
};

/// What the stage that makes share `consumer` of a tensor needs of the stage that makes share `producer` of another one, which has `positions`
/// positions: counts of the positions that are carried, and which these are (Edge::carried), in the producer's own counting.
struct SharedSchedule {
  AccessSchedule schedule;
  Table carried;  ///< null: all
  int count = 0;  ///< of them; 0: there is no edge
};
SharedSchedule shared(const AccessSchedule& whole, const Share& consumer, const Share& producer, int positions);

/// Height and width of a plane of positions, row-major; of several frames one plane after the other.
struct Plane {
  int height = 1;
  int width = 1;
  int frames = 1;
  [[nodiscard]] int positions() const { return frames * height * width; }
  bool operator==(const Plane&) const = default;
};

/// Consumer position k takes producer position k.
AccessSchedule one_to_one(int positions);
/// Consumer position k takes producer position k - `behind`, the first ones none: a state that is sent back, of so many sequences in turn.
AccessSchedule steps_behind(int positions, int behind);
/// The first `first` consumer positions need all `producer` positions, which are free after them: what a recurrence begins with.
AccessSchedule before_first(int producer, int consumer, int first);
/// Every consumer position needs all `producer` positions; they are free after the last one.
AccessSchedule all_at_once(int producer, int consumer);
/// No consumer position needs any of `producer` positions; they are free after the last one.
AccessSchedule unread(int producer, int consumer);
/// A window slides over the producer's plane: position k needs the last input its window touches and all before, in row-major order; an input is free
/// when no later window touches it. At least one input is waited for even where a window lies wholly in the padding. Frames follow each other, as
/// many on both sides, and no window reaches into another one.
AccessSchedule windowed(const workloads::Window& window, Plane input, Plane output);
/// Largest number of producer positions held at once: max over k of needs[k] - releases[k-1].
int widest_window(const AccessSchedule& schedule);

}  // namespace mho::mapper
