#include "analysis/query/front.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "analysis/query/run_list.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

/// Columns of which more is better. For accuracies it depends on the metric. For all other columns less is better.
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

/// Scales the values of a front to 0 to 1; logarithmically if they span more than a decade.
class KneeScale {
 public:
  KneeScale(const std::vector<FrontPoint>& front, double FrontPoint::*of) {
    const auto [least, most] = std::ranges::minmax_element(front, {}, of);
    low_ = (*least).*of;
    high_ = (*most).*of;
    constexpr double decade = 10;
    logarithmic_ = low_ > 0 && high_ > decade * low_;
  }
  [[nodiscard]] double share(double value) const {
    if (high_ <= low_) return 0;
    return logarithmic_ ? std::log(value / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
  }

 private:
  double low_ = 0, high_ = 0;
  bool logarithmic_ = false;
};

/// Marks the knee: the point of a front that is farthest from the line between its ends. A front of two points has no knee.
void mark_knee(std::vector<FrontPoint>& front) {
  if (front.size() < 3) return;
  const KneeScale across(front, &FrontPoint::x), up(front, &FrontPoint::y);
  const auto place = [&](const FrontPoint& point) { return std::pair(across.share(point.x), up.share(point.y)); };
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

/// The interval of a figure of a run: for costs the band of 90 % of chips, for a mean accuracy its 95 % interval. Empty if there is none.
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

/// The kinds of metrics that occur among the runs.
struct MetricKinds {
  bool shares = false, errors = false;
};

/// Adds a point for each row (run, name, metric, x, y, work). Rows that lack a figure are omitted.
MetricKinds read_points(const ResultTable& table, const FrontRequest& request, Front& front) {
  MetricKinds kinds;
  std::set<std::string> works;
  for (const auto& row : table.rows) {
    for (const auto& [column, name] : {std::pair(std::size_t{3}, request.x), std::pair(std::size_t{4}, request.y)}) {
      const auto* text = std::get_if<std::string>(&row[column]);
      if (text == nullptr) continue;
      throw base::UserError(fmt::format("{} of run {} is '{}', no number: a front needs two figures", name, std::get<std::int64_t>(row[0]), *text),
                            base::ExitCode::usage);
    }
    if (!is_number(row[3]) || !is_number(row[4])) {
      ++front.left_out;
      continue;
    }
    front.points.push_back({.run = std::get<std::int64_t>(row[0]), .name = std::get<std::string>(row[1]), .x = number(row[3]), .y = number(row[4])});
    works.insert(std::get<std::string>(row[5]));
    if (const auto* metric = std::get_if<std::string>(&row[2])) {
      const bool error = *metric == "nats" || *metric == "mse";
      (error ? kinds.errors : kinds.shares) = true;
    }
  }
  front.works = works.size();
  return kinds;
}

/// Puts the points of the front first. In the order of x, best first, a point is on the front if its y is better than that of every point before it.
void sort_out(Front& front) {
  const double sign_x = front.x.more_is_better ? -1 : 1, sign_y = front.y.more_is_better ? -1 : 1;
  std::ranges::stable_sort(front.points, {}, [&](const FrontPoint& point) { return std::pair(sign_x * point.x, sign_y * point.y); });
  const FrontPoint* last = nullptr;
  for (FrontPoint& point : front.points) {
    point.on_front = last == nullptr || sign_y * point.y < sign_y * last->y || (point.x == last->x && point.y == last->y);
    if (point.on_front) last = &point;
  }
  std::vector<FrontPoint> best, rest;
  for (FrontPoint& point : front.points) (point.on_front ? best : rest).push_back(std::move(point));
  mark_knee(best);
  std::ranges::sort(rest, {}, &FrontPoint::run);
  front.points = std::move(best);
  front.points.insert(front.points.end(), rest.begin(), rest.end());
}

}  // namespace

Front pareto_front(const Reader& reader, const FrontRequest& request) {
  const std::string x = run_expression(reader, request.x, "v"), y = run_expression(reader, request.y, "v");
  for (const std::string& column : request.more) static_cast<void>(run_expression(reader, column, "v"));
  for (const std::string& column : request.less) static_cast<void>(run_expression(reader, column, "v"));
  const std::string condition = request.where ? fmt::format(" WHERE ({})", *request.where) : "";
  const ResultTable table = reader.ask(fmt::format(
      "SELECT run, name, metric, {} AS x, {} AS y, coalesce(network_hash, '') || ' ' || coalesce(data_hash, '') FROM v_run v{}", x, y, condition));
  Front front;
  const MetricKinds kinds = read_points(table, request, front);
  if (front.points.empty()) {
    throw base::UserError(
        fmt::format("no run of {}{} has both {} and {}", reader.path(), request.where ? " that the condition holds for" : "", request.x, request.y));
  }
  const bool accuracy = holds(accuracies, request.x) || holds(accuracies, request.y);
  if (accuracy && kinds.shares && kinds.errors && request.more.empty() && request.less.empty()) {
    throw base::UserError("some of these accuracies are shares and some errors; choose runs of one metric with --where \"metric = 'top1'\"",
                          base::ExitCode::usage);
  }
  front.x = axis_of(reader, request.x, request, !kinds.errors);
  front.y = axis_of(reader, request.y, request, !kinds.errors);
  sort_out(front);
  const auto set_ends = [](const auto& ends, std::optional<double>& low, std::optional<double>& high) {
    if (!ends) return;
    low = ends->first;
    high = ends->second;
  };
  for (FrontPoint& point : front.points) {
    if (!point.on_front) break;
    set_ends(ends_of(reader, point.run, request.x, point.x), point.x_low, point.x_high);
    set_ends(ends_of(reader, point.run, request.y, point.y), point.y_low, point.y_high);
  }
  return front;
}

}  // namespace mho::analysis
