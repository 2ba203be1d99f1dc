#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mho::periphery {

/// The number format between blocks. One key sets rounding, packet size, buffer size and energy.
struct NumberFormat {
  enum class Kind { float32, float16, bfloat16, integer } kind = Kind::float32;
  int integer_bits = 0;  ///< 2..16, only for Kind::integer

  /// "float32 | float16 | bfloat16 | int<b>"; throws UserError.
  static NumberFormat parse(std::string_view text);
  [[nodiscard]] int bits() const;
  [[nodiscard]] std::string text() const;
  bool operator==(const NumberFormat&) const = default;
};

/// Counts of values that a format cannot represent.
struct OutsideFormat {
  std::uint64_t values = 0;     ///< in all
  std::uint64_t overflow = 0;   ///< finite values that become the largest number
  std::uint64_t underflow = 0;  ///< values other than 0 that become 0
  float largest = 0;            ///< largest magnitude of the values
  OutsideFormat& operator+=(const OutsideFormat& other);
};

/// Counts what round_to would change in `values`. Zero for float32, and for integer formats, which have a scale.
OutsideFormat outside(const NumberFormat& format, std::span<const float> values);
/// The largest number of the format, and its smallest normal number.
float largest_number(const NumberFormat& format);
float smallest_normal(const NumberFormat& format);

/// Rounds every value to the nearest number of `format` (ties to even; overflow of float16 saturates to its largest finite number).
/// Integer formats need a scale and are refused here (std::logic_error): see round_to_grid.
void round_to(const NumberFormat& format, std::span<float> values);
/// Rounds half to even to integer multiples of `scale` and clips the integers to +-(2^(bits-1) - 1).
void round_to_integers(int bits, float scale, std::span<float> values);
/// Counts the values that this would clip, and those that become 0.
OutsideFormat outside_integers(int bits, float scale, std::span<const float> values);
/// Rounds half to even to the symmetric grid of `bits` bits over [-1, 1] (step 2 / (2^bits - 2)) and clips to it.
void round_to_grid(int bits, std::span<float> values);

}  // namespace mho::periphery
