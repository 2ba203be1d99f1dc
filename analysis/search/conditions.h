#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/explore/sweep/constraint.h"

namespace mho::analysis {

/// Points that break a condition on their keys are not evaluated: they have its text as the reason. The others another evaluator answers.
class ConditionedEvaluator final : public Evaluator {
 public:
  /// `conditions`: expressions of SQL over keys of the design, see Constraint. The others must outlive this. Throws UserError as Constraint does.
  ConditionedEvaluator(Evaluator& others, const std::vector<std::string>& conditions, const EvaluationTask& task);
  std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override;

 private:
  [[nodiscard]] const Constraint* broken_by(const DesignPoint& point) const;
  Evaluator& others_;
  std::vector<Constraint> conditions_;
  base::Config base_;
};

}  // namespace mho::analysis
