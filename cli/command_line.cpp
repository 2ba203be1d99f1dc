#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <thread>

#include "base/config.h"
#include "base/error.h"
#include "cli/option_values.h"

namespace mho::cli {

namespace {

const std::vector<std::string> verbs{"run", "simulate",    "retrain", "network", "export",   "import",  "tile",
                                     "noc", "sensitivity", "mvm",     "wires",   "describe", "validate"};

constexpr const char* examples = R"(Examples:
  mho run                                          the built-in network on the built-in chip
  mho run net.onnx --data data.yaml                your network, your data
  mho run --set tile.adc.bits=6 --times 1s,1d,1y   another converter, other times
  mho simulate net.onnx                            the chip alone, cycle by cycle: speed, energy, the bottleneck
  mho retrain net.onnx --data data.yaml --out net_hwa.onnx  train it with the chip in the loop
  mho tile --set tile.adc.bits=6 --svg tile.svg    the errors of one tile, by source and over time
  mho sensitivity --svg borne.svg                  how much of every nonideality the built-in network bears
  mho mvm --weights W.npy --inputs X.npy --out Y.npy       a matrix and vectors through the tiles
  mho noc --traffic uniform --rate 0.1,0.2,0.3             latency of the network on chip over its load
  mho wires --conductances G.npy --voltages V.npy --r-in 0.35 --r-out 0.35 --out I.npy
                                                   exact currents of a crossbar with resistive lines
  mho describe tile.adc                            what the parameters of the converter mean
  mho validate chip.yaml                           check a design file

Exit codes:
  0 ok   2 usage   3 bad configuration or input   4 the network does not fit the chip
  5 a run failed its own checks   130 interrupted)";

/// "run, describe, validate"
std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string hint(std::string_view word, const std::vector<std::string>& legal) {
  const std::string nearest = base::nearest_spelling(word, legal);
  return nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest);
}

/// Long options of the verb, for spelling hints.
std::vector<std::string> long_options(const ::CLI::App& app) {
  std::vector<std::string> names;
  for (const ::CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(fmt::format("--{}", name));
  }
  return names;
}

/// CLI11 says "the following argument was not expected"; say what was meant.
void refuse_unknown(int argc, const char* const* argv, const ::CLI::App& app) {
  for (int i = 1; i < argc; ++i) {
    const std::string word(argv[i]);
    if (!word.starts_with("--") || word == "--") continue;
    const std::string name = word.substr(0, word.find('='));
    const auto options = long_options(app);
    if (std::ranges::find(options, name) == options.end()) usage(fmt::format("unknown option {}{}", name, hint(name, options)));
  }
}

template <class Target>
::CLI::Option* add_whole(::CLI::App& verb, const std::string& name, Target& target, const std::string& sentence, std::int64_t least,
                         std::int64_t largest) {
  return verb.add_option_function<std::string>(
      name, [&target, name, least, largest](const std::string& text) { target = parse_whole(name, text, least, largest); }, sentence);
}

void add_set(::CLI::App& verb, std::vector<std::string>& assignments) {
  verb.add_option("--set", assignments, "one parameter; may be repeated, the last one counts")
      ->allow_extra_args(false)
      ->take_all()
      ->option_text("KEY=VALUE");
}

void add_layer(::CLI::App& verb, std::vector<std::string>& rules) {
  verb.add_option("--layer", rules, "layers with settings of their own: first=digital, conv*:tile.adc.bits=6; may be repeated")
      ->allow_extra_args(false)
      ->take_all()
      ->option_text("MATCH=digital | MATCH:KEY=VALUE");
}

int hardware_threads() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

constexpr const char* usual_times = "1s,1h,1d,1y";
constexpr int most = 1'000'000;

void add_design(::CLI::App& verb, std::optional<std::string>& design) {
  verb.add_option("--design", design, "chip, YAML; without it the built-in one")->option_text("FILE");
}

void add_times(::CLI::App& verb, std::string& times) {
  verb.add_option("--times", times, "ages of the chip to evaluate, increasing")->option_text(fmt::format("LIST ({})", times));
}

