#include "analysis/search/design_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"

namespace mho::analysis {

namespace {

/// Whether the design is worse than guessing at the age of a figure. Losses in nats of such designs say nothing about the errors of others.
bool is_useless(const Evaluation& evaluation, const std::string& figure) {
  const std::size_t at = figure.find('@');
  const auto share = evaluation.figures.find("normalised" + (at == std::string::npos ? "" : figure.substr(at)));
  return share != evaluation.figures.end() && share->second <= 0;
}

/// A relaxed constraint. For a share, the permitted loss doubles; for other figures, the bound changes by a tenth.
FigureLimit easier(const FigureLimit& constraint) {
  constexpr double tenth = 0.1;
  if (!needs_accuracy(constraint.figure) || !constraint.at_least || constraint.bound <= 0 || constraint.bound >= 1) return constraint.relaxed(tenth);
  FigureLimit other = constraint;
  other.bound = 1 - 2 * (1 - constraint.bound);
  return other;
}

}  // namespace

DesignSearch::DesignSearch(SearchProblem problem, Evaluator& predicted, Tell tell)
    : problem_(std::move(problem)), predicted_(predicted), tell_(std::move(tell)), space_(coordinates(problem_.free)) {
  if (problem_.free.empty() || problem_.objectives.empty()) throw std::logic_error("a search needs free settings and objectives");
}

std::vector<Judgement> DesignSearch::judge(const std::vector<Coordinates>& points, const std::vector<FigureLimit>& constraints) {
  std::vector<DesignPoint> wanted;
  std::vector<Coordinates> fresh;
  std::set<Coordinates> asked;
  for (const Coordinates& point : points) {
    const Coordinates at = canonical(problem_.free, point);
    if (known_.contains(at) || !asked.insert(at).second) continue;
    fresh.push_back(at);
    wanted.push_back(design_point(problem_.free, at));
  }
  if (!fresh.empty()) {
    std::vector<Evaluation> evaluations = predicted_.evaluate(wanted);
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      Evaluation& evaluation = evaluations[i];
      for (const Objective& objective : problem_.objectives) {
        const auto found = evaluation.figures.find(objective.figure);
        if (!evaluation.ok() || (found != evaluation.figures.end() && std::isfinite(found->second))) continue;
        evaluation.reason = found == evaluation.figures.end() ? fmt::format("there is no {} for this design", objective.figure)
                                                              : fmt::format("{} is no number for this design", objective.figure);
        evaluation.exit_code = base::ExitCode::failed_check;
        evaluation.figures.clear();
      }
      known_.emplace(fresh[i], std::move(evaluation));
    }
  }
  std::vector<Judgement> judgements;
  judgements.reserve(points.size());
  for (const Coordinates& at : points) judgements.push_back(judgement_of(figures_at(at), problem_.objectives, constraints));
  return judgements;
}

void DesignSearch::run(const EngineOptions& options) {
  std::vector<JudgedPoint> so_far;
  const Judge judging = [&](const std::vector<Coordinates>& points) {
    std::vector<Judgement> judgements = judge(points, problem_.constraints);
    for (std::size_t i = 0; i < points.size(); ++i) so_far.push_back({points[i], judgements[i]});
    if (tell_) {
      const auto feasible =
          static_cast<std::size_t>(std::ranges::count_if(so_far, [](const JudgedPoint& point) { return point.judgement.feasible(); }));
      std::vector<double> best;
      for (std::size_t o = 0; o < problem_.objectives.size() && feasible > 0; ++o) {
        const Objective& objective = problem_.objectives[o];
        double value = objective.more_is_better ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
        for (const JudgedPoint& point : so_far) {
          if (!point.judgement.feasible()) continue;
          const double own = evaluation(point.at).figures.at(objective.figure);
          value = objective.more_is_better ? std::max(value, own) : std::min(value, own);
        }
        best.push_back(value);
      }
      tell_(so_far.size(), feasible, best);
    }
    return judgements;
  };
  archive_ = explore(space_, problem_.objectives.size(), judging, options);
}

std::map<std::string, double> DesignSearch::figures_at(const Coordinates& point) const {
  const Coordinates at = canonical(problem_.free, point);
  if (const auto found = confirmed_.find(at); found != confirmed_.end()) return found->second.figures;
  std::map<std::string, double> figures = known_.at(at).figures;
  for (auto& [figure, value] : figures) {
    const auto misses = missed_.find(figure);
    if (misses == missed_.end()) continue;
    // The errors of confirmed designs with similar predictions count most. Closer predictions than this share count alike (a choice).
    constexpr double near = 0.005;
    double sum = 0, weights = 0;
    for (const auto& [predicted, by] : misses->second) {
      const double weight = 1 / (std::abs(value - predicted) + near * std::max(std::abs(value), 1e-12));
      sum += weight * by;
      weights += weight;
    }
    value += sum / weights;
  }
  return figures;
}

