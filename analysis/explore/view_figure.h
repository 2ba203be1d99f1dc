#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// A number out of the rows that a view of the database has of one run: "v_programming.joule", "max(v_link.flits_per_cycle)",
/// "v_energy.percent[block=adc]".
struct ViewFigure {
  std::string name{};     ///< as a user writes it, without blanks
  std::string combine{};  ///< "sum", "max", "min" or "mean" of the rows; empty: there is one
  std::string view{}, column{};
  std::string unit{};                                          ///< of v_column; empty: none
  std::optional<std::pair<std::string, std::string>> where{};  ///< rows whose column has this value alone
  [[nodiscard]] bool needs_accuracy() const;                   ///< only runs with accuracy have it
};

/// Whether a name is meant as one: it has a bracket, or a point that does not stand in an age.
bool is_view_figure(const std::string& name);
/// Throws UserError (usage): a view or column that does not exist, with the nearest spelling; a view that says nothing of a design, such as v_cache.
ViewFigure view_figure(const std::string& name);

/// Its value for a stored run; empty where no row has one. Throws UserError (usage) for words in place of numbers, and for several rows of a figure
/// that does not say how to combine them.
std::optional<double> value_of(SQLite::Database& database, std::int64_t run, const ViewFigure& figure);

}  // namespace mho::analysis
