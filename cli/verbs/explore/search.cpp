#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "analysis/design/design.h"
#include "analysis/explore/evaluator.h"
#include "analysis/explore/task_file.h"
#include "analysis/explore/view_figure.h"
#include "analysis/reuse/work_cache.h"
#include "analysis/search/accuracy_proxy.h"
#include "analysis/search/conditions.h"
#include "analysis/search/design_search.h"
#include "analysis/search/pool_evaluator.h"
#include "analysis/search/proxy_check.h"
#include "analysis/search/search_request.h"
#include "analysis/store/cache.h"
#include "base/child_process.h"
#include "base/error.h"
#include "base/progress.h"
#include "cli/common_options.h"
#include "cli/embedded.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/verbs/explore/search_line.h"
#include "cli/verbs/explore/search_text.h"
#include "workloads/data/dataset.h"
#include "workloads/graph/network.h"

namespace mho::cli {

namespace {

void add_written(std::vector<analysis::WrittenText>& all, const char* option, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) all.push_back({.where = option, .text = text});
}

/// The request from the file and the command line. Values on the command line have precedence; its lists are appended.
analysis::SearchRequest request_of(const SearchArguments& arguments) {
  analysis::SearchRequest request;
  analysis::EvaluationTask& task = request.task;
  if (arguments.what && analysis::is_task_file(*arguments.what)) {
    analysis::read_search_file(request, *arguments.what);
  } else if (arguments.what) {
    task.network = arguments.what;
  }
  if (arguments.data) task.data = arguments.data;
  if (arguments.design) task.design = arguments.design;
  task.set.insert(task.set.end(), arguments.set.begin(), arguments.set.end());
  task.layer.insert(task.layer.end(), arguments.layer.begin(), arguments.layer.end());
  task.scalar.insert(task.scalar.end(), arguments.scalar.begin(), arguments.scalar.end());
  if (arguments.times || task.times_s.empty()) task.times_s = parse_times(arguments.times.value_or(usual_age));
  if (arguments.repeats) task.repeats = *arguments.repeats;
  if (arguments.samples) task.samples = arguments.samples;
  if (arguments.seed) task.seed = *arguments.seed;
  task.threads = arguments.threads;
  add_written(request.minimise, "--minimise", arguments.minimise);
  add_written(request.maximise, "--maximise", arguments.maximise);
  add_written(request.require, "--require", arguments.require);
  add_written(request.free, "--free", arguments.free);
  add_written(request.per_layer, "--per-layer", arguments.per_layer);
  if (arguments.keep) request.keep = {.where = "--keep", .text = *arguments.keep};
  if (arguments.throughput) request.throughput = {.where = "--throughput", .text = *arguments.throughput};
  request.conditions.insert(request.conditions.end(), arguments.constraint.begin(), arguments.constraint.end());
  if (arguments.engine) request.engine = *arguments.engine;
  if (arguments.accuracy_by) request.accuracy_by = *arguments.accuracy_by;
  if (arguments.evaluations) request.evaluations = *arguments.evaluations;
  if (arguments.confirm) request.confirm = arguments.confirm;
  request.check_proxy = arguments.check_proxy;
  if (!task.network && !task.data) task.data = std::string(workloads::built_in_data);
  return request;
}

std::vector<std::string> asked_of(const analysis::SearchProblem& problem) {
  std::vector<std::string> figures;
  for (const auto& one : problem.objectives) figures.push_back(one.figure);
  for (const auto& one : problem.constraints) figures.push_back(one.figure);
  return figures;
}

/// A search with all objects that it needs, in order of construction.
class Searcher {
 public:
  Searcher(const SearchArguments& arguments, const analysis::SearchRequest& request, std::string command)
      : arguments_(arguments),
        request_(request),
        command_(std::move(command)),
        inputs_(default_network_bytes()),
        held_data_(inputs_.data(request.task.data)),
        data_(held_data_ == nullptr ? nullptr : &held_data_->value),
        network_(inputs_.network(request.task.network, held_data_, request.task.scalar).value),
        problem_(problem_of(request, network_)),
        accuracy_(std::ranges::any_of(asked_of(problem_), analysis::needs_accuracy) || request.check_proxy),
        store_(arguments.db),
        costs_(exploration("costs"), store_, pool_settings(costs_task()), views(false)) {
    say_proposed();
  }

