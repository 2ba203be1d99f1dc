#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "base/units.h"

namespace mho::base {

/// Simulated time: a signed 64-bit count of femtoseconds (about 2.5 hours at most). Overflow throws std::overflow_error.
class SimTime {
 public:
  constexpr SimTime() = default;
  static constexpr SimTime from_femtoseconds(std::int64_t fs) {
    SimTime t;
    t.fs_ = fs;
    return t;
  }
  /// Rounds to the nearest femtosecond. Throws std::overflow_error outside the 64-bit range.
  static SimTime from(Duration duration);
  [[nodiscard]] constexpr std::int64_t femtoseconds() const { return fs_; }
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(fs_) / 1e15; }
  constexpr auto operator<=>(const SimTime&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a null in a defaulted comparison
  friend SimTime operator+(SimTime a, SimTime b);
  friend SimTime operator-(SimTime a, SimTime b);
  friend SimTime operator*(SimTime a, std::int64_t count);

 private:
  std::int64_t fs_ = 0;
};

/// A clock domain: an exact rational frequency numerator/denominator in hertz whose k-th edge is floor(k * 1e15 / f) fs,
/// so nothing drifts however long the run.
class Clock {
 public:
  /// Throws UserError unless both are positive and the frequency is at most 1e15 Hz (above, edges would coincide).
  Clock(std::int64_t numerator_hz, std::int64_t denominator);
  /// Nearest rational with denominator 1 for integral hertz; otherwise milli-hertz resolution. Throws UserError outside (0, 1e15] Hz.
  static Clock from(Frequency frequency);
  /// Throws std::overflow_error outside the 64-bit range.
  [[nodiscard]] SimTime edge(std::int64_t k) const;
  /// Index of the first edge at or after `time`.
  [[nodiscard]] std::int64_t next_edge_index(SimTime time) const;
  /// Index of the last edge at or before `time`.
  [[nodiscard]] std::int64_t edge_index(SimTime time) const;
  /// Cycles needed to cover `duration` completely (ceiling), at least 0. A duration is exact to half a femtosecond, so
  /// a duration computed as n periods counts n cycles.
  [[nodiscard]] std::int64_t cycles(Duration duration) const;
  [[nodiscard]] Frequency frequency() const;
  friend bool operator==(const Clock&, const Clock&) = default;
  [[nodiscard]] Duration period() const;

 private:
  std::int64_t numerator_;
  std::int64_t denominator_;
};

}  // namespace mho::base
