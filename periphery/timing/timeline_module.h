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
  /// Sets the kernel's resolution to 1 fs; to be built before any sc_time.
  explicit Timeline(const base::Clock& clock);
  /// Another clock domain beside `first`, which has set the resolution.
  Timeline(const base::Clock& clock, const Timeline& first) : clock_(clock), failure_(first.failure_) {}
  /// The cycle whose edge is the present time.
  [[nodiscard]] std::int64_t now() const;
  /// The first cycle whose edge is not before the present time; of another clock's edge, the one that sees what happens there.
  [[nodiscard]] std::int64_t next_edge() const;
  [[nodiscard]] base::SimTime time(std::int64_t cycle) const { return clock_.edge(cycle); }
  [[nodiscard]] const base::Clock& clock() const { return clock_; }
  /// Notifies `event` in `cycle`, at the earliest in the next delta cycle of the present one. A notification already pending for an earlier time
  /// stays.
  void notify(sc_core::sc_event& event, std::int64_t cycle) const;
  /// Runs what a process does. SystemC passes no exception on, so none may leave a process: the first one is kept, and from then on no process of
  /// this clock and of those beside it does anything, so that the kernel runs out of work.
  template <class Body>
  void run(const Body& body) const {
    if (*failure_ != nullptr) return;
    try {
      body();
    } catch (...) {
      *failure_ = std::current_exception();
    }
  }
  /// What a process threw; null while none did. Of whoever starts the kernel, to be thrown on.
  [[nodiscard]] std::exception_ptr failure() const { return *failure_; }

 private:
  base::Clock clock_;
  std::shared_ptr<std::exception_ptr> failure_ = std::make_shared<std::exception_ptr>();
  mutable std::int64_t known_fs_ = 0;  ///< the kernel asks many times within one cycle; the division is done once
  mutable std::int64_t known_cycle_ = 0;
};

}  // namespace mho::periphery
