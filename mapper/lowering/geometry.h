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
};

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
/// A window slides over the producer's plane: position k needs the last input its window touches and all before, in row-major order; an input is free
/// when no later window touches it. At least one input is waited for even where a window lies wholly in the padding. Frames follow each other, as
/// many on both sides, and no window reaches into another one.
AccessSchedule windowed(const workloads::Window& window, Plane input, Plane output);
/// Largest number of producer positions held at once: max over k of needs[k] - releases[k-1].
int widest_window(const AccessSchedule& schedule);

}  // namespace mho::mapper
