#include <fmt/format.h>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "analysis/experiment/prepare.h"
#include "analysis/report/result_json.h"
#include "analysis/store/cache.h"
#include "analysis/store/store.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/embedded.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/refused.h"
#include "cli/saved_mapping_file.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "cli/verbs/network_file.h"
#include "cli/verbs/sample_file.h"
#include "workloads/data/dataset.h"
#include "workloads/graph/network.h"

namespace mho::cli {

namespace {

struct RunArguments {
  std::optional<std::string> network;  ///< empty: the embedded default
  std::optional<std::string> data;
  std::optional<std::string> design;  ///< empty: the embedded default
  std::vector<std::string> set;       ///< "key=value"
  std::vector<std::string> layer;     ///< "match=digital" or "match:tile.key=value"
  std::vector<std::string> scalar;    ///< "name=value"
  std::vector<double> times_s;
  int repeats = 10;
  std::optional<std::size_t> samples;   ///< empty: all
  std::optional<std::string> float_on;  ///< "scored" or "all"; empty: "scored"
  std::uint64_t seed = 1;
  int threads = 1;
  double yield_threshold = 0.99;
  SequenceArguments sequence;  ///< sequence that the costs refer to
  MappingFiles mapping;
  std::optional<std::string> conductances;  ///< measured conductances, .npz
  std::optional<std::string> per_sample;    ///< file for the scores of single samples, .npz
  std::optional<std::string> input_limit;
  std::string fidelity = "simulate";
  std::string reference = "systolic";
  LabelArguments label;
  std::string db = "results.db";
  bool no_cache = false;
  bool json = false;
};

/// Evaluates, maps, simulates and stores one network.
void run(const RunArguments& arguments, const Invocation& invocation) {
  // All inputs of the user, and the database, are checked before a long computation.
  analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  analysis::add_layer_rules(design, arguments.layer);
  const base::InputLimit limit = input_limit(arguments.input_limit);
  if (arguments.mapping.given) analysis::use_mapping(design, *arguments.mapping.given, limit);
  const analysis::Store store(arguments.db);
  const workloads::DataDescription data = arguments.data ? workloads::read_data(*arguments.data, limit) : workloads::default_data();
  if (arguments.per_sample) check_sample_file(data.test->metric());
  std::optional<base::OutputFile> samples;
  if (arguments.per_sample)
    samples.emplace(*arguments.per_sample, std::vector<std::optional<std::string>>{arguments.network, arguments.data, arguments.design,
                                                                                   arguments.conductances, arguments.db});
  const workloads::Network network =
      arguments.network
          ? workloads::import_onnx(
                *arguments.network,
                workloads::ImportOptions{.sample_shape = data.test->sample_shape(), .scalars = parse_scalars(arguments.scalar), .limit = limit})
          : workloads::import_onnx_bytes(default_network_bytes(), "strokes");

  analysis::StoredCache cache(arguments.db);
  const analysis::ExperimentOptions options{.times_s = arguments.times_s,
                                            .repeats = arguments.repeats,
                                            .samples = arguments.samples,
                                            .seed = arguments.seed,
                                            .threads = arguments.threads,
                                            .float_on_all = arguments.float_on == "all",
                                            .conductances = arguments.conductances,
                                            .input_limit = limit,
                                            .mode = inference_mode(arguments.sequence),
                                            .reference = analysis::parse_reference(arguments.reference),
                                            .estimated = arguments.fidelity == "estimate",
                                            .keeps_mapping = arguments.mapping.saved.has_value(),
                                            .by_sample = arguments.per_sample.has_value(),
                                            .yield_threshold = arguments.yield_threshold,
                                            .cache = arguments.no_cache ? nullptr : &cache};
  std::optional<SavedMappingFile> mapping;
  if (arguments.mapping.saved)
    mapping.emplace(arguments.mapping, std::vector{arguments.network, arguments.data, arguments.design, std::optional(arguments.db)});
  const auto info = [&] {
    return analysis::RunInfo{
        .version = base::version(), .command = invocation.command_line, .options = options, .label = label(arguments.label, limit.files())};
  };
  const analysis::Result result = or_refused(
      store, design,
      analysis::RefusedRun{.network = network.name, .network_hash = network.hash, .data = data.test->name(), .data_hash = data.test->hash()}, info,
      [&] { return analysis::run_experiment(design, network, data, options); });
  if (samples) {
    samples->write(sample_file(result));
    samples->commit();
  }
  const analysis::Stored stored = store.keep(design, result, info());
  const std::string file = mapping ? mapping->commit(*result.mapping) : "";
  if (arguments.json) {
    print_json(invocation, arguments.seed, analysis::result_json(design, result, stored.id));
  } else {
    print_text(summary(design, result, stored.id, stored.path) + file);
  }
  print_warnings(result.warnings);
  stored.check();
  if (result.interrupted) {
    throw base::UserError(fmt::format("interrupted; run {} in {} holds the {} of {} programmings that were finished", stored.id, stored.path,
                                      result.accuracy.front().by_repeat.size(), arguments.repeats),
                          base::ExitCode::interrupted);
  }
}

void add_run_options(Options& options, RunArguments& run, std::string& times) {
  options.file("NETWORK", run.network, "trained network, ONNX; without it the built-in one on its own data");
  add_data(options, run.data, "");
  add_design(options, run.design);
  add_set(options, run.set);
  add_layer(options, run.layer);
  add_scalar(options, run.scalar);
  options.file("--conductances", run.conductances,
               "measured conductance of every device (siemens) instead of programming, .npz in the format of mho map --write-conductances");
  options.output("--per-sample", run.per_sample, "write the score of each sample for every time and programming instance, .npz", "NumPy arrays");
  add_times(options, times);
  options.whole("--repeats", run.repeats, "number of programming instances", fmt::format("N ({})", run.repeats), 1, most);
  options.whole("--samples", run.samples, "number of test samples to score; without it all", "N", 1);
  options.word("--float", run.float_on, {"scored", "all"}, "samples for the score of the float network: scored (those scored on tiles) or all",
               "WHICH");
  options.number("--yield-threshold", run.yield_threshold, "least normalised accuracy of a good chip", fmt::format("X ({})", run.yield_threshold), 0,
                 1);
  add_sequence(options, run.sequence);
  add_mapping(options, run.mapping);
  add_fidelity(options, run.fidelity);
  add_reference(options, run.reference);
  add_seed(options, run.seed);
  add_threads(options, run.threads);
  add_input_limit(options, run.input_limit);
  add_database(options, run.db, "run");
  add_label(options, run.label);
  add_no_cache(options, run.no_cache);
  add_json(options, run.json);
}

Action read_run_line(Options& options) {
  RunArguments arguments;
  std::string times = usual_times;
  add_run_options(options, arguments, times);
  options.read();
  check_pair("run", arguments.network, arguments.data);
  check_scalar(arguments.network, arguments.scalar);
  check(arguments.sequence);
  check(arguments.label);
  arguments.times_s = parse_times(times);
  return [arguments](const Invocation& invocation) { run(arguments, invocation); };
}

}  // namespace

LineNetwork network_of_run(Options& options) {
  RunArguments arguments;
  std::string times = usual_times;
  add_run_options(options, arguments, times);
  options.read();
  return {.file = {.network = arguments.network,
                   .data = arguments.data,
                   .shape = {},
                   .design = {},
                   .set = {},
                   .layer = {},
                   .scalar = arguments.scalar,
                   .data_input = {},
                   .input_limit = arguments.input_limit},
          .sequence = arguments.sequence};
}

Verb run_verb() {
  return {.name = "run",
          .sentence = "evaluate accuracy, map, simulate the chip, store the result",
          .examples = {{"mho run", "the built-in network on the built-in chip"},
                       {"mho run net.onnx --data data.yaml", "your network, your data"},
                       {"mho run --set tile.adc.bits=6 --times 1s,1d,1y", "another converter, other times"},
                       {"mho run net.onnx --data data.yaml --conductances measured.npz", "a measured chip"}},
          .read = read_run_line};
}

}  // namespace mho::cli
