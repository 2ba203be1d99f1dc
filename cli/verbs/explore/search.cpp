#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analysis/design/design.h"
#include "analysis/explore/evaluator.h"
#include "analysis/reuse/work_cache.h"
#include "analysis/search/accuracy_proxy.h"
#include "analysis/search/design_search.h"
#include "analysis/search/pool_evaluator.h"
#include "analysis/search/proxy_check.h"
#include "analysis/store/cache.h"
#include "base/child_process.h"
#include "base/error.h"
#include "base/progress.h"
#include "cli/common_options.h"
#include "cli/embedded.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/verbs/explore/search_text.h"
#include "workloads/data/dataset.h"
#include "workloads/graph/network.h"

namespace mho::cli {

namespace {

struct SearchArguments {
  analysis::EvaluationTask task;
  std::vector<std::string> minimise, maximise, require, free, per_layer;
  std::optional<std::string> keep, throughput;
  std::string engine = "nsga2";
  std::string accuracy = "auto";
  std::size_t evaluations = 500;
  std::optional<std::size_t> confirm;
  std::optional<std::size_t> check_proxy;
  int jobs = 1;
  bool no_cache = false;
  std::string db = "results.db";
  LabelArguments label;
  bool json = false;
};

std::vector<std::string> names_in(const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  for (const std::string& list : lists) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      names.push_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return names;
}

/// What the options ask for; of each layer of the network what --per-layer says.
analysis::SearchProblem problem_of(const SearchArguments& arguments, const workloads::Network& network) {
  analysis::SearchProblem problem;
  const std::vector<double>& times_s = arguments.task.times_s;
  const base::Declarations declarations = analysis::all_declarations();
  for (const std::string& text : arguments.free) problem.free.push_back(analysis::parse_free("--free", text, declarations));
  for (const std::string& text : arguments.per_layer) {
    const auto settings = analysis::for_each_layer(analysis::parse_free("--per-layer", text, declarations), network);
    problem.free.insert(problem.free.end(), settings.begin(), settings.end());
  }
  for (const std::string& name : names_in(arguments.minimise)) problem.objectives.push_back({analysis::figure_called(name, times_s), false});
  for (const std::string& name : names_in(arguments.maximise)) problem.objectives.push_back({analysis::figure_called(name, times_s), true});
  if (arguments.keep) {
    const std::string figure = analysis::figure_called("normalised", times_s);
    problem.constraints.push_back({.figure = figure, .at_least = true, .bound = analysis::parse_bound("--keep", *arguments.keep, figure)});
  }
  if (arguments.throughput) {
    const std::string figure = analysis::figure_called("throughput", times_s);
    problem.constraints.push_back(
        {.figure = figure, .at_least = true, .bound = analysis::parse_bound("--throughput", *arguments.throughput, figure)});
  }
  for (const std::string& text : arguments.require) problem.constraints.push_back(analysis::parse_limit(text, times_s));
  return problem;
}

/// What the designs that a search looks at depend on.
base::Json request_of(const SearchArguments& arguments, const std::string& part) {
  const analysis::EvaluationTask& task = arguments.task;
  base::Json request;
  const auto texts = [](const std::vector<std::string>& list) { return base::Json(base::Json::Array(list.begin(), list.end())); };
  const auto text = [](const std::optional<std::string>& one) { return one ? base::Json(*one) : base::Json(); };
  request["part"] = part;
  request["network"] = text(task.network);
  request["data"] = text(task.data);
  request["design"] = text(task.design);
  request["set"] = texts(task.set);
  request["layer"] = texts(task.layer);
  request["scalar"] = texts(task.scalar);
  request["times_s"] = base::Json::Array(task.times_s.begin(), task.times_s.end());
  request["repeats"] = task.repeats;
  request["samples"] = task.samples ? base::Json(static_cast<std::int64_t>(*task.samples)) : base::Json();
  request["seed"] = task.seed;
  request["minimise"] = texts(arguments.minimise);
  request["maximise"] = texts(arguments.maximise);
  request["keep"] = text(arguments.keep);
  request["throughput"] = text(arguments.throughput);
  request["require"] = texts(arguments.require);
  request["free"] = texts(arguments.free);
  request["per_layer"] = texts(arguments.per_layer);
  request["engine"] = arguments.engine;
  request["accuracy"] = arguments.accuracy;
  request["evaluations"] = static_cast<std::int64_t>(arguments.evaluations);
  request["check_proxy"] = static_cast<std::int64_t>(arguments.check_proxy.value_or(0));
  return request;
}

bool wants_accuracy(const analysis::SearchProblem& problem) {
  return std::ranges::any_of(problem.objectives, [](const auto& one) { return analysis::needs_accuracy(one.figure); }) ||
         std::ranges::any_of(problem.constraints, [](const auto& one) { return analysis::needs_accuracy(one.figure); });
}

/// Everything that a search works with, in the order in which it is needed.
class Searcher {
 public:
  Searcher(const SearchArguments& arguments, std::string command)
      : arguments_(arguments),
        command_(std::move(command)),
        inputs_(default_network_bytes()),
        held_data_(inputs_.data(arguments.task.data)),
        data_(held_data_ == nullptr ? nullptr : &held_data_->value),
        network_(inputs_.network(arguments.task.network, held_data_, arguments.task.scalar).value),
        problem_(problem_of(arguments, network_)),
        accuracy_(wants_accuracy(problem_) || arguments.check_proxy),
        store_(arguments.db),
        costs_(exploration("costs"), store_, pool_settings(costs_task())) {}

