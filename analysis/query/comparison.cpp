#include "analysis/query/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>

#include "analysis/cost/bands.h"
#include "analysis/experiment/experiment.h"
#include "analysis/store/stored_costs.h"
#include "analysis/study/paired.h"
#include "base/error.h"
#include "base/statistics.h"

namespace mho::analysis {

namespace {

/// Columns of `run` that describe the request.
constexpr std::array<std::string_view, 8> asked_columns{"network", "network_hash", "data", "data_hash", "seed", "version", "base", "rules"};
constexpr std::array<std::string_view, 9> compared_figures{
    "latency_s",       "interval_s", "throughput_per_s", "energy_per_inference_j", "single_shot_energy_j",
    "average_power_w", "leakage_w",  "area_mm2",         "tops_per_watt"};

void add_asked(const Reader& reader, RunComparison& comparison) {
  for (const std::string_view column : asked_columns) {
    const std::string sql = fmt::format("SELECT {} FROM run WHERE id = ?", column);
    const Cell first = reader.value(sql, {comparison.first}), second = reader.value(sql, {comparison.second});
    if (first != second) comparison.asked.push_back({std::string(column), first, second, ""});
  }
  const ResultTable options = reader.select(
      "SELECT coalesce(a.key, b.key), a.value, b.value FROM json_each((SELECT options FROM run WHERE id = ?1)) a "
      "LEFT JOIN json_each((SELECT options FROM run WHERE id = ?2)) b ON b.key = a.key WHERE a.value IS NOT b.value "
      "UNION SELECT b.key, NULL, b.value FROM json_each((SELECT options FROM run WHERE id = ?2)) b "
      "WHERE b.key NOT IN (SELECT key FROM json_each((SELECT options FROM run WHERE id = ?1)))",
      {comparison.first, comparison.second});
  for (const auto& row : options.rows) comparison.asked.push_back({std::get<std::string>(row[0]), row[1], row[2], ""});
  const ResultTable keys = reader.select(
      "SELECT a.key, a.value, b.value, a.unit FROM parameter a LEFT JOIN parameter b ON b.run = ?2 AND b.key = a.key "
      "WHERE a.run = ?1 AND a.value IS NOT b.value UNION ALL "
      "SELECT b.key, NULL, b.value, b.unit FROM parameter b WHERE b.run = ?2 AND b.key NOT IN (SELECT key FROM parameter WHERE run = ?1) ORDER BY 1",
      {comparison.first, comparison.second});
  for (const auto& row : keys.rows) comparison.asked.push_back({std::get<std::string>(row[0]), row[1], row[2], std::get<std::string>(row[3])});
}

/// Ratios of the costs with their bands and the share of draws in which the second run is cheaper; empty, with a note, if a run has no components.
std::optional<CostComparisons> cost_comparisons(const Reader& reader, RunComparison& comparison) {
  try {
    const StoredCosts first = stored_costs(reader.path(), comparison.first), second = stored_costs(reader.path(), comparison.second);
    return compare_costs(second.load.components, second.load.sums(), first.load.components, first.load.sums());
  } catch (const base::UserError& error) {
    comparison.notes.push_back(fmt::format("ratios have no intervals: {}", error.what()));
    return std::nullopt;
  }
}

void add_figures(const Reader& reader, RunComparison& comparison) {
  const std::optional<CostComparisons> costs = cost_comparisons(reader, comparison);
  std::map<std::string, std::string> units;
  for (const ColumnText& column : reader.columns("v_run")) units[column.column] = column.unit;
  for (const std::string_view name : compared_figures) {
    const std::string figure(name), sql = fmt::format("SELECT {} FROM run WHERE id = ?", figure);
    const Cell first = reader.value(sql, {comparison.first}), second = reader.value(sql, {comparison.second});
    if (!is_number(first) || !is_number(second)) continue;
    FigureDifference one{.figure = figure, .unit = units[figure], .first = number(first), .second = number(second)};
    one.ratio = one.second / one.first;
    if (costs) {
      const CostComparison* band = figure == "energy_per_inference_j" ? &costs->energy
                                   : figure == "area_mm2"             ? &costs->area
                                   : figure == "tops_per_watt"        ? &costs->tops_per_watt
                                                                      : nullptr;
      if (band != nullptr) {
        one.ratio_low = band->low;
        one.ratio_high = band->high;
        one.better = band->better;
      }
    }
    comparison.figures.push_back(one);
  }
}

std::vector<double> values_at(const Reader& reader, std::int64_t run, double time_s) {
  std::vector<double> values;
  for (const auto& row : reader.select("SELECT value FROM accuracy WHERE run = ? AND time_s = ? ORDER BY repeat", {run, time_s}).rows)
    values.push_back(number(row.front()));
  return values;
}

/// Welch's interval of mean(b) - mean(a).
void add_welch(AccuracyDifference& one, const std::vector<double>& a, const std::vector<double>& b) {
  const MeanAndError first = mean_and_error(a), second = mean_and_error(b);
  if (!first.sem || !second.sem) return;
  const double va = *first.sem * *first.sem, vb = *second.sem * *second.sem;
  if (va + vb <= 0) return;
  one.sem = std::sqrt(va + vb);
  const double freedom = (va + vb) * (va + vb) / (va * va / static_cast<double>(a.size() - 1) + vb * vb / static_cast<double>(b.size() - 1));
  const double reach = base::student_t_quantile(freedom, 0.975) * *one.sem;
  one.low = one.difference - reach;
  one.high = one.difference + reach;
  one.probability = base::student_t_two_sided(freedom, one.difference / *one.sem);
}

void add_accuracies(const Reader& reader, RunComparison& comparison) {
  const ResultTable times =
      reader.select("SELECT DISTINCT a.time_s FROM accuracy a JOIN accuracy b ON b.run = ?2 AND b.time_s = a.time_s WHERE a.run = ?1 ORDER BY 1",
                    {comparison.first, comparison.second});
  if (times.rows.empty()) return;
  const ResultTable asked = reader.select(
      "SELECT a.metric, a.metric = b.metric, a.seed = b.seed AND a.network_hash = b.network_hash AND a.data_hash = b.data_hash AND "
      "a.first_sample = b.first_sample AND a.samples = b.samples FROM run a JOIN run b ON b.id = ?2 WHERE a.id = ?1",
      {comparison.first, comparison.second});
  const auto& row = asked.rows.front();
  if (number(row[1]) == 0) {
    comparison.notes.emplace_back("the accuracies are of different metrics");
    return;
  }
  const bool same = number(row[2]) != 0;
  for (const auto& time : times.rows) {
    AccuracyDifference one{.time_s = number(time.front()), .metric = std::get<std::string>(row[0])};
    const std::vector<double> a = values_at(reader, comparison.first, one.time_s), b = values_at(reader, comparison.second, one.time_s);
    one.first = mean_and_error(a).mean;
    one.second = mean_and_error(b).mean;
    one.paired = same && a.size() == b.size();
    one.difference = one.second - one.first;
    if (one.paired) {
      const PairedDifference pairs = paired_difference(b, a);
      one.difference = pairs.mean;
      one.sem = pairs.sem;
      one.low = pairs.low;
      one.high = pairs.high;
      if (pairs.sem && *pairs.sem > 0) {
        one.probability = base::student_t_two_sided(static_cast<double>(a.size() - 1), pairs.mean / *pairs.sem);
      }
    } else {
      add_welch(one, a, b);
    }
    comparison.accuracies.push_back(one);
  }
  if (!same) comparison.notes.emplace_back("accuracies are not paired: seed, network, data or samples differ");
}

}  // namespace

RunComparison compare_runs(const Reader& reader, std::int64_t first, std::int64_t second) {
  reader.require_run(first);
  reader.require_run(second);
  RunComparison comparison{.first = first, .second = second};
  add_asked(reader, comparison);
  for (const std::int64_t run : {first, second}) {
    const Cell reason = reader.value("SELECT reason FROM run WHERE id = ?", {run});
    if (!is_null(reason)) comparison.notes.push_back(fmt::format("run {} was refused: {}", run, std::get<std::string>(reason)));
  }
  if (!comparison.notes.empty()) return comparison;
  add_figures(reader, comparison);
  add_accuracies(reader, comparison);
  return comparison;
}

}  // namespace mho::analysis
