#include "analysis/query/stored_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "analysis/query/stored_figures.h"
#include "analysis/query/stored_row.h"
#include "analysis/store/design_rows.h"
#include "base/error.h"
#include "base/json.h"

namespace mho::analysis {

namespace {

base::SimTime time_of(double seconds) { return base::SimTime::from(base::Duration(seconds)); }

double json_number(const base::Json& json) {
  if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
  return std::get<double>(json.value());
}

/// A member of an object; a null pointer if it is missing or null.
const base::Json* member(const base::Json& json, std::string_view key) {
  const base::Json* found = json.find(key);
  return found == nullptr || std::holds_alternative<std::monostate>(found->value()) ? nullptr : found;
}

bool flag(const base::Json& json, std::string_view key) {
  const base::Json* found = member(json, key);
  return found != nullptr && std::get<bool>(found->value());
}

double figure(const base::Json& json, std::string_view key) {
  const base::Json* found = member(json, key);
  return found == nullptr ? 0 : json_number(*found);
}

void read_stages(const Reader& reader, std::int64_t run, Result& result) {
  constexpr std::array kinds{hw::Stage::Kind::source, hw::Stage::Kind::analog, hw::Stage::Kind::digital, hw::Stage::Kind::sink,
                             hw::Stage::Kind::programming};
  each_row(reader, "SELECT * FROM stage WHERE run = ? ORDER BY stage", run, [&](const StoredRow& row) {
    hw::Stage stage;
    stage.name = row.text("name");
    stage.kind = *std::ranges::find(kinds, row.text("kind"), [](hw::Stage::Kind kind) { return std::string(hw::kind_name(kind)); });
    stage.phase = row.whole<int>("phase");
    stage.core = row.whole<int>("node");
    stage.layer = row.has("layer") ? row.whole<int>("layer") : -1;
    hw::StageActivity activity;
    activity.positions = row.whole<std::uint64_t>("positions");
    activity.busy_cycles = row.whole("busy_cycles");
    activity.waiting_input_cycles = row.whole("waiting_input_cycles");
    activity.waiting_output_cycles = row.whole("waiting_output_cycles");
    stage.positions = static_cast<int>(activity.positions / static_cast<std::uint64_t>(std::max(1, result.simulation.window_inferences)));
    result.program.stages.push_back(std::move(stage));
    result.simulation.window.stages.push_back(activity);
  });
  each_row(reader, "SELECT * FROM unit WHERE run = ? ORDER BY unit", run, [&](const StoredRow& row) {
    hw::UnitActivity unit;
    unit.name = row.text("name");
    unit.node = row.whole<int>("node");
    unit.worked_cycles = row.whole("worked_cycles");
    unit.held_cycles = row.whole("held_cycles");
    const base::Json stages = base::Json::parse(row.text("stages"), "stages of a unit");
    for (const base::Json& stage : std::get<base::Json::Array>(stages.value())) unit.stages.push_back(static_cast<int>(json_number(stage)));
    result.simulation.window.units.push_back(std::move(unit));
  });
  each_row(reader, "SELECT * FROM link WHERE run = ? ORDER BY link", run, [&](const StoredRow& row) {
    constexpr std::array link_kinds{hw::LinkActivity::Kind::between, hw::LinkActivity::Kind::inject, hw::LinkActivity::Kind::eject,
                                    hw::LinkActivity::Kind::chips};
    hw::LinkActivity link;
    link.kind = *std::ranges::find(link_kinds, row.text("kind"), [](hw::LinkActivity::Kind kind) { return std::string(hw::kind_name(kind)); });
    link.from = row.whole<int>("from_node");
    link.to = row.whole<int>("to_node");
    link.flits = row.whole<std::uint64_t>("flits");
    result.simulation.window.links.push_back(link);
  });
}

void read_times(const Reader& reader, std::int64_t run, LayerTimes& times) {
  each_row(reader, "SELECT * FROM layer_time WHERE run = ? ORDER BY number", run, [&](const StoredRow& row) {
    times.layers.push_back({.name = row.text("name"),
                            .layer = row.has("layer") ? std::optional(row.whole<int>("layer")) : std::nullopt,
                            .begin_s = row.real("begin_s"),
                            .end_s = row.real("end_s"),
                            .working_s = row.real("working_s"),
                            .latency_s = row.real("latency_s"),
                            .latency_working_s = row.real("latency_working_s")});
  });
  each_row(reader, "SELECT * FROM occupancy WHERE run = ?", run, [&](const StoredRow& row) {
    LayerTime& layer = times.layers.at(row.whole<std::size_t>("number"));
    const bool alone = row.text("feed") == "alone";
    (alone ? times.alone_width_s : times.back_to_back_width_s) = row.real("part_s");
    const base::Json parts = base::Json::parse(row.text("percent"), "shares of time of a layer");
    for (const base::Json& part : std::get<base::Json::Array>(parts.value()))
      (alone ? layer.alone : layer.back_to_back).push_back(static_cast<int>(json_number(part)));
  });
}

void read_phases(const Reader& reader, std::int64_t run, Result& result) {
  each_row(reader, "SELECT * FROM phase WHERE run = ? ORDER BY phase", run, [&](const StoredRow& row) {
    result.program.phases.push_back({.programs = row.whole("programs") != 0, .name = row.text("name")});
    hw::PhaseTime time;
    time.single = time_of(row.real("single_s"));
    time.batch = time_of(row.real("batch_s"));
    result.simulation.phases.push_back(std::move(time));
  });
  each_row(reader, "SELECT * FROM tile WHERE run = ? ORDER BY part", run, [&](const StoredRow& row) {
    tiles::Block block;
    block.row_part = row.whole<int>("row_part");
    block.column_part = row.whole<int>("column_part");
    block.input_begin = row.whole<int>("input_begin");
    block.output_begin = row.whole<int>("output_begin");
    block.input_end = block.input_begin + row.whole<int>("rows");
    block.output_end = block.output_begin + row.whole<int>("columns");
    block.tile_row = row.whole<int>("tile_row");
    block.tile_column = row.whole<int>("tile_column");
    result.tiles.push_back({.tile = row.whole<int>("tile"),
                            .node = row.whole<int>("node"),
                            .layer = row.text("layer"),
                            .block = block,
                            .phase = row.whole<int>("phase")});
  });
}

void read_layers(const Reader& reader, std::int64_t run, Result& result) {
  each_row(reader, "SELECT * FROM layer WHERE run = ? ORDER BY layer", run, [&](const StoredRow& row) {
    LayerResult layer;
    layer.name = row.text("name");
    layer.operation = row.text("operation");
    layer.shape = row.text("shape");
    layer.matrix = row.optional_text("matrix");
    layer.tiles = row.whole<int>("tiles");
    layer.positions = row.whole("positions");
    layer.mvms = row.whole<std::uint64_t>("mvms");
    layer.busy_cycles = row.whole("busy_cycles");
    layer.waiting_input_cycles = row.whole("waiting_input_cycles");
    layer.waiting_output_cycles = row.whole("waiting_output_cycles");
    layer.energy_j = row.real("energy_j");
    layer.clipped_inputs = row.optional_real("clipped_inputs");
    layer.clipped_outputs = row.optional_real("clipped_outputs");
    layer.adc_bits_used = row.optional_real("adc_bits_used");
    layer.snr_db = row.optional_real("snr_db");
    layer.snr_last_db = row.optional_real("snr_last_db");
    result.program.layers.push_back({layer.name, layer.operation});
    result.layers.push_back(std::move(layer));
  });
  const auto at = [&](const StoredRow& row) -> LayerResult& { return result.layers.at(row.whole<std::size_t>("layer")); };
  each_row(reader, "SELECT * FROM layer_format WHERE run = ?", run, [&](const StoredRow& row) {
    LayerResult& layer = at(row);
    const std::string values = row.text("values");
    auto& place = values == "results" ? layer.results : values == "partial sums" ? layer.partial_sums : layer.scales;
    place = FormatShares{.overflow = row.real("overflow"), .underflow = row.real("underflow")};
  });
  each_row(reader, "SELECT * FROM result_scale WHERE run = ?", run, [&](const StoredRow& row) { at(row).result_scale = row.real("step"); });
  each_row(reader, "SELECT * FROM layer_parameter WHERE run = ? ORDER BY key", run, [&](const StoredRow& row) {
    const Cell& cell = row.at("value");
    base::Value value;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) value = *whole;
    if (const auto* real = std::get_if<double>(&cell)) value = *real;
    if (const auto* text = std::get_if<std::string>(&cell)) value = *text;
    if (row.text("key") == "digital") value = std::get<std::int64_t>(cell) != 0;
    at(row).settings.push_back({row.text("key"), value, row.text("unit")});
  });
}

void read_beside(const Reader& reader, std::int64_t run, Result& result) {
  each_row(reader, "SELECT * FROM programming WHERE run = ?", run, [&](const StoredRow& row) {
    result.programming = OneTimeProgramming{.devices = row.real("devices"), .joule = row.real("joule"), .seconds = row.real("seconds")};
  });
  each_row(reader, "SELECT * FROM upkeep WHERE run = ?", run, [&](const StoredRow& row) {
    result.upkeep = Upkeep{.refresh_j = row.real("refresh_j"),
                           .refresh_s = row.real("refresh_s"),
                           .recalibration_j = row.real("recalibration_j"),
                           .recalibration_s = row.real("recalibration_s"),
                           .power_w = row.real("power_w"),
                           .downtime = row.real("downtime"),
                           .tile_yield = row.real("tile_yield")};
  });
  each_row(reader, "SELECT * FROM reference WHERE run = ?", run, [&](const StoredRow& row) {
    DigitalReference one;
    one.name = row.text("name");
    one.multiply_accumulates = row.real("macs");
    one.seconds = row.real("seconds");
    one.joule = row.real("joule");
    if (row.has("mm2")) one.square_metre = row.real("mm2") / square_millimetres_per_square_metre;
    one.limit = row.text("bound");
    one.source = row.text("source");
    result.reference = one;
  });
  each_row(reader, "SELECT * FROM bound WHERE run = ? ORDER BY seconds DESC", run, [&](const StoredRow& row) {
    result.bounds.push_back({row.text("what"), row.text("place"), row.real("seconds")});
  });
  each_row(reader, "SELECT * FROM sequence_run WHERE run = ?", run, [&](const StoredRow& row) {
    using Kind = mapper::InferenceMode::Kind;
    SequenceRunResult one;
    one.mode = row.text("mode") == "decode" ? Kind::decode : Kind::prefill;
    one.tokens = row.whole<int>("tokens");
    one.context = row.whole<int>("context");
    one.tokens_per_s = row.optional_real("tokens_per_s").value_or(0);
    one.energy_per_token_j = row.real("energy_per_token_j");
    one.cache_read_bits = row.real("cache_read_bits");
    one.cache_written_bits = row.real("cache_written_bits");
    result.sequence_run = one;
  });
  each_row(reader, "SELECT * FROM back_to_back WHERE run = ?", run, [&](const StoredRow& row) {
    result.counted = true;
    result.simulation.steady.elapsed = time_of(row.real("seconds"));
  });
  each_row(reader, "SELECT * FROM functional WHERE run = ?", run, [&](const StoredRow& row) {
    FunctionalResult one;
    one.inferences = row.whole<std::size_t>("inferences");
    one.first_sample = row.whole<std::uint32_t>("first_sample");
    one.time_s = row.real("time_s");
    one.outputs = row.whole<std::size_t>("outputs");
    one.costs.energy_per_inference_j = row.real("energy_per_inference_j");
    one.pulses = row.real("input_pulses");
    one.conversions = row.real("conversions");
    one.expected_conversions = row.real("expected_conversions");
    each_row(reader, "SELECT * FROM functional_energy WHERE run = ?", run, [&](const StoredRow& energy) {
      one.costs.blocks.push_back({energy.text("block"), energy.real("joule")});
    });
    result.functional = std::move(one);
  });
  each_row(reader, "SELECT text FROM warning WHERE run = ? ORDER BY warning", run,
           [&](const StoredRow& row) { result.warnings.push_back(row.text("text")); });
}

/// Reads the units of every phase: name, node, worked cycles, stages.
void read_phase_units(const base::Json& phases, hw::SimulationResult& simulation) {
  const auto& list = std::get<base::Json::Array>(phases.value());
  for (std::size_t k = 0; k < std::min(list.size(), simulation.phases.size()); ++k) {
    for (const base::Json& one : std::get<base::Json::Array>(list[k].value())) {
      const auto& parts = std::get<base::Json::Array>(one.value());
      hw::UnitActivity unit;
      unit.name = std::get<std::string>(parts.at(0).value());
      unit.node = static_cast<int>(json_number(parts.at(1)));
      unit.worked_cycles = std::get<std::int64_t>(parts.at(2).value());
      for (const base::Json& stage : std::get<base::Json::Array>(parts.at(3).value())) unit.stages.push_back(static_cast<int>(json_number(stage)));
      simulation.phases[k].activity.units.push_back(std::move(unit));
    }
  }
}

/// Reads the figures of the JSON column `details`.
void read_details(const base::Json& details, Result& result) {
  result.simulation.single_only = flag(details, "single_only");
  result.counted = result.counted || flag(details, "counted");
  if (const base::Json* positions = member(details, "stage_positions")) {
    const auto& list = std::get<base::Json::Array>(positions->value());
    for (std::size_t i = 0; i < std::min(list.size(), result.program.stages.size()); ++i) {
      result.program.stages[i].positions = static_cast<int>(json_number(list[i]));
    }
  }
  if (const base::Json* phases = member(details, "phase_units")) read_phase_units(*phases, result.simulation);
  if (const base::Json* batch = member(details, "batch")) result.program.batch = static_cast<int>(json_number(*batch));
  result.samples.carrying = static_cast<std::size_t>(figure(details, "samples_that_carry_the_state"));
  result.learned_ranges = static_cast<int>(figure(details, "learned_input_ranges"));
  if (flag(details, "repeats_products")) {
    result.simulation.steady.stages.emplace_back();
    result.simulation.steady.stages.back().repeat_cycles = 1;
  }
  std::map<std::string, int> numbers;
  for (std::size_t i = 0; i < result.program.stages.size(); ++i) numbers.emplace(result.program.stages[i].name, static_cast<int>(i));
  const auto stages = [&](const base::Json* list) {
    std::vector<int> all;
    if (list == nullptr) return all;
    for (const base::Json& name : std::get<base::Json::Array>(list->value())) all.push_back(numbers.at(std::get<std::string>(name.value())));
    return all;
  };
  if (const base::Json* busiest = member(details, "busiest")) {
    CoreLoad& load = result.costs.bottleneck;
    load.stages = stages(member(*busiest, "stages"));
    load.core = static_cast<int>(figure(*busiest, "core"));
    load.busy_cycles = figure(*busiest, "busy_cycles");
    load.share_of_interval = figure(*busiest, "share_of_interval");
    load.waiting_input_cycles = figure(*busiest, "waiting_input_cycles");
    load.waiting_output_cycles = figure(*busiest, "waiting_output_cycles");
  }
  if (const base::Json* bottleneck = member(details, "bottleneck")) {
    const base::Json* stage = member(*bottleneck, "stage");
    if (stage != nullptr) result.bottleneck.stage = numbers.at(std::get<std::string>(stage->value()));
    result.bottleneck.node = static_cast<int>(figure(*bottleneck, "node"));
    if (const base::Json* unit = member(*bottleneck, "unit")) result.bottleneck.unit = std::get<std::string>(unit->value());
    result.bottleneck.share = figure(*bottleneck, "share");
    result.bottleneck.held_up = stages(member(*bottleneck, "held_up"));
  }
}

void read_scores(const Reader& reader, std::int64_t run, const StoredRow& row, Result& result) {
  result.samples.first = row.whole<std::size_t>("first_sample");
  result.samples.scored = row.whole<std::size_t>("samples");
  result.samples.calibration_samples = row.whole<std::size_t>("calibration_samples");
  result.samples.calibrated_on_test = row.whole("calibrated_on_test") != 0;
  result.metric = workloads::metric_of(row.text("metric"));
  result.chance = row.real("chance");
  result.yield_threshold = row.real("yield_threshold");
  result.float_accuracy = row.real("float_accuracy");
  result.float_accuracy_scored = row.real("float_accuracy_scored");
  each_row(reader, "SELECT * FROM accuracy_time WHERE run = ? ORDER BY time_s", run, [&](const StoredRow& time) {
    result.accuracy.push_back({.time_s = time.real("time_s"), .by_repeat = {}, .sampling_sem = time.optional_real("sampling_sem")});
  });
  each_row(reader, "SELECT * FROM accuracy WHERE run = ? ORDER BY time_s, repeat", run, [&](const StoredRow& one) {
    const double time = one.real("time_s");
    auto at = std::ranges::find(result.accuracy, time, &workloads::AnalogAccuracy::time_s);
    // Versions before schema version 12 had no rows of accuracy_time.
    if (at == result.accuracy.end()) at = result.accuracy.insert(at, {.time_s = time, .by_repeat = {}, .sampling_sem = {}});
    at->by_repeat.push_back(one.real("value"));
  });
}

void read_run(const StoredRow& row, Result& result) {
  result.network = row.text("network");
  result.network_hash = row.text("network_hash");
  result.data = row.optional_text("data");
  result.data_hash = row.optional_text("data_hash");
  result.weights = row.whole("weights");
  result.macs = row.whole("macs");
  result.tiles_used = row.whole<int>("tiles");
  result.tiles_available = row.whole<int>("tiles_available");
  result.utilisation = row.real("utilisation");
  result.wall_s = row.real("wall_s");
  result.interrupted = row.whole("interrupted") != 0;
  RollUp& costs = result.costs;
  costs.latency_s = row.real("latency_s");
  costs.interval_s = row.real("interval_s");
  costs.throughput_per_s = row.real("throughput_per_s");
  costs.energy_per_inference_j = row.real("energy_per_inference_j");
  costs.single_shot_energy_j = row.real("single_shot_energy_j");
  costs.average_power_w = row.real("average_power_w");
  costs.leakage_w = row.real("leakage_w");
  costs.area_m2 = row.real("area_mm2") / square_millimetres_per_square_metre;
  costs.tops_per_watt = row.real("tops_per_watt");
  hw::SimulationResult& simulation = result.simulation;
  simulation.converged = row.whole("converged") != 0;
  simulation.steady_inferences = row.whole<int>("steady_inferences");
  simulation.cycles = row.whole("cycles");
  simulation.wall_s = row.real("simulation_wall_s");
  simulation.single.packets = row.whole<std::uint64_t>("packets");
  simulation.single.flit_hops = row.whole<std::uint64_t>("flit_hops");
  simulation.steady.flit_hops = row.whole<std::uint64_t>("simulated_flit_hops") - simulation.single.flit_hops;
  simulation.window.elapsed = time_of(row.real("window_s"));
  simulation.window_inferences = row.whole<int>("window_inferences");
  constexpr std::array kinds{Bottleneck::Kind::unit, Bottleneck::Kind::link, Bottleneck::Kind::credits, Bottleneck::Kind::recurrence,
                             Bottleneck::Kind::stage};
  result.bottleneck.text = row.text("bottleneck");
  const auto kind = std::ranges::find(kinds, row.text("bottleneck_kind"), [](Bottleneck::Kind one) { return std::string(kind_name(one)); });
  if (kind != kinds.end()) result.bottleneck.kind = *kind;
}

}  // namespace