void add_seed_and_threads(::CLI::App& verb, std::uint64_t& seed, int& threads) {
  threads = hardware_threads();
  add_whole(verb, "--seed", seed, "seed of every random draw", 0, std::numeric_limits<std::int64_t>::max())->option_text(fmt::format("N ({})", seed));
  add_whole(verb, "--threads", threads, "threads; never changes a result", 1, 1024)->option_text("N (all)");
}

void add_run_options(::CLI::App& app, RunArguments& run, std::string& times) {
  ::CLI::App* verb = &app;
  verb->add_option("NETWORK", run.network, "trained network, ONNX; without it the built-in one on its own data")->option_text("FILE");
  verb->add_option("--data", run.data, "data set, YAML")->option_text("FILE");
  add_design(*verb, run.design);
  add_set(*verb, run.set);
  add_layer(*verb, run.layer);
  add_times(*verb, times);
  add_whole(*verb, "--repeats", run.repeats, "programmings", 1, most)->option_text(fmt::format("N ({})", run.repeats));
  add_whole(*verb, "--samples", run.samples, "test samples to score; without it all of them", 1, std::numeric_limits<std::int64_t>::max())
      ->option_text("N");
  verb->add_option("--yield-threshold", run.yield_threshold, "normalised accuracy from which on a chip counts as good")
      ->option_text(fmt::format("X ({})", run.yield_threshold))
      ->check(::CLI::Range(0.0, 1.0));
  add_seed_and_threads(*verb, run.seed, run.threads);
  verb->add_option("--db", run.db, "database the run is stored in; created if missing")->option_text(fmt::format("FILE ({})", run.db));
  verb->add_flag("--json", run.json, "print one JSON object instead of tables");
}

::CLI::App* add_run(::CLI::App& app, RunArguments& run, std::string& times) {
  ::CLI::App* verb = app.add_subcommand("run", "evaluate accuracy, map, simulate the chip, store the result");
  add_run_options(*verb, run, times);
  return verb;
}

/// Options of simulate as they were typed.
struct SimulateTexts {
  std::string shape, time, from, to;
};

::CLI::App* add_simulate(::CLI::App& app, SimulateArguments& simulate, SimulateTexts& texts) {
  ::CLI::App* verb = app.add_subcommand("simulate", "map a network and run the chip cycle by cycle, without accuracy: speed, energy, the bottleneck");
  verb->add_option("NETWORK", simulate.network, "trained network, ONNX; without it the built-in one on its own data")->option_text("FILE");
  verb->add_option("--data", simulate.data, "data set, YAML, whose samples set the inputs' power; without it full scale")->option_text("FILE");
  verb->add_option("--shape", texts.shape, "shape of one sample, for dynamic axes without data")->option_text("AxBxC");
  add_design(*verb, simulate.design);
  add_set(*verb, simulate.set);
  add_layer(*verb, simulate.layer);
  add_whole(*verb, "--samples", simulate.samples, "samples of the data to calibrate with", 1, std::numeric_limits<std::int64_t>::max())
      ->option_text("N (1000)");
  verb->add_flag("--functional", simulate.functional, "packets carry test samples: compute them on the chip, compare with the accuracy path");
  add_whole(*verb, "--inferences", simulate.inferences, "with --functional: test samples, the first alone, the others back to back", 3, most)
      ->option_text("N (9)");
  verb->add_option("--time", texts.time, "with --functional: age of the tiles")->option_text("TIME (1s)");
  verb->add_option("--trace", simulate.trace, "what every unit and packet does, for Perfetto or Chrome's viewer, JSON")->option_text("FILE");
  verb->add_option("--trace-from", texts.from, "begin of the trace in simulated time")->option_text("TIME (0s)");
  verb->add_option("--trace-to", texts.to, "its end; without it that of the simulation")->option_text("TIME");
  add_whole(*verb, "--trace-events", simulate.trace_events, "most events it holds", 1, std::numeric_limits<std::int64_t>::max())
      ->option_text(fmt::format("N ({})", simulate.trace_events));
  verb->add_option("--vcd", simulate.vcd, "waveforms: what units do over time, as a value change dump")->option_text("FILE");
  verb->add_option("--signals", simulate.signals, "signals of the waveforms, with * and ?, separated by commas")->option_text("NAMES (*)");
  verb->add_flag("--list-signals", simulate.list_signals, "print the names of the signals there are, and do nothing else");
  verb->add_option("--heatmap", simulate.heat_map, "how busy nodes and links are, on the floorplan, SVG")->option_text("FILE");
  verb->add_option("--mode", simulate.mode, "of a sequence of tokens: prefill (all at once) or decode (one after the other)")
      ->check(::CLI::IsMember({"prefill", "decode"}))
      ->option_text("MODE");
  add_seed_and_threads(*verb, simulate.seed, simulate.threads);
  verb->add_option("--db", simulate.db, "database the run is stored in; created if missing")->option_text(fmt::format("FILE ({})", simulate.db));
  verb->add_flag("--json", simulate.json, "print one JSON object instead of tables");
  return verb;
}

