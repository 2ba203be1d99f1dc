#include "analysis/explore/sweep/sweep.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "analysis/explore/sweep/forecast.h"
#include "analysis/explore/sweep/schedule.h"
#include "analysis/explore/worker_pool.h"
#include "base/design_file/config.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

void check_figure(const std::string& name, const EvaluationTask& task) {
  const std::vector<std::string> legal = figure_names(task);
  if (std::ranges::find(legal, name) != legal.end()) return;
  const std::string near = base::nearest_spelling(name, legal);
  throw base::UserError(fmt::format("--front {}: points of this sweep have no such figure{}; there are {}", name,
                                    near.empty() ? "" : fmt::format(" (did you mean {}?)", near), fmt::join(legal, ", ")),
                        base::ExitCode::usage);
}

/// The first sentence or line of a reason, at most 160 characters.
std::string headline(const std::string& reason) {
  constexpr std::size_t longest = 160;
  std::string text = reason.substr(0, std::min(reason.find('\n'), reason.find(". ")));
  if (text.size() > longest) text = text.substr(0, longest) + "...";
  return text;
}

std::string front_note(const FigureFront& front) {
  const auto& members = front.members();
  if (members.empty()) return "no point on the front yet";
  const auto range = [&](const std::string& name, auto figure) {
    const auto [least, most] = std::ranges::minmax(members, {}, figure);
    return fmt::format("{} {:.3g} to {:.3g}", name, least.*figure, most.*figure);
  };
  return fmt::format("front of {}: {}, {}", members.size(), range(front.x(), &FigureFront::Member::x), range(front.y(), &FigureFront::Member::y));
}

/// Counts, progress and front of a sweep so far.
class Course {
 public:
  Course(SweepOutcome& outcome, std::size_t left) : outcome_(outcome), progress_("sweep", left) {}

  void found(const NumberedPoint& point, const Evaluation& evaluation) {
    ++outcome_.found;
    count(point, evaluation);
  }
  void evaluated(const NumberedPoint& point, const Evaluation& evaluation) {
    if (!seen_.emplace(point.number, true).second) return;
    ++(evaluation.found ? outcome_.found : outcome_.evaluated);
    count(point, evaluation);
    progress_.note(front_note(outcome_.front));
    try {
      progress_.advance();
    } catch (const base::Interrupted&) {
      // The pool checks for the interrupt too and ends its workers.
    }
  }
  void stored(const NumberedPoint& point, std::int64_t run) {
    const auto kept = on_front_.find(point.number);
    if (kept != on_front_.end()) kept->second.evaluation.run = run;
  }
  void finish() {
    for (const FigureFront::Member& member : outcome_.front.members()) outcome_.members.push_back(on_front_.at(member.number));
  }

 private:
  void count(const NumberedPoint& point, const Evaluation& evaluation) {
    if (!evaluation.ok()) {
      ++outcome_.refused;
      ++outcome_.reasons[headline(evaluation.reason.value_or(""))];
      return;
    }
    outcome_.front.add(point.number, evaluation.figures);
    on_front_[point.number] = {point.number, point.settings, evaluation};
    // Only the points of the front are kept.
    constexpr std::size_t slack = 64;
    if (on_front_.size() < 2 * outcome_.front.members().size() + slack) return;
    std::map<std::int64_t, SweepOutcome::Member> kept;
    for (const FigureFront::Member& member : outcome_.front.members()) kept.insert(on_front_.extract(member.number));
    on_front_ = std::move(kept);
  }

  SweepOutcome& outcome_;
  base::Progress progress_;
  std::map<std::int64_t, bool> seen_;
  std::map<std::int64_t, SweepOutcome::Member> on_front_;
};

std::vector<NumberedPoint> points_of_shard(std::vector<NumberedPoint> all, const Shard& shard) {
  if (shard.count == 1) return all;
  std::vector<NumberedPoint> own;
  for (NumberedPoint& point : all) {
    if (point.number % shard.count == shard.number - 1) own.push_back(std::move(point));
  }
  return own;
}

}  // namespace

