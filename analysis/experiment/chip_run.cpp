#include "analysis/experiment/chip_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "analysis/design/layer_rules.h"
#include "analysis/experiment/matrix_load.h"
#include "analysis/experiment/prepare.h"
#include "analysis/experiment/upkeep.h"
#include "analysis/reuse/dependence.h"
#include "analysis/reuse/work_cache.h"
#include "analysis/trace/observers.h"
#include "base/error.h"
#include "base/progress.h"
#include "hw/chip/simulation.h"
#include "hw/estimate/estimate.h"
#include "mapper/lowering/decoding.h"
#include "workloads/execution/evaluation.h"

namespace mho::analysis {

namespace {

/// Text of a shape without the batch axis: "8x14x14" for 1x8x14x14.
std::string sample_shape_text(const workloads::Shape& shape) {
  const bool batch = shape.size() > 1 && shape.front() == 1;
  return workloads::shape_text(batch ? workloads::Shape(shape.begin() + 1, shape.end()) : shape);
}

std::vector<LayerResult> layer_table(const hw::ChipParameters& chip, const workloads::Network& network, const ChipResult& result) {
  std::map<std::string, const workloads::Node*> nodes;
  for (const auto& node : network.nodes) nodes[node.name] = &node;
  std::vector<LayerResult> layers(result.program.layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    LayerResult& layer = layers[i];
    layer.name = result.program.layers[i].name;
    layer.operation = result.program.layers[i].operation;
    layer.energy_j = result.costs.layers[i].total_j;
    const auto node = nodes.find(layer.name);
    if (node == nodes.end()) continue;
    layer.shape = sample_shape_text(network.values.at(static_cast<std::size_t>(node->second->output)).shape);
    for (std::size_t k = 0; k < node->second->matrices.size(); ++k) {
      const workloads::Matrix& matrix = network.matrix(*node->second, k);
      layer.matrix = fmt::format("{}{}{}x{}", layer.matrix.value_or(""), layer.matrix ? ", " : "", matrix.outputs, matrix.inputs);
    }
  }
  std::vector<double> longest_s(layers.size(), 0.0);
  for (std::size_t i = 0; i < result.program.stages.size(); ++i) {
    const hw::Stage& stage = result.program.stages[i];
    if (stage.layer < 0 || stage.memory || stage.write) continue;
    LayerResult& layer = layers.at(static_cast<std::size_t>(stage.layer));
    const hw::StageActivity& activity = result.simulation.single.stages[i];
    layer.positions = std::max<std::int64_t>(layer.positions, stage.positions);
    layer.mvms += activity.mvms;
    const double busy_s = static_cast<double>(activity.busy_cycles) / chip.clock_of(chip.kind(stage.core)).si();
    if (busy_s >= longest_s[static_cast<std::size_t>(stage.layer)]) {
      longest_s[static_cast<std::size_t>(stage.layer)] = busy_s;
      layer.busy_cycles = activity.busy_cycles;
      layer.waiting_input_cycles = activity.waiting_input_cycles;
      layer.waiting_output_cycles = activity.waiting_output_cycles;
    }
  }
  std::map<std::string, std::set<int>> tiles;
  for (const auto& placement : result.tiles) tiles[placement.layer].insert(placement.tile);
  for (LayerResult& layer : layers) layer.tiles = static_cast<int>(tiles[layer.name].size());
  return layers;
}

/// Adds the settings that the design's rules give to single layers.
void add_settings(std::vector<LayerResult>& layers, const Design& design, const workloads::Network& network) {
  for (const auto& [node, own] : own_settings(design, network)) {
    const auto layer = std::ranges::find(layers, network.nodes[node].name, &LayerResult::name);
    if (layer == layers.end()) continue;
    base::Config config = design.config;
    std::set<std::string> keys;
    for (const std::string& assignment : own.set) {
      config.set(assignment);
      keys.insert(assignment.substr(0, assignment.find('=')));
    }
    if (own.digital) layer->settings.push_back({"digital", std::int64_t{*own.digital}, ""});
    for (const std::string& key : keys) layer->settings.push_back({key, config.value(key), config.declaration(key).unit});
  }
}

SequenceRunResult sequence_run(const mapper::InferenceMode& mode, int tokens, const ChipResult& result) {
  const double at_once = mode.decodes() ? 1 : tokens;  // tokens per inference
  SequenceRunResult run{.mode = mode.kind,
                        .tokens = tokens,
                        .context = mode.context == 0 ? tokens : mode.context,
                        .tokens_per_s = at_once * result.costs.throughput_per_s,
                        .energy_per_token_j = result.costs.energy_per_inference_j / at_once};
  for (std::size_t s = 0; s < result.program.stages.size(); ++s) {
    const hw::Stage& stage = result.program.stages[s];
    if (!stage.cache) continue;
    (stage.kind == hw::Stage::Kind::source ? run.cache_read_bits : run.cache_written_bits) +=
        static_cast<double>(result.simulation.single.stages[s].port_bits) / at_once;
  }
  return run;
}

/// The part of the result that is known before the simulation.
ChipResult mapped_result(const Design& design, const workloads::TiledNetwork& tiled, const mapper::Mapping& mapping) {
  ChipResult result;
  result.network = tiled.network.name;
  result.network_hash = tiled.network.hash;
  result.weights = tiled.network.weights();
  result.macs = tiled.network.macs();
  if (const auto& absent = tiled.network.absent_weights; !absent.empty()) {
    result.warnings.push_back(fmt::format(
        "{} tensor{} of weights, of which '{}' is the first, {} no values in the file: the energy of arrays is that of normally distributed "
        "weights in their place, times are those of the network",
        absent.size(), absent.size() == 1 ? "" : "s", absent.front(), absent.size() == 1 ? "has" : "have"));
  }
  result.tiles_available = static_cast<int>(design.chip.nodes_of(hw::CoreKind::analog).size()) * design.chip.tiles_per_core;
  result.program = mapping.program;
  // A mapping from the cache can be that of a design with other costs.
  result.program.settings = tiled.tiles.settings();
  result.tiles = mapping.tiles;
  result.utilisation = mapping.utilisation;
  for (const tiles::MatrixLayout& layout : tiled.layout.matrices) {
    std::set<int> tiles;
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) tiles.insert(layout.block(b).tile);
    result.matrices.push_back({.name = layout.node,
                               .outputs = layout.outputs,
                               .inputs = layout.inputs,
                               .copies = layout.copies,
                               .turn = layout.turn,
                               .tiles = static_cast<int>(tiles.size())});
  }
  std::set<int> used;
  for (const auto& placement : result.tiles) used.insert(placement.tile);
  result.tiles_used = static_cast<int>(used.size());
  return result;
}

/// Options of a simulation that counts events and time but computes no values.
hw::SimulationOptions simulation_options(const hw::Program& program, const ChipRequest& request) {
  hw::SimulationOptions simulation;
  simulation.one_at_a_time = request.mode.decodes();
  if (!request.inferences) return simulation;
  const int inferences = *request.inferences;
  if (!program.phases.empty()) {
    throw base::UserError(fmt::format("--inferences {}: with mapper.weights: reloaded this network goes through {} phases in batches of "
                                      "mapper.reload_batch; leave --inferences out and set mapper.reload_batch",
                                      inferences, program.phases.size()),
                          base::ExitCode::usage);
  }
  simulation.single_only = inferences == 1;
  if (!simulation.single_only) simulation.inferences = inferences - 1;
  return simulation;
}

/// Simulates a chip whose packets carry numbers, and adds its figures to `result`.
void run_functional(const Design& design, const workloads::TiledNetwork& tiled, const mapper::Mapping& mapping, const FunctionalRequest& request,
                    hw::Observer* observer, ChipResult& result) {
  FunctionalRun run(tiled, mapping, request);
  hw::SimulationOptions simulation = run.simulation();
  simulation.observer = observer;
  result.simulation = hw::simulate(result.program, design.chip, design.tile, simulation);
  result.functional = run.check(result.simulation);
  try {
    run.measure(design, result.program, result.simulation, result.macs, *result.functional);
  } catch (const base::UserError& error) {
    if (result.simulation.converged || error.code() != base::ExitCode::failed_check) throw;
    throw base::UserError(fmt::format("{}. All {} outputs of {} inferences equal the accuracy path bit for bit", error.what(),
                                      result.functional->outputs, result.functional->inferences),
                          error.code());
  }
  result.simulation.left.clear();
}

SimulatedChip simulated_chip(const Design& design, const mapper::Mapping& mapping, const ChipRequest& request) {
  LayerTimeRecorder recorder(mapping.program);
  Observers observers;
  observers.add(recorder);
  if (request.observer != nullptr) observers.add(*request.observer);
  hw::SimulationOptions options = simulation_options(mapping.program, request);
  options.observer = request.observer == nullptr ? static_cast<hw::Observer*>(&recorder) : &observers;
  SimulatedChip chip;
  chip.simulation = hw::simulate(mapping.program, design.chip, design.tile, options);
  chip.times = recorder.times(chip.simulation.latency);
  return chip;
}

/// Reuses the estimate from the sizing of the buffers if there is one; then only the first inference is estimated again, for the times of the layers.
SimulatedChip estimated_chip(const Design& design, const mapper::Mapping& mapping, const ChipRequest& request) {
  LayerTimeRecorder recorder(mapping.program);
  const bool known = mapping.estimate && !request.mode.decodes();
  hw::EstimateOptions options{.one_at_a_time = request.mode.decodes(), .hears_work = [&](int stage, int unit, std::int64_t begin, std::int64_t end) {
                                recorder.worked(stage, unit, begin, end);
                              }};
  options.single_only = known;
  SimulatedChip chip;
  chip.simulation = hw::estimate(mapping.program, design.chip, design.tile, options);
  if (known) chip.simulation = *mapping.estimate;
  chip.times = recorder.times(chip.simulation.latency);
  return chip;
}

}  // namespace

