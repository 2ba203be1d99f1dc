#include "base/design_file/parse_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/design_file/number_text.h"
#include "base/design_file/unit_table.h"
#include "base/error.h"

namespace mho::base {
namespace {

bool is_number(const Declaration& declaration) { return declaration.type == ValueType::integer || declaration.type == ValueType::real; }

bool is_word(const Declaration& declaration, std::string_view text) {
  return std::find(declaration.words.begin(), declaration.words.end(), text) != declaration.words.end();
}

std::string quoted_words(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    list += fmt::format("{}'{}'", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  }
  return list;
}

/// "1, 2 or 4"
std::string joined(const std::vector<std::int64_t>& numbers) {
  std::string list;
  for (std::size_t i = 0; i < numbers.size(); ++i) list += fmt::format("{}{}", i == 0 ? "" : i + 1 == numbers.size() ? " or " : ", ", numbers[i]);
  return list;
}

[[noreturn]] void refuse(const Declaration& declaration, std::string_view text, const std::string& where, const std::string& why) {
  throw UserError(fmt::format("{}: {} = {} {}: legal is {}", where, declaration.key, text, why, legal_text(declaration)));
}

/// " (did you mean 'ideal'?)" or nothing.
std::string meant(std::string_view text, const std::vector<std::string>& legal) {
  const std::string near = nearest_spelling(text, legal);
  return near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near);
}

Value parse_boolean(const Declaration& declaration, std::string_view text, const std::string& where) {
  // The booleans of YAML 1.1 (yaml.org/type/bool.html) without the single letters: in lower case, capitalised and in upper case.
  constexpr std::array<std::string_view, 9> yes{"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
  constexpr std::array<std::string_view, 9> no{"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
  if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), text) != no.end()) return false;
  refuse(declaration, text, where, "is neither true nor false" + meant(text, {"true", "false"}));
}

/// The number in the declared unit.
double in_declared_unit(const Declaration& declaration, const NumberText& number, std::string_view text, const std::string& where) {
  if (number.unit.empty() || number.unit == declaration.unit) return number.value;
  const std::optional<double> converted = convert_unit(number.value, number.unit, declaration.unit);
  if (converted) return *converted;
  if (declaration.unit.empty()) {
    refuse(declaration, text, where, fmt::format("has the unit '{}', but it is a plain number (or a %)", number.unit));
  }
  std::vector<std::string> compatible = compatible_units(declaration.unit);
  if (compatible.empty()) compatible.push_back(declaration.unit);
  const std::string what = unit_known(number.unit) ? fmt::format("'{}' does not convert to '{}'", number.unit, declaration.unit)
                                                   : fmt::format("there is no unit '{}'{}", number.unit, meant(number.unit, compatible));
  refuse(declaration, text, where,
         fmt::format("has the wrong unit: {}; write a bare number in {} or one of {}", what, declaration.unit, fmt::join(compatible, ", ")));
}

