#include "analysis/search/conditions.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/design/design.h"
#include "base/design_file/parse_value.h"

namespace mho::analysis {

ConditionedEvaluator::ConditionedEvaluator(Evaluator& others, const std::vector<std::string>& conditions, const EvaluationTask& task)
    : others_(others), base_(load_design(task.design, task.set).config) {
  for (const std::string& text : conditions) conditions_.emplace_back(text, base_.declarations(), "constraint");
}

const Constraint* ConditionedEvaluator::broken_by(const DesignPoint& point) const {
  for (const Constraint& condition : conditions_) {
    std::vector<base::Value> values;
    for (const std::string& key : condition.keys()) {
      base::Value value = base_.value(key);
      for (const std::string& assignment : point.set) {
        if (assignment.starts_with(key + "=")) value = base::parse_value(base_.declaration(key), assignment.substr(key.size() + 1), key);
      }
      values.push_back(std::move(value));
    }
    if (!condition.holds(values)) return &condition;
  }
  return nullptr;
}

std::vector<Evaluation> ConditionedEvaluator::evaluate(std::span<const DesignPoint> points) {
  std::vector<Evaluation> all(points.size());
  std::vector<DesignPoint> kept;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (const Constraint* const broken = broken_by(points[i])) {
      all[i].reason = fmt::format("the constraint '{}' does not hold", broken->text());
      all[i].exit_code = base::ExitCode::bad_input;
    } else {
      kept.push_back(points[i]);
      places.push_back(i);
    }
  }
  if (kept.empty()) return all;
  std::vector<Evaluation> evaluated = others_.evaluate(kept);
  for (std::size_t i = 0; i < kept.size(); ++i) all[places[i]] = std::move(evaluated[i]);
  return all;
}

}  // namespace mho::analysis
