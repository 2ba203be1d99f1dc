#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// Kinds of stored results.
enum class ResultKind { run, study, training };

/// "run", "study", "training".
std::string kind_word(ResultKind kind);
/// The view that lists results of this kind: v_run, v_study, v_training.
std::string view_of(ResultKind kind);

/// Selects results and their order.
struct ListRequest {
  ResultKind kind = ResultKind::run;
  std::vector<std::string> columns{};                       ///< columns of the view or, for runs, keys of parameters; empty: the default ones
  std::optional<std::string> where{};                       ///< an SQL expression over columns of the view
  std::vector<std::pair<std::string, std::string>> tags{};  ///< tags that a result must have
  std::optional<double> since_s{};                          ///< largest age of a result, in seconds
  std::optional<std::string> sort{};                        ///< a column or a key; empty: by number
  bool descending = false;                                  ///< without `sort` the newest result is first in any case
  std::optional<std::int64_t> limit{};                      ///< largest number of rows; empty: all
};

/// One row for each result. Throws UserError with code usage for an unknown column or key (with the nearest spelling) and for a condition that SQLite
/// refuses.
ResultTable list_results(const Reader& reader, const ListRequest& request);

/// The SQL expression for a column of v_run or a parameter, for the row `alias` of the view. Throws UserError with code usage and the nearest
/// spelling.
std::string run_expression(const Reader& reader, const std::string& name, const std::string& alias);

/// A name in quotes for SQL.
std::string sql_name(const std::string& name);
/// A text in quotes for SQL.
std::string sql_text(const std::string& text);

}  // namespace mho::analysis
