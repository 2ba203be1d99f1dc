#include <fmt/format.h>

#include <optional>

#include "analysis/design/design.h"
#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/prepare.h"
#include "analysis/report/heat_map.h"
#include "analysis/report/result_json.h"
#include "analysis/store/cache.h"
#include "analysis/store/store.h"
#include "analysis/trace/observers.h"
#include "analysis/trace/trace.h"
#include "analysis/trace/vcd.h"
#include "base/design_file/config.h"
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
#include "workloads/data/dataset.h"
#include "workloads/graph/network.h"

namespace mho::cli {

namespace {

struct SimulateArguments {
  std::optional<std::string> network;  ///< empty: the embedded default with its data
  std::optional<std::string> data;     ///< empty: inputs at full scale
  std::vector<std::int64_t> shape;     ///< shape of one sample; empty: that of the data, or of the file
  std::optional<std::string> design;
  std::vector<std::string> set, layer, scalar;
  std::optional<std::string> data_input;
  std::optional<std::size_t> samples;  ///< samples for calibration; empty: as many as a run uses
  bool functional = false;             ///< the chip computes values
  std::optional<int> inferences;       ///< total number
  std::optional<double> time_s;        ///< age of the chip during the simulation
  SequenceArguments sequence;
  MappingFiles mapping;
  std::optional<std::string> trace, vcd, heat_map;
  double trace_from_s = 0;
  std::optional<double> trace_to_s;  ///< empty: to the end
  std::int64_t trace_events = 5'000'000;
  std::string signals = "*";
  bool list_signals = false;
  std::uint64_t seed = 1;
  int threads = 1;
  std::optional<std::string> input_limit;
  std::string fidelity = "simulate";
  std::string reference = "systolic";
  LabelArguments label;
  std::string db = "results.db";
  bool no_cache = false;
  bool json = false;
};

workloads::Network read_network(const SimulateArguments& arguments, const std::optional<workloads::DataDescription>& data,
                                const base::InputLimit& limit) {
  if (!arguments.network) return workloads::import_onnx_bytes(default_network_bytes(), "strokes");
  // If no samples are computed, weights are not read and may be missing.
  workloads::Network network = workloads::import_onnx(
      *arguments.network, workloads::ImportOptions{.sample_shape = arguments.shape.empty() && data ? data->test->sample_shape() : arguments.shape,
                                                   .scalars = parse_scalars(arguments.scalar),
                                                   .leave_weights = !data,
                                                   .limit = limit,
                                                   .data_input = arguments.data_input.value_or("")});
  const workloads::Shape& input = network.values[static_cast<std::size_t>(network.input)].shape;
  if (!arguments.shape.empty() && workloads::element_count(input) != workloads::element_count(arguments.shape)) {
    throw base::UserError(fmt::format("--shape {}: {} says that its input has the shape {}; leave --shape out, or give one that agrees",
                                      workloads::shape_text(arguments.shape), *arguments.network, workloads::shape_text(input)));
  }
  return network;
}

/// The files that record the simulation. They are opened before a long computation.
class Recordings {
 public:
  explicit Recordings(const SimulateArguments& arguments) {
    const std::vector<std::optional<std::string>> inputs{arguments.network, arguments.data, arguments.design, arguments.db};
    if (arguments.trace) {
      trace_.emplace(*arguments.trace, inputs,
                     analysis::TraceLimits{.from_s = arguments.trace_from_s, .to_s = arguments.trace_to_s, .events = arguments.trace_events});
      observers_.add(*trace_);
    }
    if (arguments.vcd) {
      vcd_.emplace(*arguments.vcd, inputs, arguments.signals);
      observers_.add(*vcd_);
    }
    if (arguments.heat_map) heat_map_.emplace(*arguments.heat_map, inputs);
    if (arguments.mapping.saved) mapping_.emplace(arguments.mapping, inputs);
    if (arguments.list_signals) observers_.add(list_);
  }
  [[nodiscard]] hw::Observer* observer() { return observers_.empty() ? nullptr : &observers_; }

