#include "analysis/search/proxy_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

ProxyCheck check_proxy(AccuracyProxy& proxy, Evaluator& full, const EvaluationTask& task, const std::vector<DesignPoint>& points,
                       const std::vector<double>& times_s) {
  ProxyCheck check;
  SquaredErrors errors;
  std::size_t evaluated = 0;
  std::vector<double> predicted, measured;
  std::string reason;
  const double before = proxy.prediction_seconds();
  base::Progress progress("evaluating designs in full", points.size());
  for (const DesignPoint& point : points) {
    const std::vector<DesignPoint> one{point};
    const Evaluation found = full.evaluate(one).front();
    progress.advance();
    if (!found.ok()) {
      ++check.refused;
      reason = found.reason.value_or("");
      continue;
    }
    const std::vector<double> shares = proxy.normalised(design_of(task, point), times_s);
    check.full_seconds += found.wall_s;
    ++evaluated;
    for (std::size_t t = 0; t < times_s.size(); ++t) {
      const auto value = found.figures.find("normalised@" + age_text(times_s[t]));
      if (value == found.figures.end()) continue;
      check.designs.push_back({.point = point, .time_s = times_s[t], .predicted = shares[t], .measured = value->second});
      errors.add(shares[t], value->second);
      if (t + 1 < times_s.size()) continue;
      predicted.push_back(shares[t]);
      measured.push_back(value->second);
    }
  }
  if (check.designs.empty()) throw base::UserError(fmt::format("none of {} designs could be evaluated: {}", points.size(), reason));
  check.rank_correlation = rank_correlation(predicted, measured);
  check.error = errors.root_mean();
  check.full_seconds /= static_cast<double>(evaluated);
  check.proxy_seconds = (proxy.prediction_seconds() - before) / static_cast<double>(evaluated);
  return check;
}

std::vector<DesignPoint> spread_designs(const std::vector<FreeSetting>& settings, std::size_t count, std::uint64_t seed) {
  const Judge nothing = [](const std::vector<Coordinates>& points) { return std::vector<Judgement>(points.size(), Judgement{.objectives = {0}}); };
  std::vector<DesignPoint> points;
  for (const JudgedPoint& point : explore(coordinates(settings), 1, nothing, {.seed = seed, .evaluations = count, .population = count}).points) {
    points.push_back(design_point(settings, point.at));
  }
  return points;
}

GreedyChoice greedy_by_macs(const workloads::Network& network, Evaluator& evaluator, const DesignPoint& base, const std::string& figure,
                            double keep) {
  GreedyChoice choice;
  std::set<std::string> digital;
  for (const workloads::Node& node : network.nodes) {
    if (!node.on_tiles()) continue;
    std::int64_t macs = 0;
    for (std::size_t which = 0; which < node.matrices.size(); ++which) {
      const workloads::Matrix& matrix = network.matrix(node, which);
      macs += network.positions(node) * matrix.inputs * matrix.outputs / matrix.groups;
    }
    choice.steps.push_back({.layer = node.name, .macs = macs});
    digital.insert(node.name);
  }
  std::ranges::stable_sort(choice.steps, std::ranges::greater(), &GreedyStep::macs);
  const auto with = [&](const std::set<std::string>& layers) {
    DesignPoint point = base;
    for (const std::string& layer : layers) point.layer.push_back(layer + "=digital");
    return point;
  };
  base::Progress progress("layers to tiles by multiply-accumulates", choice.steps.size());
  for (GreedyStep& step : choice.steps) {
    std::set<std::string> others = digital;
    others.erase(step.layer);
    const std::vector<DesignPoint> one{with(others)};
    const Evaluation found = evaluator.evaluate(one).front();
    if (!found.ok()) throw base::UserError(fmt::format("with layer '{}' on tiles: {}", step.layer, found.reason.value_or("")), found.exit_code);
    const auto value = found.figures.find(figure);
    if (value == found.figures.end()) throw std::logic_error("greedy_by_macs: no " + figure);
    step.normalised = value->second;
    step.analog = step.normalised >= keep;
    if (step.analog) digital = std::move(others);
    progress.advance();
  }
  choice.point = with(digital);
  return choice;
}

}  // namespace mho::analysis
