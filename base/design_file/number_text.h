#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mho::base {

/// A number as a user wrote it, parted from its unit.
struct NumberText {
  double value = 0.0;                     ///< finite
  std::optional<std::int64_t> integer{};  ///< exact, when written as digits only and in range
  std::string_view unit;                  ///< what follows the number, trimmed; empty when nothing does
};

/// Parts "40 ns" into 40 and "ns" (points into `text`). Empty unless `text` starts with a finite decimal number that a double can hold;
/// "nan", "inf" and hexadecimal digits are no numbers.
std::optional<NumberText> split_number(std::string_view text);

/// What a number with commas was to be, for a message: "; a decimal comma? write 0.5 ns", or that one place takes one value. Nothing where the text
/// has no comma.
std::string comma_hint(std::string_view text);

/// Without blanks at either end.
std::string_view trimmed(std::string_view text);

}  // namespace mho::base