  analysis::SearchReport run() {
    analysis::SearchReport report{.problem = problem_};
    analysis::Evaluator* predicted = &costs_;
    std::optional<analysis::ProxyEvaluator> with_proxy;
    const std::optional<std::string> beyond_proxy = not_predictable();
    if (beyond_proxy && request_.accuracy_by == "proxy") {
      usage(fmt::format("the accuracy proxy predicts no {}: leave --accuracy-by out, or give --accuracy-by full", *beyond_proxy));
    }
    if (accuracy_) check_pair("search", request_.task.network, request_.task.data);
    // The greedy rule decides on each layer once, so it evaluates in full unless predictions are asked for.
    const bool by_rule = request_.engine == "greedy" && request_.accuracy_by != "proxy";
    if (by_rule && problem_.free.empty() && request_.check_proxy) usage("--check-proxy needs free keys: give --free or --per-layer");
    if (accuracy_ && request_.accuracy_by != "full" && !beyond_proxy && !by_rule) {
      calibrate_proxy();
      report.proxy = &*proxy_;
      predicts_ = request_.accuracy_by == "proxy" || request_.check_proxy || is_trusted(*proxy_);
      report.untrusted = !predicts_;
    }
    full_.emplace(exploration("full"), store_, pool_settings(full_task()), views(true));
    if (predicts_) {
      predicted = &with_proxy.emplace(costs_, *proxy_, request_.task);
    } else if (accuracy_) {
      predicted = &*full_;
    }
    analysis::ConditionedEvaluator allowed(*predicted, request_.conditions, request_.task);
    if (request_.check_proxy) {
      // Designs other than those of the calibration.
      const auto points = analysis::spread_designs(problem_.free, *request_.check_proxy, request_.task.seed + 1);
      report.check = analysis::check_proxy(*proxy_, *full_, request_.task, points, request_.task.times_s);
      return report;
    }
    if (request_.engine == "greedy") {
      report.greedy = analysis::greedy_by_macs(network_, *predicted, {}, problem_.constraints.front().figure, problem_.constraints.front().bound);
      const std::vector<analysis::DesignPoint> one{report.greedy->point};
      analysis::SearchedDesign design{.point = report.greedy->point, .predicted = predicted->evaluate(one).front()};
      design.confirmed = full_->evaluate(one).front();
      design.kept = design.confirmed->ok() && analysis::judgement_of(design.confirmed->figures, problem_.objectives, problem_.constraints).feasible();
      report.confirmed = {design};
      return report;
    }
    const analysis::EngineOptions options{
        .kind = analysis::engine_kind(request_.engine), .seed = request_.task.seed, .evaluations = request_.evaluations, .start = start_points()};
    base::Progress progress("searching", request_.evaluations);
    std::size_t told = 0;
    search_.emplace(problem_, allowed, [&](std::size_t designs, std::size_t feasible, const std::vector<double>& best) {
      std::string note = fmt::format("{} of {} designs keep the constraints", feasible, designs);
      for (std::size_t o = 0; o < best.size(); ++o) note += fmt::format(", best {} {:.4g}", problem_.objectives[o].figure, best[o]);
      progress.note(note);
      progress.advance(designs - told);
      told = designs;
    });
    search_->run(options);
    report.search = &*search_;
    const std::size_t wanted = request_.confirm.value_or(problem_.objectives.size() == 1 ? 3 : 10);
    report.confirmed = search_->confirm(*full_, wanted);
    report.prices = search_->prices(options, std::max<std::size_t>(request_.evaluations / 5, 20));
    // The relaxed searches can find better designs.
    if (problem_.objectives.size() == 1) report.confirmed = search_->confirm(*full_, wanted);
    search_->price(report.prices);
    // Best first; designs that break a constraint last.
    std::ranges::stable_sort(report.confirmed, {}, [&](const analysis::SearchedDesign& design) {
      const bool counts = problem_.objectives.size() == 1 && !design.judgement.objectives.empty();
      return std::pair(!design.kept, counts ? design.judgement.objectives[0] : 0);
    });
    return report;
  }
  /// Number of evaluations of this search in the database.
  [[nodiscard]] std::size_t stored() {
    std::size_t sum = 0;
    for (const char* part : {"costs", "full"}) sum += store_.evaluated(exploration(part).hash()).size();
    return sum;
  }

