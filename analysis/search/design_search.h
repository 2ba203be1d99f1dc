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

/// A search problem: free settings, objectives and constraints.
struct SearchProblem {
  std::vector<FreeSetting> free{};
  std::vector<Objective> objectives{};
  std::vector<FigureLimit> constraints{};
};

/// A design that a search evaluated.
struct SearchedDesign {
  Coordinates at{};
  DesignPoint point{};
  Evaluation predicted{};                 ///< evaluation by estimate and proxy
  Judgement judgement{};                  ///< of the confirmed figures, else of the corrected predictions
  std::optional<Evaluation> confirmed{};  ///< full evaluation: simulated, with accuracy on tiles
  bool kept = false;                      ///< the confirmed figures keep every constraint
};

/// Price of one constraint.
struct LimitPrice {
  FigureLimit constraint{};
  double value = 0;                   ///< value of the best design
  FigureLimit easier{};               ///< the relaxed constraint
  std::optional<double> objective{};  ///< best objective with the relaxed constraint; empty: none
  double saved = 0;                   ///< saved share of the objective
};

/// One constraint when no design keeps all constraints.
struct LimitTrouble {
  FigureLimit constraint{};
  std::size_t kept = 0;             ///< number of designs that keep it
  std::optional<double> closest{};  ///< value closest to the bound; empty: no design has the figure
};

/// One step of the log.
struct SearchStep {
  std::size_t evaluations = 0;
  double hypervolume = 0;  ///< see hypervolume(), with the range of all points of the search
};

/// A search over designs. Each design is evaluated once; all evaluations are used in later steps.
class DesignSearch {
 public:
  /// `tell` is called after each batch of judged designs: number of designs, of feasible designs, best value of each objective. All references must
  /// outlive this object.
  using Tell = std::function<void(std::size_t designs, std::size_t feasible, const std::vector<double>& best)>;
  DesignSearch(SearchProblem problem, Evaluator& predicted, Tell tell = {});

  /// Runs the search. Throws what the evaluator throws, and UserError if the first designs show that a figure does not exist.
  void run(const EngineOptions& options);

  [[nodiscard]] const SearchProblem& problem() const { return problem_; }
  [[nodiscard]] const Archive& archive() const { return archive_; }
  [[nodiscard]] SearchedDesign design(std::size_t index) const;
  /// Indices of the best designs: the Pareto front, sorted by the first objective; for a single objective all feasible designs, best first. No design
  /// twice.
  [[nodiscard]] std::vector<std::size_t> best() const;
  /// Number of designs that keep all constraints.
  [[nodiscard]] std::size_t feasible() const;
  [[nodiscard]] std::vector<SearchStep> log() const;
  /// Number of designs without figures, by reason.
  [[nodiscard]] std::map<std::string, std::size_t> failures() const;

  /// For a single objective: continues the search with each constraint relaxed in turn, from all known designs, with `evaluations` more designs for
  /// each. Designs that this finds belong to the search.
  std::vector<LimitPrice> prices(const EngineOptions& options, std::size_t evaluations);
  /// Sets the values of `prices` from all designs that are known now.
  void price(std::vector<LimitPrice>& prices) const;
  /// The best first objective if there were no constraint; empty: no design has one.
  [[nodiscard]] std::optional<double> best_without_constraints() const;
  /// How far each constraint is from being kept, if no design is feasible.
  [[nodiscard]] std::vector<LimitTrouble> troubles() const;

  /// Confirms the best designs with another evaluator; their figures replace the predicted ones, and predicted accuracies of the others are corrected
  /// by the errors of confirmed designs with similar predictions. Single objective: until the best `count` designs are confirmed, at most 3 `count`.
  /// Several objectives: at most `count` designs, spread evenly over the front. If no design keeps all constraints by prediction, the nearest ones
  /// are confirmed. Returns all confirmed designs, in the order of their confirmation.
  std::vector<SearchedDesign> confirm(Evaluator& evaluator, std::size_t count);

 private:
  std::vector<Judgement> judge(const std::vector<Coordinates>& points, const std::vector<FigureLimit>& constraints);
  [[nodiscard]] const Evaluation& evaluation(const Coordinates& at) const { return known_.at(canonical(problem_.free, at)); }
  [[nodiscard]] double best_objective(const std::vector<FigureLimit>& constraints) const;
  /// Confirmed figures of a design, else its predicted ones with corrected accuracies.
  [[nodiscard]] std::map<std::string, double> figures_at(const Coordinates& at) const;
  [[nodiscard]] Judgement judgement_at(const Coordinates& at) const;
  /// Indices of all designs with figures, in ascending order of their violation of the constraints.
  [[nodiscard]] std::vector<std::size_t> nearest() const;
  void confirm_design(Evaluator& evaluator, std::size_t index);

  SearchProblem problem_;
  Evaluator& predicted_;
  Tell tell_;
  std::vector<Coordinate> space_;
  std::map<Coordinates, Evaluation> known_;                               ///< by canonical()
  std::map<Coordinates, Evaluation> confirmed_;                           ///< by canonical()
  std::vector<std::size_t> order_;                                        ///< indices of confirmed designs, in order
  std::map<std::string, std::vector<std::pair<double, double>>> missed_;  ///< by figure: prediction and its error, of confirmed designs
  Archive archive_;
};

}  // namespace mho::analysis
