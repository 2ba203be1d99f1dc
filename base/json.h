#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mho::base {

/// A JSON value. Only json.cpp includes nlohmann's header, which takes long to compile.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;  ///< keeps insertion order
  Json() = default;
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : value_(value) {}
  Json(unsigned value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::uint64_t value);  ///< above 2^63-1: std::logic_error, write such a number as text
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  template <typename T>
  Json(const T*) = delete;  ///< a pointer would become a boolean

  /// Object member; creates it (turning null into an object). Programmer error on other kinds.
  Json& operator[](std::string_view key);
  /// Object member or null pointer (also on other kinds).
  [[nodiscard]] const Json* find(std::string_view key) const;
  /// Appends to an array (turning null into one). Programmer error on other kinds.
  void push_back(Json value);
  [[nodiscard]] const std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object>& value() const { return value_; }
  /// Text; indent -1 is one line. Doubles keep every bit. Bytes that are not UTF-8 become U+FFFD.
  /// NaN and infinity throw std::logic_error: results never hold them.
  [[nodiscard]] std::string dump(int indent = -1) const;
  /// Integers beyond 64 signed bits become doubles. Throws UserError with name:line:column for anything that is not one
  /// JSON value, has a member twice, or nests deeper than 1000 levels.
  static Json parse(std::string_view text, const std::string& name);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace mho::base