 private:
  /// For keys per layer, the search starts with designs of equal layers, and of designs whose noisiest layers are digital. From random values alone
  /// it would rarely find a design that keeps the accuracy.
  [[nodiscard]] std::vector<analysis::Coordinates> start_points() {
    const std::size_t share = std::max<std::size_t>(request_.evaluations / 8, 2);  // a choice, so that most designs come from the engine
    std::vector<analysis::Coordinates> points = analysis::uniform_points(problem_.free, share);
    if (points.empty() || !predicts_) return points;
    const std::vector<std::string> order = proxy_->by_noise(analysis::design_of(request_.task, {}), request_.task.times_s.back());
    for (analysis::Coordinates& at : analysis::points_with_digital_layers(problem_.free, order, share)) points.push_back(std::move(at));
    return points;
  }
  /// Prints the values that mho proposes for keys without values.
  void say_proposed() const {
    std::vector<std::string> said;
    for (analysis::FreeSetting setting : problem_.free) {
      if (!setting.proposed) continue;
      if (setting.layer) setting.layer = "every layer";
      std::string text = analysis::values_text(setting);
      if (said.empty() || said.back() != text) said.push_back(std::move(text));
    }
    if (!said.empty()) print_note(fmt::format("values as the declarations of the keys and the design suggest: {}", fmt::join(said, "; ")));
  }
  /// Requested figures of views; without `of_accuracy` only those that need no accuracy.
  [[nodiscard]] std::vector<analysis::ViewFigure> views(bool of_accuracy) const {
    std::vector<analysis::ViewFigure> all;
    for (const std::string& name : asked_of(problem_)) {
      if (!analysis::is_view_figure(name)) continue;
      analysis::ViewFigure figure = analysis::view_figure(name);
      if (of_accuracy || !figure.needs_accuracy()) all.push_back(std::move(figure));
    }
    return all;
  }
  /// A requested figure that cannot be predicted, so designs must be evaluated in full.
  [[nodiscard]] std::optional<std::string> not_predictable() const {
    for (const std::string& name : asked_of(problem_)) {
      if (!analysis::is_predictable(name)) return name;
    }
    return std::nullopt;
  }
  analysis::EvaluationTask costs_task() const {
    analysis::EvaluationTask task = request_.task;
    task.fidelity = analysis::Fidelity::estimate;
    task.accuracy = false;
    return task;
  }
  /// Whether chips of fully evaluated designs are simulated. If many designs are evaluated in full, their chips are estimated.
  [[nodiscard]] bool simulates() const { return !request_.check_proxy && (predicts_ || !accuracy_) && request_.engine != "greedy"; }
  /// Whether the proxy is accurate enough for --accuracy-by auto. The bound is a choice. It limits the root mean square of the errors at designs left
  /// out of the calibration; if errors are normal, one design in three has a larger error. docs/search.md reports the measured errors.
  static bool is_trusted(const analysis::AccuracyProxy& proxy) {
    constexpr double most = 0.1;  // of the normalised accuracy, which is 1 for the float network
    return proxy.error() && *proxy.error() <= most;
  }
  analysis::EvaluationTask full_task() const {
    analysis::EvaluationTask task = request_.task;
    task.fidelity = simulates() ? analysis::Fidelity::simulate : analysis::Fidelity::estimate;
    task.accuracy = accuracy_;
    return task;
  }
  /// `part`: one of the two kinds of points of a search.
  analysis::Exploration exploration(const std::string& part) const {
    analysis::Exploration exploration{.kind = "search", .name = arguments_.label.name, .command = command_};
    exploration.request = request_.json(part);
    return exploration;
  }
  analysis::WorkerPool::Settings pool_settings(analysis::EvaluationTask task) const {
    const bool one_each = task.fidelity == analysis::Fidelity::simulate;
    task.threads = 1;
    return {
        .jobs = arguments_.jobs,
        .program = base::main_program(),
        .task = {.task = std::move(task), .name = arguments_.label.name, .keep_inputs = arguments_.label.keep_inputs, .cache = !arguments_.no_cache},
        .one_point_each = one_each};
  }
  void calibrate_proxy() {
    analysis::ProxyOptions options{.seed = request_.task.seed, .threads = request_.task.threads};
    options.samples = std::min(options.samples, request_.task.samples.value_or(options.samples));
    options.programmings = std::min(options.programmings, request_.task.repeats);
    proxy_.emplace(network_, *data_, options);
    constexpr std::size_t designs = 10;
    std::vector<analysis::Design> calibrating;
    for (const analysis::DesignPoint& point : analysis::spread_designs(problem_.free, designs, request_.task.seed)) {
      try {
        calibrating.push_back(analysis::design_of(request_.task, point));
      } catch (const base::UserError&) {
        // A point that is not a legal design is skipped here; the search counts it.
      }
    }
    const analysis::Design base = analysis::design_of(request_.task, {});
    const std::string key = analysis::dependence_key(proxy_->dependence(base, calibrating, request_.task.times_s));
    constexpr const char* kind = "accuracy proxy";
    analysis::StoredCache cache(arguments_.db);
    if (const auto known = arguments_.no_cache ? std::nullopt : cache.find(kind, key)) {
      if (proxy_->restore(base::Json::parse(*known, "cache"))) return;
    }
    proxy_->calibrate(base, calibrating, request_.task.times_s);
    if (!arguments_.no_cache) cache.keep(kind, key, proxy_->json().dump(), proxy_->seconds());
  }

