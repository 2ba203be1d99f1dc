#include "analysis/search/goals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include "analysis/explore/evaluator.h"
#include "analysis/explore/sweep/figure_front.h"
#include "analysis/explore/view_figure.h"
#include "base/design_file/config.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 11> short_names{{{"area", "area_mm2"},
                                                                           {"energy", "energy_per_inference_j"},
                                                                           {"latency", "latency_s"},
                                                                           {"interval", "interval_s"},
                                                                           {"throughput", "throughput_per_s"},
                                                                           {"power", "average_power_w"},
                                                                           {"leakage", "leakage_w"},
                                                                           {"efficiency", "tops_per_watt"},
                                                                           {"upkeep", "v_upkeep.power_w"},
                                                                           {"downtime", "v_upkeep.downtime"},
                                                                           {"tile_yield", "v_upkeep.tile_yield"}}};
constexpr std::array<const char*, 6> shares{"normalised", "yield", "good_chips", "utilisation", "v_upkeep.downtime", "v_upkeep.tile_yield"};
constexpr std::array<const char*, 7> of_accuracy{"accuracy", "normalised", "yield", "good_chips", "worst", "percentile5", "median"};

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' '), end = text.find_last_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

bool is_share_figure(const std::string& figure) { return needs_accuracy(figure) || figure == "utilisation"; }

/// Names of the figures of an evaluation; with `times_s` also those of accuracy at these ages.
std::set<std::string> names_of_figures(const std::vector<double>& times_s) {
  EvaluationTask task;
  task.accuracy = !times_s.empty();
  task.times_s = times_s;
  const std::vector<std::string> names = figure_names(task);
  std::set<std::string> all(names.begin(), names.end());
  // These need an age.
  all.erase("normalised");
  all.erase("yield");
  return all;
}

}  // namespace

std::string FigureLimit::text() const { return fmt::format("{} {} {:.6g}", figure, at_least ? ">=" : "<=", bound); }

double FigureLimit::violation(double value) const {
  if (holds(value)) return 0;
  if (!std::isfinite(value)) return 1e9;
  if (!is_share_figure(figure) && value > 0 && bound > 0) return std::abs(std::log(value / bound));
  return std::abs(value - bound) / std::max(std::abs(bound), 1e-12);
}

FigureLimit FigureLimit::relaxed(double share) const {
  FigureLimit easier = *this;
  easier.bound = at_least ? bound - share * std::abs(bound) : bound + share * std::abs(bound);
  return easier;
}

bool needs_accuracy(const std::string& figure) {
  if (is_view_figure(figure)) return view_figure(figure).needs_accuracy();
  return std::ranges::any_of(of_accuracy, [&](const auto& name) { return figure.starts_with(name); }) || figure.ends_with("_accuracy");
}

bool is_predictable(const std::string& figure) {
  return !needs_accuracy(figure) || figure.starts_with("accuracy@") || figure.starts_with("normalised@");
}

std::string figure_called(const std::string& name, const std::vector<double>& times_s) {
  constexpr std::string_view of_runs = "v_run.";
  if (name.starts_with(of_runs)) {
    std::string column = name.substr(of_runs.size());
    if (const std::set<std::string> figures = names_of_figures(times_s); figures.contains(column)) return column;
    throw base::UserError(
        fmt::format("'{}': this column of v_run is no figure of the chip; figures are {}", name, fmt::join(names_of_figures(times_s), ", ")),
        base::ExitCode::usage);
  }
  if (is_view_figure(name)) return view_figure(name).name;
  const std::set<std::string> names = names_of_figures(times_s);
  if (!times_s.empty() && std::ranges::find(of_accuracy, name) != of_accuracy.end()) return fmt::format("{}@{}", name, age_text(times_s.back()));
  if (names.contains(name)) return name;
  for (const auto& [shorter, figure] : short_names) {
    if (name == shorter) return figure;
    for (const std::string end : {"@low", "@high"}) {
      if (name == shorter + end && names.contains(figure + end)) return figure + end;
    }
  }
  std::vector<std::string> legal(names.begin(), names.end());
  for (const auto& [shorter, figure] : short_names) legal.emplace_back(shorter);
  const std::string near = base::nearest_spelling(name, legal);
  throw base::UserError(fmt::format("'{}' is no figure of a design{}; there are {}, and numbers out of views, such as max(v_link.flits_per_cycle)",
                                    name, near.empty() ? "" : ", did you mean " + near + "?", fmt::join(legal, ", ")),
                        base::ExitCode::usage);
}

