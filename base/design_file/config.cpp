#include "base/design_file/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/design_file/document.h"
#include "base/design_file/number_text.h"
#include "base/design_file/parse_value.h"
#include "base/design_file/unit_table.h"
#include "base/error.h"
#include "base/json.h"

namespace mho::base {
namespace {

[[noreturn]] void misuse(std::string_view key, const std::string& why) { throw std::logic_error(fmt::format("parameter '{}' {}", key, why)); }

/// The first declared keys below a section, for a message.
std::string some_keys(const std::vector<std::string>& keys) {
  constexpr std::size_t shown = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, keys.size()); ++i) text += (i == 0 ? "" : ", ") + keys[i];
  return keys.size() > shown ? text + ", ..." : text;
}

/// A legal key in place of the unknown `key`: the nearest spelling, else the only key with the same end ("adc.bits"). Empty without one.
std::string suggestion(const std::string& key, const std::vector<std::string>& legal) {
  std::string near = nearest_spelling(key, legal);
  if (near.empty()) {
    for (const std::string& candidate : legal) {
      if (!candidate.ends_with("." + key)) continue;
      if (!near.empty()) return "";
      near = candidate;
    }
  }
  return near;
}

}  // namespace

std::string ValueSource::text() const {
  switch (kind) {
    case Kind::file:
      return fmt::format("{}:{}:{}", file, line, column);
    case Kind::command_line:
      return file;
    case Kind::declared_default:
      break;
  }
  return "default";
}

Config::Config(Declarations declarations, ConfigNames names) : declarations_(std::move(declarations)), names_(std::move(names)) {
  std::set<std::string> sections;
  for (std::size_t i = 0; i < declarations_.size(); ++i) {
    Declaration& declaration = declarations_[i];
    if (declaration.key.empty()) misuse(declaration.key, "has an empty key");
    if (!index_.emplace(declaration.key, i).second) misuse(declaration.key, "is declared twice");
    for (std::size_t dot = declaration.key.find('.'); dot != std::string::npos; dot = declaration.key.find('.', dot + 1)) {
      sections.insert(declaration.key.substr(0, dot));
    }
    if (declaration.type == ValueType::choice && declaration.words.empty()) misuse(declaration.key, "is a choice of no words");
    if (!declaration.only.empty() && declaration.type != ValueType::integer) misuse(declaration.key, "lists whole numbers and is none");
    const bool real = declaration.type == ValueType::real;
    if (real && std::holds_alternative<std::int64_t>(declaration.default_value)) {
      declaration.default_value = static_cast<double>(std::get<std::int64_t>(declaration.default_value));
    }
    const std::string why = why_illegal(declaration, declaration.default_value);
    if (!why.empty()) misuse(declaration.key, fmt::format("= {} (its default) {}", value_text(declaration, declaration.default_value), why));
    entries_.push_back({declaration.default_value, ValueSource{}});
  }
  for (const std::string& section : sections) {
    if (index_.contains(section)) misuse(section, "is also a section of other keys");
  }
}

/// Reads one document into a copy of the entries, so that a refused document changes nothing.
class Config::Loader {
 public:
  explicit Loader(const Config& config) : config_(config), entries_(config.entries_) {}

  void read(const YamlNode& root) {
    if (root.kind == YamlNode::Kind::null) return;
    if (root.kind != YamlNode::Kind::map) {
      throw UserError(fmt::format("{}: a design is a map of keys to values, such as 'tile: {{rows: 256}}', not a {}", root.where(),
                                  root.kind == YamlNode::Kind::list ? "list" : "single value"));
    }
    read_map(root, "");
  }

  [[nodiscard]] std::vector<Entry> take() { return std::move(entries_); }

 private:
  void read_map(const YamlNode& map, const std::string& path) {
    for (const YamlNode::Entry& entry : map.entries) {
      const std::string key = path.empty() ? entry.key : path + "." + entry.key;
      const std::string where = fmt::format("{}:{}:{}", map.file, entry.line, entry.column);
      const auto found = config_.index_.find(key);
      if (found != config_.index_.end()) {
        read_parameter(found->second, entry, where);
      } else {
        read_section(entry, key, where);
      }
    }
  }