  analysis::SearchReport run() {
    analysis::SearchReport report{.problem = problem_};
    analysis::Evaluator* predicted = &costs_;
    std::optional<analysis::ProxyEvaluator> with_proxy;
    if (accuracy_ && arguments_.accuracy != "full") {
      calibrate_proxy();
      report.proxy = &*proxy_;
      predicts_ = arguments_.accuracy == "proxy" || arguments_.check_proxy || is_trusted(*proxy_);
      report.untrusted = !predicts_;
    }
    full_.emplace(exploration("full"), store_, pool_settings(full_task()));
    if (predicts_) {
      predicted = &with_proxy.emplace(costs_, *proxy_, arguments_.task);
    } else if (accuracy_) {
      predicted = &*full_;
    }
    if (arguments_.check_proxy) {
      // Other designs than those of the calibration.
      const auto points = analysis::spread_designs(problem_.free, *arguments_.check_proxy, arguments_.task.seed + 1);
      report.check = analysis::check_proxy(*proxy_, *full_, arguments_.task, points, arguments_.task.times_s);
      return report;
    }
    if (arguments_.engine == "greedy") {
      report.greedy = analysis::greedy_by_macs(network_, *predicted, {}, problem_.constraints.front().figure, problem_.constraints.front().bound);
      const std::vector<analysis::DesignPoint> one{report.greedy->point};
      analysis::SearchedDesign design{.point = report.greedy->point, .predicted = predicted->evaluate(one).front()};
      design.confirmed = full_->evaluate(one).front();
      design.kept = design.confirmed->ok() && analysis::judgement_of(design.confirmed->figures, problem_.objectives, problem_.constraints).feasible();
      report.confirmed = {design};
      return report;
    }
    const analysis::EngineOptions options{
        .kind = analysis::engine_kind(arguments_.engine), .seed = arguments_.task.seed, .evaluations = arguments_.evaluations};
    base::Progress progress("searching", arguments_.evaluations);
    std::size_t told = 0;
    search_.emplace(problem_, *predicted, [&](std::size_t designs, std::size_t feasible, const std::vector<double>& best) {
      std::string note = fmt::format("{} of {} designs keep the constraints", feasible, designs);
      for (std::size_t o = 0; o < best.size(); ++o) note += fmt::format(", best {} {:.4g}", problem_.objectives[o].figure, best[o]);
      progress.note(note);
      progress.advance(designs - told);
      told = designs;
    });
    search_->run(options);
    report.search = &*search_;
    report.prices = search_->prices(options, std::max<std::size_t>(arguments_.evaluations / 5, 20));
    if (!search_->best().empty()) {
      const std::size_t usual = problem_.objectives.size() == 1 ? 3 : 10;
      report.confirmed = search_->confirm(*full_, arguments_.confirm.value_or(usual));
    }
    return report;
  }
  [[nodiscard]] const workloads::Network& network() const { return network_; }

