#pragma once

#include <string_view>
#include <vector>

namespace mho::analysis {

/// A table of one run on a page.
struct RunSection {
  std::string_view name;  ///< name used by the scripts of the page
  std::string_view sql;   ///< rows of run ?1; a column whose name ends in _json holds JSON
};

/// The sections in order of priority, for pages where not all have room.
const std::vector<RunSection>& run_sections();

/// SQL for the row of run ?1 in the table of runs: the columns that the page can sort, filter and draw by.
std::string_view overview_sql();

}  // namespace mho::analysis