  void read_section(const YamlNode::Entry& entry, const std::string& key, const std::string& where) {
    const std::vector<std::string> inside = config_.keys_below(key);
    if (inside.empty()) config_.refuse_unknown(key, where, entry.value.kind == YamlNode::Kind::map);
    if (entry.value.kind == YamlNode::Kind::null) return;  // every key of the section commented out
    if (entry.value.kind != YamlNode::Kind::map) {
      throw UserError(fmt::format("{}: '{}' is a section, not a parameter; it takes a map of {}", where, key, some_keys(inside)));
    }
    read_map(entry.value, key);
  }

  void read_parameter(std::size_t index, const YamlNode::Entry& entry, const std::string& where) {
    const Declaration& declaration = config_.declarations_[index];
    const YamlNode& node = entry.value;
    const auto [first, fresh] = set_here_.emplace(index, where);
    if (!fresh) {
      throw UserError(fmt::format("{}: duplicate key '{}', first set at {}; keep one of them", where, declaration.key, first->second));
    }
    if (node.kind == YamlNode::Kind::null) {
      throw UserError(fmt::format("{}: {} has no value: legal is {}", where, declaration.key, legal_text(declaration)));
    }
    if (node.kind != YamlNode::Kind::scalar) {
      throw UserError(fmt::format("{}: {} takes one value, not a {}: legal is {}", node.where(), declaration.key,
                                  node.kind == YamlNode::Kind::list ? "list" : "map", legal_text(declaration)));
    }
    entries_[index] = {parse_value(declaration, node.scalar, node.where()), ValueSource{ValueSource::Kind::file, node.file, node.line, node.column}};
  }

  const Config& config_;
  std::vector<Entry> entries_;
  std::map<std::size_t, std::string> set_here_;  ///< parameters this document set so far, and where
};

std::vector<std::string> Config::keys_below(const std::string& section) const {
  std::vector<std::string> keys;
  const std::string prefix = section + ".";
  for (auto it = index_.lower_bound(prefix); it != index_.end() && it->first.starts_with(prefix); ++it) keys.push_back(it->first);
  return keys;
}

void Config::refuse_unknown(const std::string& key, const std::string& where, bool as_section) const {
  std::set<std::string> sections;
  std::vector<std::string> keys;
  for (const auto& [known, index] : index_) {
    keys.push_back(known);
    for (std::size_t dot = known.find('.'); dot != std::string::npos; dot = known.find('.', dot + 1)) sections.insert(known.substr(0, dot));
  }
  const std::vector<std::string> section_names(sections.begin(), sections.end());
  std::string near = suggestion(key, as_section ? section_names : keys);
  if (near.empty()) near = suggestion(key, as_section ? keys : section_names);
  throw UserError(fmt::format("{}: unknown key '{}'{} '{}' lists every key.", where, key,
                              near.empty() ? "." : fmt::format("; did you mean '{}'?", near), names_.manual));
}

void Config::load(const YamlNode& root) {
  Loader loader(*this);
  loader.read(root);
  entries_ = loader.take();
}

void Config::load_file(const std::string& path) { load(read_yaml_file(path)); }

void Config::load_text(const std::string& text, const std::string& name) { load(read_yaml_text(text, name)); }

void Config::set(std::string_view assignment) { set(assignment, {ValueSource::Kind::command_line, names_.option, 0, 0}); }

void Config::set(std::string_view assignment, const ValueSource& origin) {
  std::string where = origin.text();
  if (origin.kind == ValueSource::Kind::command_line && !where.ends_with(assignment)) where.append(" ").append(assignment);
  const std::size_t equals = assignment.find('=');
  const std::string key(trimmed(assignment.substr(0, equals)));
  if (equals == std::string_view::npos || key.empty()) {
    throw UserError(
        fmt::format("{}: an assignment is written key=value, such as {}=6. '{}' lists every key.", where, declarations_.front().key, names_.manual),
        ExitCode::usage);
  }
  const auto found = index_.find(key);
  if (found == index_.end()) {
    const std::vector<std::string> inside = keys_below(key);
    if (inside.empty()) refuse_unknown(key, where, false);
    throw UserError(fmt::format("{}: '{}' is a section, not a parameter; its keys are {}", where, key, some_keys(inside)));
  }
  Value value = parse_value(declarations_[found->second], trimmed(assignment.substr(equals + 1)), where);
  entries_[found->second] = {std::move(value), origin};
}

