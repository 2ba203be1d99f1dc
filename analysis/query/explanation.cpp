#include "analysis/query/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/error.h"

namespace mho::analysis {

namespace {

/// Parts of a figure of one run, by name.
using Parts = std::map<std::string, double>;

Parts parts_of(const Reader& reader, const std::string& sql, std::int64_t run) {
  Parts parts;
  for (const auto& row : reader.select(sql, {run}).rows) parts[std::get<std::string>(row[0])] += number(row[1]);
  return parts;
}

double total_of(const Reader& reader, const std::string& figure, std::int64_t run) {
  return number(reader.value(fmt::format("SELECT {} FROM run WHERE id = ?", figure), {run}));
}

void check_sum(const std::string& figure, std::int64_t run, const Parts& parts, double total) {
  double sum = 0;
  for (const auto& [part, value] : parts) sum += value;
  constexpr double rounding = 1e-9;
  if (std::abs(sum - total) <= rounding * std::abs(total)) return;
  throw base::UserError(fmt::format("the parts of {} of run {} add up to {}, not to {}; mho db check tells more", figure, run, sum, total),
                        base::ExitCode::failed_check);
}

struct Runs {
  std::int64_t first = 0, second = 0;
};

Split split_of(Split split, const Parts& first, const Parts& second) {
  Parts names = first;
  names.insert(second.begin(), second.end());
  const auto in = [](const Parts& parts, const std::string& name) {
    const auto found = parts.find(name);
    return found == parts.end() ? 0.0 : found->second;
  };
  for (const auto& [name, unused] : names) split.shares.push_back({name, in(first, name), in(second, name)});
  std::ranges::stable_sort(split.shares, std::greater(), [](const Share& share) { return std::abs(share.difference()); });
  return split;
}

Split split_by(const Reader& reader, const Runs& runs, Split split, const std::string& sql) {
  const Parts first = parts_of(reader, sql, runs.first), second = parts_of(reader, sql, runs.second);
  split.first = total_of(reader, split.figure, runs.first);
  split.second = total_of(reader, split.figure, runs.second);
  check_sum(split.figure, runs.first, first, split.first);
  check_sum(split.figure, runs.second, second, split.second);
  return split_of(std::move(split), first, second);
}

/// Count and energy (J) of events, by "component: event".
using Events = std::map<std::string, std::pair<double, double>>;

Events events_of(const Reader& reader, std::int64_t run) {
  Events events;
  for (const auto& row : reader.select("SELECT component || ': ' || event, count, joule FROM event WHERE run = ?", {run}).rows)
    events[std::get<std::string>(row[0])] = {number(row[1]), number(row[2])};
  return events;
}

/// Splits the difference of energy by cause. The difference of an event is divided into that of its count and that of its energy, each times the mean
/// of the other, so that no rest remains. An event of only one run counts as a difference of count. Leakage and power gates are the rest of the
/// energy.
Split split_by_cause(const Reader& reader, const Runs& runs) {
  Split split{.figure = "energy_per_inference_j", .unit = "J", .by = "cause"};
  split.first = total_of(reader, split.figure, runs.first);
  split.second = total_of(reader, split.figure, runs.second);
  const Events first = events_of(reader, runs.first), second = events_of(reader, runs.second);
  Events names = first;
  names.insert(second.begin(), second.end());
  double sum_first = 0, sum_second = 0;
  const auto in = [](const Events& events, const std::string& name) {
    const auto found = events.find(name);
    return found == events.end() ? std::pair(0.0, 0.0) : found->second;
  };
  for (const auto& [name, unused] : names) {
    const auto [count_a, joule_a] = in(first, name);
    const auto [count_b, joule_b] = in(second, name);
    sum_first += joule_a;
    sum_second += joule_b;
    const double each_a = count_a > 0 ? joule_a / count_a : joule_b / count_b, each_b = count_b > 0 ? joule_b / count_b : each_a;
    const double number_part = (count_b - count_a) * (each_a + each_b) / 2, price_part = joule_b - joule_a - number_part;
    split.shares.push_back({name + ", number", joule_a, joule_a + number_part});
    split.shares.push_back({name + ", energy of one", 0, price_part});
  }
  split.shares.push_back({"leakage and gating", split.first - sum_first, split.second - sum_second});
  std::ranges::stable_sort(split.shares, std::greater(), [](const Share& share) { return std::abs(share.difference()); });
  return split;
}

/// Times of the busiest core in an interval, in seconds: working, waiting, idle. Empty if the run has no such figures.
std::optional<Parts> interval_parts(const Reader& reader, std::int64_t run) {
  const ResultTable table = reader.select(
      "SELECT interval_s, details ->> '$.busiest.busy_cycles', details ->> '$.busiest.share_of_interval', "
      "details ->> '$.busiest.waiting_input_cycles', details ->> '$.busiest.waiting_output_cycles' FROM run WHERE id = ?",
      {run});
  const auto& row = table.rows.front();
  if (is_null(row[1]) || number(row[2]) <= 0) return std::nullopt;
  const double interval = number(row[0]), cycle = interval * number(row[2]) / number(row[1]), busy = number(row[1]) * cycle;
  // Drivers also wait while their array works. Only the time in which the whole core is idle counts as waiting.
  const double idle = std::max(0.0, interval - busy), for_readers = std::min(number(row[4]) * cycle, idle),
               for_input = std::min(number(row[3]) * cycle, idle - for_readers);
  return Parts{{"the busiest core works", busy},
               {"it waits for its readers", for_readers},
               {"it waits for input", for_input},
               {"nothing to do", interval - busy - for_readers - for_input}};
}

}  // namespace

std::vector<Split> explain(const Reader& reader, std::int64_t first, std::int64_t second) {
  for (const std::int64_t run : {first, second}) {
    reader.require_run(run);
    const Cell reason = reader.value("SELECT reason FROM run WHERE id = ?", {run});
    if (!is_null(reason)) {
      throw base::UserError(fmt::format("run {} was refused, so there is nothing to explain: {}", run, std::get<std::string>(reason)));
    }
  }
  const Runs runs{first, second};
  std::vector<Split> splits;
  splits.push_back(
      split_by(reader, runs, {.figure = "energy_per_inference_j", .unit = "J", .by = "component"}, "SELECT block, joule FROM energy WHERE run = ?"));
  splits.push_back(split_by(reader, runs, {.figure = "energy_per_inference_j", .unit = "J", .by = "layer"},
                            "SELECT coalesce(l.name, 'network on chip, ports, leakage'), e.joule FROM energy e "
                            "LEFT JOIN layer l ON l.run = e.run AND l.layer = e.layer WHERE e.run = ?"));
  const auto has_events = [&](std::int64_t run) { return !is_null(reader.value("SELECT 1 FROM event WHERE run = ?", {run})); };
  if (has_events(first) && has_events(second)) splits.push_back(split_by_cause(reader, runs));
  splits.push_back(split_by(reader, runs, {.figure = "area_mm2", .unit = "mm2", .by = "component"}, "SELECT block, mm2 FROM area WHERE run = ?"));
  const auto has_times = [&](std::int64_t run) { return !is_null(reader.value("SELECT 1 FROM layer_time WHERE run = ?", {run})); };
  if (has_times(first) && has_times(second)) {
    splits.push_back(split_by(reader, runs, {.figure = "latency_s", .unit = "s", .by = "layer"},
                              "SELECT name || ', works', latency_working_s FROM layer_time WHERE run = ?1 UNION ALL "
                              "SELECT name || ', waits', latency_s - latency_working_s FROM layer_time WHERE run = ?1"));
  }
  const auto a = interval_parts(reader, first), b = interval_parts(reader, second);
  if (a && b) {
    splits.push_back(split_of({.figure = "interval_s",
                               .unit = "s",
                               .by = "share of time",
                               .first = total_of(reader, "interval_s", first),
                               .second = total_of(reader, "interval_s", second)},
                              *a, *b));
  }
  return splits;
}

}  // namespace mho::analysis
