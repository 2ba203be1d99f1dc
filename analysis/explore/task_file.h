#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "base/design_file/document.h"

namespace mho::analysis {

/// What files of sweeps and of searches have in common.

/// Whether a path names such a file, by its ending: .yaml, .yml or .json. Others are networks.
bool is_task_file(const std::string& path);

/// Reads an entry that says what all points share: network, data, design, set, layer, scalar, times, repeats, samples, seed. False: it is none of
/// these. Throws UserError with file:line:column.
bool read_task_entry(EvaluationTask& task, const base::YamlNode::Entry& entry);
/// The names that read_task_entry() knows.
const std::vector<std::string>& task_entries();

/// Throws the refusal of an entry that has no meaning in a file of this kind ("sweep", "search"); `legal` are the names of its own entries.
[[noreturn]] void refuse_entry(const base::YamlNode& node, const base::YamlNode::Entry& entry, const std::string& kind,
                               std::vector<std::string> legal);

/// Throws UserError at a node.
[[noreturn]] void refuse_at(const base::YamlNode& node, const std::string& why);

/// Values of nodes; `key` is what messages call them. All throw UserError with file:line:column.
const std::string& scalar_of(const base::YamlNode& node, const std::string& key);
/// One value, or a list of values.
std::vector<std::string> texts_of(const base::YamlNode& node, const std::string& key);
std::int64_t whole_of(const base::YamlNode& node, const std::string& key, std::int64_t least);
bool truth_of(const base::YamlNode& node, const std::string& key);

/// A text at its separators; without blanks at the ends of the parts.
std::vector<std::string> parts_of(const std::string& text, char separator);

/// The keys of a section with what they hold, dotted where they are nested.
std::vector<std::pair<std::string, const base::YamlNode*>> leaves_of(const base::YamlNode& section);

}  // namespace mho::analysis