  const SearchArguments& arguments_;
  const analysis::SearchRequest& request_;
  std::string command_;
  analysis::Inputs inputs_;
  const analysis::Inputs::Data* held_data_;
  const workloads::DataDescription* data_;
  const workloads::Network& network_;
  analysis::SearchProblem problem_;
  bool accuracy_;
  analysis::PointStore store_;
  bool predicts_ = false;  ///< whether the proxy predicts accuracies; otherwise they are evaluated
  analysis::PoolEvaluator costs_;
  std::optional<analysis::PoolEvaluator> full_;
  std::optional<analysis::AccuracyProxy> proxy_;
  std::optional<analysis::DesignSearch> search_;
};

void check(const analysis::SearchRequest& request) {
  // Whether a network needs data is known when its figures are read.
  if (!request.task.network) check_pair("search", request.task.network, request.task.data);
  check_scalar(request.task.network, request.task.scalar);
  if (request.check_proxy && request.accuracy_by == "full") usage("--check-proxy compares the proxy with full evaluations: leave --accuracy-by out");
  const bool greedy = request.engine == "greedy";
  if (greedy && !request.keep) usage("--engine greedy makes layers analog as long as accuracy is kept: give --keep, such as --keep 99%");
  if (greedy) return;
  if (request.free.empty() && request.per_layer.empty()) {
    usage(
        "nothing may change: say with --free or --per-layer which keys are free, such as --free tile.adc.bits=4..8 or --free "
        "tile.adc.bits,tile.rows");
  }
  if (request.check_proxy) return;
  if (request.minimise.empty() && request.maximise.empty()) {
    usage("nothing is to become better: give --minimise or --maximise a figure, such as --minimise area");
  }
}

void run_search(const SearchArguments& arguments, const Invocation& invocation) {
  const analysis::SearchRequest request = request_of(arguments);
  check(request);
  Searcher searcher(arguments, request, invocation.command_line);
  const analysis::SearchReport report = [&] {
    try {
      return searcher.run();
    } catch (const base::Interrupted&) {
      const std::size_t stored = searcher.stored();
      if (stored == 0) throw;
      if (base::is_interrupted()) base::acknowledge_interrupt();
      throw base::UserError(
          fmt::format("interrupted; {} design{} in {}, and the same command goes on from there", stored, stored == 1 ? " is" : "s are", arguments.db),
          base::ExitCode::interrupted);
    }
  }();
  if (arguments.json) {
    print_json(invocation, request.task.seed, search_json(report));
  } else {
    print_text(search_text(report));
  }
}

}  // namespace

void enable_searches() { search_action() = run_search; }

}  // namespace mho::cli