Judgement DesignSearch::judgement_at(const Coordinates& at) const { return judgement_of(figures_at(at), problem_.objectives, problem_.constraints); }

SearchedDesign DesignSearch::design(std::size_t index) const {
  const JudgedPoint& point = archive_.points.at(index);
  SearchedDesign design{.at = canonical(problem_.free, point.at),
                        .point = design_point(problem_.free, point.at),
                        .predicted = evaluation(point.at),
                        .judgement = judgement_at(point.at)};
  if (const auto found = confirmed_.find(design.at); found != confirmed_.end()) {
    design.confirmed = found->second;
    design.kept = design.judgement.feasible();
  }
  return design;
}

std::vector<std::size_t> DesignSearch::best() const {
  std::vector<JudgedPoint> now = archive_.points;
  for (JudgedPoint& point : now) point.judgement = judgement_at(point.at);
  std::vector<std::size_t> order;
  if (problem_.objectives.size() > 1) {
    order = front_of(now);
  } else {
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i].judgement.feasible()) order.push_back(i);
    }
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return now[i].judgement.objectives[0]; });
  }
  std::set<Coordinates> seen;
  std::erase_if(order, [&](std::size_t i) { return !seen.insert(canonical(problem_.free, now[i].at)).second; });
  return order;
}

std::size_t DesignSearch::feasible() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(archive_.points, [&](const JudgedPoint& point) { return judgement_at(point.at).feasible(); }));
}

std::vector<std::size_t> DesignSearch::nearest() const {
  std::vector<std::pair<double, std::size_t>> order;
  std::set<Coordinates> seen;
  for (std::size_t i = 0; i < archive_.points.size(); ++i) {
    const Judgement judgement = judgement_at(archive_.points[i].at);
    if (judgement.objectives.empty() || !seen.insert(canonical(problem_.free, archive_.points[i].at)).second) continue;
    order.emplace_back(judgement.violation, i);
  }
  std::ranges::stable_sort(order, {}, &std::pair<double, std::size_t>::first);
  std::vector<std::size_t> indices;
  indices.reserve(order.size());
  for (const auto& [violation, i] : order) indices.push_back(i);
  return indices;
}

std::vector<SearchStep> DesignSearch::log() const {
  const ObjectiveRange range = objective_range(archive_.points);
  std::vector<SearchStep> steps;
  for (const std::size_t count : archive_.generations) {
    steps.push_back({count, range.ideal.empty() ? 0 : hypervolume(archive_.points, count, range.ideal, range.nadir)});
  }
  return steps;
}

std::map<std::string, std::size_t> DesignSearch::failures() const {
  std::map<std::string, std::size_t> reasons;
  for (const JudgedPoint& point : archive_.points) {
    if (const Evaluation& found = evaluation(point.at); found.reason) ++reasons[*found.reason];
  }
  return reasons;
}

double DesignSearch::best_objective(const std::vector<FigureLimit>& constraints) const {
  const Objective& objective = problem_.objectives.front();
  double best = objective.more_is_better ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  for (const auto& [at, found] : known_) {
    const std::map<std::string, double> figures = figures_at(at);
    if (!judgement_of(figures, problem_.objectives, constraints).feasible()) continue;
    const double value = figures.at(objective.figure);
    best = objective.more_is_better ? std::max(best, value) : std::min(best, value);
  }
  return best;
}

std::vector<LimitPrice> DesignSearch::prices(const EngineOptions& options, std::size_t evaluations) {
  std::vector<LimitPrice> prices;
  const std::vector<std::size_t> order = best();
  if (problem_.objectives.size() != 1 || order.empty()) return prices;
  for (std::size_t c = 0; c < problem_.constraints.size(); ++c) {
    std::vector<FigureLimit> constraints = problem_.constraints;
    constraints[c] = easier(constraints[c]);
    EngineOptions more = options;
    more.start.clear();
    for (const auto& [at, found] : known_) more.start.push_back(at);
    more.evaluations = more.start.size() + evaluations;
    if (more.population == 0) more.population = 12;
    static_cast<void>(explore(
        space_, 1, [&](const std::vector<Coordinates>& points) { return judge(points, constraints); }, more));
    prices.push_back({.constraint = problem_.constraints[c], .easier = constraints[c]});
  }
  // These searches can find better designs within the old bounds too. They are designs of this search, and no saving of a relaxed bound.
  std::set<Coordinates> there;
  for (const JudgedPoint& point : archive_.points) there.insert(canonical(problem_.free, point.at));
  for (const auto& [at, found] : known_) {
    if (!there.contains(at)) archive_.points.push_back({at, judgement_at(at)});
  }
  price(prices);
  return prices;
}

