#include "analysis/store/chip_rows.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "analysis/store/design_rows.h"
#include "analysis/store/rows.h"
#include "base/json.h"

namespace mho::analysis {

namespace {

Value to_value(const base::Value& value) {
  return std::visit([](const auto& content) { return Value(content); }, value);
}

void insert_layers(RowWriter& writer, std::int64_t run, const ChipResult& result) {
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerResult& layer = result.layers[i];
    writer.insert("layer", {{"run", run},
                            {"layer", i},
                            {"name", layer.name},
                            {"operation", layer.operation},
                            {"shape", layer.shape},
                            {"matrix", layer.matrix},
                            {"tiles", layer.tiles},
                            {"positions", layer.positions},
                            {"mvms", layer.mvms},
                            {"busy_cycles", layer.busy_cycles},
                            {"waiting_input_cycles", layer.waiting_input_cycles},
                            {"waiting_output_cycles", layer.waiting_output_cycles},
                            {"energy_j", layer.energy_j},
                            {"clipped_inputs", layer.clipped_inputs},
                            {"clipped_outputs", layer.clipped_outputs},
                            {"adc_bits_used", layer.adc_bits_used},
                            {"snr_db", layer.snr_db},
                            {"snr_last_db", layer.snr_last_db}});
    const auto formats = {std::pair{"results", &layer.results}, {"partial sums", &layer.partial_sums}, {"column scales", &layer.scales}};
    for (const auto& [values, shares] : formats) {
      if (!*shares) continue;
      writer.insert("layer_format",
                    {{"run", run}, {"layer", i}, {"values", values}, {"overflow", (*shares)->overflow}, {"underflow", (*shares)->underflow}});
    }
    if (layer.result_scale) writer.insert("result_scale", {{"run", run}, {"layer", i}, {"step", *layer.result_scale}});
    for (const LayerSetting& setting : layer.settings) {
      writer.insert("layer_parameter",
                    {{"run", run}, {"layer", i}, {"key", setting.key}, {"value", to_value(setting.value)}, {"unit", setting.unit}});
    }
  }
}

void insert_stages(RowWriter& writer, std::int64_t run, const Design& design, const ChipResult& result) {
  for (std::size_t i = 0; i < result.program.stages.size(); ++i) {
    const hw::Stage& stage = result.program.stages[i];
    const hw::StageActivity& activity = result.simulation.window.stages.at(i);
    writer.insert("stage", {{"run", run},
                            {"stage", i},
                            {"name", stage.name},
                            {"kind", hw::kind_name(stage.kind)},
                            {"phase", stage.phase},
                            {"node", stage.core},
                            {"layer", stage.layer < 0 ? std::nullopt : std::optional(stage.layer)},
                            {"positions", activity.positions},
                            {"clock_hz", design.chip.clock_at(stage.core).si()},
                            {"busy_cycles", activity.busy_cycles},
                            {"waiting_input_cycles", activity.waiting_input_cycles},
                            {"waiting_output_cycles", activity.waiting_output_cycles}});
  }
}

std::string percent_text(const std::vector<int>& shares) { return fmt::format("[{}]", fmt::join(shares, ",")); }

void insert_times(RowWriter& writer, std::int64_t run, const LayerTimes& times) {
  for (std::size_t i = 0; i < times.layers.size(); ++i) {
    const LayerTime& layer = times.layers[i];
    writer.insert("layer_time", {{"run", run},
                                 {"number", i},
                                 {"layer", layer.layer},
                                 {"name", layer.name},
                                 {"begin_s", layer.begin_s},
                                 {"end_s", layer.end_s},
                                 {"working_s", layer.working_s},
                                 {"latency_s", layer.latency_s},
                                 {"latency_working_s", layer.latency_working_s}});
    const auto store = [&](const char* feed, double part_s, const std::vector<int>& shares) {
      if (!shares.empty())
        writer.insert("occupancy", {{"run", run}, {"number", i}, {"feed", feed}, {"part_s", part_s}, {"percent", percent_text(shares)}});
    };
    store("alone", times.alone_width_s, layer.alone);
    store("back to back", times.back_to_back_width_s, layer.back_to_back);
  }
}

void insert_phases(RowWriter& writer, std::int64_t run, const ChipResult& result) {
  for (std::size_t k = 0; k < result.program.phases.size(); ++k) {
    const hw::PhaseTime& time = result.simulation.phases.at(k);
    writer.insert("phase", {{"run", run},
                            {"phase", k},
                            {"name", result.program.phases[k].name},
                            {"programs", result.program.phases[k].programs},
                            {"single_s", time.single.seconds()},
                            {"batch_s", time.batch.seconds()},
                            {"batch", result.simulation.window_inferences}});
  }
}

void insert_window(RowWriter& writer, std::int64_t run, const hw::ChipParameters& chip, const hw::Activity& window) {
  for (std::size_t i = 0; i < window.units.size(); ++i) {
    const hw::UnitActivity& unit = window.units[i];
    writer.insert("unit", {{"run", run},
                           {"unit", i},
                           {"node", unit.node},
                           {"name", unit.name},
                           {"clock_hz", chip.clock_at(unit.node).si()},
                           {"worked_cycles", unit.worked_cycles},
                           {"held_cycles", unit.held_cycles},
                           {"stages", base::Json(base::Json::Array(unit.stages.begin(), unit.stages.end())).dump()}});
  }
  const double network_clock_hz = chip.network_clock.value_or(chip.clock).si();
  for (std::size_t i = 0; i < window.links.size(); ++i) {
    const hw::LinkActivity& link = window.links[i];
    if (link.flits == 0) continue;
    writer.insert("link", {{"run", run},
                           {"link", i},
                           {"kind", hw::kind_name(link.kind)},
                           {"from_node", link.from},
                           {"to_node", link.to},
                           {"clock_hz", link.kind == hw::LinkActivity::Kind::chips ? chip.link_flits_per_second() : network_clock_hz},
                           {"flits", link.flits}});
  }
}

void insert_gates(RowWriter& writer, std::int64_t run, const RollUp& costs) {
  if (!costs.gating) return;
  for (const GateUse& gate : costs.gating->gates) {
    writer.insert("gate", {{"run", run},
                           {"unit", hw::unit_name(gate.unit)},
                           {"number", gate.number},
                           {"gated_share", gate.gated_share},
                           {"wakes", gate.wakes},
                           {"not_leaked_j", gate.not_leaked_j},
                           {"switched_j", gate.switched_j}});
  }
}

void insert_sequence(RowWriter& writer, std::int64_t run, const ChipResult& result) {
  if (const auto& sequence = result.sequence_run) {
    writer.insert("sequence_run", {{"run", run},
                                   {"mode", mapper::mode_name(sequence->mode)},
                                   {"tokens", sequence->tokens},
                                   {"context", sequence->context},
                                   {"tokens_per_s", result.simulation.single_only ? std::nullopt : std::optional(sequence->tokens_per_s)},
                                   {"energy_per_token_j", sequence->energy_per_token_j},
                                   {"cache_read_bits", sequence->cache_read_bits},
                                   {"cache_written_bits", sequence->cache_written_bits}});
  }
  if (const auto batch = batch_of(result)) {
    writer.insert("back_to_back", {{"run", run}, {"inferences", batch->inferences}, {"seconds", batch->seconds}});
  }
}

void insert_functional(RowWriter& writer, std::int64_t run, const ChipResult& result) {
  if (!result.functional) return;
  const FunctionalResult& functional = *result.functional;
  writer.insert("functional", {{"run", run},
                               {"inferences", functional.inferences},
                               {"first_sample", functional.first_sample},
                               {"time_s", functional.time_s},
                               {"outputs", functional.outputs},
                               {"equal_bits", true},
                               {"energy_per_inference_j", functional.costs.energy_per_inference_j},
                               {"input_pulses", functional.pulses},
                               {"conversions", functional.conversions},
                               {"expected_conversions", functional.expected_conversions}});
  for (const auto& [block, joule] : functional.costs.blocks) {
    writer.insert("functional_energy", {{"run", run}, {"block", block}, {"joule", joule}});
  }
}

void insert_tiles(RowWriter& writer, std::int64_t run, const ChipResult& result) {
  for (std::size_t i = 0; i < result.tiles.size(); ++i) {
    const auto& [tile, node, layer, block, phase] = result.tiles[i];
    writer.insert("tile", {{"run", run},
                           {"part", i},
                           {"tile", tile},
                           {"node", node},
                           {"phase", phase},
                           {"layer", layer},
                           {"row_part", block.row_part},
                           {"column_part", block.column_part},
                           {"input_begin", block.input_begin},
                           {"output_begin", block.output_begin},
                           {"rows", block.inputs()},
                           {"columns", block.outputs()},
                           {"tile_row", block.tile_row},
                           {"tile_column", block.tile_column}});
  }
}

/// Inserts the mapping of the network and its bounds.
void insert_mapping(RowWriter& writer, std::int64_t run, const Design& design, const ChipResult& result) {
  writer.insert("fidelity", {{"run", run}, {"fidelity", result.estimated ? "estimate" : "simulate"}});
  for (const MatrixPlacement& matrix : result.matrices) {
    writer.insert("matrix", {{"run", run},
                             {"name", matrix.name},
                             {"outputs", matrix.outputs},
                             {"inputs", matrix.inputs},
                             {"copies", matrix.copies},
                             {"turn", matrix.turn},
                             {"tiles", matrix.tiles}});
  }
  for (std::size_t e = 0; e < result.program.edges.size(); ++e) {
    const hw::Edge& edge = result.program.edges[e];
    const hw::Stage& producer = result.program.stages.at(static_cast<std::size_t>(edge.producer));
    writer.insert("edge", {{"run", run},
                           {"edge", e},
                           {"producer", edge.producer},
                           {"consumer", edge.consumer},
                           {"positions", edge.positions(producer.positions)},
                           {"bits_per_position", edge.bits_per_position},
                           {"capacity", edge.capacity},
                           {"routers", producer.core == result.program.stages.at(static_cast<std::size_t>(edge.consumer)).core
                                           ? 0
                                           : design.chip.hops(producer.core, result.program.stages[static_cast<std::size_t>(edge.consumer)].core)}});
  }
  for (const IntervalBound& bound : result.bounds) {
    writer.insert("bound", {{"run", run}, {"what", bound.what}, {"place", bound.where}, {"seconds", bound.seconds}});
  }
}

void insert_costs(RowWriter& writer, std::int64_t run, const RollUp& costs) {
  const auto store = [&](std::optional<std::size_t> layer, const std::vector<BlockEnergy>& blocks) {
    for (const auto& [block, joule] : blocks) {
      writer.insert("energy", {{"run", run}, {"layer", layer}, {"block", block}, {"joule", joule}});
    }
  };
  for (std::size_t i = 0; i < costs.layers.size(); ++i) store(i, costs.layers[i].blocks);
  store(std::nullopt, costs.shared);
  for (const auto& [part, count, square_metre] : costs.areas) {
    writer.insert("area", {{"run", run}, {"block", part}, {"count", count}, {"mm2", square_metre * square_millimetres_per_square_metre}});
  }
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

void insert_components(RowWriter& writer, std::int64_t run, const RollUp& costs) {
  for (const ComponentCost& component : costs.components) {
    const periphery::Spread& spread = component.note.spread;
    writer.insert("component", {{"run", run},
                                {"component", component.name},
                                {"per", per_name(component.per)},
                                {"count", component.count},
                                {"joule", component.joule},
                                {"leakage_w", component.leakage_w},
                                {"mm2", component.square_metre * square_millimetres_per_square_metre},
                                {"energy_spread", spread.energy},
                                {"leakage_spread", spread.leakage},
                                {"area_spread", spread.area},
                                {"user_figures", joined(component.note.user)},
                                {"source", component.source}});
  }
  const auto store = [&](std::string_view figure, const CostBand& band, double factor) {
    std::optional<std::string> main_component;
    if (!band.main_component.empty()) main_component = band.main_component;
    writer.insert("band", {{"run", run},
                           {"figure", std::string(figure)},
                           {"nominal", band.nominal * factor},
                           {"low", band.low * factor},
                           {"high", band.high * factor},
                           {"main_component", main_component},
                           {"main_share", band.main_share}});
  };
  store("energy_per_inference_j", costs.bands.energy, 1);
  store("average_power_w", costs.bands.power, 1);
  store("leakage_w", costs.bands.leakage, 1);
  store("area_mm2", costs.bands.area, square_millimetres_per_square_metre);
  store("tops_per_watt", costs.bands.tops_per_watt, 1);
}

void insert_efficiencies(RowWriter& writer, std::int64_t run, const ChipResult& result) {
  if (result.simulation.single_only) return;
  for (const auto& [scope, one] : by_scope(result.costs.efficiencies)) {
    writer.insert(
        "efficiency",
        {{"run", run}, {"scope", std::string(scope)}, {"tops", one.tops}, {"tops_per_watt", one.tops_per_watt}, {"tops_per_mm2", one.tops_per_mm2}});
  }
}

void insert_beside(RowWriter& writer, std::int64_t run, const ChipResult& result) {
  for (const EventSum& sum : result.costs.events) {
    writer.insert("event", {{"run", run}, {"component", sum.component}, {"event", sum.event}, {"count", sum.count}, {"joule", sum.joule}});
  }
  if (const auto& once = result.programming) {
    writer.insert("programming", {{"run", run}, {"devices", once->devices}, {"joule", once->joule}, {"seconds", once->seconds}});
  }
  const Upkeep& upkeep = result.upkeep;
  writer.insert("upkeep", {{"run", run},
                           {"refresh_j", upkeep.refresh_j},
                           {"refresh_s", upkeep.refresh_s},
                           {"recalibration_j", upkeep.recalibration_j},
                           {"recalibration_s", upkeep.recalibration_s},
                           {"power_w", upkeep.power_w},
                           {"downtime", upkeep.downtime},
                           {"tile_yield", upkeep.tile_yield}});
  if (const auto& reference = result.reference) {
    const auto area = reference->square_metre;
    writer.insert("reference", {{"run", run},
                                {"name", reference->name},
                                {"macs", reference->multiply_accumulates},
                                {"seconds", reference->seconds},
                                {"joule", reference->joule},
                                {"mm2", area ? std::optional(*area * square_millimetres_per_square_metre) : std::nullopt},
                                {"bound", reference->limit},
                                {"source", reference->source}});
  }
}

}  // namespace

void insert_chip_rows(RowWriter& writer, std::int64_t run, const Design& design, const ChipResult& result) {
  insert_design_rows(writer, run, design.config);
  insert_layers(writer, run, result);
  insert_stages(writer, run, design, result);
  insert_times(writer, run, result.times);
  insert_phases(writer, run, result);
  insert_window(writer, run, design.chip, result.simulation.window);
  insert_gates(writer, run, result.costs);
  insert_sequence(writer, run, result);
  insert_functional(writer, run, result);
  insert_tiles(writer, run, result);
  insert_mapping(writer, run, design, result);
  insert_costs(writer, run, result.costs);
  insert_components(writer, run, result.costs);
  insert_efficiencies(writer, run, result);
  insert_beside(writer, run, result);
}

void insert_marginal_rows(RowWriter& writer, std::int64_t run, const std::vector<ImprovementStep>& steps) {
  SQLite::Statement before(writer.database(), "DELETE FROM marginal WHERE run = ?");
  before.bind(1, run);
  before.exec();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const ImprovementStep& step = steps[i];
    const auto figure = [&](double value) { return step.fits ? std::optional(value) : std::nullopt; };
    writer.insert("marginal", {{"run", run},
                               {"number", i},
                               {"resource", step.resource},
                               {"change", base::Json(base::Json::Array(step.change.begin(), step.change.end())).dump()},
                               {"interval_s", figure(step.interval_s)},
                               {"latency_s", figure(step.latency_s)},
                               {"mm2", figure(step.square_metre * square_millimetres_per_square_metre)},
                               {"joule", figure(step.energy_j)},
                               {"full_links", step.full_links},
                               {"bound", step.bound}});
  }
}

}  // namespace mho::analysis