  /// Completes the files. Returns a description of their contents.
  std::string commit(const SimulateArguments& arguments, const analysis::Design& design, const analysis::ChipResult& result) {
    std::string text;
    if (trace_) {
      analysis::EnergyShares shares;
      double layers = 0;
      for (const analysis::LayerEnergy& layer : result.costs.layers) {
        shares.layer_j.push_back(layer.total_j);
        layers += layer.total_j;
      }
      shares.rest_w = (result.costs.energy_per_inference_j - layers) / result.costs.interval_s;
      trace_->add_power(shares);
      trace_->commit();
      text +=
          fmt::format("{} events traced in {}{}\n", trace_->events(), *arguments.trace,
                      trace_->events() == 0 ? "; nothing happened in the part that was asked for (--trace-from, --trace-to)"
                      : trace_->cut() ? "; the rest was CUT, there were more: choose a part with --trace-from and --trace-to, or give --trace-events"
                                      : "");
    }
    if (vcd_) {
      vcd_->commit();
      text += fmt::format("waveforms of {} signals in {}\n", vcd_->signals(), *arguments.vcd);
    }
    if (heat_map_) {
      const analysis::Heading heading{fmt::format("{} on {}, seed {}", result.network, design.name, arguments.seed),
                                      {fmt::format("steady state, one inference every {}", base::format_si(result.costs.interval_s, "s"))}};
      heat_map_->write(analysis::heat_map_svg(heading, result.program, design.chip, result.simulation.window));
      heat_map_->commit();
      text += fmt::format("floorplan in {}\n", *arguments.heat_map);
    }
    if (mapping_) text += mapping_->commit(*result.mapping);
    return text;
  }

