#include "analysis/report/result_json.h"

#include <optional>
#include <variant>

namespace mho::analysis {

namespace {

base::Json optional_number(const std::optional<double>& value) { return value ? base::Json(*value) : base::Json(); }

base::Json optional_text(const std::optional<std::string>& value) { return value ? base::Json(*value) : base::Json(); }

base::Json accuracy_json(const Result& result, const workloads::AnalogAccuracy& accuracy) {
  const MeanAndError statistics = mean_and_error(accuracy.by_repeat);
  base::Json json;
  json["time_s"] = accuracy.time_s;
  json["mean"] = statistics.mean;
  json["sem"] = optional_number(statistics.sem);
  json["sampling_sem"] = optional_number(accuracy.sampling_sem);
  json["repeats"] = static_cast<std::int64_t>(accuracy.by_repeat.size());
  const Spread chips = spread(accuracy.by_repeat, result.yardstick(), result.yield_threshold);
  json["worst"] = chips.worst;
  json["percentile5"] = chips.percentile5;
  json["median"] = chips.median;
  json["normalised"] = optional_number(normalised(statistics.mean, result.yardstick()));
  json["yield"] = optional_number(chips.yield);
  json["by_repeat"] = base::Json::Array(accuracy.by_repeat.begin(), accuracy.by_repeat.end());
  return json;
}

void add_shares(base::Json& json, const std::string& of, const std::optional<FormatShares>& shares) {
  json[of + "_overflow"] = optional_number(shares ? std::optional(shares->overflow) : std::nullopt);
  json[of + "_underflow"] = optional_number(shares ? std::optional(shares->underflow) : std::nullopt);
}

base::Json layer_json(const LayerResult& layer) {
  base::Json json;
  json["name"] = layer.name;
  json["operation"] = layer.operation;
  json["shape"] = layer.shape;
  json["matrix"] = layer.matrix ? base::Json(*layer.matrix) : base::Json();
  json["tiles"] = layer.tiles;
  json["mvms"] = layer.mvms;
  json["busy_cycles"] = layer.busy_cycles;
  json["energy_j"] = layer.energy_j;
  json["clipped_inputs"] = optional_number(layer.clipped_inputs);
  json["clipped_outputs"] = optional_number(layer.clipped_outputs);
  json["adc_bits_used"] = optional_number(layer.adc_bits_used);
  json["result_scale"] = optional_number(layer.result_scale);
  json["snr_db"] = optional_number(layer.snr_db);
  json["snr_last_db"] = optional_number(layer.snr_last_db);
  add_shares(json, "result", layer.results);
  add_shares(json, "partial_sum", layer.partial_sums);
  add_shares(json, "scale", layer.scales);
  if (!layer.settings.empty()) {
    base::Json settings;
    for (const LayerSetting& setting : layer.settings)
      settings[setting.key] = std::visit([](const auto& value) { return base::Json(value); }, setting.value);
    json["settings"] = settings;
  }
  return json;
}

base::Json gate_json(const GateUse& gate) {
  base::Json json;
  json["gated_share"] = gate.gated_share;
  json["wakes"] = gate.wakes;
  json["not_leaked_j"] = gate.not_leaked_j;
  json["switched_j"] = gate.switched_j;
  return json;
}

/// Power gating: means over routers and over cores, then each gate.
base::Json gating_json(const Gating& gating) {
  using Unit = hw::GateActivity::Unit;
  base::Json json;
  json["not_leaked_j"] = gating.not_leaked_j;
  json["switched_j"] = gating.switched_j;
  if (const auto routers = gating.mean(Unit::router)) json["mean_router"] = gate_json(*routers);
  if (const auto cores = gating.mean(Unit::core)) json["mean_core"] = gate_json(*cores);
  base::Json::Array gates;
  for (const GateUse& gate : gating.gates) {
    base::Json one = gate_json(gate);
    one["unit"] = std::string(hw::unit_name(gate.unit));
    one["number"] = gate.number;
    gates.push_back(one);
  }
  json["gates"] = gates;
  return json;
}

base::Json sequence_json(const SequenceRunResult& run, bool single_only) {
  base::Json json;
  json["mode"] = std::string(mapper::mode_name(run.mode));
  json["sequence"] = run.tokens;
  json["context"] = run.context;
  json["tokens_per_s"] = single_only ? base::Json() : base::Json(run.tokens_per_s);
  json["energy_per_token_j"] = run.energy_per_token_j;
  json["cache_read_bits_per_token"] = run.cache_read_bits;
  json["cache_written_bits_per_token"] = run.cache_written_bits;
  return json;
}

base::Json band_json(const CostBand& band, double factor) {
  base::Json json;
  json["nominal"] = band.nominal * factor;
  json["low"] = band.low * factor;
  json["high"] = band.high * factor;
  json["main_component"] = band.main_component.empty() ? base::Json() : base::Json(band.main_component);
  json["main_share"] = band.main_share;
  return json;
}

base::Json bands_json(const CostBands& bands) {
  base::Json json;
  json["energy_per_inference_j"] = band_json(bands.energy, 1);
  json["average_power_w"] = band_json(bands.power, 1);
  json["leakage_w"] = band_json(bands.leakage, 1);
  json["area_mm2"] = band_json(bands.area, square_millimetres_per_square_metre);
  json["tops_per_watt"] = band_json(bands.tops_per_watt, 1);
  return json;
}

base::Json efficiencies_json(const Efficiencies& all) {
  base::Json json;
  for (const auto& [scope, one] : by_scope(all)) {
    base::Json& figures = json[scope];
    figures["tops"] = one.tops;
    figures["tops_per_watt"] = one.tops_per_watt;
    figures["tops_per_mm2"] = one.tops_per_mm2;
  }
  return json;
}

base::Json::Array components_json(const std::vector<ComponentCost>& components) {
  base::Json::Array all;
  for (const ComponentCost& component : components) {
    base::Json json;
    json["component"] = component.name;
    json["per"] = periphery::per_name(component.per);
    json["count"] = component.count;
    json["energy_j"] = component.joule;
    json["leakage_w"] = component.leakage_w;
    json["area_mm2"] = component.square_metre * square_millimetres_per_square_metre;
    base::Json::Array user;
    for (const std::string& key : component.note.user) user.emplace_back(key);
    json["user_figures"] = user;
    json["source"] = component.source;
    all.push_back(json);
  }
  return all;
}

/// Adds the figures beside the steady state, such as its beginning and the digital reference.
void add_beside(base::Json& json, const ChipResult& result) {
  base::Json::Array events;
  for (const EventSum& sum : result.costs.events) {
    base::Json one;
    one["component"] = sum.component;
    one["event"] = sum.event;
    one["count"] = sum.count;
    one["energy_j"] = sum.joule;
    events.push_back(one);
  }
  json["events"] = events;
  base::Json programming, reference;
  if (const auto& once = result.programming) {
    programming["devices"] = once->devices;
    programming["energy_j"] = once->joule;
    programming["time_s"] = once->seconds;
  }
  json["programming"] = programming;
  base::Json upkeep;
  upkeep["refresh_j"] = result.upkeep.refresh_j;
  upkeep["refresh_s"] = result.upkeep.refresh_s;
  upkeep["recalibration_j"] = result.upkeep.recalibration_j;
  upkeep["recalibration_s"] = result.upkeep.recalibration_s;
  upkeep["power_w"] = result.upkeep.power_w;
  upkeep["downtime"] = result.upkeep.downtime;
  upkeep["tile_yield"] = result.upkeep.tile_yield;
  json["upkeep"] = upkeep;
  if (const auto& digital = result.reference) {
    const auto area = digital->square_metre;
    reference["name"] = digital->name;
    reference["macs"] = digital->multiply_accumulates;
    reference["interval_s"] = digital->seconds;
    reference["energy_per_inference_j"] = digital->joule;
    reference["area_mm2"] = optional_number(area ? std::optional(*area * square_millimetres_per_square_metre) : std::nullopt);
    reference["tops_per_watt"] = digital->tops_per_watt();
    reference["bound"] = digital->limit;
    reference["source"] = digital->source;
  }
  json["reference"] = reference;
}

base::Json times_json(const LayerTimes& times) {
  base::Json json;
  json["alone_part_s"] = times.alone_width_s;
  json["back_to_back_part_s"] = times.back_to_back_width_s;
  base::Json::Array layers;
  for (const LayerTime& layer : times.layers) {
    base::Json one;
    one["name"] = layer.name;
    one["begin_s"] = layer.begin_s;
    one["end_s"] = layer.end_s;
    one["working_s"] = layer.working_s;
    one["latency_s"] = layer.latency_s;
    one["latency_working_s"] = layer.latency_working_s;
    one["alone_percent"] = base::Json::Array(layer.alone.begin(), layer.alone.end());
    one["back_to_back_percent"] = base::Json::Array(layer.back_to_back.begin(), layer.back_to_back.end());
    layers.push_back(one);
  }
  json["layers"] = layers;
  return json;
}

/// Adds the figures that every run on a chip has; `layers` and the design come last.
void add_chip(base::Json& json, const Design& design, const ChipResult& result) {
  const RollUp& costs = result.costs;
  base::Json::Array layers;
  for (const auto& layer : result.layers) layers.push_back(layer_json(layer));
  base::Json energy, area;
  for (const auto& [block, joule] : costs.blocks) energy[block] = joule;
  for (const auto& part : costs.areas) area[part.part] = part.square_metre * square_millimetres_per_square_metre;
  json["latency_s"] = costs.latency_s;
  const bool alone = result.simulation.single_only;  // without a steady state
  json["throughput_per_s"] = alone ? base::Json() : base::Json(costs.throughput_per_s);
  json["converged"] = result.simulation.converged;
  json["energy_per_inference_j"] = costs.energy_per_inference_j;
  json["single_shot_energy_j"] = costs.single_shot_energy_j;
  json["average_power_w"] = costs.average_power_w;
  json["area_mm2"] = costs.area_m2 * square_millimetres_per_square_metre;
  json["tops_per_watt"] = costs.tops_per_watt;
  if (!alone) json["efficiency"] = efficiencies_json(costs.efficiencies);
  add_beside(json, result);
  json["tiles"] = result.tiles_used;
  json["tiles_available"] = result.tiles_available;
  json["macs"] = result.macs;
  json["interval_s"] = alone ? base::Json() : base::Json(costs.interval_s);
  if (result.sequence_run) json["sequence_run"] = sequence_json(*result.sequence_run, alone);
  if (const auto batch = batch_of(result)) {
    base::Json one;
    one["inferences"] = batch->inferences;
    one["seconds"] = batch->seconds;
    json["back_to_back"] = one;
  }
  json["leakage_w"] = costs.leakage_w;
  json["utilisation"] = result.utilisation;
  if (costs.gating) json["power_gating"] = gating_json(*costs.gating);
  json["layers"] = layers;
  json["layer_times"] = times_json(result.times);
  json["energy_by_block_j"] = energy;
  json["area_by_part_mm2"] = area;
  json["bands"] = bands_json(costs.bands);
  json["components"] = components_json(costs.components);
  json["design"] = base::Json::parse(design.json(), design.name);
}

base::Json stage_json(const hw::ChipParameters& chip, const hw::Stage& stage, const hw::StageActivity& activity) {
  base::Json json;
  json["name"] = stage.name;
  json["kind"] = std::string(hw::kind_name(stage.kind));
  json["node"] = stage.core;
  json["positions"] = static_cast<std::int64_t>(activity.positions);
  json["clock_hz"] = chip.clock_at(stage.core).si();
  json["busy_cycles"] = activity.busy_cycles;
  json["waiting_input_cycles"] = activity.waiting_input_cycles;
  json["waiting_output_cycles"] = activity.waiting_output_cycles;
  return json;
}

base::Json unit_json(const hw::ChipParameters& chip, const hw::UnitActivity& unit) {
  base::Json json;
  json["node"] = unit.node;
  json["name"] = unit.name;
  json["clock_hz"] = chip.clock_at(unit.node).si();
  json["worked_cycles"] = unit.worked_cycles;
  json["held_cycles"] = unit.held_cycles;
  return json;
}

base::Json link_json(const hw::LinkActivity& link) {
  base::Json json;
  json["kind"] = std::string(hw::kind_name(link.kind));
  json["from"] = link.from;
  json["to"] = link.to;
  json["flits"] = static_cast<std::int64_t>(link.flits);
  return json;
}

/// The phases of a batch.
base::Json::Array phases_json(const ChipResult& result) {
  base::Json::Array phases;
  for (std::size_t k = 0; k < result.program.phases.size(); ++k) {
    base::Json json;
    json["name"] = result.program.phases[k].name;
    json["programs"] = result.program.phases[k].programs;
    json["single_s"] = result.simulation.phases.at(k).single.seconds();
    json["batch_s"] = result.simulation.phases[k].batch.seconds();
    phases.push_back(json);
  }
  return phases;
}

base::Json bottleneck_json(const ChipResult& result) {
  const Bottleneck& bottleneck = result.bottleneck;
  const auto name = [&](int stage) { return base::Json(result.program.stages.at(static_cast<std::size_t>(stage)).name); };
  base::Json json;
  json["kind"] = std::string(kind_name(bottleneck.kind));
  json["text"] = bottleneck.text;
  json["stage"] = bottleneck.stage < 0 ? base::Json() : name(bottleneck.stage);
  json["node"] = bottleneck.node;
  json["unit"] = bottleneck.unit.empty() ? base::Json() : base::Json(bottleneck.unit);
  json["share"] = bottleneck.share;
  base::Json::Array held_up;
  for (const int stage : bottleneck.held_up) held_up.push_back(name(stage));
  json["held_up"] = held_up;
  return json;
}

}  // namespace

base::Json result_json(const Design& design, const Result& result, std::int64_t run_id) {
  base::Json::Array accuracy;
  for (const auto& time : result.accuracy) accuracy.push_back(accuracy_json(result, time));
  base::Json json;
  json["run_id"] = run_id;
  json["network"] = result.network;
  json["data"] = optional_text(result.data);
  json["metric"] = workloads::metric_name(result.metric);
  json["chance"] = result.chance;
  json["yield_threshold"] = result.yield_threshold;
  json["interrupted"] = result.interrupted;
  json["float_accuracy"] = result.float_accuracy;
  json["float_accuracy_scored"] = result.float_accuracy_scored;
  json["samples"] = static_cast<std::int64_t>(result.samples.scored);
  json["calibrated_on_test"] = result.samples.calibrated_on_test;
  if (result.samples.carrying > 0) json["samples_that_carry_the_state"] = static_cast<std::int64_t>(result.samples.carrying);
  if (result.learned_ranges > 0) json["learned_input_ranges"] = result.learned_ranges;
  json["accuracy"] = accuracy;
  json["warnings"] = base::Json::Array(result.warnings.begin(), result.warnings.end());
  add_chip(json, design, result);
  return json;
}

base::Json chip_json(const Design& design, const ChipResult& result, std::int64_t run_id) {
  const hw::SimulationResult& simulation = result.simulation;
  base::Json json;
  json["run_id"] = run_id;
  json["network"] = result.network;
  json["data"] = optional_text(result.data);
  if (!result.warnings.empty()) json["warnings"] = base::Json::Array(result.warnings.begin(), result.warnings.end());
  json["fidelity"] = result.estimated ? "estimate" : "simulate";
  json["simulated_cycles"] = simulation.cycles;
  json["simulated_inferences"] = simulation.single_only ? 1 : 1 + simulation.steady_inferences;
  json["flit_hops"] = static_cast<std::int64_t>(simulation.flit_hops());
  json["simulation_wall_s"] = simulation.wall_s;
  json["cycles_per_s"] = static_cast<double>(simulation.cycles) / simulation.wall_s;
  json["flit_hops_per_s"] = static_cast<double>(simulation.flit_hops()) / simulation.wall_s;
  if (result.functional) {
    const FunctionalResult& functional = *result.functional;
    base::Json found;
    found["inferences"] = static_cast<std::int64_t>(functional.inferences);
    found["first_sample"] = static_cast<std::int64_t>(functional.first_sample);
    found["time_s"] = functional.time_s;
    found["outputs"] = static_cast<std::int64_t>(functional.outputs);
    found["equal_bits"] = true;
    found["energy_per_inference_j"] = functional.costs.energy_per_inference_j;
    base::Json energy;
    for (const auto& block : functional.costs.blocks) energy[block.block] = block.joule;
    found["energy_by_block_j"] = energy;
    found["input_pulses"] = functional.pulses;
    found["conversions"] = functional.conversions;
    json["functional"] = found;
  }
  base::Json::Array stages;
  for (std::size_t s = 0; s < result.program.stages.size(); ++s)
    stages.push_back(stage_json(design.chip, result.program.stages[s], simulation.window.stages[s]));
  json["stages"] = stages;
  json["window_s"] = simulation.window.elapsed.seconds();
  json["window_cycles"] = simulation.window.elapsed.seconds() * design.chip.clock.si();
  json["window_inferences"] = simulation.window_inferences;
  base::Json::Array units, links;
  for (const hw::UnitActivity& unit : simulation.window.units) units.push_back(unit_json(design.chip, unit));
  for (const hw::LinkActivity& link : simulation.window.links) links.push_back(link_json(link));
  json["units"] = units;
  json["links"] = links;
  if (!result.program.phases.empty()) {
    json["batch"] = result.program.batch;
    json["phases"] = phases_json(result);
  }
  json["bottleneck"] = bottleneck_json(result);
  base::Json::Array bounds;
  for (const IntervalBound& bound : result.bounds) {
    base::Json one;
    one["what"] = bound.what;
    one["where"] = bound.where;
    one["seconds"] = bound.seconds;
    bounds.push_back(one);
  }
  json["bounds"] = bounds;
  add_chip(json, design, result);
  return json;
}

}  // namespace mho::analysis