std::optional<BackToBack> batch_of(const ChipResult& result) {
  if (!result.counted || result.simulation.single_only) return std::nullopt;
  return BackToBack{result.simulation.steady_inferences, result.simulation.steady.elapsed.seconds()};
}

std::size_t calibration_samples(const workloads::DataDescription& data) {
  // Input ranges are quantiles near 1. More samples than this change them by less than the step of the converter; with fewer than a few hundred they
  // change by more.
  constexpr std::size_t limit = 1000;
  const std::size_t samples = data.calibration ? std::min(limit, data.calibration->size()) : std::min(limit, data.test->size() / 2);
  if (samples > 0) return samples;
  throw base::UserError(fmt::format("data {}: {} samples are too few; one is needed to calibrate the input ranges and one to score",
                                    data.test->name(), data.test->size()));
}

ChipResult run_chip(const Design& design, const workloads::TiledNetwork& tiled, const ChipRequest& request) {
  WorkCache* const cache = request.functional || request.observer != nullptr ? nullptr : request.cache;
  const std::string depends =
      cache == nullptr ? "" : simulation_depends_on(design, tiled, request.mode, request.inferences.value_or(0), request.estimated);
  const auto held = remembered_once<mapper::Mapping>(cache, "mapping", depends + request.calibration, [&] {
    mapper::Mapping made = mapper::map(tiled, design.chip, design.mapper, request.mode, request.functional.has_value());
    hw::verify(made.program, design.chip);
    return made;
  });
  const mapper::Mapping& mapping = *held;
  ChipResult result = mapped_result(design, tiled, mapping);
  if (request.keeps_mapping) result.mapping = mapper::saved_mapping(tiled, mapping.program, mapping.tiles, mapping.divided, request.mode);
  for (std::string& warning : copy_warnings(design, tiled)) result.warnings.push_back(std::move(warning));
  if (design.mapper.saved)
    result.warnings.push_back(fmt::format("the mapping is that of {} (--mapping, content {}), not one that the mapper chose",
                                          design.mapper.saved->file, design.mapper.saved->hash));
  const int tokens = mapper::tokens_of(tiled.network);
  if (request.mode.decodes()) result.macs /= tokens;
  if (request.mode.decodes() && mapper::may_see_later_tokens(tiled.network, tokens)) {
    result.warnings.push_back(
        "--mode decode: no causal mask was found (a constant of tokens x tokens, or Trilu). Where tokens see later ones, as in an encoder, they "
        "cannot be "
        "decoded one by one from caches, and these figures mean nothing; --mode prefill runs the whole sequence");
  }
  base::check_interrupt();
  result.counted = request.inferences.has_value();
  result.estimated = request.estimated;
  if (request.functional) {
    LayerTimeRecorder recorder(result.program);
    Observers observers;
    observers.add(recorder);
    if (request.observer != nullptr) observers.add(*request.observer);
    run_functional(design, tiled, mapping, *request.functional, &observers, result);
    result.times = recorder.times(result.simulation.latency);
  } else {
    SimulatedChip chip = computed_once<SimulatedChip>(cache, request.estimated ? "estimate" : "simulation", depends, [&] {
      return request.estimated ? estimated_chip(design, mapping, request) : simulated_chip(design, mapping, request);
    });
    result.simulation = std::move(chip.simulation);
    result.times = std::move(chip.times);
  }
  if (request.estimated) {
    result.warnings.emplace_back("times, energy and bottleneck are those of an estimate (--fidelity estimate), nothing was simulated");
  }
  result.costs = roll_up(design, result.program, result.simulation, result.macs, request.factors);
  for (const ComponentCost& component : result.costs.components) {
    for (const std::string& outside : component.note.outside) result.warnings.push_back(fmt::format("costs of {}: {}", component.name, outside));
  }
  if (result.program.phases.empty()) result.programming = one_time_programming(design, result.program, result.tiles);
  if (request.reference.shown) {
    const double share = request.mode.decodes() ? 1.0 / tokens : 1.0;
    const MatrixLoad load = matrix_load(tiled.network, share);
    result.reference = request.reference.roofline ? roofline_reference(*request.reference.roofline, load) : systolic_reference(design, load);
  }
  if (result.program.phases.empty()) result.bounds = interval_bounds(design, result.program, result.simulation.single);
  constexpr double full = 0.95;
  for (const IntervalBound& bound : result.bounds) {
    if (!result.estimated || bound.what != "links" || bound.seconds < full * result.simulation.interval_s) continue;
    result.warnings.push_back(
        fmt::format("the {} is full in this estimate; packets wait there longer than an estimate knows, so simulate it too", bound.where));
  }
  result.bottleneck = find_bottleneck(result.program, design.chip, result.simulation);
  result.layers = layer_table(design.chip, tiled.network, result);
  add_settings(result.layers, design, tiled.network);
  result.upkeep = upkeep_of(design, result);
  if (request.mode.kind != mapper::InferenceMode::Kind::whole) result.sequence_run = sequence_run(request.mode, tokens, result);
  return result;
}

