#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "hw/spec/parameters.h"

namespace mho::hw {

/// The power gate of one router or core, in cycles of its clock. A unit that nothing holds is gated once it has been idle for `idle` whole cycles,
/// and on again `wake_up` cycles after it is asked for. Nothing is done in the cycles between: what happened in them is found when somebody asks.
/// Gated in the beginning. Who asks, holds and releases in one cycle, and in which order, makes no difference.
class PowerGate {
 public:
  explicit PowerGate(const GatingParameters& parameters) : idle_(parameters.idle), wake_up_(parameters.wake_up), idle_from_(-parameters.idle) {}

  /// Whether the unit is on in cycle `now`; wakes it where it is gated. A cycle in which somebody asks is not idle.
  bool ask(std::int64_t now) {
    if (holders_ > 0) return true;
    if (now >= idle_from_ + idle_) {
      gated_cycles_ += now - (idle_from_ + idle_);
      ++wakes_;
      on_from_ = idle_from_ = now + wake_up_;
    }
    if (now < on_from_) return false;
    idle_from_ = std::max(idle_from_, now + 1);
    return true;
  }
  /// The unit has something to do from now on; it must be on.
  void hold() { ++holders_; }
  /// One of those that held it is done; cycle `idle_from` is the first in which it does nothing for him.
  void release(std::int64_t idle_from) {
    assert(holders_ > 0);
    --holders_;
    idle_from_ = std::max(idle_from_, idle_from);
  }

  [[nodiscard]] bool held() const { return holders_ > 0; }
  /// First cycle of the latest time for which it is on.
  [[nodiscard]] std::int64_t on_from() const { return on_from_; }
  /// Cycles before `now` in which it was gated; waking up is none of them.
  [[nodiscard]] std::int64_t gated_cycles(std::int64_t now) const {
    return gated_cycles_ + (holders_ > 0 ? 0 : std::max<std::int64_t>(0, now - (idle_from_ + idle_)));
  }
  [[nodiscard]] std::uint64_t wakes() const { return wakes_; }

 private:
  std::int64_t idle_, wake_up_;
  std::int64_t idle_from_;  ///< first cycle of the present idleness, where nobody holds it
  std::int64_t on_from_ = 0;
  std::int64_t gated_cycles_ = 0;  ///< up to the last wake-up
  std::uint64_t wakes_ = 0;
  int holders_ = 0;
};

}  // namespace mho::hw