::CLI::App* add_import(::CLI::App& app, RunArguments& run, std::string& times) {
  ::CLI::App* verb = app.add_subcommand("import", "the same as run, with measured conductances in place of programming");
  verb->add_option("--conductances", run.conductances, "siemens of every device as export lays them out, .npz")->required()->option_text("FILE");
  add_run_options(*verb, run, times);
  return verb;
}

::CLI::App* add_retrain(::CLI::App& app, RetrainArguments& retrain) {
  ::CLI::App* verb = app.add_subcommand("retrain", "train a network with the tiles of a chip in its forward pass");
  verb->add_option("NETWORK", retrain.network, "trained network, ONNX")->required()->option_text("FILE");
  verb->add_option("--data", retrain.data, "data set with a training split, YAML; without it the built-in one")->option_text("FILE");
  add_design(*verb, retrain.design);
  add_set(*verb, retrain.set);
  add_layer(*verb, retrain.layer);
  verb->add_option("--recipe", retrain.recipe, "how to train, YAML; without it the defaults for the kind of network")->option_text("FILE");
  verb->add_option("--recipe-set", retrain.recipe_set, "one key of the recipe; may be repeated, the last one counts")
      ->allow_extra_args(false)
      ->take_all()
      ->option_text("KEY=VALUE");
  verb->add_flag("--from-scratch", retrain.from_scratch, "begin with random weights instead of the network's");
  verb->add_option("--out", retrain.out, "retrained network, ONNX; beside it, until the end, its checkpoint")->required()->option_text("FILE");
  retrain.threads = hardware_threads();
  add_whole(*verb, "--threads", retrain.threads, "threads; another number gives other roundings", 1, 1024)->option_text("N (all)");
  verb->add_option("--db", retrain.db, "database the course of the training is stored in; created if missing")->option_text("FILE");
  return verb;
}

::CLI::App* add_tile(::CLI::App& app, TileArguments& tile, std::string& times) {
  ::CLI::App* verb = app.add_subcommand("tile", "look at one tile: the error of its products by source and over time");
  add_design(*verb, tile.design);
  add_set(*verb, tile.set);
  add_whole(*verb, "--tiles", tile.tiles, "tiles to average over", 1, most)->option_text(fmt::format("N ({})", tile.tiles));
  add_whole(*verb, "--vectors", tile.vectors, "inputs of each tile", 1, most)->option_text(fmt::format("N ({})", tile.vectors));
  add_whole(*verb, "--size", tile.size, "rows and columns; without it the design's", 1, 65536)->option_text("N");
  add_times(*verb, times);
  add_seed_and_threads(*verb, tile.seed, tile.threads);
  verb->add_option("--svg", tile.svg, "scatter of the outputs and histogram of their error")->option_text("FILE");
  verb->add_flag("--json", tile.json, "print one JSON object instead of tables");
  return verb;
}

