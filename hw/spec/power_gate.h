#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "hw/spec/parameters.h"

namespace mho::hw {

/// The power gate of one router or core, in cycles of its clock. A unit without holders is gated after `idle` whole idle cycles, and is on again
/// `wake_up` cycles after a request. At the start it is gated. The state is computed on request only, so idle cycles cost no simulation time. The
/// order of calls within one cycle does not change the result.
class PowerGate {
 public:
  explicit PowerGate(const GatingParameters& parameters) : idle_(parameters.idle), wake_up_(parameters.wake_up), idle_from_(-parameters.idle) {}

  /// Requests the unit. Returns whether it is on in cycle `now`; if it is gated, it starts to wake. A cycle with a request is not idle.
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
  /// Adds a holder: the unit has work from now on. It must be on.
  void hold() { ++holders_; }
  /// Removes a holder. `idle_from`: first cycle without work for this holder.
  void release(std::int64_t idle_from) {
    assert(holders_ > 0);
    --holders_;
    idle_from_ = std::max(idle_from_, idle_from);
  }

  [[nodiscard]] bool held() const { return holders_ > 0; }
  /// First cycle in which the unit is on after the last wake-up.
  [[nodiscard]] std::int64_t on_from() const { return on_from_; }
  /// Cycles before `now` in which the unit was gated, without the cycles of waking up.
  [[nodiscard]] std::int64_t gated_cycles(std::int64_t now) const {
    return gated_cycles_ + (holders_ > 0 ? 0 : std::max<std::int64_t>(0, now - (idle_from_ + idle_)));
  }
  [[nodiscard]] std::uint64_t wakes() const { return wakes_; }

 private:
  std::int64_t idle_, wake_up_;
  std::int64_t idle_from_;  ///< first idle cycle since the last work; valid without holders
  std::int64_t on_from_ = 0;
  std::int64_t gated_cycles_ = 0;  ///< up to the last wake-up
  std::uint64_t wakes_ = 0;
  int holders_ = 0;
};

}  // namespace mho::hw
