#pragma once

#include <cstdint>
#include <systemc>

#include "base/time.h"

namespace mho::periphery {

/// SystemC's time in cycles of one clock: modules speak in cycles, the kernel in femtoseconds, and the edges lie exactly where base::Clock says.
class Timeline {
 public:
  /// Sets the kernel's resolution to 1 fs; to be built before any sc_time.
  explicit Timeline(const base::Clock& clock);
  /// Another clock domain beside `first`, which has set the resolution.
  Timeline(const base::Clock& clock, const Timeline& /*first*/) : clock_(clock) {}
  /// The cycle whose edge is the present time.
  [[nodiscard]] std::int64_t now() const;
  /// The first cycle whose edge is not before the present time; of another clock's edge, the one that sees what happens there.
  [[nodiscard]] std::int64_t next_edge() const;
  [[nodiscard]] base::SimTime time(std::int64_t cycle) const { return clock_.edge(cycle); }
  [[nodiscard]] const base::Clock& clock() const { return clock_; }
  /// Notifies `event` in `cycle`, at the earliest in the next delta cycle of the present one. A notification already pending for an earlier time
  /// stays.
  void notify(sc_core::sc_event& event, std::int64_t cycle) const;

 private:
  base::Clock clock_;
  mutable std::int64_t known_fs_ = 0;  ///< the kernel asks many times within one cycle; the division is done once
  mutable std::int64_t known_cycle_ = 0;
};

}  // namespace mho::periphery
