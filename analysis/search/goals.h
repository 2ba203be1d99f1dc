#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/search/engine.h"

namespace mho::analysis {

/// A figure of Evaluation::figures that a search minimises or maximises.
struct Objective {
  std::string figure;
  bool more_is_better = false;
};

/// A constraint on a figure.
struct FigureLimit {
  std::string figure;
  bool at_least = false;  ///< else at most
  double bound = 0;
  [[nodiscard]] std::string text() const;  ///< "throughput_per_s >= 100000"
  [[nodiscard]] bool holds(double value) const { return at_least ? value >= bound : value <= bound; }
  /// Distance of `value` beyond the bound: |ln(value / bound)|; for shares and values that are not above 0, |value - bound| / |bound|. 0 if the
  /// constraint holds; 1e9 for a value that is not finite.
  [[nodiscard]] double violation(double value) const;
  /// The same constraint with its bound relaxed by `share` of the bound.
  [[nodiscard]] FigureLimit relaxed(double share) const;
};

/// The figure for the name that a user gives: the figure itself; a short name ("area", "energy", "latency", "throughput", ...); an accuracy without
/// an age, meant at the last of `times_s`; a value of another view of the database (view_figure.h); or v_run.COLUMN. Throws UserError with code usage
/// for other names.
std::string figure_called(const std::string& name, const std::vector<double>& times_s);
/// Unit of a figure: "s", "J", "W", "mm2", "1/s", for a figure of a view that of v_column, or empty.
std::string unit_of_figure(const std::string& figure);
/// Parses a bound such as "100k", "99%", "12 us" to the unit of the figure. Throws UserError with code usage, naming `option`.
double parse_bound(const std::string& option, const std::string& text, const std::string& figure);
/// Parses a constraint such as "throughput >= 100k" or "latency_s<=10us". Throws UserError with code usage, naming `option`.
FigureLimit parse_limit(const std::string& option, const std::string& text, const std::vector<double>& times_s);

/// Whether the figure needs an evaluation on tiles.
bool needs_accuracy(const std::string& figure);
/// Whether the figure is available without an evaluation on tiles: accuracy@AGE and normalised@AGE from the proxy, and figures that need no accuracy.
bool is_predictable(const std::string& figure);

/// The judgement of an evaluation for engines. An evaluation without figures, or with an objective that is not finite, has no objectives. Costs above
/// 0 are replaced by their logarithms.
Judgement judgement_of(const std::map<std::string, double>& figures, const std::vector<Objective>& objectives,
                       const std::vector<FigureLimit>& constraints);

}  // namespace mho::analysis
