#pragma once

#include <string>
#include <vector>

namespace mho::base {

/// The entries of a comma-separated list, without the spaces around them.
std::vector<std::string> listed(const std::string& text);

/// Whether `name` matches one of the patterns with * and ? in a comma-separated list. Case is ignored.
bool matches_any(const std::string& patterns, const std::string& name);

}  // namespace mho::base
