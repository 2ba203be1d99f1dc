#include "analysis/store/result_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/store/chip_rows.h"
#include "analysis/store/design_rows.h"
#include "analysis/store/rows.h"
#include "base/design_file/document.h"
#include "base/json.h"

namespace mho::analysis {

namespace {

/// Printed figures of a chip that have no column.
base::Json chip_details(const ChipResult& result) {
  const auto names = [&](const std::vector<int>& stages) {
    base::Json::Array list;
    for (const int stage : stages) list.emplace_back(result.program.stages.at(static_cast<std::size_t>(stage)).name);
    return list;
  };
  const hw::SimulationResult& simulation = result.simulation;
  base::Json json;
  json["single_only"] = simulation.single_only;
  json["counted"] = result.counted;
  json["batch"] = result.program.batch;
  base::Json::Array positions;
  for (const hw::Stage& stage : result.program.stages) positions.emplace_back(stage.positions);
  json["stage_positions"] = positions;
  // For every phase the same as table `unit` for the whole: name, node, worked cycles and stages of each unit.
  base::Json::Array phases;
  for (const hw::PhaseTime& phase : simulation.phases) {
    base::Json::Array units;
    for (const hw::UnitActivity& unit : phase.activity.units) {
      units.emplace_back(base::Json::Array{unit.name, unit.node, unit.worked_cycles, base::Json::Array(unit.stages.begin(), unit.stages.end())});
    }
    phases.emplace_back(units);
  }
  if (!phases.empty()) json["phase_units"] = phases;
  json["repeats_products"] = std::ranges::any_of(simulation.steady.stages, [](const hw::StageActivity& stage) { return stage.repeat_cycles > 0; });
  const CoreLoad& load = result.costs.bottleneck;
  base::Json& busiest = json["busiest"];
  busiest["stages"] = names(load.stages);
  busiest["core"] = load.core;
  busiest["busy_cycles"] = load.busy_cycles;
  busiest["share_of_interval"] = load.share_of_interval;
  busiest["waiting_input_cycles"] = load.waiting_input_cycles;
  busiest["waiting_output_cycles"] = load.waiting_output_cycles;
  base::Json& bottleneck = json["bottleneck"];
  bottleneck["stage"] = result.bottleneck.stage < 0 ? base::Json() : names({result.bottleneck.stage}).front();
  bottleneck["node"] = result.bottleneck.node;
  bottleneck["unit"] = result.bottleneck.unit;
  bottleneck["share"] = result.bottleneck.share;
  bottleneck["held_up"] = names(result.bottleneck.held_up);
  return json;
}

/// Columns of `run` about the scoring of the network; empty for a chip simulated without data.
struct Scores {
  std::optional<std::size_t> first, scored, calibration_samples, repeats;
  std::optional<bool> calibrated_on_test;
  std::optional<std::string> metric;
  std::optional<double> chance, yield_threshold, float_accuracy, float_accuracy_scored;
  bool interrupted = false;
  base::Json details;  ///< printed figures without a column
};

Scores scores(const Result& result) {
  base::Json details = chip_details(result);
  details["samples_that_carry_the_state"] = static_cast<std::int64_t>(result.samples.carrying);
  details["learned_input_ranges"] = result.learned_ranges;
  return {.first = result.samples.first,
          .scored = result.samples.scored,
          .calibration_samples = result.samples.calibration_samples,
          .repeats = result.accuracy.empty() ? 0 : result.accuracy.front().by_repeat.size(),
          .calibrated_on_test = result.samples.calibrated_on_test,
          .metric = std::string(workloads::metric_name(result.metric)),
          .chance = result.chance,
          .yield_threshold = result.yield_threshold,
          .float_accuracy = result.float_accuracy,
          .float_accuracy_scored = result.float_accuracy_scored,
          .interrupted = result.interrupted,
          .details = details};
}

/// The request of a run.
struct Asked {
  std::string version, command;
  std::uint64_t seed = 0;
  int threads = 0;
  std::optional<int> repeats;
  std::string options;  ///< JSON object
  const Label& label;
};

base::Json optional_whole(const std::optional<std::size_t>& value) { return value ? base::Json(static_cast<std::int64_t>(*value)) : base::Json(); }

base::Json reference_json(const ReferenceChoice& choice) {
  if (!choice.shown) return "none";
  if (!choice.roofline) return "systolic";
  const Roofline& machine = *choice.roofline;
  return fmt::format("{} 1/s, {} B/s, {} W, {}", machine.operations_per_s, machine.bytes_per_s, machine.watt, machine.name);
}

/// The options that both kinds of runs have.
template <class Options>
base::Json common_json(const Options& options) {
  base::Json json;
  json["samples"] = optional_whole(options.samples);
  json["mode"] = std::string(mapper::mode_name(options.mode.kind));
  json["context"] = options.mode.context;
  json["fidelity"] = options.estimated ? "estimate" : "simulate";
  json["reference"] = reference_json(options.reference);
  return json;
}

std::string json_of(const RunInfo& info) {
  const ExperimentOptions& options = info.options;
  base::Json json = common_json(options);
  json["times_s"] = base::Json::Array(options.times_s.begin(), options.times_s.end());
  json["repeats"] = options.repeats;
  json["float_on_all"] = options.float_on_all;
  json["yield_threshold"] = options.yield_threshold;
  json["conductances"] = options.conductances ? base::Json(base::file_hash(*options.conductances)) : base::Json();
  return json.dump();
}

std::string json_of(const SimulationInfo& info) {
  const ChipRunOptions& options = info.options;
  base::Json json = common_json(options);
  json["inferences"] = options.inferences ? base::Json(*options.inferences) : base::Json();
  if (const auto& functional = options.functional) {
    json["functional"]["inferences"] = optional_whole(functional->inferences);
    json["functional"]["time_s"] = functional->time_s;
  }
  return json.dump();
}

Asked asked(const RunInfo& info) {
  return {info.version, info.command, info.options.seed, info.options.threads, info.options.repeats, json_of(info), info.label};
}

Asked asked(const SimulationInfo& info) {
  return {info.version, info.command, info.options.seed, info.options.threads, std::nullopt, json_of(info), info.label};
}

/// The columns of a run that are known before it begins.
std::vector<Field> asked_fields(RowWriter& writer, const Design& design, const Asked& asked) {
  const std::string rules = design.rules_json();
  std::vector<Field> fields = identity_fields(writer, asked.label);
  const std::vector<Field> more{{"version", asked.version},
                                {"command", asked.command},
                                {"seed", asked.seed},
                                {"threads", asked.threads},
                                {"design", design.name},
                                {"design_hash", design.hash()},
                                {"design_json", std::nullopt},
                                {"base", design.base},
                                {"changes", design.changes_json()},
                                {"rules", rules.empty() ? std::nullopt : std::optional(rules)},
                                {"declarations", declarations_hash(design.config.declarations())},
                                {"options", asked.options},
                                {"repeats_requested", asked.repeats}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

std::int64_t insert_run(RowWriter& writer, const Design& design, const ChipResult& result, const Scores& scores, const Asked& asked) {
  const RollUp& costs = result.costs;
  const hw::SimulationResult& simulation = result.simulation;
  std::vector<Field> row = asked_fields(writer, design, asked);
  const std::vector<Field> found{{"wall_s", result.wall_s},
                                 {"network", result.network},
                                 {"network_hash", result.network_hash},
                                 {"weights", result.weights},
                                 {"macs", result.macs},
                                 {"data", result.data},
                                 {"data_hash", result.data_hash},
                                 {"first_sample", scores.first},
                                 {"samples", scores.scored},
                                 {"calibration_samples", scores.calibration_samples},
                                 {"calibrated_on_test", scores.calibrated_on_test},
                                 {"repeats", scores.repeats},
                                 {"metric", scores.metric},
                                 {"chance", scores.chance},
                                 {"yield_threshold", scores.yield_threshold},
                                 {"float_accuracy", scores.float_accuracy},
                                 {"float_accuracy_scored", scores.float_accuracy_scored},
                                 {"latency_s", costs.latency_s},
                                 {"interval_s", costs.interval_s},
                                 {"throughput_per_s", costs.throughput_per_s},
                                 {"converged", simulation.converged},
                                 {"steady_inferences", simulation.steady_inferences},
                                 {"cycles", simulation.cycles},
                                 {"simulation_wall_s", simulation.wall_s},
                                 {"simulated_flit_hops", simulation.flit_hops()},
                                 {"bottleneck", result.bottleneck.text},
                                 {"bottleneck_kind", kind_name(result.bottleneck.kind)},
                                 {"window_s", simulation.window.elapsed.seconds()},
                                 {"window_inferences", simulation.window_inferences},
                                 {"packets", simulation.single.packets},
                                 {"flit_hops", simulation.single.flit_hops},
                                 {"energy_per_inference_j", costs.energy_per_inference_j},
                                 {"single_shot_energy_j", costs.single_shot_energy_j},
                                 {"average_power_w", costs.average_power_w},
                                 {"leakage_w", costs.leakage_w},
                                 {"area_mm2", costs.area_m2 * square_millimetres_per_square_metre},
                                 {"tops_per_watt", costs.tops_per_watt},
                                 {"tiles", result.tiles_used},
                                 {"tiles_available", result.tiles_available},
                                 {"utilisation", result.utilisation},
                                 {"details", scores.details.dump()},
                                 {"interrupted", scores.interrupted},
                                 {"reason", std::nullopt},
                                 {"exit_code", 0}};
  row.insert(row.end(), found.begin(), found.end());
  writer.insert("run", row);
  return writer.last_id();
}

std::int64_t insert_chip(RowWriter& writer, const Design& design, const ChipResult& result, const Scores& scores, const Asked& asked) {
  const std::int64_t run = insert_run(writer, design, result, scores, asked);
  insert_chip_rows(writer, run, design, result);
  for (std::size_t i = 0; i < result.warnings.size(); ++i) {
    writer.insert("warning", {{"run", run}, {"warning", i}, {"text", result.warnings[i]}});
  }
  return run;
}

void insert_accuracy(RowWriter& writer, std::int64_t run, const Result& result) {
  for (const auto& time : result.accuracy) {
    writer.insert("accuracy_time", {{"run", run}, {"time_s", time.time_s}, {"sampling_sem", time.sampling_sem}});
    for (std::size_t repeat = 0; repeat < time.by_repeat.size(); ++repeat) {
      writer.insert("accuracy", {{"run", run}, {"time_s", time.time_s}, {"repeat", repeat}, {"value", time.by_repeat[repeat]}});
    }
  }
}

/// Inserts a refused run; columns of results are NULL. Returns its number.
std::int64_t insert_refused(RowWriter& writer, const Design& design, const RefusedRun& run, const Asked& asked) {
  std::vector<Field> row = asked_fields(writer, design, asked);
  const std::vector<Field> known{{"wall_s", run.wall_s},
                                 {"network", run.network},
                                 {"network_hash", run.network_hash},
                                 {"data", run.data},
                                 {"data_hash", run.data_hash},
                                 {"reason", run.reason},
                                 {"exit_code", static_cast<int>(run.exit_code)},
                                 {"details", "{}"},
                                 {"interrupted", false}};
  row.insert(row.end(), known.begin(), known.end());
  for (const std::string& column : writer.columns("run")) {
    if (std::ranges::find(row, column, &Field::column) == row.end()) row.push_back({column, std::nullopt});
  }
  writer.insert("run", row);
  const std::int64_t number = writer.last_id();
  insert_design_rows(writer, number, design.config);
  return number;
}

}  // namespace

std::string options_json(const RunInfo& info) { return json_of(info); }
std::string options_json(const SimulationInfo& info) { return json_of(info); }

std::int64_t insert_rows(RowWriter& writer, const Design& design, const Result& result, const RunInfo& info) {
  const std::int64_t run = insert_chip(writer, design, result, scores(result), asked(info));
  insert_accuracy(writer, run, result);
  return run;
}

std::int64_t insert_rows(RowWriter& writer, const Design& design, const ChipResult& result, const SimulationInfo& info) {
  Scores none;
  none.details = chip_details(result);
  return insert_chip(writer, design, result, none, asked(info));
}

std::int64_t insert_rows(RowWriter& writer, const Design& design, const RefusedRun& run, const RunInfo& info) {
  return insert_refused(writer, design, run, asked(info));
}

std::int64_t insert_rows(RowWriter& writer, const Design& design, const RefusedRun& run, const SimulationInfo& info) {
  return insert_refused(writer, design, run, asked(info));
}

}  // namespace mho::analysis
