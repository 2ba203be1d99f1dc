#include "analysis/query/front.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "analysis/query/run_list.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

/// Columns of which more is better; of accuracies it depends on the metric, and less is better of everything else.
constexpr std::array<std::string_view, 5> usually_more{"throughput_per_s", "tops_per_watt", "utilisation", "repeats", "samples"};
constexpr std::array<std::string_view, 3> accuracies{"float_accuracy", "first_accuracy", "last_accuracy"};
constexpr std::array<std::string_view, 5> banded{"energy_per_inference_j", "average_power_w", "leakage_w", "area_mm2", "tops_per_watt"};

bool holds(const auto& list, std::string_view name) { return std::ranges::find(list, name) != list.end(); }

FrontAxis axis_of(const Reader& reader, const std::string& column, const FrontRequest& request, bool shares) {
  FrontAxis axis{.column = column};
  for (const ColumnText& text : reader.columns("v_run")) {
    if (text.column == column) axis.unit = text.unit;
  }
  const Cell unit = reader.value("SELECT unit FROM parameter WHERE key = ? LIMIT 1", {column});
  if (axis.unit.empty() && !is_null(unit)) axis.unit = std::get<std::string>(unit);
  axis.more_is_better = holds(usually_more, column) || (holds(accuracies, column) && shares);
  if (holds(request.more, column)) axis.more_is_better = true;
  if (holds(request.less, column)) axis.more_is_better = false;
  return axis;
}

double share_of(double value, double low, double high, bool logarithmic) {
  if (high <= low) return 0;
  return logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
}

/// Marks the point of a front that lies farthest from the line between its ends; a front of two points has none.
void mark_knee(std::vector<FrontPoint>& front) {
  if (front.size() < 3) return;
  const auto range = [&](double FrontPoint::*of) {
    const auto [least, most] = std::ranges::minmax_element(front, {}, of);
    return std::pair((*least).*of, (*most).*of);
  };
  constexpr double decade = 10;
  const auto [x_low, x_high] = range(&FrontPoint::x);
  const auto [y_low, y_high] = range(&FrontPoint::y);
  const bool log_x = x_low > 0 && x_high > decade * x_low, log_y = y_low > 0 && y_high > decade * y_low;
  const auto place = [&](const FrontPoint& point) {
    return std::pair(share_of(point.x, x_low, x_high, log_x), share_of(point.y, y_low, y_high, log_y));
  };
  const auto [ax, ay] = place(front.front());
  const auto [bx, by] = place(front.back());
  double farthest = 0;
  FrontPoint* knee = nullptr;
  for (FrontPoint& point : front) {
    const auto [x, y] = place(point);
    const double distance = std::abs((bx - ax) * (y - ay) - (by - ay) * (x - ax));
    constexpr double rounding = 1e-12;
    if (distance > farthest + rounding) {
      farthest = distance;
      knee = &point;
    }
  }
  if (knee != nullptr) knee->knee = true;
}

/// The ends of a figure of a run: of costs the band of 90 % of chips, of a mean accuracy its 95 % interval; nothing where there are none.
std::optional<std::pair<double, double>> ends_of(const Reader& reader, std::int64_t run, const std::string& column, double value) {
  if (holds(banded, column)) {
    const ResultTable band = reader.select("SELECT low, high FROM band WHERE run = ? AND figure = ?", {run, column});
    if (band.rows.empty()) return std::nullopt;
    return std::pair(number(band.rows.front()[0]), number(band.rows.front()[1]));
  }
  if (!holds(accuracies, column) || column == "float_accuracy") return std::nullopt;
  const std::string age = column == "first_accuracy" ? "min" : "max";
  const Cell sem = reader.value(
      fmt::format("SELECT sem FROM v_accuracy WHERE run = ?1 AND time_s = (SELECT {}(time_s) FROM accuracy WHERE run = ?1)", age), {run});
  if (!is_number(sem)) return std::nullopt;
  constexpr double normal_95 = 1.959964;  // quantile of 97.5 % of the normal distribution
  const double reach = normal_95 * number(sem);
  return std::pair(value - reach, value + reach);
}

}  // namespace

