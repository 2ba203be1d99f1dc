#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/search/engine.h"

namespace mho::analysis {

/// A figure of Evaluation::figures that a search makes small or large.
struct Objective {
  std::string figure;
  bool more_is_better = false;
};

/// What a figure must keep.
struct FigureLimit {
  std::string figure;
  bool at_least = false;  ///< else at most
  double bound = 0;
  [[nodiscard]] std::string text() const;  ///< "throughput_per_s >= 100000"
  [[nodiscard]] bool holds(double value) const { return at_least ? value >= bound : value <= bound; }
  /// How far `value` is beyond the bound: the logarithm of their ratio, of shares and of what is not above 0 the difference over the bound. 0: it
  /// holds.
  [[nodiscard]] double violation(double value) const;
  /// The same constraint, its bound `share` easier to keep.
  [[nodiscard]] FigureLimit relaxed(double share) const;
};

/// The figure that a user calls `name`: itself, or the one that "area", "energy", "latency", "throughput", ... stand for; of accuracies without an
/// age that at the last of `times_s`; a number out of another view of the database (view_figure.h); of a column of v_run the figure of that name.
/// Throws UserError (usage) for others.
std::string figure_called(const std::string& name, const std::vector<double>& times_s);
/// Unit of a figure: "s", "J", "W", "mm2", "1/s", what v_column says of a view's, or none.
std::string unit_of_figure(const std::string& figure);
/// "100k", "99%", "12 us" in the unit of the figure. Throws UserError (usage), naming `option`.
double parse_bound(const std::string& option, const std::string& text, const std::string& figure);
/// "throughput >= 100k", "latency_s<=10us". Throws UserError (usage), naming `option`.
FigureLimit parse_limit(const std::string& option, const std::string& text, const std::vector<double>& times_s);

/// Whether an evaluation on tiles is needed for it.
bool needs_accuracy(const std::string& figure);
/// Whether the accuracy proxy can tell it: accuracy@AGE, normalised@AGE, and what needs no accuracy.
bool is_predictable(const std::string& figure);

/// What engines read. An evaluation without figures, or with an objective that is no number, has no objectives. Costs that are above 0 count by their
/// logarithms.
Judgement judgement_of(const std::map<std::string, double>& figures, const std::vector<Objective>& objectives,
                       const std::vector<FigureLimit>& constraints);

}  // namespace mho::analysis