 private:
  std::optional<SavedMappingFile> mapping_;
  std::optional<analysis::Trace> trace_;
  std::optional<analysis::Vcd> vcd_;
  std::optional<base::OutputFile> heat_map_;
  analysis::SignalList list_;
  analysis::Observers observers_;
};

/// Maps one network and runs the chip cycle by cycle, without accuracy; stores what came out.
void simulate(const SimulateArguments& arguments, const Invocation& invocation) {
  analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  analysis::add_layer_rules(design, arguments.layer);
  const base::InputLimit limit = input_limit(arguments.input_limit);
  if (arguments.mapping.given) analysis::use_mapping(design, *arguments.mapping.given, limit);
  const analysis::Store store(arguments.db);
  std::optional<workloads::DataDescription> data;
  if (arguments.data) data = workloads::read_data(*arguments.data, limit);
  // Drawing the built-in samples takes longer than the simulation, so they are drawn only if they are used.
  if (!arguments.network && !arguments.data && arguments.functional) data = workloads::default_data();
  const workloads::Network network = read_network(arguments, data, limit);
  analysis::StoredCache cache(arguments.db);
  analysis::ChipRunOptions options;
  if (!arguments.no_cache) options.cache = &cache;
  options.samples = arguments.samples;
  options.seed = arguments.seed;
  options.threads = arguments.threads;
  options.mode = inference_mode(arguments.sequence);
  options.reference = analysis::parse_reference(arguments.reference);
  options.estimated = arguments.fidelity == "estimate";
  options.keeps_mapping = arguments.mapping.saved.has_value();
  if (!arguments.functional) options.inferences = arguments.inferences;
  if (arguments.functional) {
    options.functional.emplace();
    if (arguments.inferences) options.functional->inferences = static_cast<std::size_t>(*arguments.inferences);
    if (arguments.time_s) options.functional->time_s = *arguments.time_s;
  }
  Recordings recordings(arguments);
  options.observer = recordings.observer();
  try {
    const auto info = [&] {
      return analysis::SimulationInfo{
          .version = base::version(), .command = invocation.command_line, .options = options, .label = label(arguments.label, limit.files())};
    };
    analysis::RefusedRun refused{.network = network.name, .network_hash = network.hash};
    if (data) {
      refused.data = data->test->name();
      refused.data_hash = data->test->hash();
    }
    const analysis::ChipResult result =
        or_refused(store, design, refused, info, [&] { return analysis::simulate_network(design, network, data ? &*data : nullptr, options); });
    const analysis::Stored stored = store.keep(design, result, info());
    // If writing a file fails from here on, the row is stored and the result is printed.
    std::string files;
    std::optional<base::UserError> failed;
    try {
      files = recordings.commit(arguments, design, result);
    } catch (const base::UserError& error) {
      failed = error;
    }
    if (arguments.json) {
      print_json(invocation, arguments.seed, analysis::chip_json(design, result, stored.id));
    } else {
      print_text(chip_summary(design, result, stored.id, stored.path) + files);
    }
    print_warnings(result.warnings);
    stored.check();
    if (failed) throw *failed;
  } catch (const analysis::SignalsListed& signals) {
    if (arguments.json) {
      base::Json json;
      json["signals"] = base::Json::Array(signals.names.begin(), signals.names.end());
      print_json(invocation, arguments.seed, json);
      return;
    }
    for (const std::string& name : signals.names) fmt::print("{}\n", name);
  }
}

/// The texts of options as typed.
struct SimulateTexts {
  std::optional<std::string> shape, time, from, to;
};

void add_recording_options(Options& options, SimulateArguments& simulate, SimulateTexts& texts) {
  options.output("--trace", simulate.trace, "write the activity of every unit and packet, for Perfetto or Chrome's viewer, JSON", "JSON");
  options.text("--trace-from", texts.from, "start of the trace in simulated time", "TIME (0s)");
  options.text("--trace-to", texts.to, "end of the trace; without it the end of the simulation", "TIME");
  options.whole("--trace-events", simulate.trace_events, "maximum number of events in the trace", fmt::format("N ({})", simulate.trace_events), 1);
  options.output("--vcd", simulate.vcd, "write waveforms: states of units over time, as a value change dump", "a value change dump");
  options.text("--signals", simulate.signals, "signals of the waveforms: patterns with * and ?, separated by commas", "NAMES (*)");
  options.flag("--list-signals", simulate.list_signals, "print the names of all signals, and do nothing else");
  options.output("--heatmap", simulate.heat_map, "write a floorplan coloured by the load of nodes and links, SVG", "SVG");
}

void resolve(SimulateArguments& simulate, const SimulateTexts& texts) {
  if (texts.shape) simulate.shape = parse_shape(*texts.shape);
  if (texts.time) simulate.time_s = parse_one_time(*texts.time);
  if (texts.from) simulate.trace_from_s = parse_span("--trace-from", *texts.from);
  if (texts.to) simulate.trace_to_s = parse_span("--trace-to", *texts.to);
  if (!simulate.trace && (texts.from || texts.to)) usage("--trace-from and --trace-to choose a part of a trace: give --trace FILE too");
  if (simulate.trace_to_s && *simulate.trace_to_s <= simulate.trace_from_s) {
    usage(fmt::format("--trace-to {}: the trace ends before it begins; give a time after --trace-from", *texts.to));
  }
  if (!simulate.vcd && simulate.signals != "*") usage("--signals chooses the signals of waveforms: give --vcd FILE too");
}

void check(const SimulateArguments& simulate) {
  if (simulate.inferences == 2) usage("--inferences 2: two inferences are too few to measure an interval; ask for 1, or for 3 or more");
  if (simulate.functional && simulate.inferences == 1) {
    usage("--inferences 1: --functional needs at least 3 samples, the first one alone, the others back to back");
  }
  if (simulate.fidelity == "estimate") {
    if (simulate.functional) usage("--functional computes what a simulated chip computes: it does not go with --fidelity estimate");
    if (simulate.inferences) usage("--inferences counts simulated inferences: it does not go with --fidelity estimate");
    if (simulate.trace || simulate.vcd || simulate.list_signals) {
      usage("--trace, --vcd and --list-signals show what was simulated: they do not go with --fidelity estimate");
    }
  }
  check(simulate.sequence);
  check(simulate.label);
  check_scalar(simulate.network, simulate.scalar);
  if (!simulate.functional && simulate.time_s) usage("--times is the age of tiles that compute: it goes with --functional");
  if (simulate.functional && simulate.network && !simulate.data) usage("--functional computes samples of data: give --data DATA.yaml too");
  if (simulate.functional && simulate.sequence.mode == "decode") usage("--functional computes whole sequences: it does not go with --mode decode");
  if (simulate.samples && !simulate.data && (simulate.network || !simulate.functional)) {
    usage("--calibration says how many samples of the data calibrate the inputs: give --data too");
  }
  if (simulate.network) return;
  if (!simulate.shape.empty()) usage("--shape goes with a network: mho simulate NETWORK.onnx --shape 3x32x32. That of the built-in network is known");
}

void add_simulate_options(Options& options, SimulateArguments& arguments, SimulateTexts& texts) {
  options.file("NETWORK", arguments.network, "trained network, ONNX; without it the built-in one");
  add_data(options, arguments.data, "; its samples set the power of the inputs, without it inputs have full scale");
  add_shape(options, texts.shape);
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_layer(options, arguments.layer);
  add_scalar(options, arguments.scalar);
  add_data_input(options, arguments.data_input);
  options.whole("--calibration", arguments.samples, "number of samples of the data for calibration", "N (1000)", 1);
  options.renamed("--samples", "--calibration here: how many samples calibrate the inputs; no sample is scored");
  options.flag("--functional", arguments.functional,
               "compute test samples on the simulated chip, whose packets then carry numbers, and compare the outputs with those of mho run");
  options.whole("--inferences", arguments.inferences,
                "number of inferences, 1 or at least 3: the first one alone, the others back to back; without it until they settle, with "
                "--functional 9, or fewer if there are fewer samples",
                "N", 1, most);
  options.text("--times", texts.time, "ages of the chip to evaluate; a single one for this verb, with --functional", "TIME (1s)");
  options.also("--time", "--times");
  add_fidelity(options, arguments.fidelity);
  add_recording_options(options, arguments, texts);
  add_sequence(options, arguments.sequence);
  add_mapping(options, arguments.mapping);
  add_reference(options, arguments.reference);
  add_seed(options, arguments.seed);
  add_threads(options, arguments.threads);
  add_input_limit(options, arguments.input_limit);
  add_database(options, arguments.db, "run");
  add_label(options, arguments.label);
  add_no_cache(options, arguments.no_cache);
  add_json(options, arguments.json);
}

Action read_simulate_line(Options& options) {
  SimulateArguments arguments;
  SimulateTexts texts;
  add_simulate_options(options, arguments, texts);
  options.read();
  resolve(arguments, texts);
  check(arguments);
  return [arguments](const Invocation& invocation) { simulate(arguments, invocation); };
}

}  // namespace

LineNetwork network_of_simulate(Options& options) {
  SimulateArguments arguments;
  SimulateTexts texts;
  add_simulate_options(options, arguments, texts);
  options.read();
  return {.file = {.network = arguments.network,
                   .data = arguments.data,
                   .shape = texts.shape,
                   .design = {},
                   .set = {},
                   .layer = {},
                   .scalar = arguments.scalar,
                   .data_input = arguments.data_input,
                   .input_limit = arguments.input_limit},
          .sequence = arguments.sequence};
}

Verb simulate_verb() {
  return {.name = "simulate",
          .sentence = "map a network and run the chip cycle by cycle, without accuracy: speed, energy, the bottleneck",
          .examples = {{"mho simulate net.onnx", "the chip alone: speed, energy, the bottleneck"}},
          .read = read_simulate_line};
}

}  // namespace mho::cli
