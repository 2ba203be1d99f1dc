#pragma once

#include <bit>
#include <cstdint>

namespace mho::base {

/// Natural exponential, |relative error| < 1e-14 for |x| < 700 (beyond: 0 or the largest double). Plain IEEE operations in a fixed order, so the same
/// bits on every machine (the C library's differ between processors).
inline double exponential(double x) {
  // Selects between numbers instead of branching: a loop over this function is vectorised.
  const bool vanishes = x < -700.0;
  x = vanishes ? -700.0 : x > 700.0 ? 700.0 : x;
  constexpr double log2_e = 1.4426950408889634;
  constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;  // sum: ln 2, high part exact in 33 bits
  constexpr double to_integer = 6755399441055744.0;                                              // 1.5 * 2^52: adding it rounds to an integer
  const double shifted = x * log2_e + to_integer, k = shifted - to_integer;
  const double r = (x - k * ln2_high) - k * ln2_low;
  double sum = 1.0 / 479001600.0;  // Taylor series to 1/12!; |r| <= 0.347
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  // The integer is in the low bits of `shifted`. Reading it there is defined for NaN as well, unlike a conversion.
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(shifted) - std::bit_cast<std::uint64_t>(to_integer) + 1023;
  const double result = sum * std::bit_cast<double>(exponent << 52U);
  return vanishes ? 0.0 : result;
}

/// Natural logarithm of a positive normal number, |absolute error| < 1e-14 + 1e-15 |result|. Same bits on every machine.
inline double logarithm(double x) {
  constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  constexpr double sqrt_half = 0.70710678118654752;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<std::int64_t>(bits >> 52U) - 1022;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FE0000000000000ULL);  // in [0.5, 1)
  if (m < sqrt_half) {
    m += m;
    --exponent;
  }
  const double s = (m - 1.0) / (m + 1.0);  // ln m = 2 (s + s^3/3 + ...), |s| <= 0.1716
  const double z = s * s;
  double sum = 1.0 / 19.0;
  sum = sum * z + 1.0 / 17.0;
  sum = sum * z + 1.0 / 15.0;
  sum = sum * z + 1.0 / 13.0;
  sum = sum * z + 1.0 / 11.0;
  sum = sum * z + 1.0 / 9.0;
  sum = sum * z + 1.0 / 7.0;
  sum = sum * z + 1.0 / 5.0;
  sum = sum * z + 1.0 / 3.0;
  const double tail = 2.0 * s * z * sum;
  const auto k = static_cast<double>(exponent);
  return k * ln2_high + (2.0 * s + (tail + k * ln2_low));
}

}  // namespace mho::base