 private:
  analysis::EvaluationTask costs_task() const {
    analysis::EvaluationTask task = arguments_.task;
    task.fidelity = analysis::Fidelity::estimate;
    task.accuracy = false;
    return task;
  }
  /// Where many designs are evaluated in full their chips are estimated, to confirm a few they are simulated.
  [[nodiscard]] bool simulates() const { return !arguments_.check_proxy && (predicts_ || !accuracy_) && arguments_.engine != "greedy"; }
  /// Whether the proxy orders designs of this network well enough for --accuracy-by auto; it misses the accuracy of networks in docs/search.md by 4
  /// %.
  static bool is_trusted(const analysis::AccuracyProxy& proxy) {
    constexpr double most = 0.1;
    return proxy.error() && *proxy.error() <= most;
  }
  analysis::EvaluationTask full_task() const {
    analysis::EvaluationTask task = arguments_.task;
    task.fidelity = simulates() ? analysis::Fidelity::simulate : analysis::Fidelity::estimate;
    task.accuracy = accuracy_;
    return task;
  }
  /// `part`: which of the searches' two kinds of points.
  analysis::Exploration exploration(const std::string& part) const {
    analysis::Exploration exploration{.kind = "search", .name = arguments_.label.name, .command = command_};
    exploration.request = request_of(arguments_, part);
    return exploration;
  }
  analysis::WorkerPool::Settings pool_settings(analysis::EvaluationTask task) const {
    const bool one_each = task.fidelity == analysis::Fidelity::simulate;
    task.threads = 1;
    return {
        .jobs = arguments_.jobs,
        .program = base::sibling_program("mho"),
        .task = {.task = std::move(task), .name = arguments_.label.name, .keep_inputs = arguments_.label.keep_inputs, .cache = !arguments_.no_cache},
        .one_point_each = one_each};
  }
  void calibrate_proxy() {
    if (data_ == nullptr) usage("accuracy needs data to be scored on: give --data DATA.yaml");
    analysis::ProxyOptions options{.seed = arguments_.task.seed, .threads = arguments_.task.threads};
    options.samples = std::min(options.samples, arguments_.task.samples.value_or(options.samples));
    options.programmings = std::min(options.programmings, arguments_.task.repeats);
    proxy_.emplace(network_, *data_, options);
    constexpr std::size_t designs = 10;
    std::vector<analysis::Design> calibrating;
    for (const analysis::DesignPoint& point : analysis::spread_designs(problem_.free, designs, arguments_.task.seed)) {
      try {
        calibrating.push_back(analysis::design_of(arguments_.task, point));
      } catch (const base::UserError&) {
        // A point that is no design calibrates nothing; the search counts it.
      }
    }
    const analysis::Design base = analysis::design_of(arguments_.task, {});
    const std::string key = analysis::dependence_key(proxy_->dependence(base, calibrating, arguments_.task.times_s));
    constexpr const char* kind = "accuracy proxy";
    analysis::StoredCache cache(arguments_.db);
    if (const auto known = arguments_.no_cache ? std::nullopt : cache.find(kind, key)) {
      if (proxy_->restore(base::Json::parse(*known, "cache"))) return;
    }
    proxy_->calibrate(base, calibrating, arguments_.task.times_s);
    if (!arguments_.no_cache) cache.keep(kind, key, proxy_->json().dump(), proxy_->seconds());
  }

