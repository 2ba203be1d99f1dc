#include "analysis/search/pool_evaluator.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace mho::analysis {

namespace {

/// The values by key, or by layer and key.
base::Json settings_of(const DesignPoint& point) {
  base::Json settings{base::Json::Object{}};
  for (const auto* list : {&point.set, &point.layer}) {
    for (const std::string& text : *list) {
      const std::size_t equals = text.rfind('=');
      settings[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  return settings;
}

WorkerPool::Settings filled(WorkerPool::Settings settings, const std::string& exploration, const std::string& database) {
  settings.task.exploration = exploration;
  settings.task.database = database;
  return settings;
}

}  // namespace

PoolEvaluator::PoolEvaluator(const Exploration& exploration, PointStore& store, WorkerPool::Settings settings, std::vector<ViewFigure> views)
    : store_(store),
      exploration_(exploration.hash()),
      jobs_(static_cast<std::size_t>(std::max(settings.jobs, 1))),
      one_each_(settings.one_point_each),
      pool_(filled(std::move(settings), exploration_, store.path())),
      views_(std::move(views)) {
  store.begin(exploration);
  there_ = store.evaluated(exploration_);
}

std::vector<Evaluation> PoolEvaluator::evaluate(std::span<const DesignPoint> points) {
  std::vector<Evaluation> all(points.size());
  const std::int64_t first = asked_;
  asked_ += static_cast<std::int64_t>(points.size());
  std::deque<NumberedPoint> left;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::int64_t number = first + static_cast<std::int64_t>(i);
    if (const auto there = there_.find(number); there != there_.end()) {
      all[i] = there->second;
      ++found_;
    } else {
      left.push_back({.number = number, .settings = settings_of(points[i]), .point = points[i]});
    }
  }
  if (!left.empty()) compute(left, first, all);
  for (Evaluation& evaluation : all) store_.add_view_figures(evaluation, views_);
  return all;
}

void PoolEvaluator::compute(std::deque<NumberedPoint> left, std::int64_t first, std::vector<Evaluation>& all) {
  const std::size_t share = one_each_ ? 1 : (left.size() + jobs_ - 1) / jobs_;
  const auto take = [&](const NumberedPoint& point, const Evaluation& evaluation) {
    all[static_cast<std::size_t>(point.number - first)] = evaluation;
  };
  const WorkerPool::Work work{
      .next =
          [&] {
            std::vector<NumberedPoint> next;
            while (next.size() < share && !left.empty()) {
              next.push_back(std::move(left.front()));
              left.pop_front();
            }
            return next;
          },
      .evaluated = take,
      .stored = [&](const NumberedPoint& point, std::int64_t run) { all[static_cast<std::size_t>(point.number - first)].run = run; },
      .returned =
          [&](std::vector<NumberedPoint> again) {
            for (NumberedPoint& point : again) left.push_front(std::move(point));
          },
      .died =
          [&](const NumberedPoint& point, const Evaluation& evaluation) {
            store_.keep_failed(exploration_, point, evaluation);
            take(point, evaluation);
          },
      .tick = {}};
  pool_.run(work);
}

}  // namespace mho::analysis
