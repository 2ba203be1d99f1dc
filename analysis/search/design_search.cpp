#include "analysis/search/design_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"

namespace mho::analysis {

namespace {

/// The figures of an evaluation; accuracies are corrected by the mean error of earlier predictions.
std::map<std::string, double> corrected(const Evaluation& evaluation, const std::map<std::string, double>& missed) {
  std::map<std::string, double> figures = evaluation.figures;
  for (const auto& [figure, by] : missed) {
    const auto found = figures.find(figure);
    if (found != figures.end()) found->second += by;
  }
  return figures;
}

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
  for (const Coordinates& at : points) judgements.push_back(judgement_of(evaluation(at).figures, problem_.objectives, constraints));
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

SearchedDesign DesignSearch::design(std::size_t index) const {
  const JudgedPoint& point = archive_.points.at(index);
  return {.at = canonical(problem_.free, point.at),
          .point = design_point(problem_.free, point.at),
          .predicted = evaluation(point.at),
          .judgement = point.judgement};
}

std::vector<std::size_t> DesignSearch::best() const {
  std::vector<std::size_t> order;
  if (problem_.objectives.size() > 1) {
    order = front_of(archive_.points);
  } else {
    for (std::size_t i = 0; i < archive_.points.size(); ++i) {
      if (archive_.points[i].judgement.feasible()) order.push_back(i);
    }
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return archive_.points[i].judgement.objectives[0]; });
  }
  std::set<Coordinates> seen;
  std::erase_if(order, [&](std::size_t i) { return !seen.insert(canonical(problem_.free, archive_.points[i].at)).second; });
  return order;
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
    if (!judgement_of(found.figures, problem_.objectives, constraints).feasible()) continue;
    const double value = found.figures.at(objective.figure);
    best = objective.more_is_better ? std::max(best, value) : std::min(best, value);
  }
  return best;
}

std::vector<LimitPrice> DesignSearch::prices(const EngineOptions& options, std::size_t evaluations) {
  std::vector<LimitPrice> prices;
  const std::vector<std::size_t> order = best();
  if (problem_.objectives.size() != 1 || order.empty()) return prices;
  const Evaluation& winner = evaluation(archive_.points[order.front()].at);
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
    LimitPrice price{.constraint = problem_.constraints[c], .value = winner.figures.at(problem_.constraints[c].figure), .easier = constraints[c]};
    const double value = best_objective(constraints);
    if (std::isfinite(value)) {
      price.objective = value;
      // The longer search can improve the best design within the old bound too. That part is not a saving of the relaxed bound.
      const double within = best_objective(problem_.constraints);
      if (within != 0) price.saved = std::abs((within - value) / within);
    }
    prices.push_back(std::move(price));
  }
  return prices;
}

std::vector<LimitTrouble> DesignSearch::troubles() const {
  std::vector<LimitTrouble> troubles;
  for (const FigureLimit& constraint : problem_.constraints) {
    LimitTrouble trouble{.constraint = constraint};
    for (const auto& [at, found] : known_) {
      const auto value = found.figures.find(constraint.figure);
      if (value == found.figures.end()) continue;
      if (constraint.holds(value->second)) ++trouble.kept;
      if (!trouble.closest || constraint.violation(value->second) < constraint.violation(*trouble.closest)) trouble.closest = value->second;
    }
    troubles.push_back(std::move(trouble));
  }
  return troubles;
}

SearchedDesign DesignSearch::confirmed(Evaluator& evaluator, std::size_t index) const {
  SearchedDesign found = design(index);
  const std::vector<DesignPoint> one{found.point};
  found.confirmed = evaluator.evaluate(one).front();
  found.kept = found.confirmed->ok() && judgement_of(found.confirmed->figures, problem_.objectives, problem_.constraints).feasible();
  return found;
}

std::vector<SearchedDesign> DesignSearch::confirm(Evaluator& evaluator, std::size_t count) {
  std::vector<SearchedDesign> found;
  if (problem_.objectives.size() > 1) {
    const std::vector<std::size_t> front = best();
    const std::size_t wanted = std::min(count, front.size());
    for (std::size_t i = 0; i < wanted; ++i) {
      const std::size_t at = wanted == 1 ? 0 : i * (front.size() - 1) / (wanted - 1);
      found.push_back(confirmed(evaluator, front[at]));
    }
    return found;
  }
  std::set<Coordinates> tried;
  std::map<std::string, double> missed;  // mean error by figure, over the confirmed points
  std::size_t kept = 0;
  while (kept < count && tried.size() < 3 * count) {
    std::optional<std::size_t> next;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < archive_.points.size(); ++i) {
      const Evaluation& known = evaluation(archive_.points[i].at);
      if (!known.ok() || tried.contains(canonical(problem_.free, archive_.points[i].at))) continue;
      const Judgement judgement = judgement_of(corrected(known, missed), problem_.objectives, problem_.constraints);
      if (!judgement.feasible() || judgement.objectives[0] >= least) continue;
      least = judgement.objectives[0];
      next = i;
    }
    if (!next) break;
    tried.insert(canonical(problem_.free, archive_.points[*next].at));
    found.push_back(confirmed(evaluator, *next));
    if (found.back().kept) ++kept;
    missed.clear();
    std::map<std::string, std::size_t> times;
    for (const SearchedDesign& one : found) {
      for (const auto& [figure, value] : one.confirmed->figures) {
        const auto predicted = one.predicted.figures.find(figure);
        if (!needs_accuracy(figure) || predicted == one.predicted.figures.end() || is_useless(*one.confirmed, figure)) continue;
        missed[figure] += value - predicted->second;
        ++times[figure];
      }
    }
    for (auto& [figure, sum] : missed) sum /= static_cast<double>(times[figure]);
  }
  return found;
}

}  // namespace mho::analysis
