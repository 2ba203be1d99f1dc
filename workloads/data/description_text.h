#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/design_file/document.h"

namespace mho::workloads {

// Readers for parts of a data description. All throw UserError with file, line and column.

[[noreturn]] void fail_at(const base::YamlNode& node, const std::string& why);
/// "a section", "a list", ...
const char* kind_text(base::YamlNode::Kind kind);
/// Returns `node` if it is a section whose keys are all in `legal`.
const base::YamlNode& section_of(const base::YamlNode& node, const std::string& what, const std::vector<std::string>& legal);
const std::string& text_of(const base::YamlNode& node, const std::string& key);
double number_of(const base::YamlNode& node, const std::string& key);
/// The same as a float. Refuses numbers that are too large for a float and non-zero numbers that it rounds to 0.
float float_of(const base::YamlNode& node, const std::string& key);
/// An integer of at least 1.
std::int64_t positive_integer(const base::YamlNode& node, const std::string& key);
/// A number, or a list of one per channel.
std::vector<float> numbers_of(const base::YamlNode& node, const std::string& key);
/// A path with ${NAME} replaced by environment variables; a relative path starts at the folder of the YAML file. Refuses pipes and devices, because
/// data are read more than once.
std::string path_of(const base::YamlNode& node, const std::string& key);

}  // namespace mho::workloads
