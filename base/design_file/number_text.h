#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mho::base {

/// A number as a user wrote it, separated from its unit.
struct NumberText {
  double value = 0.0;                     ///< finite
  std::optional<std::int64_t> integer{};  ///< exact, when written as digits only and in range
  std::string_view unit;                  ///< the text behind the number, trimmed; may be empty
};

/// Splits "40 ns" into 40 and "ns" (a view into `text`). Empty unless `text` starts with a finite decimal number that a double can hold;
/// "nan", "inf" and hexadecimal digits are not numbers.
std::optional<NumberText> split_number(std::string_view text);

/// A hint for messages about a number with commas: "; a decimal comma? write 0.5 ns", or that only one value is expected. Empty if the text
/// has no comma.
std::string comma_hint(std::string_view text);

/// The text without blanks at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace mho::base
