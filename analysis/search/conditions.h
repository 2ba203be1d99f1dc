#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/explore/sweep/constraint.h"

namespace mho::analysis {

/// Rejects points that break a condition on their keys, with the condition as the reason. Other points are passed to another evaluator.
class ConditionedEvaluator final : public Evaluator {
 public:
  /// `conditions`: SQL expressions over keys of the design, see Constraint. `others` must outlive this object. Throws UserError as Constraint does.
  ConditionedEvaluator(Evaluator& others, const std::vector<std::string>& conditions, const EvaluationTask& task);
  std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override;

 private:
  [[nodiscard]] const Constraint* broken_by(const DesignPoint& point) const;
  Evaluator& others_;
  std::vector<Constraint> conditions_;
  base::Config base_;
};

}  // namespace mho::analysis
