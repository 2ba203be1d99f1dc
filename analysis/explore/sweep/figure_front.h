#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"

namespace mho::analysis {

/// Whether larger values of a figure of Evaluation::figures are better: accuracies (for metrics that are shares), throughput, efficiency, yield,
/// utilisation.
bool more_is_better(const std::string& figure);

/// Names of the figures of a task's points, with the ages of the task.
std::vector<std::string> figure_names(const EvaluationTask& task);

/// The Pareto front of two figures, updated point by point: points for which no other is better in one figure and at least as good in the other.
class FigureFront {
 public:
  FigureFront(std::string x, std::string y) : x_(std::move(x)), y_(std::move(y)) {}
  /// Adds a point. A point that lacks one of the figures is ignored.
  void add(std::int64_t number, const std::map<std::string, double>& figures);
  struct Member {
    std::int64_t number = 0;
    double x = 0, y = 0;
  };
  /// The front, by ascending x.
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  [[nodiscard]] const std::string& x() const { return x_; }
  [[nodiscard]] const std::string& y() const { return y_; }

 private:
  std::string x_, y_;
  std::vector<Member> members_;
};

}  // namespace mho::analysis