std::size_t Config::index_of(std::string_view key) const {
  const auto found = index_.find(key);
  if (found == index_.end()) misuse(key, "is not declared");
  return found->second;
}

const Value& Config::value(std::string_view key) const { return entries_[index_of(key)].value; }
const ValueSource& Config::origin(std::string_view key) const { return entries_[index_of(key)].origin; }
const Declaration& Config::declaration(std::string_view key) const { return declarations_[index_of(key)]; }

namespace {

template <typename T>
const T& get(std::string_view key, const Value& value, const char* type) {
  if (const T* held = std::get_if<T>(&value)) return *held;
  misuse(key, fmt::format("does not hold a {}", type));
}

/// Whether the value of `key` is `off_word`, the word for "no number". Throws std::logic_error if the key does not declare this word.
bool holds_off_word(const Config& config, std::string_view key, std::string_view off_word) {
  const std::vector<std::string>& words = config.declaration(key).words;
  if (std::find(words.begin(), words.end(), off_word) == words.end()) misuse(key, fmt::format("does not take the word '{}'", off_word));
  const auto* word = std::get_if<std::string>(&config.value(key));
  return word != nullptr && *word == off_word;
}

}  // namespace

bool Config::boolean(std::string_view key) const { return get<bool>(key, value(key), "boolean"); }
std::int64_t Config::integer(std::string_view key) const { return get<std::int64_t>(key, value(key), "integer"); }
double Config::real(std::string_view key) const { return get<double>(key, value(key), "real number"); }
const std::string& Config::word(std::string_view key) const { return get<std::string>(key, value(key), "word"); }

std::optional<std::int64_t> Config::optional_integer(std::string_view key, std::string_view off_word) const {
  if (holds_off_word(*this, key, off_word)) return std::nullopt;
  return integer(key);
}

std::optional<double> Config::optional_real(std::string_view key, std::string_view off_word) const {
  if (holds_off_word(*this, key, off_word)) return std::nullopt;
  return real(key);
}

double Config::number(std::string_view key) const {
  const auto* integer_value = std::get_if<std::int64_t>(&value(key));
  return integer_value != nullptr ? static_cast<double>(*integer_value) : get<double>(key, value(key), "number");
}

double Config::si(std::string_view key) const { return to_si(number(key), declaration(key).unit); }

double Config::si(std::string_view key, std::string_view si_unit) const {
  const std::optional<double> converted = convert_unit(number(key), declaration(key).unit, si_unit);
  if (!converted) misuse(key, fmt::format("is declared in '{}', which does not convert to '{}'", declaration(key).unit, si_unit));
  return *converted;
}

void Config::refuse(std::string_view key, const std::string& why) const {
  const ValueSource& where = origin(key);
  const bool from_default = where.kind == ValueSource::Kind::declared_default;
  const std::string text = value_text(declaration(key), value(key));
  throw UserError(from_default ? fmt::format("{} = {} (its default): {}", key, text, why)
                               : fmt::format("{}: {} = {}: {}", where.text(), key, text, why));
}

std::string Config::json(int indent) const {
  Json root{Json::Object{}};
  for (const auto& [key, index] : index_) {
    Json* place = &root;
    std::size_t begin = 0;
    for (std::size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', begin)) {
      place = &(*place)[std::string_view(key).substr(begin, dot - begin)];
      begin = dot + 1;
    }
    (*place)[std::string_view(key).substr(begin)] = std::visit([](const auto& held) { return Json(held); }, entries_[index].value);
  }
  return root.dump(indent);
}

}  // namespace mho::base
