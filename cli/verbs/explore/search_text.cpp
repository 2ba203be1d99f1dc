#include "cli/verbs/explore/search_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/design_file/config.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/verbs/explore/reasons_text.h"

namespace mho::cli {

namespace {

using enum Table::Align;

std::string asked_figure_text(const std::string& figure, double value) {
  const std::string unit = analysis::unit_of_figure(figure);
  if (unit == "s" || unit == "J" || unit == "W") return base::format_si(value, unit);
  if (unit == "1/s") return base::format_si(value, "/s");
  if (figure.starts_with("normalised") || figure.starts_with("yield")) return fmt::format("{:.2f} %", 100 * value);
  return unit.empty() ? fmt::format("{:.4g}", value) : fmt::format("{:.4g} {}", value, unit);
}

std::string limit_text(const analysis::FigureLimit& limit) {
  return fmt::format("{} {} {}", limit.figure, limit.at_least ? ">=" : "<=", asked_figure_text(limit.figure, limit.bound));
}

/// The figures that the user requested, objectives first.
std::vector<std::string> asked_figures(const analysis::SearchProblem& problem) {
  std::vector<std::string> figures;
  for (const auto& objective : problem.objectives) figures.push_back(objective.figure);
  for (const auto& limit : problem.constraints) {
    if (std::ranges::find(figures, limit.figure) == figures.end()) figures.push_back(limit.figure);
  }
  return figures;
}

std::string value_of(const analysis::Evaluation& evaluation, const std::string& figure) {
  const auto found = evaluation.figures.find(figure);
  return found == evaluation.figures.end() ? "-" : asked_figure_text(figure, found->second);
}

/// Adds a row for each setting of the whole chip, with a column for each design.
void add_settings(Table& table, const analysis::SearchProblem& problem, const std::vector<analysis::SearchedDesign>& designs) {
  for (std::size_t i = 0; i < problem.free.size(); ++i) {
    if (problem.free[i].layer) continue;
    std::vector<std::string> row{problem.free[i].name()};
    for (const analysis::SearchedDesign& design : designs) row.push_back(analysis::choice_text(problem.free[i], design.at[i]));
    table.add(std::move(row));
  }
}

/// The settings of each layer of one design.
std::string layers_text(const analysis::SearchProblem& problem, const analysis::SearchedDesign& design) {
  std::vector<std::string> layers, keys;
  std::map<std::pair<std::string, std::string>, std::string> values;
  for (std::size_t i = 0; i < problem.free.size(); ++i) {
    const analysis::FreeSetting& setting = problem.free[i];
    if (!setting.layer) continue;
    if (std::ranges::find(layers, *setting.layer) == layers.end()) layers.push_back(*setting.layer);
    if (std::ranges::find(keys, setting.key) == keys.end()) keys.push_back(setting.key);
    values[{*setting.layer, setting.key}] = analysis::choice_text(setting, design.at[i]);
  }
  if (layers.empty()) return "";
  std::vector<Table::Align> alignment{left};
  std::vector<std::string> titles{"layer"};
  for (const std::string& key : keys) {
    alignment.push_back(right);
    titles.push_back(key == "digital" ? "made" : key);
  }
  Table table(alignment);
  table.add(titles);
  for (const std::string& layer : layers) {
    std::vector<std::string> row{layer};
    const auto made = values.find({layer, "digital"});
    const bool digital = made != values.end() && made->second == "true";
    for (const std::string& key : keys) row.push_back(key == "digital" ? (digital ? "digital" : "analog") : digital ? "-" : values[{layer, key}]);
    table.add(std::move(row));
  }
  return "\n" + table.text();
}

std::string proxy_text(const analysis::AccuracyProxy& proxy) {
  const std::string error =
      proxy.error() ? fmt::format("misses designs left out of its calibration by {:.2f} % of the accuracy (root mean square)", 100 * *proxy.error())
                    : "was calibrated on too few designs that are better than guessing to say what it misses";
  return fmt::format("accuracy proxy: calibrated on {} evaluations in {:.3g} s; it {}\n", proxy.points().size(), proxy.seconds(), error);
}

std::string check_text(const analysis::ProxyCheck& check) {
  Table table({left, right, right, right});
  table.add({"design", "predicted", "measured", "difference"});
  for (const analysis::CheckedDesign& design : check.designs) {
    std::string name;
    for (const auto* list : {&design.point.set, &design.point.layer}) {
      for (const std::string& setting : *list) name += (name.empty() ? "" : " ") + setting;
    }
    table.add({name, fmt::format("{:.2f} %", 100 * design.predicted), fmt::format("{:.2f} %", 100 * design.measured),
               fmt::format("{:+.2f}", 100 * (design.predicted - design.measured))});
  }
  std::string text = table.text();
  text += fmt::format("\n{} designs{}: rank correlation {}, root mean square of differences {}\n", check.designs.size(),
                      check.refused > 0 ? fmt::format(" ({} more were refused)", check.refused) : "",
                      check.rank_correlation ? fmt::format("{:.3f}", *check.rank_correlation) : "not known: all designs are equally good",
                      check.error ? fmt::format("{:.2f} % (worse than guessing counts as guessing)", 100 * *check.error)
                                  : "not known: all designs are worse than guessing");
  text += fmt::format("a design takes {:.3g} s by the proxy, {:.3g} s in full: {:.0f} times as long\n", check.proxy_seconds, check.full_seconds,
                      check.full_seconds / std::max(check.proxy_seconds, 1e-9));
  return text;
}

std::string greedy_text(const analysis::GreedyChoice& greedy) {
  Table table({left, right, right, left});
  table.add({"layer", "multiply-accumulates", "accuracy with it on tiles", ""});
  for (const analysis::GreedyStep& step : greedy.steps) {
    table.add({step.layer, fmt::format("{}", step.macs), fmt::format("{:.2f} %", 100 * step.normalised), step.analog ? "analog" : "stays digital"});
  }
  return table.text();
}

std::string troubles_text(const analysis::DesignSearch& search) {
  const std::size_t all = search.archive().points.size();
  if (const auto failures = search.failures();
      std::accumulate(failures.begin(), failures.end(), std::size_t{0}, [](std::size_t sum, const auto& one) { return sum + one.second; }) == all &&
      all > 0) {
    return fmt::format("all {} designs failed, so there is nothing to compare\n", all);
  }
  std::string text = fmt::format("none of {} designs keeps all constraints\n", all);
  Table table({left, right, right});
  table.add({"constraint", "designs that keep it", "closest value"});
  for (const analysis::LimitTrouble& trouble : search.troubles()) {
    table.add({limit_text(trouble.constraint), fmt::format("{}", trouble.kept),
               trouble.closest ? asked_figure_text(trouble.constraint.figure, *trouble.closest) : "-"});
  }
  if (!search.problem().constraints.empty()) text += "\n" + table.text();
  for (const analysis::LimitTrouble& trouble : search.troubles()) {
    if (trouble.kept == 0 && trouble.closest) text += fmt::format("{} excludes every design\n", limit_text(trouble.constraint));
  }
  return text;
}

/// The best designs in columns: settings, predicted figures and confirmed figures.
std::string designs_text(const analysis::SearchProblem& problem, const std::vector<analysis::SearchedDesign>& designs, const std::string& first) {
  std::vector<Table::Align> alignment{left};
  std::vector<std::string> titles{""};
  for (std::size_t i = 0; i < designs.size(); ++i) {
    alignment.push_back(right);
    titles.push_back(i == 0 ? first : fmt::format("{}", i + 1));
  }
  Table table(alignment);
  table.add(titles);
  add_settings(table, problem, designs);
  for (const std::string& figure : asked_figures(problem)) {
    std::vector<std::string> row{figure}, confirmed{"  confirmed"};
    bool any = false;
    for (const analysis::SearchedDesign& design : designs) {
      row.push_back(value_of(design.predicted, figure));
      confirmed.push_back(design.confirmed ? value_of(*design.confirmed, figure) : "-");
      any = any || (design.confirmed && confirmed.back() != row.back());
    }
    table.add(std::move(row));
    if (any) table.add(std::move(confirmed));
  }
  if (!problem.constraints.empty()) {
    std::vector<std::string> row{"keeps all"};
    for (const analysis::SearchedDesign& design : designs) {
      row.push_back(!design.confirmed ? "predicted" : !design.confirmed->ok() ? "failed" : design.kept ? "yes" : "no");
    }
    table.add(std::move(row));
  }
  return table.text();
}

std::string prices_text(const analysis::SearchReport& report) {
  if (report.prices.empty()) return "";
  const analysis::Objective& objective = report.problem.objectives.front();
  Table table({left, right, left, right, right});
  table.add({"constraint", "the best has", "if it were", fmt::format("best {}", objective.figure), "saved"});
  const analysis::LimitPrice* binding = nullptr;
  constexpr double noticeable = 0.0005;  // a tenth of a percent is shown
  for (const analysis::LimitPrice& price : report.prices) {
    table.add({limit_text(price.constraint), asked_figure_text(price.constraint.figure, price.value),
               asked_figure_text(price.easier.figure, price.easier.bound),
               price.objective ? asked_figure_text(objective.figure, *price.objective) : "-", fmt::format("{:.1f} %", 100 * price.saved)});
    if (price.saved > noticeable && (binding == nullptr || price.saved > binding->saved)) binding = &price;
  }
  std::string text = "\n" + table.text();
  if (binding != nullptr) return text + fmt::format("{} binds\n", limit_text(binding->constraint));
  text += "no constraint binds alone: none of them, made easier by itself, gives a better design\n";
  const std::optional<double> without = report.search->best_without_constraints();
  const std::vector<std::size_t> best = report.search->best();
  if (!without || best.empty()) return text;
  const analysis::SearchedDesign first = report.search->design(best.front());
  const double now = (first.confirmed ? *first.confirmed : first.predicted).figures.at(objective.figure);
  if (objective.more_is_better ? *without <= now * (1 + noticeable) : *without >= now * (1 - noticeable)) return text;
  return text + fmt::format("without any constraint, {} would be {}\n", objective.figure, asked_figure_text(objective.figure, *without));
}

base::Json figures_json(const analysis::Evaluation& evaluation) {
  base::Json json{base::Json::Object{}};
  for (const auto& [figure, value] : evaluation.figures) {
    if (std::isfinite(value)) json[figure] = value;
  }
  return json;
}

base::Json texts_json(const std::vector<std::string>& texts) { return base::Json::Array(texts.begin(), texts.end()); }

base::Json design_json(const analysis::SearchedDesign& design) {
  base::Json json;
  json["set"] = texts_json(design.point.set);
  json["layer"] = texts_json(design.point.layer);
  json["predicted"] = figures_json(design.predicted);
  json["confirmed"] = design.confirmed ? figures_json(*design.confirmed) : base::Json();
  json["keeps_all"] = design.confirmed ? base::Json(design.kept) : base::Json();
  json["reason"] = design.confirmed && design.confirmed->reason ? base::Json(*design.confirmed->reason) : base::Json();
  return json;
}

base::Json limit_json(const analysis::FigureLimit& limit) {
  base::Json json;
  json["figure"] = limit.figure;
  json["at_least"] = limit.at_least;
  json["bound"] = limit.bound;
  return json;
}

base::Json problem_json(const analysis::SearchProblem& problem) {
  base::Json json;
  base::Json::Array free, objectives, limits;
  for (const auto& setting : problem.free) {
    base::Json one;
    one["key"] = setting.key;
    one["layer"] = setting.layer ? base::Json(*setting.layer) : base::Json();
    one["choices"] = texts_json(setting.choices);
    one["low"] = setting.choices.empty() ? base::Json(setting.low) : base::Json();
    one["high"] = setting.choices.empty() ? base::Json(setting.high) : base::Json();
    one["unit"] = setting.choices.empty() ? base::Json(setting.unit) : base::Json();
    one["proposed"] = setting.proposed;
    free.push_back(one);
  }
  for (const auto& objective : problem.objectives) {
    base::Json one;
    one["figure"] = objective.figure;
    one["more_is_better"] = objective.more_is_better;
    objectives.push_back(one);
  }
  for (const auto& limit : problem.constraints) limits.push_back(limit_json(limit));
  json["free"] = free;
  json["objectives"] = objectives;
  json["constraints"] = limits;
  return json;
}

base::Json check_json(const analysis::ProxyCheck& check) {
  base::Json json;
  json["rank_correlation"] = check.rank_correlation ? base::Json(*check.rank_correlation) : base::Json();
  json["error"] = check.error ? base::Json(*check.error) : base::Json();
  json["refused"] = static_cast<std::int64_t>(check.refused);
  json["full_seconds"] = check.full_seconds;
  json["proxy_seconds"] = check.proxy_seconds;
  base::Json::Array designs;
  for (const analysis::CheckedDesign& design : check.designs) {
    base::Json one;
    one["set"] = texts_json(design.point.set);
    one["layer"] = texts_json(design.point.layer);
    one["time_s"] = design.time_s;
    one["predicted"] = design.predicted;
    one["measured"] = design.measured;
    designs.push_back(one);
  }
  json["designs"] = designs;
  return json;
}

base::Json prices_json(const std::vector<analysis::LimitPrice>& prices) {
  base::Json::Array all;
  for (const analysis::LimitPrice& price : prices) {
    base::Json one;
    one["constraint"] = limit_json(price.constraint);
    one["value"] = price.value;
    one["easier"] = price.easier.bound;
    one["objective"] = price.objective ? base::Json(*price.objective) : base::Json();
    one["saved"] = price.saved;
    all.push_back(one);
  }
  return all;
}

}  // namespace

std::string search_text(const analysis::SearchReport& report) {
  std::string text;
  if (report.proxy != nullptr)
    text += proxy_text(*report.proxy) + (report.untrusted ? "  that is too much: accuracy was evaluated in full\n\n" : "\n");
  if (report.check) return text + check_text(*report.check);
  if (report.greedy) return text + greedy_text(*report.greedy) + "\n" + designs_text(report.problem, report.confirmed, "chosen");
  const analysis::DesignSearch& search = *report.search;
  const std::vector<std::size_t> best = search.best();
  text += reasons_text(search.failures(), [](std::size_t count) { return fmt::format("{} design{} failed", count, count == 1 ? "" : "s"); });
  if (best.empty()) {
    text += troubles_text(search);
    return report.confirmed.empty() ? text : text + "\nthe nearest designs\n\n" + designs_text(report.problem, report.confirmed, "1");
  }
  text += fmt::format("{} designs looked at, {} keep all constraints{}", search.archive().points.size(), search.feasible(),
                      search.archive().exhausted ? "; there are no others" : "");
  const bool front = report.problem.objectives.size() > 1;
  if (front) text += fmt::format("; {} are on the front, hypervolume {:.4f}", best.size(), search.log().back().hypervolume);
  std::vector<analysis::SearchedDesign> shown = report.confirmed;
  if (shown.empty()) {
    constexpr std::size_t most = 5;
    for (std::size_t i = 0; i < std::min(most, best.size()); ++i) shown.push_back(search.design(best[i]));
  } else if (!front) {
    constexpr std::size_t widest = 5;
    shown.resize(std::min(widest, shown.size()));
  }
  const bool nothing_kept = !report.confirmed.empty() && std::ranges::none_of(report.confirmed, &analysis::SearchedDesign::kept);
  text += "\n\n" + designs_text(report.problem, shown, front ? "1" : "best");
  if (nothing_kept)
    text += "no design that was confirmed keeps all constraints: the predictions are too good; try --accuracy-by full or a stricter --keep\n";
  if (!front) text += layers_text(report.problem, shown.front());
  return text + prices_text(report);
}

base::Json search_json(const analysis::SearchReport& report) {
  base::Json json;
  json["problem"] = problem_json(report.problem);
  json["proxy_trusted"] = report.proxy != nullptr && !report.untrusted;
  json["proxy"] = report.proxy != nullptr ? report.proxy->json() : base::Json();
  json["check"] = report.check ? check_json(*report.check) : base::Json();
  base::Json::Array confirmed, best, log, steps;
  for (const auto& design : report.confirmed) confirmed.push_back(design_json(design));
  if (report.search != nullptr) {
    for (const std::size_t index : report.search->best()) best.push_back(design_json(report.search->design(index)));
    for (const analysis::SearchStep& step : report.search->log()) {
      base::Json one;
      one["evaluations"] = static_cast<std::int64_t>(step.evaluations);
      one["hypervolume"] = step.hypervolume;
      log.push_back(one);
    }
  }
  if (report.greedy) {
    for (const analysis::GreedyStep& step : report.greedy->steps) {
      base::Json one;
      one["layer"] = step.layer;
      one["macs"] = step.macs;
      one["normalised"] = step.normalised;
      one["analog"] = step.analog;
      steps.push_back(one);
    }
  }
  json["confirmed"] = confirmed;
  json["best"] = best;
  json["prices"] = prices_json(report.prices);
  json["log"] = log;
  json["greedy"] = steps;
  return json;
}

}  // namespace mho::cli
