#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mho::analysis {

/// Which runs of a database a page shows: those listed, or those for which an SQL condition over the columns of v_run holds; neither: all.
struct PageChoice {
  std::vector<std::int64_t> runs;
  std::string where;
};

struct ReportPage {
  std::string html;                    ///< one file that needs no other
  std::size_t runs = 0;                ///< that it shows, in the order of their numbers
  std::vector<std::string> omitted{};  ///< sections of single runs that would have made it larger than most_page_bytes
};

/// A page of more than one run stays below this: sections of single runs are left out, the least asked for first. What stands in the table of runs is
/// always there.
constexpr std::size_t most_page_bytes = 1'000'000;

/// Reads the database at `path`, which is not changed, and makes the page. Throws UserError: a file that open_for_reading refuses, no such run, a
/// condition that SQLite does not take, nothing to show.
ReportPage report_page(const std::string& path, const PageChoice& choice);

}  // namespace mho::analysis
