#pragma once

#include <string_view>
#include <vector>

namespace mho::analysis {

/// A table of one run on a page.
struct RunSection {
  std::string_view name;  ///< by which the scripts of the page ask for it
  std::string_view sql;   ///< rows of run ?1; a column whose name ends in _json holds JSON
};

/// In the order in which they are kept where not all have room.
const std::vector<RunSection>& run_sections();

/// A row for every run ?1 of the table of runs: what the page can sort, filter and draw by.
std::string_view overview_sql();

}  // namespace mho::analysis