Value parse_number(const Declaration& declaration, std::string_view text, const std::string& where) {
  const bool integer = declaration.type == ValueType::integer;
  if (const std::string hint = comma_hint(text); !hint.empty()) refuse(declaration, text, where, "is no single number" + hint);
  const std::optional<NumberText> number = split_number(text);
  if (!number) refuse(declaration, text, where, fmt::format("is not a finite number{}", meant(text, declaration.words)));
  const double value = in_declared_unit(declaration, *number, text, where);
  if (!std::isfinite(value)) refuse(declaration, text, where, "is too large for a number");
  // Models convert values to 32-bit floats, square and multiply them. Values of real hardware in the declared units lie far within these limits.
  constexpr double largest = 1e15, least = 1e-15;
  if (!integer && std::abs(value) > largest)
    refuse(declaration, text, where, fmt::format("is beyond {}, the largest number that is computed with", largest));
  if (!integer && value != 0 && std::abs(value) < least) {
    refuse(declaration, text, where, fmt::format("is nearer to 0 than {}, the smallest number that is computed with", least));
  }
  if (!integer) return value;
  if (number->integer && (number->unit.empty() || number->unit == declaration.unit)) return *number->integer;
  if (value != std::floor(value)) refuse(declaration, text, where, "is not a whole number");
  // 2^63 is the first double that no 64-bit integer holds.
  if (std::abs(value) >= 0x1p63) refuse(declaration, text, where, "is too large for a whole number");
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::string legal_text(const Declaration& declaration) {
  if (declaration.type == ValueType::boolean) return "true or false";
  if (declaration.type == ValueType::text) return declaration.words.empty() ? "any text" : quoted_words(declaration.words);
  if (declaration.type == ValueType::choice) return quoted_words(declaration.words);
  const bool below = std::isfinite(declaration.minimum);
  const bool above = std::isfinite(declaration.maximum);
  const char* const kind = declaration.type == ValueType::integer ? "whole number" : "number";
  std::string range;
  if (!declaration.only.empty()) {
    range = joined(declaration.only);
  } else if (below && above && declaration.minimum == declaration.maximum) {
    range = fmt::format("{}", declaration.minimum);
  } else if (below && above) {
    range = fmt::format("{} to {}", declaration.minimum, declaration.maximum);
  } else if (below) {
    range = fmt::format("at least {}", declaration.minimum);
  } else if (above) {
    range = fmt::format("at most {}", declaration.maximum);
  } else {
    range = fmt::format("any {}", kind);
  }
  if (!declaration.unit.empty()) range += (below || above ? " " : " of ") + declaration.unit;
  return declaration.words.empty() ? range : fmt::format("{}, or {}", range, quoted_words(declaration.words));
}

std::string value_text(const Declaration& declaration, const Value& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("'{}'", *text);
  const std::string number =
      std::holds_alternative<double>(value) ? fmt::format("{}", std::get<double>(value)) : fmt::format("{}", std::get<std::int64_t>(value));
  return declaration.unit.empty() ? number : fmt::format("{} {}", number, declaration.unit);
}

std::string why_illegal(const Declaration& declaration, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (declaration.type == ValueType::text || is_word(declaration, *text)) return "";
    return declaration.type == ValueType::choice ? fmt::format("is not a legal word{}", meant(*text, declaration.words)) : "is not a legal value";
  }
  if (std::holds_alternative<bool>(value)) return declaration.type == ValueType::boolean ? "" : "is not a legal value";
  const bool integer = std::holds_alternative<std::int64_t>(value);
  if (declaration.type != (integer ? ValueType::integer : ValueType::real)) return "is not a legal value";
  // A long double holds every 64-bit integer, so large integers meet their limits exactly.
  const long double number = integer ? static_cast<long double>(std::get<std::int64_t>(value)) : static_cast<long double>(std::get<double>(value));
  if (!std::isfinite(number)) return "is not a finite number";
  if (number < static_cast<long double>(declaration.minimum) || number > static_cast<long double>(declaration.maximum)) return "is out of range";
  if (declaration.only.empty() || std::ranges::find(declaration.only, std::get<std::int64_t>(value)) != declaration.only.end()) return "";
  return "is not one of the legal numbers";
}

Value parse_value(const Declaration& declaration, std::string_view text, const std::string& where) {
  Value value;
  if (declaration.type == ValueType::boolean) {
    value = parse_boolean(declaration, trimmed(text), where);
  } else if (declaration.type == ValueType::text) {
    value = std::string(text);
  } else {
    text = trimmed(text);
    if (text.empty()) throw UserError(fmt::format("{}: {} has no value: legal is {}", where, declaration.key, legal_text(declaration)));
    if (is_number(declaration) && !is_word(declaration, text)) {
      value = parse_number(declaration, text, where);
    } else {
      value = std::string(text);
    }
  }
  const std::string why = why_illegal(declaration, value);
  if (!why.empty()) {
    // The message quotes the user's text, and the converted value if a unit was converted.
    const std::string meaning = is_number(declaration) ? value_text(declaration, value) : std::string(text);
    const bool plain = !is_number(declaration) || split_number(text)->unit.empty() || meaning == text;
    refuse(declaration, plain ? std::string(text) : fmt::format("{} ({})", text, meaning), where, why);
  }
  return value;
}

}  // namespace mho::base