StoredRun stored_run(const Reader& reader, std::int64_t run) {
  reader.require_run(run);
  const ResultTable table = reader.select("SELECT * FROM run WHERE id = ?", {run});
  const StoredRow row(table, table.rows.front());
  if (row.whole("exit_code") != 0) {
    throw base::UserError(fmt::format("run {} was refused, with code {}: {}", run, row.whole("exit_code"), row.text("reason")));
  }
  StoredRun stored{
      .design = design_of_run(reader.database(), run), .result = {}, .scored = row.has("metric"), .seed = row.whole<std::uint64_t>("seed")};
  Result& result = stored.result;
  read_run(row, result);
  read_stages(reader, run, result);
  read_times(reader, run, result.times);
  read_phases(reader, run, result);
  read_layers(reader, run, result);
  read_costs(reader, run, result.costs);
  read_beside(reader, run, result);
  read_details(base::Json::parse(row.text("details"), fmt::format("details of run {}", run)), result);
  if (stored.scored) read_scores(reader, run, row, result);
  result.estimated = reader.value("SELECT fidelity FROM fidelity WHERE run = ?", {run}) == Cell(std::string("estimate"));
  return stored;
}

std::vector<ImprovementStep> stored_marginal(const Reader& reader, std::int64_t run) {
  std::vector<ImprovementStep> steps;
  each_row(reader, "SELECT * FROM marginal WHERE run = ? ORDER BY number", run, [&](const StoredRow& row) {
    ImprovementStep step{.resource = row.text("resource"), .change = {}};
    const base::Json change = base::Json::parse(row.text("change"), "change of a chip");
    for (const base::Json& one : std::get<base::Json::Array>(change.value())) step.change.push_back(std::get<std::string>(one.value()));
    step.fits = row.has("interval_s");
    if (step.fits) {
      step.interval_s = row.real("interval_s");
      step.latency_s = row.real("latency_s");
      step.square_metre = row.real("mm2") / square_millimetres_per_square_metre;
      step.energy_j = row.real("joule");
    }
    step.full_links = row.whole("full_links") != 0;
    step.bound = row.text("bound");
    steps.push_back(std::move(step));
  });
  return steps;
}

}  // namespace mho::analysis
