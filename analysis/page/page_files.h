#pragma once

#include <string_view>
#include <vector>

namespace mho::analysis {

/// A file of analysis/page/files, embedded at build time: the frame of a page, its style and its scripts.
struct PageFile {
  std::string_view name;  ///< "page.html"
  std::string_view text;
};

/// The files in the order of their names, in which the scripts run.
std::vector<PageFile> page_files();

}  // namespace mho::analysis
