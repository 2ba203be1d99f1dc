#include "analysis/explore/view_figure.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "analysis/store/schema.h"
#include "base/design_file/config.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

/// Views with rows for every estimated or simulated chip. The other views describe files, explorations and trainings, the options of a run
/// (parameter, v_layer_parameter) or the run time of the program (v_simulation), or belong to options that an exploration does not offer
/// (v_functional, v_marginal, v_sequence_run).
constexpr std::array<std::string_view, 18> views_of_chips{"v_band",  "v_bound",       "v_component", "v_edge",       "v_efficiency", "v_energy",
                                                          "v_event", "v_gate",        "v_layer",     "v_layer_time", "v_link",       "v_occupancy",
                                                          "v_phase", "v_programming", "v_reference", "v_stage",      "v_unit",       "v_upkeep"};
constexpr std::array<std::string_view, 2> views_of_accuracy{"v_accuracy", "v_chip"};
/// Columns of v_layer that only runs with accuracy fill.
constexpr std::array<std::string_view, 11> layer_columns_of_accuracy{
    "clipped_inputs",   "clipped_outputs",      "adc_bits_used",         "snr_db",         "snr_last_db",    "result_overflow",
    "result_underflow", "partial_sum_overflow", "partial_sum_underflow", "scale_overflow", "scale_underflow"};
constexpr std::array<std::string_view, 4> combinations{"sum", "max", "min", "mean"};

template <class List>
bool holds_name(const List& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

/// Columns of every view with their units.
const std::map<std::string, std::map<std::string, std::string>>& described_columns() {
  static const auto all = [] {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(std::string(schema_sql()));
    database.exec(std::string(views_sql()));
    database.exec(std::string(columns_sql()));
    std::map<std::string, std::map<std::string, std::string>> columns;
    SQLite::Statement rows(database, "SELECT view, \"column\", unit FROM v_column");
    while (rows.executeStep()) columns[rows.getColumn(0).getString()][rows.getColumn(1).getString()] = rows.getColumn(2).getString();
    return columns;
  }();
  return all;
}

[[noreturn]] void refuse_figure(const std::string& name, const std::string& why) {
  throw base::UserError(fmt::format("'{}': {}", name, why), base::ExitCode::usage);
}

std::string hint(const std::string& word, const std::vector<std::string>& legal) {
  const std::string near = base::nearest_spelling(word, legal);
  return near.empty() ? "" : fmt::format(", did you mean {}?", near);
}

void check_view(const ViewFigure& figure) {
  if (holds_name(views_of_chips, figure.view) || holds_name(views_of_accuracy, figure.view)) return;
  std::vector<std::string> legal{"v_run"};
  for (const std::string_view view : views_of_chips) legal.emplace_back(view);
  for (const std::string_view view : views_of_accuracy) legal.emplace_back(view);
  const bool exists = described_columns().contains(figure.view);
  refuse_figure(figure.name,
                fmt::format("{}{}; figures are in {}", exists ? figure.view + " says nothing of the chip" : "there is no view " + figure.view,
                            exists ? "" : hint(figure.view, legal), fmt::join(legal, ", ")));
}

void check_column(const ViewFigure& figure, const std::string& column) {
  const auto& columns = described_columns().at(figure.view);
  if (columns.contains(column)) return;
  std::vector<std::string> legal;
  for (const auto& [one, unit] : columns) {
    if (one != "run") legal.push_back(one);
  }
  refuse_figure(figure.name, fmt::format("{} has no column '{}'{}; there are {}", figure.view, column, hint(column, legal), fmt::join(legal, ", ")));
}

std::string without_blanks(const std::string& text) {
  std::string plain;
  bool inside = false;  // inside brackets, where values may contain blanks
  for (const char c : text) {
    if (c == '[') inside = true;
    if (c == ']') inside = false;
    if (c != ' ' || inside) plain += c;
  }
  return plain;
}

std::string quoted_column(const std::string& column) { return fmt::format("\"{}\"", column); }

}  // namespace

bool ViewFigure::needs_accuracy() const {
  return holds_name(views_of_accuracy, view) || (view == "v_layer" && holds_name(layer_columns_of_accuracy, column));
}

bool is_view_figure(const std::string& name) {
  // An age or the end of a band follows @, and it can contain a point: accuracy@1500.5s.
  return name.find_first_of("([") != std::string::npos || name.find('.') < name.find('@');
}

ViewFigure view_figure(const std::string& name) {
  ViewFigure figure{.name = without_blanks(name)};
  std::string rest = figure.name;
  if (const std::size_t open = rest.find('('); open != std::string::npos && open < rest.find('[')) {
    figure.combine = rest.substr(0, open);
    if (!holds_name(combinations, figure.combine) || !rest.ends_with(')'))
      refuse_figure(name, "rows of a view are combined by sum(), max(), min() or mean(), such as max(v_link.flits_per_cycle)");
    rest = rest.substr(open + 1, rest.size() - open - 2);
  }
  if (const std::size_t open = rest.find('['); open != std::string::npos) {
    const std::string inside = rest.ends_with(']') ? rest.substr(open + 1, rest.size() - open - 2) : "";
    const std::size_t equals = inside.find('=');
    if (equals == std::string::npos || equals == 0)
      refuse_figure(name, "rows of a view are chosen by [COLUMN=VALUE], such as v_energy.percent[block=adc]");
    figure.where = {inside.substr(0, equals), inside.substr(equals + 1)};
    rest.resize(open);
  }
  const std::size_t dot = rest.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == rest.size()) {
    refuse_figure(name, "a figure of a view is written VIEW.COLUMN, such as v_programming.joule; mho db schema lists them");
  }
  figure.view = rest.substr(0, dot);
  figure.column = rest.substr(dot + 1);
  check_view(figure);
  check_column(figure, figure.column);
  if (figure.where) check_column(figure, figure.where->first);
  figure.unit = described_columns().at(figure.view).at(figure.column);
  return figure;
}

std::optional<double> value_of(SQLite::Database& database, std::int64_t run, const ViewFigure& figure) {
  // The names of views and columns are checked; only the value is free text of the user.
  SQLite::Statement rows(database, fmt::format("SELECT {0} FROM {1} WHERE run = ? AND {0} IS NOT NULL{2}", quoted_column(figure.column), figure.view,
                                               figure.where ? fmt::format(" AND CAST({} AS TEXT) = ?", quoted_column(figure.where->first)) : ""));
  rows.bind(1, run);
  if (figure.where) rows.bind(2, figure.where->second);
  std::vector<double> values;
  while (rows.executeStep()) {
    const SQLite::Column value = rows.getColumn(0);
    if (!value.isInteger() && !value.isFloat()) {
      refuse_figure(figure.name, fmt::format("{}.{} holds words, such as '{}', and no numbers", figure.view, figure.column, value.getString()));
    }
    values.push_back(value.getDouble());
  }
  if (values.empty()) return std::nullopt;
  if (figure.combine.empty()) {
    if (values.size() == 1) return values.front();
    refuse_figure(figure.name, fmt::format("{} has {} rows for a design: say sum({}), max(), min() or mean(), or choose one by [COLUMN=VALUE]",
                                           figure.view, values.size(), figure.name));
  }
  if (figure.combine == "max") return std::ranges::max(values);
  if (figure.combine == "min") return std::ranges::min(values);
  double sum = 0;
  for (const double value : values) sum += value;
  return figure.combine == "mean" ? sum / static_cast<double>(values.size()) : sum;
}

}  // namespace mho::analysis