void DesignSearch::price(std::vector<LimitPrice>& prices) const {
  const std::vector<std::size_t> order = best();
  if (order.empty()) return;
  const std::map<std::string, double> winner = figures_at(archive_.points[order.front()].at);
  const double within = best_objective(problem_.constraints);
  for (std::size_t c = 0; c < prices.size(); ++c) {
    std::vector<FigureLimit> constraints = problem_.constraints;
    constraints[c] = prices[c].easier;
    prices[c].value = winner.at(prices[c].constraint.figure);
    const double value = best_objective(constraints);
    if (std::isfinite(value)) {
      prices[c].objective = value;
      prices[c].saved = within != 0 ? std::abs((within - value) / within) : 0;
    }
  }
}

std::optional<double> DesignSearch::best_without_constraints() const {
  const double value = best_objective({});
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::vector<LimitTrouble> DesignSearch::troubles() const {
  std::vector<LimitTrouble> troubles;
  for (const FigureLimit& constraint : problem_.constraints) {
    LimitTrouble trouble{.constraint = constraint};
    for (const auto& [at, found] : known_) {
      const std::map<std::string, double> figures = figures_at(at);
      const auto value = figures.find(constraint.figure);
      if (value == figures.end()) continue;
      if (constraint.holds(value->second)) ++trouble.kept;
      if (!trouble.closest || constraint.violation(value->second) < constraint.violation(*trouble.closest)) trouble.closest = value->second;
    }
    troubles.push_back(std::move(trouble));
  }
  return troubles;
}

void DesignSearch::confirm_design(Evaluator& evaluator, std::size_t index) {
  const Coordinates at = canonical(problem_.free, archive_.points.at(index).at);
  const std::vector<DesignPoint> one{design_point(problem_.free, at)};
  const Evaluation& found = confirmed_.insert_or_assign(at, evaluator.evaluate(one).front()).first->second;
  order_.push_back(index);
  for (const auto& [figure, value] : found.figures) {
    const std::map<std::string, double>& figures = known_.at(at).figures;
    const auto predicted = figures.find(figure);
    if (!needs_accuracy(figure) || predicted == figures.end() || is_useless(found, figure)) continue;
    missed_[figure].emplace_back(predicted->second, value - predicted->second);
  }
}

std::vector<SearchedDesign> DesignSearch::confirm(Evaluator& evaluator, std::size_t count) {
  const auto is_confirmed = [&](std::size_t i) { return confirmed_.contains(canonical(problem_.free, archive_.points[i].at)); };
  if (problem_.objectives.size() > 1) {
    std::vector<std::size_t> wanted = best();
    const bool none = wanted.empty();
    if (none) wanted = nearest();
    const std::size_t shown = std::min(count, wanted.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const std::size_t at = none ? i : shown == 1 ? 0 : i * (wanted.size() - 1) / (shown - 1);
      if (!is_confirmed(wanted[at])) confirm_design(evaluator, wanted[at]);
    }
  } else {
    for (std::size_t tries = 0, in_vain = 0; tries < 3 * count && in_vain < std::max<std::size_t>(count, 3); ++tries) {
      std::vector<std::size_t> wanted = best();
      const bool all_there = wanted.size() >= count;
      wanted.resize(std::min(count, wanted.size()));
      std::erase_if(wanted, is_confirmed);
      if (wanted.empty()) {
        if (all_there) break;
        // Nothing else keeps all constraints by prediction; predictions of the nearest designs can be too low.
        wanted = nearest();
        std::erase_if(wanted, is_confirmed);
        if (wanted.empty()) break;
      }
      confirm_design(evaluator, wanted.front());
      in_vain = judgement_at(archive_.points[wanted.front()].at).feasible() ? 0 : in_vain + 1;
    }
  }
  std::vector<SearchedDesign> found;
  for (const std::size_t i : order_) found.push_back(design(i));
  return found;
}

}  // namespace mho::analysis