::CLI::App* add_noc(::CLI::App& app, NocArguments& noc) {
  ::CLI::App* verb = app.add_subcommand("noc", "put synthetic traffic on the network of a chip");
  add_design(*verb, noc.design);
  add_set(*verb, noc.set);
  verb->add_option("--traffic", noc.traffic, "uniform, transpose, neighbor, hotspot, bit_complement or tornado")->option_text("NAME (uniform)");
  verb->add_option("--rate", noc.rates, "loads in flits per node and cycle")->option_text(fmt::format("LIST ({})", noc.rates));
  add_whole(*verb, "--packet", noc.packet_flits, "flits of a packet", 1, most)->option_text("N (4)");
  verb->add_option("--hotspot-share", noc.hotspot_share, "of the packets that go to the hot spot")
      ->option_text("X (0.1)")
      ->check(::CLI::Range(0.0, 1.0));
  verb->add_flag("--all-classes", noc.all_classes, "spread packets over the message classes; else all are activations");
  verb->add_option("--size", noc.size, "columns and rows of nodes; without it the design's")->option_text("8x8");
  const auto add_key = [verb](const char* name, auto& target, const char* sentence, const char* key) {
    const auto [least, largest] = legal_range(key);
    add_whole(*verb, name, target, sentence, least, largest)->option_text("N");
  };
  add_key("--vcs", noc.virtual_channels, "virtual channels of a message class; without it the design's", "noc.virtual_channels");
  add_key("--depth", noc.buffer_flits, "flits each of them buffers; without it the design's", "noc.buffer_flits");
  add_key("--stages", noc.router_stages, "router pipeline, 3, 4 or 5; without it the design's", "noc.router_stages");
  verb->add_flag("--throughput", noc.throughput, "measure what is accepted, and wait for no packet");
  add_whole(*verb, "--warm-up", noc.warm_up, "cycles before the first sample", 0, most)->option_text(fmt::format("N ({})", noc.warm_up));
  add_whole(*verb, "--sample", noc.sample, "cycles of a sample", 1, most)->option_text(fmt::format("N ({})", noc.sample));
  add_whole(*verb, "--samples", noc.samples, "samples; without it 3 to 7, until the mean changes by less than 5 %", 1, most)->option_text("N");
  add_whole(*verb, "--seeds", noc.seeds, "runs to average over, with seeds from --seed on", 1, most)->option_text("N (1)");
  add_seed_and_threads(*verb, noc.seed, noc.threads);
  verb->add_option("--svg", noc.svg, "latency over load as a plot")->option_text("FILE");
  verb->add_flag("--json", noc.json, "print one JSON object instead of a table");
  return verb;
}

::CLI::App* add_sensitivity(::CLI::App& app, SensitivityArguments& study, std::string& time) {
  ::CLI::App* verb = app.add_subcommand("sensitivity", "find how much of every nonideality alone a network bears, or what every layer costs");
  verb->add_option("NETWORK", study.network, "trained network, ONNX; without it the built-in one on its own data")->option_text("FILE");
  verb->add_option("--data", study.data, "data set, YAML")->option_text("FILE");
  add_design(*verb, study.design);
  add_set(*verb, study.set);
  add_layer(*verb, study.layer);
  verb->add_flag("--by-layer", study.by_layer, "the design as it is, with one layer at a time analog, and one at a time digital");
  verb->add_option("--only", study.only, "nonidealities to look at, with * and ?, separated by commas; without it all of them")->option_text("NAMES");
  verb->add_option("--threshold", study.threshold, "normalised accuracy to be kept")->option_text(fmt::format("X ({})", study.threshold));
  verb->add_option("--error", study.error, "relative error of an MVM at which accuracies are compared")
      ->option_text(fmt::format("X ({})", study.error));
  verb->add_option("--times", time, "age of the chip")->option_text(fmt::format("TIME ({})", time));
  add_whole(*verb, "--repeats", study.repeats, "programmings", 1, most)->option_text("N (5, by layer 10)");
  add_whole(*verb, "--samples", study.samples, "test samples to score", 1, std::numeric_limits<std::int64_t>::max())->option_text("N (1000)");
  add_seed_and_threads(*verb, study.seed, study.threads);
  verb->add_option("--db", study.db, "database the study is stored in; created if missing")->option_text(fmt::format("FILE ({})", study.db));
  verb->add_option("--svg", study.svg, "the same as bars")->option_text("FILE");
  verb->add_flag("--json", study.json, "print one JSON object instead of a table");
  return verb;
}

