#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// What results a database lists.
enum class ResultKind { run, study, training };

/// "run", "study", "training".
std::string kind_word(ResultKind kind);
/// The view with a row for each: v_run, v_study, v_training.
std::string view_of(ResultKind kind);

/// Which results, and in which order.
struct ListRequest {
  ResultKind kind = ResultKind::run;
  std::vector<std::string> columns{};                       ///< of the view, or of runs keys of parameters; empty: the usual ones
  std::optional<std::string> where{};                       ///< an expression of SQL over columns of the view
  std::vector<std::pair<std::string, std::string>> tags{};  ///< that a result has
  std::optional<double> since_s{};                          ///< not older than so many seconds
  std::optional<std::string> sort{};                        ///< a column, or a key; empty: by number
  bool descending = false;                                  ///< without `sort` the newest comes first all the same
  std::optional<std::int64_t> limit{};                      ///< empty: all
};

/// One row each. Throws UserError (code usage): unknown column or key with the nearest spelling, a condition that SQLite does not take.
ResultTable list_results(const Reader& reader, const ListRequest& request);

/// The expression of SQL for a column of v_run, or a parameter, of the view's row `alias`. Throws UserError (code usage) with the nearest spelling.
std::string run_expression(const Reader& reader, const std::string& name, const std::string& alias);

/// A name between quotes, as SQL wants it.
std::string sql_name(const std::string& name);
/// A text between quotes.
std::string sql_text(const std::string& text);

}  // namespace mho::analysis
