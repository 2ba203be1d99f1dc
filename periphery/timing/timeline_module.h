#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <systemc>

#include "base/time.h"

namespace mho::periphery {

/// SystemC's time in cycles of one clock: modules speak in cycles, the kernel in femtoseconds, and the edges lie exactly where base::Clock says.
class Timeline {
 public:
  /// Sets the kernel's resolution to 1 fs; construct it before any sc_time.
  explicit Timeline(const base::Clock& clock);
  /// A further clock domain; `first` has set the resolution.
  Timeline(const base::Clock& clock, const Timeline& first) : clock_(clock), failure_(first.failure_) {}
  /// The cycle whose edge is the present time.
  [[nodiscard]] std::int64_t now() const;
  /// The first cycle whose edge is not before the present time: the cycle that sees an event at an edge of another clock.
  [[nodiscard]] std::int64_t next_edge() const;
  [[nodiscard]] base::SimTime time(std::int64_t cycle) const { return clock_.edge(cycle); }
  [[nodiscard]] const base::Clock& clock() const { return clock_; }
  /// Notifies `event` in `cycle`, at the earliest in the next delta cycle of the present one. A notification already pending for an earlier time
  /// stays.
  void notify(sc_core::sc_event& event, std::int64_t cycle) const;
  /// Runs the body of a process. SystemC does not propagate exceptions, so none may leave a process: the first one is kept, and from then on no
  /// process of this clock or of its further domains runs, so that the kernel stops.
  template <class Body>
  void run(const Body& body) const {
    if (*failure_ != nullptr) return;
    try {
      body();
    } catch (...) {
      *failure_ = std::current_exception();
    }
  }
  /// The exception of a process, or null. The caller that runs the kernel rethrows it.
  [[nodiscard]] std::exception_ptr failure() const { return *failure_; }

 private:
  base::Clock clock_;
  std::shared_ptr<std::exception_ptr> failure_ = std::make_shared<std::exception_ptr>();
  mutable std::int64_t known_fs_ = 0;  ///< modules ask many times within one cycle; the division is done once
  mutable std::int64_t known_cycle_ = 0;
};

}  // namespace mho::periphery
