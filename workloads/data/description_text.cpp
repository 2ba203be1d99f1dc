#include "workloads/data/description_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "base/design_file/config.h"
#include "base/design_file/number_text.h"
#include "base/error.h"

namespace mho::workloads {

using base::YamlNode;

void fail_at(const YamlNode& node, const std::string& why) { throw base::UserError(fmt::format("{}: {}", node.where(), why)); }

const char* kind_text(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a section";
  }
  return "";
}

const YamlNode& section_of(const YamlNode& node, const std::string& what, const std::vector<std::string>& legal) {
  if (node.kind != YamlNode::Kind::map) fail_at(node, fmt::format("{} must be a section of keys, but is {}", what, kind_text(node.kind)));
  for (const auto& entry : node.entries) {
    if (std::find(legal.begin(), legal.end(), entry.key) != legal.end()) continue;
    std::string list;
    for (const auto& key : legal) list += (list.empty() ? "" : ", ") + key;
    const std::string near = base::nearest_spelling(entry.key, legal);
    throw base::UserError(fmt::format("{}:{}:{}: unknown key '{}' in {}{}; legal keys are {}", node.file, entry.line, entry.column, entry.key, what,
                                      near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), list));
  }
  return node;
}

const std::string& text_of(const YamlNode& node, const std::string& key) {
  if (node.kind != YamlNode::Kind::scalar) fail_at(node, fmt::format("'{}' must be a single value, but is {}", key, kind_text(node.kind)));
  return node.scalar;
}

double number_of(const YamlNode& node, const std::string& key) {
  const auto parsed = base::split_number(text_of(node, key));
  if (!parsed || !parsed->unit.empty()) fail_at(node, fmt::format("'{}' must be a number without unit, not '{}'", key, node.scalar));
  return parsed->value;
}

float float_of(const YamlNode& node, const std::string& key) {
  const double written = number_of(node, key);
  const auto value = static_cast<float>(written);
  if (!std::isfinite(value)) fail_at(node, fmt::format("'{}' {} is too large; samples are computed with 32 bits", key, node.scalar));
  if (written != 0 && !std::isnormal(value)) fail_at(node, fmt::format("'{}' {} is too small; samples are computed with 32 bits", key, node.scalar));
  return value;
}

std::int64_t positive_integer(const YamlNode& node, const std::string& key) {
  const auto parsed = base::split_number(text_of(node, key));
  if (!parsed || !parsed->unit.empty() || !parsed->integer || *parsed->integer < 1 || *parsed->integer > std::numeric_limits<std::int32_t>::max()) {
    fail_at(node, fmt::format("'{}' must be a whole number from 1 on, not '{}'", key, node.scalar));
  }
  return *parsed->integer;
}

std::vector<float> numbers_of(const YamlNode& node, const std::string& key) {
  std::vector<float> result;
  if (node.kind == YamlNode::Kind::list) {
    for (const YamlNode& item : node.items) result.push_back(float_of(item, key));
    if (result.empty()) fail_at(node, fmt::format("'{}' is an empty list; one number, or one per channel, is needed", key));
  } else {
    result.push_back(float_of(node, key));
  }
  return result;
}

std::string path_of(const YamlNode& node, const std::string& key) {
  const std::string& written = text_of(node, key);
  std::string path;
  for (std::size_t at = 0; at < written.size();) {
    if (written.compare(at, 2, "${") != 0) {
      path += written[at++];
      continue;
    }
    const std::size_t end = written.find('}', at);
    if (end == std::string::npos) fail_at(node, fmt::format("'{}' has a '${{' without '}}'", written));
    const std::string variable = written.substr(at + 2, end - at - 2);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) {
      fail_at(node, fmt::format("the environment variable {} is not set; export {} with the folder that holds the data, or write the path out",
                                variable, variable));
    }
    if (*value == '\0') {
      fail_at(node,
              fmt::format("the environment variable {} is set but empty, so {} would begin at the root; export {} with the folder that holds the "
                          "data, or write the path out",
                          variable, written, variable));
    }
    path += value;
    at = end + 1;
  }
  if (path.empty()) fail_at(node, fmt::format("'{}' is empty; a path is needed", key));
  const std::filesystem::path given(path);
  if (!given.is_absolute()) path = (std::filesystem::path(node.file).parent_path() / given).string();
  base::require_plain_file(path);
  return path;
}

}  // namespace mho::workloads
