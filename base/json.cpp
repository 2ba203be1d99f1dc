#include "base/json.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/error.h"

namespace mho::base {
namespace {

using Tree = nlohmann::ordered_json;

// Results are never nested deeper, and the recursive destructor of a deeper tree would overflow the stack.
constexpr std::size_t deepest_nesting = 1000;

Tree to_tree(const Json& json) {
  struct Visitor {
    Tree operator()(std::monostate) const { return nullptr; }
    Tree operator()(bool value) const { return value; }
    Tree operator()(std::int64_t value) const { return value; }
    Tree operator()(double value) const {
      if (!std::isfinite(value)) throw std::logic_error("JSON cannot hold NaN or infinity");
      return value;
    }
    Tree operator()(const std::string& value) const { return value; }
    Tree operator()(const Json::Array& array) const {
      Tree tree = Tree::array();
      for (const Json& item : array) tree.push_back(to_tree(item));
      return tree;
    }
    Tree operator()(const Json::Object& object) const {
      Tree tree = Tree::object();
      // Appended without a check: members are unique already, and a look-up for each would take quadratic time.
      auto& members = tree.get_ref<Tree::object_t&>();
      members.reserve(object.size());
      for (const auto& [key, value] : object) members.push_back({key, to_tree(value)});
      return tree;
    }
  };
  return std::visit(Visitor{}, json.value());
}

/// Builds a Json from the parser's events; refuses duplicate members, which the parser's own tree would drop.
class JsonBuilder : public nlohmann::json_sax<Tree> {
 public:
  JsonBuilder(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return add(static_cast<std::int64_t>(value));
    return add(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::Object{}); }
  bool start_array(std::size_t) override { return open(Json::Array{}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    Level& level = levels_.back();
    if (level.container.find(key) != nullptr) throw UserError(fmt::format("{}: duplicate member '{}' in JSON text; keep one of them", name_, key));
    level.key = std::move(key);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    std::size_t line = 1;
    std::size_t column = 1;
    const std::size_t stop = position == 0 ? 0 : position - 1;
    for (const char c : text_.substr(0, stop)) {
      column = c == '\n' ? 1 : column + 1;
      line += c == '\n' ? 1 : 0;
    }
    std::string why = error.what();
    for (const char* lead : {"] ", ": "}) {
      const std::size_t found = why.find(lead);
      if (found != std::string::npos) why.erase(0, found + 2);
    }
    throw UserError(fmt::format("{}:{}:{}: not valid JSON: {}", name_, line, column, why));
  }

  [[nodiscard]] Json take() { return std::move(root_); }

 private:
  struct Level {
    Json container;
    std::string key;
  };

  bool add(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (std::holds_alternative<Json::Array>(levels_.back().container.value())) {
      levels_.back().container.push_back(std::move(value));
    } else {
      levels_.back().container[levels_.back().key] = std::move(value);
    }
    return true;
  }
  bool open(Json container) {
    if (levels_.size() == deepest_nesting) throw UserError(fmt::format("{}: JSON text nests deeper than {} levels", name_, deepest_nesting));
    levels_.push_back({std::move(container), {}});
    return true;
  }
  bool close() {
    Json container = std::move(levels_.back().container);
    levels_.pop_back();
    return add(std::move(container));
  }

  std::string_view text_;
  const std::string& name_;
  Json root_;
  std::vector<Level> levels_;
};

}  // namespace

Json::Json(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) throw std::logic_error("integer beyond the range of Json");
}

Json& Json::operator[](std::string_view key) {
  if (std::holds_alternative<std::monostate>(value_)) value_ = Object{};
  auto* object = std::get_if<Object>(&value_);
  if (object == nullptr) throw std::logic_error(fmt::format("member '{}' of a JSON value that is no object", key));
  for (auto& [name, value] : *object) {
    if (name == key) return value;
  }
  return object->emplace_back(std::string(key), Json()).second;
}

const Json* Json::find(std::string_view key) const {
  const auto* object = std::get_if<Object>(&value_);
  if (object == nullptr) return nullptr;
  for (const auto& [name, value] : *object) {
    if (name == key) return &value;
  }
  return nullptr;
}

void Json::push_back(Json value) {
  if (std::holds_alternative<std::monostate>(value_)) value_ = Array{};
  auto* array = std::get_if<Array>(&value_);
  if (array == nullptr) throw std::logic_error("push_back on a JSON value that is no array");
  array->push_back(std::move(value));
}

std::string Json::dump(int indent) const { return to_tree(*this).dump(indent, ' ', false, Tree::error_handler_t::replace); }

Json Json::parse(std::string_view text, const std::string& name) {
  JsonBuilder builder(text, name);
  Tree::sax_parse(text.begin(), text.end(), &builder);
  return builder.take();
}

}  // namespace mho::base