::CLI::App* add_mvm(::CLI::App& app, MvmArguments& mvm, std::string& time) {
  ::CLI::App* verb = app.add_subcommand("mvm", "put a matrix and vectors through the tiles of a design");
  verb->add_option("--weights", mvm.weights, "matrix [outputs][inputs], .npy")->required()->option_text("FILE");
  verb->add_option("--inputs", mvm.inputs, "vectors [batch][inputs], or one [inputs], .npy")->required()->option_text("FILE");
  verb->add_option("--out", mvm.out, "outputs [repeats][batch][outputs], [batch][outputs] for one repeat, .npy")->option_text("FILE");
  verb->add_option("--stats", mvm.stats, "ideal, mean and std over repeats of every output, .csv")->option_text("FILE");
  add_whole(*verb, "--repeats", mvm.repeats, "how often every vector is read", 1, most)->option_text(fmt::format("N ({})", mvm.repeats));
  verb->add_flag("--program", mvm.program, "program the tiles anew for every repeat");
  verb->add_option("--time", time, "age of the tiles")->option_text(fmt::format("TIME ({})", time));
  add_design(*verb, mvm.design);
  add_set(*verb, mvm.set);
  add_seed_and_threads(*verb, mvm.seed, mvm.threads);
  return verb;
}

/// Resistances as they were typed.
/// What says which network: the file, and where its dynamic axes get their lengths from.
template <class Arguments>
void add_network(::CLI::App& verb, Arguments& arguments, std::string& shape) {
  verb.add_option("NETWORK", arguments.network, "trained network, ONNX")->required()->option_text("FILE");
  verb.add_option("--data", arguments.data, "data set, YAML; gives dynamic axes their lengths")->option_text("FILE");
  verb.add_option("--shape", shape, "shape of one sample, for dynamic axes without data")->option_text("AxBxC");
  add_design(verb, arguments.design);
  add_set(verb, arguments.set);
  add_layer(verb, arguments.layer);
}

struct WireTexts {
  std::string input, output, driver = "0", sense = "0", topology = "input_source";
};

::CLI::App* add_wires(::CLI::App& app, WiresArguments& wires, WireTexts& texts) {
  ::CLI::App* verb = app.add_subcommand("wires", "exact currents of a crossbar with resistive lines");
  verb->add_option("--conductances", wires.conductances, "siemens [outputs][inputs], .npy")->required()->option_text("FILE");
  verb->add_option("--voltages", wires.voltages, "volts [batch][inputs], or one [inputs], .npy")->required()->option_text("FILE");
  verb->add_option("--r-in", texts.input, "input line, from cell to cell and from the driver to the first")->required()->option_text("OHM");
  verb->add_option("--r-out", texts.output, "output line, from cell to cell and from the last to the sense end")->required()->option_text("OHM");
  verb->add_option("--driver", texts.driver, "between a source and its line")->option_text("OHM (0)");
  verb->add_option("--sense", texts.sense, "between a line and virtual ground")->option_text("OHM (0)");
  verb->add_option("--topology", texts.topology, "where cells take their current from: the input line, or a source line of their own")
      ->check(::CLI::IsMember({"input_source", "separate_source"}))
      ->option_text("input_source | separate_source (input_source)");
  verb->add_option("--out", wires.out, "amperes [batch][outputs], .npy")->required()->option_text("FILE");
  wires.threads = hardware_threads();
  add_whole(*verb, "--threads", wires.threads, "threads; never changes a result", 1, 1024)->option_text("N (all)");
  return verb;
}

void resolve(WiresArguments& wires, const WireTexts& texts) {
  wires.input_ohm = parse_resistance("--r-in", texts.input);
  wires.output_ohm = parse_resistance("--r-out", texts.output);
  wires.driver_ohm = parse_resistance("--driver", texts.driver);
  wires.sense_ohm = parse_resistance("--sense", texts.sense);
  wires.separate_source = texts.topology == "separate_source";
}

/// A network and the data it is scored on come together.
void check_pair(const std::string& verb, const std::optional<std::string>& network, const std::optional<std::string>& data) {
  if (network && !data) {
    usage(fmt::format("{} needs data to be scored on: give --data DATA.yaml, or --data strokes for that of the built-in network", *network));
  }
  if (data && !network) {
    usage(fmt::format("--data goes with a network: mho {} NETWORK.onnx --data DATA.yaml. The built-in network brings its own data", verb));
  }
}

void check(const RunArguments& run) { check_pair("run", run.network, run.data); }

