#pragma once

#include <string_view>
#include <vector>

namespace mho::analysis {

/// A file of analysis/page/files, embedded at build: the frame of a page, its style and its scripts.
struct PageFile {
  std::string_view name;  ///< "page.html"
  std::string_view text;
};

/// In the order of their names; scripts run in it.
std::vector<PageFile> page_files();

}  // namespace mho::analysis
