#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/design_file/document.h"

namespace mho::workloads {

// Parts of a data description. All throw UserError with file, line and column.

[[noreturn]] void fail_at(const base::YamlNode& node, const std::string& why);
/// "a section", "a list", ...
const char* kind_text(base::YamlNode::Kind kind);
/// `node` as a section with no other keys than `legal`.
const base::YamlNode& section_of(const base::YamlNode& node, const std::string& what, const std::vector<std::string>& legal);
const std::string& text_of(const base::YamlNode& node, const std::string& key);
double number_of(const base::YamlNode& node, const std::string& key);
/// The same as a number that a float holds: neither too large for it, nor one that it takes for 0.
float float_of(const base::YamlNode& node, const std::string& key);
/// From 1 on.
std::int64_t positive_integer(const base::YamlNode& node, const std::string& key);
/// A number, or a list of one per channel.
std::vector<float> numbers_of(const base::YamlNode& node, const std::string& key);
/// A path with ${NAME} replaced by environment variables; relative ones start at the folder of the YAML file. No pipe or device: data are
/// read more than once.
std::string path_of(const base::YamlNode& node, const std::string& key);

}  // namespace mho::workloads
