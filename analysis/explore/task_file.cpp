#include "analysis/explore/task_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/design_file/config.h"
#include "base/design_file/number_text.h"

namespace mho::analysis {

namespace {

using base::YamlNode;

void add_leaves(const YamlNode& node, const std::string& prefix, std::vector<std::pair<std::string, const YamlNode*>>& leaves) {
  if (node.kind != YamlNode::Kind::map) {
    leaves.emplace_back(prefix, &node);
    return;
  }
  for (const auto& entry : node.entries) add_leaves(entry.value, prefix.empty() ? entry.key : prefix + "." + entry.key, leaves);
}

/// Appends "key=value" for every leaf of a section; a list contains such texts already.
void add_assignments(const YamlNode& node, std::vector<std::string>& assignments) {
  if (node.kind != YamlNode::Kind::map) {
    for (const std::string& text : texts_of(node, "set")) assignments.push_back(text);
    return;
  }
  for (const auto& [key, value] : leaves_of(node)) assignments.push_back(fmt::format("{}={}", key, scalar_of(*value, key)));
}

std::vector<double> ages_of(const YamlNode& node) {
  std::vector<double> times_s;
  for (const std::string& text : texts_of(node, "times")) {
    for (const std::string& part : parts_of(text, ',')) {
      try {
        times_s.push_back(base::parse_duration_seconds(part));
      } catch (const base::UserError& error) {
        refuse_at(node, error.what());
      }
    }
  }
  if (times_s.empty()) refuse_at(node, "'times' is an age of the chip, or several, such as [1s, 1d, 1y]");
  if (std::ranges::adjacent_find(times_s, std::greater_equal<>()) != times_s.end()) refuse_at(node, "the times must increase");
  return times_s;
}

constexpr std::int64_t most_programmings = 1'000'000;

using Reading = std::function<void(EvaluationTask&, const YamlNode&, const std::string&)>;

const std::vector<std::pair<std::string, Reading>>& readings() {
  static const std::vector<std::pair<std::string, Reading>> all{
      {"network", [](auto& task, const auto& value, const auto& key) { task.network = scalar_of(value, key); }},
      {"data", [](auto& task, const auto& value, const auto& key) { task.data = scalar_of(value, key); }},
      {"design", [](auto& task, const auto& value, const auto& key) { task.design = scalar_of(value, key); }},
      {"set", [](auto& task, const auto& value, const auto& /*key*/) { add_assignments(value, task.set); }},
      {"layer",
       [](auto& task, const auto& value, const auto& key) {
         for (const std::string& rule : texts_of(value, key)) task.layer.push_back(rule);
       }},
      {"scalar",
       [](auto& task, const auto& value, const auto& key) {
         for (const std::string& rule : texts_of(value, key)) task.scalar.push_back(rule);
       }},
      {"times", [](auto& task, const auto& value, const auto& /*key*/) { task.times_s = ages_of(value); }},
      {"repeats",
       [](auto& task, const auto& value, const auto& key) { task.repeats = static_cast<int>(std::min(whole_of(value, key, 1), most_programmings)); }},
      {"samples", [](auto& task, const auto& value, const auto& key) { task.samples = static_cast<std::size_t>(whole_of(value, key, 1)); }},
      {"seed", [](auto& task, const auto& value, const auto& key) { task.seed = static_cast<std::uint64_t>(whole_of(value, key, 0)); }},
  };
  return all;
}

}  // namespace

bool is_task_file(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json"); }

void refuse_at(const YamlNode& node, const std::string& why) { throw base::UserError(fmt::format("{}: {}", node.where(), why)); }

const std::string& scalar_of(const YamlNode& node, const std::string& key) {
  if (node.kind != YamlNode::Kind::scalar) refuse_at(node, fmt::format("'{}' is a single value", key));
  return node.scalar;
}

std::vector<std::string> texts_of(const YamlNode& node, const std::string& key) {
  if (node.kind == YamlNode::Kind::scalar) return {node.scalar};
  if (node.kind != YamlNode::Kind::list) refuse_at(node, fmt::format("'{}' is a value, or a list of values", key));
  std::vector<std::string> texts;
  for (const YamlNode& item : node.items) texts.push_back(scalar_of(item, key));
  return texts;
}

std::int64_t whole_of(const YamlNode& node, const std::string& key, std::int64_t least) {
  const auto number = base::split_number(scalar_of(node, key));
  if (!number || !number->integer || !number->unit.empty() || *number->integer < least) {
    refuse_at(node, fmt::format("'{}' is a whole number from {} on, not '{}'", key, least, node.scalar));
  }
  return *number->integer;
}

bool truth_of(const YamlNode& node, const std::string& key) {
  const std::string& text = scalar_of(node, key);
  if (text != "true" && text != "false") refuse_at(node, fmt::format("'{}' is true or false, not '{}'", key, text));
  return text == "true";
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(base::trimmed(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::pair<std::string, const YamlNode*>> leaves_of(const YamlNode& section) {
  std::vector<std::pair<std::string, const YamlNode*>> leaves;
  add_leaves(section, "", leaves);
  return leaves;
}

const std::vector<std::string>& task_entries() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, reading] : readings()) all.push_back(name);
    return all;
  }();
  return names;
}

bool read_task_entry(EvaluationTask& task, const YamlNode::Entry& entry) {
  const auto reading = std::ranges::find(readings(), entry.key, [](const auto& one) { return one.first; });
  if (reading == readings().end()) return false;
  reading->second(task, entry.value, entry.key);
  return true;
}

void refuse_entry(const YamlNode& node, const YamlNode::Entry& entry, const std::string& kind, std::vector<std::string> legal) {
  legal.insert(legal.begin(), task_entries().begin(), task_entries().end());
  const std::string near = base::nearest_spelling(entry.key, legal);
  throw base::UserError(fmt::format("{}:{}:{}: unknown key '{}' of a {}{}; legal are {}", node.file, entry.line, entry.column, entry.key, kind,
                                    near.empty() ? "" : fmt::format(" (did you mean {}?)", near), fmt::join(legal, ", ")));
}

}  // namespace mho::analysis
