#pragma once

#include <string_view>
#include <vector>

namespace mho::analysis {

/// A table of published figures.
struct PublishedFile {
  std::string_view file;  ///< path, relative to designs/
  std::string_view text;  ///< CSV
};

/// designs/published_macros.csv and designs/*/expected.csv.
std::vector<PublishedFile> published_files();

}  // namespace mho::analysis