Front pareto_front(const Reader& reader, const FrontRequest& request) {
  const std::string x = run_expression(reader, request.x, "v"), y = run_expression(reader, request.y, "v");
  for (const std::string& column : request.more) static_cast<void>(run_expression(reader, column, "v"));
  for (const std::string& column : request.less) static_cast<void>(run_expression(reader, column, "v"));
  const std::string condition = request.where ? fmt::format(" WHERE ({})", *request.where) : "";
  const ResultTable table = reader.ask(fmt::format("SELECT run, name, metric, {} AS x, {} AS y FROM v_run v{}", x, y, condition));
  Front front;
  bool shares = true, other = false;
  for (const auto& row : table.rows) {
    for (const std::size_t column : {std::size_t{3}, std::size_t{4}}) {
      if (std::holds_alternative<std::string>(row[column])) {
        throw base::UserError(fmt::format("{} of run {} is '{}', no number: a front needs two figures", column == 3 ? request.x : request.y,
                                          std::get<std::int64_t>(row[0]), std::get<std::string>(row[column])),
                              base::ExitCode::usage);
      }
    }
    if (!is_number(row[3]) || !is_number(row[4])) {
      ++front.left_out;
      continue;
    }
    front.points.push_back({.run = std::get<std::int64_t>(row[0]), .name = std::get<std::string>(row[1]), .x = number(row[3]), .y = number(row[4])});
    if (const auto* metric = std::get_if<std::string>(&row[2])) {
      const bool less = *metric == "nats" || *metric == "mse";
      (less ? shares : other) = !less;
      if (less) shares = false;
    }
  }
  if (front.points.empty()) {
    throw base::UserError(
        fmt::format("no run of {}{} has both {} and {}", reader.path(), request.where ? " that the condition holds for" : "", request.x, request.y));
  }
  const bool accuracy = holds(accuracies, request.x) || holds(accuracies, request.y);
  if (accuracy && !shares && other && request.more.empty() && request.less.empty()) {
    throw base::UserError("some of these accuracies are shares and some errors; choose runs of one metric with --where \"metric = 'top1'\"",
                          base::ExitCode::usage);
  }
  front.x = axis_of(reader, request.x, request, shares);
  front.y = axis_of(reader, request.y, request, shares);
  const double sign_x = front.x.more_is_better ? -1 : 1, sign_y = front.y.more_is_better ? -1 : 1;
  // From the best x on, a point is on the front where its y is better than every one before.
  std::ranges::stable_sort(front.points, {}, [&](const FrontPoint& point) { return std::pair(sign_x * point.x, sign_y * point.y); });
  const FrontPoint* last = nullptr;
  for (FrontPoint& point : front.points) {
    point.on_front = last == nullptr || sign_y * point.y < sign_y * last->y || (point.x == last->x && point.y == last->y);
    if (point.on_front) last = &point;
  }
  std::vector<FrontPoint> best, rest;
  for (FrontPoint& point : front.points) (point.on_front ? best : rest).push_back(std::move(point));
  mark_knee(best);
  const auto set_ends = [](const auto& ends, std::optional<double>& low, std::optional<double>& high) {
    if (!ends) return;
    low = ends->first;
    high = ends->second;
  };
  for (FrontPoint& point : best) {
    set_ends(ends_of(reader, point.run, request.x, point.x), point.x_low, point.x_high);
    set_ends(ends_of(reader, point.run, request.y, point.y), point.y_low, point.y_high);
  }
  std::ranges::sort(rest, {}, &FrontPoint::run);
  front.points = std::move(best);
  front.points.insert(front.points.end(), rest.begin(), rest.end());
  return front;
}

}  // namespace mho::analysis
