#include "analysis/experiment/chip_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "analysis/design/layer_rules.h"
#include "base/error.h"
#include "base/progress.h"
#include "hw/chip/simulation.h"
#include "mapper/lowering/decoding.h"

namespace mho::analysis {

namespace {

/// "8x14x14" of 1x8x14x14: the batch axis says nothing.
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

SequenceRunResult token_run(const Design& design, int tokens, const ChipResult& result) {
  const bool decode = design.mapper.token_by_token;
  const double at_once = decode ? 1 : tokens;  // tokens of an inference
  SequenceRunResult run{.decode = decode,
                        .tokens = tokens,
                        .context = design.mapper.context == 0 ? tokens : design.mapper.context,
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

}  // namespace

std::string_view mode_name(SequenceOptions::Mode mode) {
  switch (mode) {
    case SequenceOptions::Mode::inferences:
      return "inferences";
    case SequenceOptions::Mode::prefill:
      return "prefill";
    case SequenceOptions::Mode::decode:
      return "decode";
  }
  return "";
}

Design for_sequence(const Design& design, const workloads::Network& network, const SequenceOptions& options) {
  using Mode = SequenceOptions::Mode;
  Design own = design;
  own.mapper.token_by_token = options.mode == Mode::decode;
  own.mapper.prefill = options.mode == Mode::prefill;
  own.mapper.context = options.context;
  if (own.mapper.prefill && mapper::tokens_of(network) < 2) {
    throw base::UserError(fmt::format("--mode prefill: the input of network {} is no sequence of tokens; leave --mode out", network.name));
  }
  return own;
}

std::optional<BackToBack> batch_of(const ChipResult& result) {
  if (!result.counted || result.simulation.single_only) return std::nullopt;
  return BackToBack{result.simulation.steady_inferences, result.simulation.steady.elapsed.seconds()};
}

workloads::InputCalibration full_scale_inputs(const tiles::Layout& layout) {
  workloads::InputCalibration calibration;
  for (const auto& matrix : layout.matrices) {
    calibration.parts[matrix.node].assign(static_cast<std::size_t>(matrix.row_parts), {.range = 1.0F, .mean_drive = 1.0});
  }
  return calibration;
}

std::size_t calibration_samples(const workloads::DataDescription& data) {
  // Input ranges are quantiles near 1, so more samples than this move them by less than the converter's step; fewer than a few hundred do.
  constexpr std::size_t limit = 1000;
  const std::size_t samples = data.calibration ? std::min(limit, data.calibration->size()) : std::min(limit, data.test->size() / 2);
  if (samples > 0) return samples;
  throw base::UserError(fmt::format("data {}: {} samples are too few; one is needed to calibrate the input ranges and one to score",
                                    data.test->name(), data.test->size()));
}

void check_mapping(const Design& design, const workloads::Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles) {
  hw::verify(mapper::map(network, layout, design.chip, tiles, design.mapper, full_scale_inputs(layout)).program, design.chip);
}

ChipResult run_chip(const Design& design, const workloads::Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles,
                    const workloads::InputCalibration& calibration, const FunctionalRequest* request, hw::Observer* observer,
                    std::optional<int> inferences) {
  ChipResult result;
  result.network = network.name;
  result.network_hash = network.hash;
  result.weights = network.weights();
  result.macs = network.macs();
  if (design.mapper.token_by_token) result.macs /= mapper::tokens_of(network);
  result.tiles_available = static_cast<int>(design.chip.nodes_of(hw::CoreKind::analog).size()) * design.chip.tiles_per_core;
  const mapper::Mapping mapping = mapper::map(network, layout, design.chip, tiles, design.mapper, calibration, request != nullptr);
  hw::verify(mapping.program, design.chip);
  result.program = mapping.program;
  result.tiles = mapping.tiles;
  result.utilisation = mapping.utilisation;
  std::set<int> used;
  for (const auto& placement : result.tiles) used.insert(placement.tile);
  result.tiles_used = static_cast<int>(used.size());
  base::check_interrupt();
  hw::SimulationOptions simulation;
  simulation.one_at_a_time = design.mapper.token_by_token;
  simulation.observer = observer;
  if (inferences) {
    if (!result.program.phases.empty()) {
      throw base::UserError(fmt::format("--inferences {}: with mapper.weights: reloaded this network goes through {} phases in batches of "
                                        "mapper.reload_batch; leave --inferences out and set mapper.reload_batch",
                                        *inferences, result.program.phases.size()),
                            base::ExitCode::usage);
    }
    result.counted = true;
    simulation.single_only = *inferences == 1;
    if (!simulation.single_only) simulation.minimum_inferences = simulation.maximum_inferences = *inferences - 1;
  }
  if (request == nullptr) {
    result.simulation = hw::simulate(result.program, design.chip, design.tile, simulation);
  } else {
    FunctionalRun run(network, layout, tiles, mapping, calibration, *request->test, request->first, request->options, request->seed,
                      request->threads);
    simulation = run.simulation();
    simulation.observer = observer;
    result.simulation = hw::simulate(result.program, design.chip, design.tile, simulation);
    result.computed = run.check(result.simulation);
    try {
      run.measure(design, result.program, result.simulation, result.macs, *result.computed);
    } catch (const base::UserError& error) {
      if (result.simulation.converged || error.code() != base::ExitCode::failed_check) throw;
      throw base::UserError(
          fmt::format("{}. All {} outputs equal the accuracy path bit for bit, but {} inferences are too few for their costs: raise "
                      "--inferences",
                      error.what(), result.computed->outputs, result.computed->inferences),
          error.code());
    }
    result.simulation.left.clear();
  }
  result.costs = roll_up(design, result.program, result.simulation, result.macs);
  result.bottleneck = find_bottleneck(result.program, design.chip, result.simulation);
  result.layers = layer_table(design.chip, network, result);
  if (design.mapper.token_by_token || design.mapper.prefill) result.token_run = token_run(design, mapper::tokens_of(network), result);
  return result;
}

ChipResult simulate_network(const Design& chosen, const workloads::Network& original, const workloads::DataDescription* data,
                            const ChipRunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const Design design = for_sequence(chosen, original, options.sequence);
  workloads::Network network = original;
  const tiles::LayerTiles tiles = apply_layer_rules(design, network);
  const workloads::Dataset* samples = data == nullptr ? nullptr : data->calibration ? data->calibration.get() : data->test.get();
  std::size_t count = 0;
  if (samples != nullptr) {
    workloads::check_fit(network, *samples);
    count = options.samples.value_or(calibration_samples(*data));
    if (count > samples->size()) {
      throw base::UserError(
          fmt::format("--samples {}: {} has {} samples to calibrate with; ask for at most that many", count, samples->name(), samples->size()),
          base::ExitCode::usage);
    }
  }
  const tiles::Layout layout = mapper::make_layout(network, tiles);
  workloads::InputCalibration calibration = full_scale_inputs(layout);
  if (samples != nullptr) {
    check_mapping(design, network, layout, tiles);
    calibration = workloads::calibrate(network, layout, tiles, *samples, 0, count, options.threads);
  }
  std::optional<FunctionalRequest> request;
  if (options.compute && data != nullptr) {
    workloads::check_fit(network, *data->test);
    request = {data->test.get(), data->calibration ? 0 : count, *options.compute, options.seed, options.threads};
  }
  ChipResult result = run_chip(design, network, layout, tiles, calibration, request ? &*request : nullptr, options.observer, options.inferences);
  if (data != nullptr) {
    result.data = data->test->name();
    result.data_hash = data->test->hash();
  }
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace mho::analysis
