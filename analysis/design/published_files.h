#pragma once

#include <string_view>
#include <vector>

namespace mho::analysis {

/// A table of what papers state.
struct PublishedFile {
  std::string_view file;  ///< its path in designs/
  std::string_view text;  ///< CSV
};

/// designs/published_macros.csv and designs/*/expected.csv.
std::vector<PublishedFile> published_files();

}  // namespace mho::analysis
