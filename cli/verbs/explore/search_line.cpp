#include "cli/verbs/explore/search_line.h"

#include <fmt/format.h>

#include <stdexcept>

#include "analysis/search/search_request.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

Action read_search_line(Options& options) {
  const analysis::SearchRequest usual;
  SearchArguments arguments;
  options.file("WHAT", arguments.what, "a trained network, ONNX, or SEARCH.yaml; without it the built-in network on its own data");
  add_data(options, arguments.data, "");
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_layer(options, arguments.layer);
  add_scalar(options, arguments.scalar);
  options.list("--minimise", arguments.minimise,
               "figure to minimise: area, energy, latency, a column of v_run, or a number from another view, such as v_programming.joule; several "
               "give a front",
               "FIGURE");
  options.list("--maximise", arguments.maximise, "figure to maximise: throughput, accuracy, tops_per_watt", "FIGURE");
  options.text("--keep", arguments.keep, "normalised accuracy that must remain at the age of the chip", "SHARE");
  options.text("--throughput", arguments.throughput, "inferences per second: rate that must be reached", "RATE");
  options.list("--require", arguments.require, "another constraint: 'latency <= 10us', 'energy@high <= 3uJ'; may be repeated", "FIGURE<=BOUND");
  options.list("--constraint", arguments.constraint, "condition of SQL on keys of the design that points must fulfil; may be repeated", "CONDITION");
  options.list("--free", arguments.free,
               "key that can change, and its values, or keys alone: mho then derives values from their declaration and the design; may be repeated",
               "KEY=A..B | KEY=A,B,C | KEY,KEY");
  options.list("--per-layer", arguments.per_layer, "key with a separate value for every layer, or 'digital'; may be repeated",
               "KEY=A..B | KEY,KEY | digital");
  options.word("--engine", arguments.engine, analysis::engine_words(),
               "search method: NSGA-II, ant colony, random, or layers made analog in the order of their multiply-accumulates",
               fmt::format("HOW ({})", usual.engine));
  options.whole("--evaluations", arguments.evaluations, "number of designs to estimate", fmt::format("N ({})", usual.evaluations), 1, most);
  options.whole("--confirm", arguments.confirm, "number of best designs to evaluate in full", "N (3, of a front 10)", 0, most);
  options.word("--accuracy-by", arguments.accuracy_by, analysis::accuracy_words(),
               "source of the accuracy: predicted from the noise of each layer (proxy), evaluated for every design (full), or predicted if the error "
               "of the prediction is 10 % at most (auto)",
               fmt::format("HOW ({})", usual.accuracy_by));
  options.whole("--check-proxy", arguments.check_proxy, "do not search: compare the proxy with full evaluations of this number of designs", "N", 2,
                most);
  options.text("--times", arguments.times, "ages of the chip to evaluate; in increasing order; a figure without an age refers to the last one",
               fmt::format("LIST ({})", usual_age));
  options.also("--time", "--times");
  options.whole("--repeats", arguments.repeats, "number of programming instances", fmt::format("N ({})", usual.task.repeats), 1, most);
  options.whole("--samples", arguments.samples, "number of test samples to score; without it all", "N", 1);
  options.whole("--seed", arguments.seed, "seed of all random draws", "N (1)", 0);
  add_threads(options, arguments.threads);
  constexpr int most_jobs = 1024;
  arguments.jobs = arguments.threads;
  options.whole("--jobs", arguments.jobs, "number of points at the same time, each in a process of one thread", "N (all)", 1, most_jobs);
  options.flag("--no-cache", arguments.no_cache,
               "compute everything again: no earlier results are taken from the database, and none are stored for later runs");
  add_database(options, arguments.db, "search");
  add_label(options, arguments.label);
  add_json(options, arguments.json);
  options.read();
  check(arguments.label);
  return [arguments](const Invocation& invocation) {
    if (search_action() == nullptr) throw std::logic_error("this program has no searches");
    search_action()(arguments, invocation);
  };
}

}  // namespace

SearchAction& search_action() {
  static SearchAction action = nullptr;
  return action;
}

bool searches_here() { return search_action() != nullptr; }

Verb search_verb() {
  return {.name = "search",
          .sentence = "find the best designs: for one figure the best design and its binding constraints, for several figures the front",
          .examples = {{"mho search --minimise area --keep 99% --times 1d --free tile.adc.bits=4..8 --free mapper.copies=1,2,4",
                        "the smallest chip that keeps 99 % of the accuracy for a day"},
                       {"mho search --minimise area --throughput 100k --free tile.adc.bits,tile.rows", "mho chooses the values of the keys"},
                       {"mho search SEARCH.yaml", "a search from a file"}},
          .read = read_search_line};
}

}  // namespace mho::cli
