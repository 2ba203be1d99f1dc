#include "base/design_file/number_text.h"

#include <charconv>
#include <system_error>

namespace mho::base {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string comma_hint(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return "";
  const std::string one_value = "one value is needed; to try several, run the command once for each";
  if (text.find(',', comma + 1) != std::string_view::npos) return "; " + one_value;
  std::string point(text);
  point[comma] = '.';
  const auto number = split_number(point);
  return number ? "; for a decimal comma write " + point + ", else " + one_value : "; " + one_value;
}

std::optional<NumberText> split_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::string_view unsigned_text = text.substr(text.starts_with('-') ? 1 : 0);
  const bool starts = !unsigned_text.empty() && ((unsigned_text[0] >= '0' && unsigned_text[0] <= '9') || unsigned_text[0] == '.');
  if (!starts) return std::nullopt;

  const char* const end = text.data() + text.size();
  NumberText number;
  const auto [stop, error] = std::from_chars(text.data(), end, number.value);
  if (error != std::errc()) return std::nullopt;
  std::int64_t integer = 0;
  const auto [integer_stop, integer_error] = std::from_chars(text.data(), end, integer);
  if (integer_error == std::errc() && integer_stop == stop) number.integer = integer;
  number.unit = trimmed(text.substr(static_cast<std::size_t>(stop - text.data())));
  return number;
}

}  // namespace mho::base
