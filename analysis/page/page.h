#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mho::analysis {

/// Selects the runs of a page: those listed, or those that fulfil an SQL condition over the columns of v_run; neither: all.
struct PageChoice {
  std::vector<std::int64_t> runs;
  std::string where;
};

struct ReportPage {
  std::string html;                    ///< one self-contained file
  std::size_t runs = 0;                ///< number of shown runs, in the order of their numbers
  std::vector<std::string> omitted{};  ///< sections of single runs left out because of most_page_bytes
};

/// Size limit of a page with more than one run, in bytes. Sections of single runs are left out, the least requested first; the table of runs is
/// always complete.
constexpr std::size_t most_page_bytes = 1'000'000;

/// Makes the page for the database at `path`, which is not changed. Throws UserError for a file that open_for_reading refuses, a run that does not
/// exist, a condition that SQLite refuses, and if no run is selected.
ReportPage report_page(const std::string& path, const PageChoice& choice);

}  // namespace mho::analysis
