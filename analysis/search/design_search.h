#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/search/engine.h"
#include "analysis/search/goals.h"
#include "analysis/search/space.h"

namespace mho::analysis {

/// What is searched: free settings, what they are to reach, what they must keep.
struct SearchProblem {
  std::vector<FreeSetting> free{};
  std::vector<Objective> objectives{};
  std::vector<FigureLimit> constraints{};
};

/// A design that a search looked at.
struct SearchedDesign {
  Coordinates at{};
  DesignPoint point{};
  Evaluation predicted{};                 ///< by estimate and proxy
  Judgement judgement{};                  ///< of it
  std::optional<Evaluation> confirmed{};  ///< simulated and evaluated in full
  bool kept = false;                      ///< the confirmed figures keep every constraint
};

/// What one constraint costs.
struct LimitPrice {
  FigureLimit constraint{};
  double value = 0;                   ///< of the best design
  FigureLimit easier{};               ///< the same, easier to keep
  std::optional<double> objective{};  ///< the best there; empty: none
  double saved = 0;                   ///< share of the objective
};

/// Why no design keeps all constraints.
struct LimitTrouble {
  FigureLimit constraint{};
  std::size_t kept = 0;             ///< designs that keep it
  std::optional<double> closest{};  ///< value that comes closest; empty: no design has the figure
};

/// One step of the log.
struct SearchStep {
  std::size_t evaluations = 0;
  double hypervolume = 0;  ///< see hypervolume(), by the range of everything the search found
};

/// A search over designs. Every design is asked for once; everything that was learnt serves what follows.
class DesignSearch {
 public:
  /// `tell` hears after every generation: designs, feasible ones, best value of each objective. All references must outlive this.
  using Tell = std::function<void(std::size_t designs, std::size_t feasible, const std::vector<double>& best)>;
  DesignSearch(SearchProblem problem, Evaluator& predicted, Tell tell = {});

  /// Searches. Throws what the evaluator throws, UserError where the very first designs show that a figure does not exist.
  void run(const EngineOptions& options);

  [[nodiscard]] const SearchProblem& problem() const { return problem_; }
  [[nodiscard]] const Archive& archive() const { return archive_; }
  [[nodiscard]] SearchedDesign design(std::size_t index) const;
  /// Of several objectives the front, by the first; of one all feasible designs, the best first. No design twice.
  [[nodiscard]] std::vector<std::size_t> best() const;
  [[nodiscard]] std::vector<SearchStep> log() const;
  /// Designs without figures, by reason.
  [[nodiscard]] std::map<std::string, std::size_t> failures() const;

  /// Of one objective: searches on with each constraint easier by turns, from all that is known, with `evaluations` more designs each.
  std::vector<LimitPrice> prices(const EngineOptions& options, std::size_t evaluations);
  /// Where no design is feasible.
  [[nodiscard]] std::vector<LimitTrouble> troubles() const;

  /// Confirms the best designs with another evaluator. Of one objective until `count` keep all constraints, at most three times as many; predictions
  /// of accuracy are corrected by what was found before. Of several objectives at most `count`, evenly over the front.
  std::vector<SearchedDesign> confirm(Evaluator& evaluator, std::size_t count);

 private:
  std::vector<Judgement> judge(const std::vector<Coordinates>& points, const std::vector<FigureLimit>& constraints);
  [[nodiscard]] const Evaluation& evaluation(const Coordinates& at) const { return known_.at(canonical(problem_.free, at)); }
  [[nodiscard]] double best_objective(const std::vector<FigureLimit>& constraints) const;
  SearchedDesign confirmed(Evaluator& evaluator, std::size_t index) const;

  SearchProblem problem_;
  Evaluator& predicted_;
  Tell tell_;
  std::vector<Coordinate> space_;
  std::map<Coordinates, Evaluation> known_;  ///< by canonical()
  Archive archive_;
};

}  // namespace mho::analysis
