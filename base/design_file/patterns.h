#pragma once

#include <string>
#include <vector>

namespace mho::base {

/// The entries of a list separated by commas, without the spaces around them.
std::vector<std::string> listed(const std::string& text);

/// Whether `name` is one of the patterns with * and ? in a list separated by commas. Case does not count.
bool matches_any(const std::string& patterns, const std::string& name);

}  // namespace mho::base
