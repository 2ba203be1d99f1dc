#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// A number from the rows of a view of the database for one run: "v_programming.joule", "max(v_link.flits_per_cycle)", "v_energy.percent[block=adc]".
struct ViewFigure {
  std::string name{};     ///< as the user writes it, without blanks
  std::string combine{};  ///< "sum", "max", "min" or "mean" over the rows; empty: exactly one row
  std::string view{}, column{};
  std::string unit{};                                          ///< from v_column; empty: none
  std::optional<std::pair<std::string, std::string>> where{};  ///< only rows whose column has this value
  [[nodiscard]] bool needs_accuracy() const;                   ///< whether only runs with accuracy have it
};

/// Whether a name is a figure of a view: it contains a bracket, or a dot that is not part of an age.
bool is_view_figure(const std::string& name);
/// Parses a figure of a view. Throws UserError with code usage for an unknown view or column (with the nearest spelling) and for a view that does not
/// describe a design, such as v_cache.
ViewFigure view_figure(const std::string& name);

/// The value for a stored run; empty if no row has one. Throws UserError with code usage for values that are not numbers, and for several rows if the
/// figure does not state how to combine them.
std::optional<double> value_of(SQLite::Database& database, std::int64_t run, const ViewFigure& figure);

}  // namespace mho::analysis