void resolve(SimulateArguments& simulate, const SimulateTexts& texts) {
  if (!texts.shape.empty()) simulate.shape = parse_shape(texts.shape);
  if (!texts.time.empty()) simulate.time_s = parse_time(texts.time);
  if (!texts.from.empty()) simulate.trace_from_s = parse_span("--trace-from", texts.from);
  if (!texts.to.empty()) simulate.trace_to_s = parse_span("--trace-to", texts.to);
  if (!simulate.trace && (!texts.from.empty() || !texts.to.empty()))
    usage("--trace-from and --trace-to choose a part of a trace: give --trace FILE too");
  if (simulate.trace_to_s && *simulate.trace_to_s <= simulate.trace_from_s) {
    usage(fmt::format("--trace-to {}: the trace ends before it begins; give a time after --trace-from", texts.to));
  }
  if (!simulate.vcd && simulate.signals != "*") usage("--signals chooses the signals of waveforms: give --vcd FILE too");
}

void check(const SimulateArguments& simulate) {
  if (!simulate.functional && simulate.inferences) usage("--inferences says how many samples a chip computes: it goes with --functional");
  if (!simulate.functional && simulate.time_s) usage("--time is the age of tiles that compute: it goes with --functional");
  if (simulate.functional && simulate.network && !simulate.data) usage("--functional computes samples of data: give --data DATA.yaml too");
  if (simulate.functional && simulate.mode == "decode") usage("--functional computes whole sequences: it does not go with --mode decode");
  if (simulate.network) {
    if (simulate.samples && !simulate.data) usage("--samples says how many samples of the data calibrate the inputs: give --data too");
    return;
  }
  if (simulate.data) usage("--data goes with a network: mho simulate NETWORK.onnx --data DATA.yaml. The built-in network brings its own data");
  if (!simulate.shape.empty()) usage("--shape goes with a network: mho simulate NETWORK.onnx --shape 3x32x32. That of the built-in network is known");
}

void check(const SensitivityArguments& study) {
  check_pair("sensitivity", study.network, study.data);
  if (!(study.threshold > 0 && study.threshold < 1)) usage("--threshold: a normalised accuracy between 0 and 1 is needed, such as 0.99");
  if (!(study.error > 0 && study.error <= 1)) usage("--error: a relative error above 0 and at most 1 is needed, such as 0.2");
}

void check(const MvmArguments& mvm) {
  if (!mvm.out && !mvm.stats) usage("say what to write: --out Y.npy for the outputs, or --stats S.csv for their mean and deviation");
  if (mvm.out && mvm.stats) usage("--out and --stats exclude each other; choose the outputs or their statistics");
  if (mvm.stats && mvm.repeats < 2) usage("--stats takes a deviation over repeats, which needs two of them: give --repeats");
}

}  // namespace