ChipResult simulate_network(const Design& design, const workloads::Network& network, const workloads::DataDescription* data,
                            const ChipRunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  PrepareOptions preparation{.threads = options.threads};
  ChipRequest request{.mode = options.mode,
                      .inferences = options.inferences,
                      .reference = options.reference,
                      .observer = options.observer,
                      .estimated = options.estimated,
                      .keeps_mapping = options.keeps_mapping,
                      .cache = options.cache,
                      .factors = options.factors};
  preparation.cache = options.cache;
  if (data != nullptr) {
    const workloads::Dataset& samples = data->calibration ? *data->calibration : *data->test;
    workloads::check_fit(network, samples);
    const std::size_t count = options.samples.value_or(calibration_samples(*data));
    if (count > samples.size()) {
      throw base::UserError(
          fmt::format("--calibration {}: {} has {} samples to calibrate with; ask for at most that many", count, samples.name(), samples.size()),
          base::ExitCode::usage);
    }
    preparation.mapped_for = options.mode;  // checked before the calibration; without data, run_chip checks it as early
    preparation.calibration = &samples;
    preparation.calibration_samples = count;
    if (options.functional) {
      workloads::check_fit(network, *data->test);
      request.functional = {data->test.get(), data->calibration ? 0 : count, *options.functional, options.seed, options.threads};
    }
  }
  const workloads::TiledNetwork tiled = prepare(design, network, preparation);
  if (data != nullptr && options.cache != nullptr) {
    request.calibration = calibration_depends_on(design, tiled, *preparation.calibration, preparation.calibration_samples);
  }
  ChipResult result = run_chip(design, tiled, request);
  if (data != nullptr) {
    result.data = data->test->name();
    result.data_hash = data->test->hash();
  }
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace mho::analysis
