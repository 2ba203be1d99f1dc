#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/design_file/config.h"

namespace mho::base {

/// Short forms of declarations: a layer's list of parameters reads as a table.

/// Marks a number that increases speed, precision or capacity if it is raised, or lowered.
inline Declaration more(Declaration declaration) {
  declaration.buys = Buys::more;
  return declaration;
}
inline Declaration less(Declaration declaration) {
  declaration.buys = Buys::less;
  return declaration;
}

/// Marks a word or boolean of which some values increase speed, precision or capacity over others.
inline Declaration steps(Declaration declaration, std::vector<Step> some) {
  declaration.steps = std::move(some);
  return declaration;
}

/// An integer without a unit.
inline Declaration whole(std::string key, std::int64_t value, double minimum, double maximum, std::string sentence, std::string source) {
  return {std::move(key), ValueType::integer, "", value, minimum, maximum, {}, std::move(sentence), std::move(source)};
}

/// An integer, or one of the words instead.
inline Declaration whole_or(std::string key, Value value, double minimum, double maximum, std::vector<std::string> words, std::string sentence,
                            std::string source) {
  return {std::move(key), ValueType::integer, "", std::move(value), minimum, maximum, std::move(words), std::move(sentence), std::move(source)};
}

/// One of a few integers, ascending.
inline Declaration one_of(std::string key, std::int64_t value, std::vector<std::int64_t> only, std::string sentence, std::string source) {
  const auto least = static_cast<double>(only.front()), largest = static_cast<double>(only.back());
  return {std::move(key), ValueType::integer, "", value, least, largest, {}, std::move(sentence), std::move(source), std::move(only)};
}

inline Declaration number(std::string key, std::string unit, double value, double minimum, double maximum, std::string sentence, std::string source) {
  return {std::move(key), ValueType::real, std::move(unit), value, minimum, maximum, {}, std::move(sentence), std::move(source)};
}

/// A number, or one of the words instead.
inline Declaration number_or(std::string key, std::string unit, Value value, double minimum, double maximum, std::vector<std::string> words,
                             std::string sentence, std::string source) {
  return {std::move(key), ValueType::real,  std::move(unit),     std::move(value), minimum,
          maximum,        std::move(words), std::move(sentence), std::move(source)};
}

/// A cost: a number, at least 0, or 'model' for the value of the program's model of the block.
inline Declaration model_or(std::string key, std::string unit, std::string sentence, std::string source) {
  constexpr double largest = 1e9;
  return number_or(std::move(key), std::move(unit), std::string("model"), 0.0, largest, {"model"}, std::move(sentence), std::move(source));
}

/// One of the words.
inline Declaration word(std::string key, std::string value, std::vector<std::string> words, std::string sentence, std::string source) {
  return {std::move(key), ValueType::choice, "", std::move(value), 0, 0, std::move(words), std::move(sentence), std::move(source)};
}

/// Any text; `legal` describes what its reader accepts.
inline Declaration text(std::string key, std::string value, std::vector<std::string> legal, std::string sentence, std::string source) {
  return {std::move(key), ValueType::text, "", std::move(value), 0, 0, std::move(legal), std::move(sentence), std::move(source)};
}

inline Declaration boolean(std::string key, bool value, std::string sentence, std::string source) {
  return {std::move(key), ValueType::boolean, "", value, 0, 1, {}, std::move(sentence), std::move(source)};
}

}  // namespace mho::base
