#include "periphery/digital/number_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "base/error.h"

namespace mho::periphery {

namespace {

constexpr int fewest_bits = 2;
constexpr int most_bits = 16;

/// Rounds off the lowest `dropped` mantissa bits of a finite float, half to even. A carry into the exponent rounds up to the next power of two.
std::uint32_t drop_bits(std::uint32_t bits, unsigned dropped) {
  const std::uint32_t odd = (bits >> dropped) & 1U;
  const std::uint32_t half_less_one = (1U << (dropped - 1U)) - 1U;
  return (bits + half_less_one + odd) & ~((1U << dropped) - 1U);
}

/// Selects between numbers instead of branching, so that the compiler can vectorise a loop over it.
float to_bfloat16(float value) {
  constexpr unsigned dropped = 16;
  constexpr std::uint32_t exponent = 0x7F800000U, sign = 0x80000000U, largest = 0x7F7F0000U;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = drop_bits(bits, dropped);
  const std::uint32_t saturated = (rounded & exponent) == exponent ? (bits & sign) | largest : rounded;
  return std::bit_cast<float>((bits & exponent) == exponent ? bits : saturated);
}

float to_float16(float value) {
  constexpr unsigned dropped = 13;
  constexpr float largest = 65504.0F;
  constexpr float smallest_normal = 0x1p-14F;
  constexpr std::uint32_t exponent = 0x7F800000U, sign = 0x80000000U;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const float magnitude = std::bit_cast<float>(bits & ~sign);
  // Subnormals are multiples of 2^-24; adding 0.5 (whose last place is 2^-24) rounds to one.
  constexpr float rounder = 0.5F;
  const float subnormal = (magnitude + rounder) - rounder;
  const float normal = std::bit_cast<float>(drop_bits(bits & ~sign, dropped));
  const float saturated = normal > largest ? largest : normal;
  const float rounded = magnitude < smallest_normal ? subnormal : saturated;
  const std::uint32_t finite = std::bit_cast<std::uint32_t>(rounded) | (bits & sign);
  return std::bit_cast<float>((bits & exponent) == exponent ? bits : finite);
}

}  // namespace

NumberFormat NumberFormat::parse(std::string_view text) {
  if (text == "float32") return {Kind::float32, 0};
  if (text == "float16") return {Kind::float16, 0};
  if (text == "bfloat16") return {Kind::bfloat16, 0};
  if (text.starts_with("int")) {
    int bits = 0;
    const auto digits = text.substr(3);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error == std::errc() && end == digits.data() + digits.size() && !digits.starts_with('0') && bits >= fewest_bits && bits <= most_bits)
      return {Kind::integer, bits};
  }
  throw base::UserError(
      fmt::format("'{}' is no number format; legal are float32, float16, bfloat16 and int{} to int{}", text, fewest_bits, most_bits));
}

int NumberFormat::bits() const {
  switch (kind) {
    case Kind::float32:
      return 32;
    case Kind::float16:
    case Kind::bfloat16:
      return 16;
    case Kind::integer:
      return integer_bits;
  }
  throw std::logic_error("NumberFormat: no such kind");
}

std::string NumberFormat::text() const {
  switch (kind) {
    case Kind::float32:
      return "float32";
    case Kind::float16:
      return "float16";
    case Kind::bfloat16:
      return "bfloat16";
    case Kind::integer:
      return fmt::format("int{}", integer_bits);
  }
  throw std::logic_error("NumberFormat: no such kind");
}

OutsideFormat& OutsideFormat::operator+=(const OutsideFormat& other) {
  values += other.values;
  overflow += other.overflow;
  underflow += other.underflow;
  largest = std::max(largest, other.largest);
  return *this;
}

OutsideFormat outside(const NumberFormat& format, std::span<const float> values) {
  OutsideFormat result;
  result.values = values.size();
  // The bit patterns of magnitudes have the order of the magnitudes. Overflow: half a step or more above the largest number. Underflow: at most half
  // the smallest number. Both ties round to even.
  constexpr std::uint32_t sign = 0x80000000U, infinity = 0x7F800000U;
  std::uint32_t over = infinity, under = 0;
  if (format.kind == NumberFormat::Kind::float16) {
    over = std::bit_cast<std::uint32_t>(65520.0F);
    under = std::bit_cast<std::uint32_t>(0x1p-25F);
  } else if (format.kind == NumberFormat::Kind::bfloat16) {
    over = 0x7F7F8000U;
    under = 0x8000U;
  }
  std::uint32_t most = 0;
  for (const float value : values) {
    const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(value) & ~sign;
    result.overflow += magnitude >= over && magnitude < infinity ? 1U : 0U;
    result.underflow += magnitude != 0 && magnitude <= under ? 1U : 0U;
    most = std::max(most, magnitude < infinity ? magnitude : 0U);
  }
  result.largest = std::bit_cast<float>(most);
  return result;
}

float largest_number(const NumberFormat& format) {
  switch (format.kind) {
    case NumberFormat::Kind::float16:
      return 65504.0F;
    case NumberFormat::Kind::bfloat16:
      return std::bit_cast<float>(0x7F7F0000U);
    default:
      return std::numeric_limits<float>::max();
  }
}

float smallest_normal(const NumberFormat& format) {
  return format.kind == NumberFormat::Kind::float16 ? 0x1p-14F : std::numeric_limits<float>::min();
}

void round_to(const NumberFormat& format, std::span<float> values) {
  switch (format.kind) {
    case NumberFormat::Kind::float32:
      return;
    case NumberFormat::Kind::float16:
      for (float& value : values) value = to_float16(value);
      return;
    case NumberFormat::Kind::bfloat16:
      for (float& value : values) value = to_bfloat16(value);
      return;
    case NumberFormat::Kind::integer:
      throw std::logic_error("round_to: an integer format needs a scale");
  }
}

void round_to_integers(int bits, float scale, std::span<float> values) {
  const auto limit = static_cast<float>((1U << static_cast<unsigned>(bits - 1)) - 1U);
  for (float& value : values) value = std::min(std::max(std::nearbyint(value / scale), -limit), limit) * scale;
}

OutsideFormat outside_integers(int bits, float scale, std::span<const float> values) {
  OutsideFormat result;
  result.values = values.size();
  const auto limit = static_cast<float>((1U << static_cast<unsigned>(bits - 1)) - 1U);
  for (const float value : values) {
    const float code = std::abs(std::nearbyint(value / scale));
    result.overflow += code > limit ? 1U : 0U;
    result.underflow += code == 0.0F && value != 0.0F ? 1U : 0U;
    result.largest = std::max(result.largest, std::isfinite(value) ? std::abs(value) : 0.0F);
  }
  return result;
}

void round_to_grid(int bits, std::span<float> values) {
  if (bits < fewest_bits || bits > most_bits) throw std::logic_error("round_to_grid: bits out of range");
  constexpr float to_integer = 12582912.0F;  // 1.5 * 2^23: adding it leaves no fraction bits, rounded half to even
  const auto limit = static_cast<float>((1 << (bits - 1)) - 1);
  for (float& v : values) v = ((std::clamp(v, -1.0F, 1.0F) * limit + to_integer) - to_integer) / limit;
}

}  // namespace mho::periphery