  const SearchArguments& arguments_;
  std::string command_;
  analysis::Inputs inputs_;
  const analysis::Inputs::Data* held_data_;
  const workloads::DataDescription* data_;
  const workloads::Network& network_;
  analysis::SearchProblem problem_;
  bool accuracy_;
  analysis::PointStore store_;
  bool predicts_ = false;  ///< the proxy predicts the accuracies of designs; else they are evaluated
  analysis::PoolEvaluator costs_;
  std::optional<analysis::PoolEvaluator> full_;
  std::optional<analysis::AccuracyProxy> proxy_;
  std::optional<analysis::DesignSearch> search_;
};

void search(const SearchArguments& arguments, const Invocation& invocation) {
  Searcher searcher(arguments, invocation.command_line);
  const analysis::SearchReport report = searcher.run();
  if (arguments.json) {
    print_json(invocation, arguments.task.seed, search_json(report));
  } else {
    print_text(search_text(report));
  }
}

void check(const SearchArguments& arguments) {
  check_pair("search", arguments.task.network, arguments.task.data);
  check_scalar(arguments.task.network, arguments.task.scalar);
  check(arguments.label);
  if (arguments.check_proxy && arguments.accuracy == "full") usage("--check-proxy compares the proxy with full evaluations: leave --accuracy-by out");
  const bool greedy = arguments.engine == "greedy";
  if (greedy && !arguments.keep) usage("--engine greedy makes layers analog as long as accuracy is kept: give --keep, such as --keep 99%");
  if (greedy) return;
  if (arguments.free.empty() && arguments.per_layer.empty()) {
    usage("nothing may change: say with --free or --per-layer which keys are free, such as --free tile.adc.bits=4..8");
  }
  if (arguments.check_proxy) return;
  if (arguments.minimise.empty() && arguments.maximise.empty()) {
    usage("nothing is to become better: give --minimise or --maximise a figure, such as --minimise area");
  }
}

Action read_search_line(Options& options) {
  SearchArguments arguments;
  std::string time = "1d";
  analysis::EvaluationTask& task = arguments.task;
  options.file("NETWORK", task.network, "trained network, ONNX; without it the built-in one on its own data");
  add_data(options, task.data, "");
  add_design(options, task.design);
  add_set(options, task.set);
  add_layer(options, task.layer);
  add_scalar(options, task.scalar);
  options.list("--minimise", arguments.minimise, "figure that is to be small: area, energy, latency, or a column of v_run; several give a front",
               "FIGURE");
  options.list("--maximise", arguments.maximise, "figure that is to be large: throughput, accuracy, tops_per_watt", "FIGURE");
  options.text("--keep", arguments.keep, "normalised accuracy that must be left at the age of the chip", "SHARE");
  options.text("--throughput", arguments.throughput, "inferences a second, that must be reached", "RATE");
  options.list("--require", arguments.require, "another constraint: 'latency <= 10us', 'energy@high <= 3uJ'; may be repeated", "FIGURE<=BOUND");
  options.list("--free", arguments.free, "key that may change, and its values; may be repeated", "KEY=A..B | KEY=A,B,C");
  options.list("--per-layer", arguments.per_layer, "key that every layer chooses for itself, or 'digital'; may be repeated", "KEY=A..B | digital");
  options.word("--engine", arguments.engine, {"nsga2", "ants", "random", "greedy"},
               "how designs are chosen: NSGA-II, ant colony, at random, or layers made analog by their multiply-accumulates",
               fmt::format("HOW ({})", arguments.engine));
  options.whole("--evaluations", arguments.evaluations, "designs that are estimated", fmt::format("N ({})", arguments.evaluations), 1, most);
  options.whole("--confirm", arguments.confirm, "best designs that are evaluated in full", "N (3, of a front 10)", 0, most);
  options.word("--accuracy-by", arguments.accuracy, {"auto", "proxy", "full"},
               "how accuracy is found: predicted from the noise of each layer (proxy), evaluated for every design (full), or predicted where that "
               "misses it by 10 % at most",
               fmt::format("HOW ({})", arguments.accuracy));
  options.whole("--check-proxy", arguments.check_proxy, "do not search: compare the proxy with full evaluations of so many designs", "N", 2, most);
  add_one_time(options, time);
  options.whole("--repeats", task.repeats, "programmings", fmt::format("N ({})", task.repeats), 1, most);
  options.whole("--samples", task.samples, "test samples to score; without it all of them", "N", 1);
  add_seed(options, task.seed);
  add_threads(options, task.threads);
  constexpr int most_jobs = 1024;
  arguments.jobs = task.threads;
  options.whole("--jobs", arguments.jobs, "points at the same time, each in a process of one thread", "N (all)", 1, most_jobs);
  options.flag("--no-cache", arguments.no_cache,
               "compute everything anew: nothing is taken from earlier runs in the database, nor kept for later ones");
  add_database(options, arguments.db, "search");
  add_label(options, arguments.label);
  add_json(options, arguments.json);
  options.read();
  task.times_s = {parse_one_time(time)};
  if (!task.network && !task.data) task.data = std::string(workloads::built_in_data);
  check(arguments);
  return [arguments](const Invocation& invocation) { search(arguments, invocation); };
}

}  // namespace

Verb search_verb() {
  return {.name = "search",
          .sentence = "find the best designs: of one figure the best and what binds it, of several the front",
          .examples = {{"mho search --minimise area --keep 99% --times 1d --free tile.adc.bits=4..8 --free mapper.copies=1,2,4",
                        "the smallest chip that keeps 99 % of the accuracy for a day"}},
          .read = read_search_line};
}

}  // namespace mho::cli
