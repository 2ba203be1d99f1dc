#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/explore/point_store.h"
#include "analysis/explore/worker_pool.h"

namespace mho::analysis {

/// Evaluates points in worker processes and stores each as a run. Points are numbered in the order of the requests; points that an earlier search
/// with the same request has stored are read from the database.
class PoolEvaluator final : public Evaluator {
 public:
  /// `settings.task.exploration` and `.database` are set here. `views`: figures read from the stored runs.
  PoolEvaluator(const Exploration& exploration, PointStore& store, WorkerPool::Settings settings, std::vector<ViewFigure> views = {});
  std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override;
  /// Number of points that were stored before.
  [[nodiscard]] std::int64_t found() const { return found_; }

 private:
  void compute(std::deque<NumberedPoint> left, std::int64_t first, std::vector<Evaluation>& all);

  PointStore& store_;
  std::string exploration_;
  std::size_t jobs_;
  bool one_each_;
  WorkerPool pool_;
  std::vector<ViewFigure> views_;
  std::map<std::int64_t, Evaluation> there_;
  std::int64_t asked_ = 0, found_ = 0;
};

}  // namespace mho::analysis