std::string unit_of_figure(const std::string& figure) {
  if (is_view_figure(figure)) {
    const std::string unit = view_figure(figure).unit;
    return unit == "metric" ? "" : unit;
  }
  const std::string plain = figure.substr(0, figure.find('@'));
  if (plain.ends_with("_per_s")) return "1/s";
  if (plain.ends_with("_per_watt")) return "";
  for (const auto& [end, unit] : {std::pair{"_s", "s"}, std::pair{"_j", "J"}, std::pair{"_w", "W"}, std::pair{"_mm2", "mm2"}}) {
    if (plain.ends_with(end)) return unit;
  }
  return "";
}

namespace {

constexpr double percent = 100;

/// Throws UserError for a share beyond its range. 1 is the accuracy of the float network, or all chips; on tiles a little more is possible.
void check_share(const std::string& option, const std::string& text, const std::string& figure, double number, const std::string& unit) {
  constexpr double most = 1.5;
  if (std::ranges::none_of(shares, [&](const char* name) { return figure.starts_with(name); }) || !(unit.empty() || unit == "%")) return;
  if (number <= (unit.empty() ? most : most * percent)) return;
  throw base::UserError(fmt::format("{} {}: {} is a share of at most about 1, or 100%{}", option, text, figure,
                                    unit.empty() && number <= percent ? fmt::format("; did you mean {}%?", trimmed(text)) : ""),
                        base::ExitCode::usage);
}

}  // namespace

double parse_bound(const std::string& option, const std::string& text, const std::string& figure) {
  const std::string unit = unit_of_figure(figure), whole = trimmed(text);
  double number = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), number);
  const std::string given = trimmed(std::string(end, whole.data() + whole.size()));
  if (error == std::errc() && std::isfinite(number)) {
    check_share(option, text, figure, number, given);
    if (given.empty()) return number;
    if (unit.empty() && given == "%") return number / percent;
    for (const auto& [prefix, factor] : {std::pair{"k", 1e3}, std::pair{"M", 1e6}, std::pair{"G", 1e9}}) {
      if ((unit.empty() || unit == "1/s") && (given == prefix || given == fmt::format("{}/s", prefix))) return number * factor;
    }
    if (const auto converted = base::convert_unit(number, given, unit)) return *converted;
  }
  throw base::UserError(fmt::format("{} {}: a bound of {} is a number{}", option, text, figure,
                                    unit.empty()    ? ", or a percentage such as 99%"
                                    : unit == "1/s" ? " a second, such as 100k or 2.5M"
                                                    : fmt::format(" in {}, or with a unit of its own such as {}", unit,
                                                                  unit == "s"   ? "12us"
                                                                  : unit == "J" ? "3uJ"
                                                                  : unit == "W" ? "20mW"
                                                                                : "2.5mm2")),
                        base::ExitCode::usage);
}

FigureLimit parse_limit(const std::string& option, const std::string& text, const std::vector<double>& times_s) {
  // A value in brackets can contain a comparison sign too.
  const std::size_t bracket = text.rfind(']');
  const std::size_t at = text.find_first_of("<>", bracket == std::string::npos ? 0 : bracket);
  if (at == std::string::npos || at == 0) {
    throw base::UserError(fmt::format("{} {}: a constraint is written FIGURE <= BOUND or FIGURE >= BOUND, such as 'latency <= 10us'", option, text),
                          base::ExitCode::usage);
  }
  const std::size_t bound = at + (at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1);
  FigureLimit constraint{.figure = figure_called(trimmed(text.substr(0, at)), times_s), .at_least = text[at] == '>'};
  constraint.bound = parse_bound(option, text.substr(bound), constraint.figure);
  return constraint;
}

Judgement judgement_of(const std::map<std::string, double>& figures, const std::vector<Objective>& objectives,
                       const std::vector<FigureLimit>& constraints) {
  Judgement judgement;
  for (const Objective& objective : objectives) {
    const auto found = figures.find(objective.figure);
    if (found == figures.end() || !std::isfinite(found->second)) return {};
    const bool logarithmic = !is_share_figure(objective.figure) && found->second > 0;
    const double value = logarithmic ? std::log(found->second) : found->second;
    judgement.objectives.push_back(objective.more_is_better ? -value : value);
  }
  for (const FigureLimit& constraint : constraints) {
    const auto found = figures.find(constraint.figure);
    if (found == figures.end()) return {};
    judgement.violation += constraint.violation(found->second);
  }
  return judgement;
}

}  // namespace mho::analysis
