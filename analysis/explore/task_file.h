#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "base/design_file/document.h"

namespace mho::analysis {

/// Common parts of sweep files and search files.

/// Whether a path names such a file, by its ending: .yaml, .yml or .json. Other paths are networks.
bool is_task_file(const std::string& path);

/// Reads an entry for all points: network, data, design, set, layer, scalar, times, repeats, samples, seed. Returns false for other entries. Throws
/// UserError with file:line:column.
bool read_task_entry(EvaluationTask& task, const base::YamlNode::Entry& entry);
/// The names of the entries that read_task_entry() accepts.
const std::vector<std::string>& task_entries();

/// Throws UserError for an entry that is not legal in a file of this kind ("sweep", "search"); `legal`: names of its own entries.
[[noreturn]] void refuse_entry(const base::YamlNode& node, const base::YamlNode::Entry& entry, const std::string& kind,
                               std::vector<std::string> legal);

/// Throws UserError with the position of a node.
[[noreturn]] void refuse_at(const base::YamlNode& node, const std::string& why);

/// Values of nodes; `key`: name used in messages. All throw UserError with file:line:column.
const std::string& scalar_of(const base::YamlNode& node, const std::string& key);
/// One value, or a list of values.
std::vector<std::string> texts_of(const base::YamlNode& node, const std::string& key);
std::int64_t whole_of(const base::YamlNode& node, const std::string& key, std::int64_t least);
bool truth_of(const base::YamlNode& node, const std::string& key);

/// Splits a text at its separators and trims the parts.
std::vector<std::string> parts_of(const std::string& text, char separator);

/// The keys of a section with their values; nested keys are joined with dots.
std::vector<std::pair<std::string, const base::YamlNode*>> leaves_of(const base::YamlNode& section);

}  // namespace mho::analysis
