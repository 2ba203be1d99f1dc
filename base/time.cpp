#include "base/time.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "base/error.h"

namespace mho::base {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t femtoseconds_per_second = 1'000'000'000'000'000;

[[noreturn]] void overflow() { throw std::overflow_error("simulated time left its 64-bit range of femtoseconds (about 2.5 hours)"); }

Wide multiply(Wide a, Wide b) {
  Wide product = 0;
  // Every quotient below divides by at most 2^63, so a product beyond 2^127 means a result beyond 64 bits.
  if (__builtin_mul_overflow(a, b, &product)) overflow();
  return product;
}

Wide floor_quotient(Wide a, Wide b) { return a / b - (a % b < 0 ? 1 : 0); }
Wide ceiling_quotient(Wide a, Wide b) { return a / b + (a % b > 0 ? 1 : 0); }

std::int64_t narrow(Wide value) {
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) overflow();
  return static_cast<std::int64_t>(value);
}

}  // namespace

SimTime SimTime::from(Duration duration) {
  const long double fs = std::round(static_cast<long double>(duration.si()) * femtoseconds_per_second);
  // Written so that NaN fails too; 2^63 is the first value out of range.
  if (!(fs >= -0x1p63L && fs < 0x1p63L)) overflow();
  return from_femtoseconds(static_cast<std::int64_t>(fs));
}

SimTime operator+(SimTime a, SimTime b) {
  SimTime sum;
  if (__builtin_add_overflow(a.fs_, b.fs_, &sum.fs_)) overflow();
  return sum;
}

SimTime operator-(SimTime a, SimTime b) {
  SimTime difference;
  if (__builtin_sub_overflow(a.fs_, b.fs_, &difference.fs_)) overflow();
  return difference;
}

SimTime operator*(SimTime a, std::int64_t count) {
  SimTime product;
  if (__builtin_mul_overflow(a.fs_, count, &product.fs_)) overflow();
  return product;
}

Clock::Clock(std::int64_t numerator_hz, std::int64_t denominator) : numerator_(numerator_hz), denominator_(denominator) {
  if (numerator_hz <= 0 || denominator <= 0) {
    throw UserError(fmt::format("a clock of {}/{} Hz cannot tick; write a frequency above zero", numerator_hz, denominator));
  }
  if (numerator_hz / denominator > femtoseconds_per_second ||
      (numerator_hz / denominator == femtoseconds_per_second && numerator_hz % denominator != 0)) {
    throw UserError(fmt::format("a clock of {}/{} Hz ticks faster than once a femtosecond, the resolution of time", numerator_hz, denominator));
  }
  const std::int64_t common = std::gcd(numerator_, denominator_);
  numerator_ /= common;
  denominator_ /= common;
}

Clock Clock::from(Frequency frequency) {
  constexpr std::int64_t parts = 1000;  // millihertz
  const double hertz = frequency.si();
  if (!(hertz > 0.0 && hertz <= static_cast<double>(femtoseconds_per_second))) {
    throw UserError(fmt::format("a clock of {} Hz is impossible; legal is 0.001 Hz to 1e15 Hz", hertz));
  }
  return {std::llround(hertz * parts), parts};
}

SimTime Clock::edge(std::int64_t k) const {
  return SimTime::from_femtoseconds(narrow(floor_quotient(multiply(k, static_cast<Wide>(femtoseconds_per_second) * denominator_), numerator_)));
}

std::int64_t Clock::next_edge_index(SimTime time) const {
  // floor(k p) >= t  <=>  k >= t / p, for the period p = 1e15 denominator / numerator.
  return narrow(ceiling_quotient(static_cast<Wide>(time.femtoseconds()) * numerator_, static_cast<Wide>(femtoseconds_per_second) * denominator_));
}

std::int64_t Clock::edge_index(SimTime time) const {
  // floor(k p) <= t  <=>  k p < t + 1.
  const Wide after = static_cast<Wide>(time.femtoseconds()) + 1;
  return narrow(ceiling_quotient(after * numerator_, static_cast<Wide>(femtoseconds_per_second) * denominator_) - 1);
}

std::int64_t Clock::cycles(Duration duration) const {
  const SimTime length = SimTime::from(duration);
  if (length.femtoseconds() <= 0) return 0;
  // A duration is known to half a femtosecond: 2/3 ns is two cycles of 3 GHz although it rounds up to 666667 fs.
  const Wide half_femtoseconds = 2 * static_cast<Wide>(length.femtoseconds()) - 1;
  return narrow(ceiling_quotient(multiply(half_femtoseconds, numerator_), 2 * static_cast<Wide>(femtoseconds_per_second) * denominator_));
}

Frequency Clock::frequency() const { return Frequency(static_cast<double>(numerator_) / static_cast<double>(denominator_)); }
Duration Clock::period() const { return Duration(static_cast<double>(denominator_) / static_cast<double>(numerator_)); }

}  // namespace mho::base
