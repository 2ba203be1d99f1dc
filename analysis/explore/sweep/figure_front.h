#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"

namespace mho::analysis {

/// Whether more of a figure of Evaluation::figures is better: accuracies (of shares), throughput, efficiency, yield, utilisation.
bool more_is_better(const std::string& figure);

/// Names of figures that a task's points have. Those of ages are complete.
std::vector<std::string> figure_names(const EvaluationTask& task);

/// Points that no other is better than in one figure and at least as good in the other; kept as they come.
class FigureFront {
 public:
  FigureFront(std::string x, std::string y) : x_(std::move(x)), y_(std::move(y)) {}
  /// Points without one of the figures change nothing.
  void add(std::int64_t number, const std::map<std::string, double>& figures);
  struct Member {
    std::int64_t number = 0;
    double x = 0, y = 0;
  };
  /// From the smallest x on.
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  [[nodiscard]] const std::string& x() const { return x_; }
  [[nodiscard]] const std::string& y() const { return y_; }

 private:
  std::string x_, y_;
  std::vector<Member> members_;
};

}  // namespace mho::analysis
