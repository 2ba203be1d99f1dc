#include "base/design_file/patterns.h"

#include <fnmatch.h>

#include <algorithm>
#include <sstream>

namespace mho::base {

std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> entries;
  std::istringstream list(text);
  for (std::string entry; std::getline(list, entry, ',');) {
    const std::size_t begin = entry.find_first_not_of(' ');
    if (begin != std::string::npos) entries.push_back(entry.substr(begin, entry.find_last_not_of(' ') + 1 - begin));
  }
  return entries;
}

bool matches_any(const std::string& patterns, const std::string& name) {
  return std::ranges::any_of(listed(patterns), [&](const std::string& pattern) { return fnmatch(pattern.c_str(), name.c_str(), FNM_CASEFOLD) == 0; });
}

}  // namespace mho::base