Command parse(int argc, const char* const* argv) {
  ::CLI::App app(
      "mho simulates analog in-memory-computing accelerators: how accurate a trained network is on a chip, how long an inference\n"
      "takes cycle by cycle, and where energy and area go. Every run is a row in an SQLite database.",
      "mho");
  app.set_version_flag("--version", std::string("mho ") + MHO_VERSION);
  app.footer(examples);
  app.require_subcommand(0, 1);

  RunArguments run;
  std::string run_times = usual_times;
  ::CLI::App* run_verb = add_run(app, run, run_times);
  SimulateArguments simulate;
  SimulateTexts simulate_texts;
  ::CLI::App* simulate_verb = add_simulate(app, simulate, simulate_texts);
  RetrainArguments retrain;
  ::CLI::App* retrain_verb = add_retrain(app, retrain);
  TileArguments tile;
  std::string tile_times = usual_times;
  ::CLI::App* tile_verb = add_tile(app, tile, tile_times);
  NocArguments noc;
  ::CLI::App* noc_verb = add_noc(app, noc);
  SensitivityArguments sensitivity;
  std::string sensitivity_time = "1s";
  ::CLI::App* sensitivity_verb = add_sensitivity(app, sensitivity, sensitivity_time);
  RunArguments measured;
  std::string measured_times = usual_times;
  ::CLI::App* import_verb = add_import(app, measured, measured_times);
  NetworkArguments network;
  std::string network_shape;
  ::CLI::App* network_verb = app.add_subcommand("network", "print a network layer by layer, and what would run on tiles");
  add_network(*network_verb, network, network_shape);
  network_verb->add_flag("--json", network.json, "print one JSON object instead of a table");
  ExportArguments exported;
  std::string export_shape;
  ::CLI::App* export_verb = app.add_subcommand("export", "write what every device is to be programmed to");
  add_network(*export_verb, exported, export_shape);
  export_verb->add_option("--conductances", exported.conductances, "siemens by tile [rows][columns][polarity], .npz")
      ->required()
      ->option_text("FILE");
  MvmArguments mvm;
  std::string mvm_time = "1s";
  ::CLI::App* mvm_verb = add_mvm(app, mvm, mvm_time);

  WiresArguments wires;
  WireTexts wire_texts;
  ::CLI::App* wires_verb = add_wires(app, wires, wire_texts);

  DescribeArguments describe;
  ::CLI::App* describe_verb = app.add_subcommand("describe", "print what parameters there are and what they mean");
  describe_verb->add_option("KEY", describe.key, "a key, or the beginning of several: tile.adc");
  describe_verb->add_flag("--recipe", describe.recipe, "the keys of a recipe of retraining instead of those of a design");
  describe_verb->add_flag("--json", describe.json, "print one JSON object instead of text");

  ValidateArguments validate;
  ::CLI::App* validate_verb = app.add_subcommand("validate", "check a design file and print what differs from the defaults");
  validate_verb->add_option("DESIGN", validate.design, "chip, YAML")->required()->option_text("FILE");
  add_set(*validate_verb, validate.set);

  if (argc < 2) usage(fmt::format("say what to do: {}", listed(verbs)));
  const std::string first(argv[1]);
  if (!first.starts_with("-") && std::ranges::find(verbs, first) == verbs.end()) {
    usage(fmt::format("unknown verb {}{}; there are {}", first, hint(first, verbs), listed(verbs)));
  }
  const ::CLI::App& chosen = first.starts_with("-") ? app : *app.get_subcommand(first);
  try {
    app.parse(argc, argv);
  } catch (const ::CLI::CallForHelp&) {
    return Information{fmt::format("{}\n", app.help())};
  } catch (const ::CLI::CallForVersion& version) {
    return Information{fmt::format("{}\n", version.what())};
  } catch (const ::CLI::ParseError& error) {
    refuse_unknown(argc, argv, chosen);
    const std::string text = error.what();
    if (text.find("At Most 1 required") != std::string::npos) usage(fmt::format("{} is given more than once", text.substr(0, text.find(':'))));
    usage(text);
  }

  if (describe_verb->parsed()) return describe;
  if (retrain_verb->parsed()) return retrain;
  if (simulate_verb->parsed()) {
    resolve(simulate, simulate_texts);
    check(simulate);
    return simulate;
  }
  if (validate_verb->parsed()) return validate;
  if (noc_verb->parsed()) return noc;
  if (tile_verb->parsed()) {
    tile.times_s = parse_times(tile_times);
    return tile;
  }
  if (sensitivity_verb->parsed()) {
    check(sensitivity);
    if (sensitivity.by_layer && !sensitivity.only.empty()) usage("--only chooses nonidealities, and --by-layer looks at none of them; leave one out");
    sensitivity.time_s = parse_one_time(sensitivity_time);
    return sensitivity;
  }
  if (mvm_verb->parsed()) {
    check(mvm);
    mvm.time_s = parse_time(mvm_time);
    return mvm;
  }
  if (wires_verb->parsed()) {
    resolve(wires, wire_texts);
    return wires;
  }
  if (network_verb->parsed()) {
    if (!network_shape.empty()) network.shape = parse_shape(network_shape);
    return network;
  }
  if (export_verb->parsed()) {
    if (!export_shape.empty()) exported.shape = parse_shape(export_shape);
    return exported;
  }
  if (import_verb->parsed()) {
    check(measured);
    measured.times_s = parse_times(measured_times);
    return measured;
  }
  if (!run_verb->parsed()) usage(fmt::format("say what to do: {}", listed(verbs)));
  check(run);
  run.times_s = parse_times(run_times);
  return run;
}

}  // namespace mho::cli