SweepOutcome run_sweep(const SweepRequest& request, const SweepSettings& settings) {
  const auto begin = std::chrono::steady_clock::now();
  const EvaluationTask& task = request.task;
  SweepPoints all = points_of(request);
  SweepOutcome outcome;
  outcome.spanned = all.spanned;
  outcome.points = static_cast<std::int64_t>(all.points.size());
  outcome.excluded = std::move(all.excluded);
  const std::string x = settings.front_x.value_or("energy_per_inference_j"),
                    y = settings.front_y.value_or(task.accuracy ? "normalised" : "interval_s");
  check_figure(x, task);
  check_figure(y, task);
  outcome.front = FigureFront(x, y);

  Exploration exploration{
      .kind = "sweep", .name = settings.label.name, .command = settings.command, .request = request.json(), .points = outcome.points};
  outcome.exploration = exploration.hash();
  PointStore store(settings.database);
  const std::vector<NumberedPoint> own = points_of_shard(std::move(all.points), settings.shard);
  outcome.of_shard = static_cast<std::int64_t>(own.size());
  const std::map<std::int64_t, Evaluation> there = store.evaluated(outcome.exploration);
  std::vector<NumberedPoint> left;
  for (const NumberedPoint& point : own) {
    if (!there.contains(point.number)) left.push_back(point);
  }
  Course course(outcome, left.size());
  for (const NumberedPoint& point : own) {
    if (const auto found = there.find(point.number); found != there.end()) course.found(point, found->second);
  }
  if (asks_for_retraining(left)) {
    RetrainedPoints retrained_points = retrained(
        request, std::move(left),
        {.folder = settings.database + ".networks", .built_in_network = settings.built_in_network, .trainer = settings.trainer, .say = settings.say});
    outcome.trained = static_cast<std::int64_t>(retrained_points.trained);
    left = std::move(retrained_points.points);
    store.begin(exploration);
    for (const auto& [point, evaluation] : retrained_points.refused) {
      store.keep_failed(outcome.exploration, point, evaluation);
      course.evaluated(point, evaluation);
    }
  }
  if (!left.empty()) {
    say_forecast(task, left, settings);
    store.begin(exploration);
    const bool simulated = task.fidelity == Fidelity::simulate;
    constexpr std::size_t largest = 64;
    std::function<std::string(const NumberedPoint&)> group_of;
    if (settings.cache && task.accuracy) {
      group_of = sharing_group;
    } else if (settings.cache && simulated) {
      group_of = chip_group;
    }
    Schedule schedule(left, group_of, settings.jobs, simulated ? 1 : largest, settings.cache && !task.accuracy && !simulated);
    WorkerPool pool({.jobs = settings.jobs,
                     .program = settings.program,
                     .task = {.task = task,
                              .exploration = outcome.exploration,
                              .database = settings.database,
                              .name = settings.label.name,
                              .tags = settings.label.tags,
                              .keep_inputs = settings.label.keep_inputs,
                              .cache = settings.cache},
                     .one_point_each = simulated});
    const WorkerPool::Work work{.next = [&] { return schedule.next(); },
                                .evaluated =
                                    [&](const NumberedPoint& point, const Evaluation& evaluation) {
                                      schedule.evaluated(evaluation.wall_s);
                                      course.evaluated(point, evaluation);
                                    },
                                .stored =
                                    [&](const NumberedPoint& point, std::int64_t run) {
                                      schedule.stored(point);
                                      course.stored(point, run);
                                    },
                                .returned = [&](std::vector<NumberedPoint> points) { schedule.returned(std::move(points)); },
                                .died =
                                    [&](const NumberedPoint& point, const Evaluation& evaluation) {
                                      store.keep_failed(outcome.exploration, point, evaluation);
                                      schedule.stored(point);
                                      course.evaluated(point, evaluation);
                                    },
                                .tick = {}};
    try {
      pool.run(work);
    } catch (const base::UserError& error) {
      const bool interrupted = error.code() == base::ExitCode::interrupted;
      if (interrupted && base::is_interrupted()) base::acknowledge_interrupt();
      std::size_t stored = 0;
      const std::map<std::int64_t, Evaluation> now = store.evaluated(outcome.exploration);
      for (const NumberedPoint& point : own) stored += now.contains(point.number) ? 1U : 0U;
      if (!interrupted && stored == 0) throw;
      throw base::UserError(fmt::format("{}; {} of {} points are in {}, and the same command goes on with the others",
                                        interrupted ? "interrupted" : error.what(), stored, own.size(), settings.database),
                            error.code());
    }
    outcome.deaths = pool.deaths();
  }
  course.finish();
  outcome.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return outcome;
}

}  // namespace mho::analysis
