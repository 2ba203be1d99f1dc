#include "analysis/store/chip_rows.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <variant>

#include "analysis/store/rows.h"

namespace mho::analysis {

namespace {

void insert_parameters(SQLite::Database& database, std::int64_t run, const base::Config& config) {
  auto statement = insertion(database, "parameter", 5);
  for (const auto& declaration : config.declarations()) {
    Row row(statement);
    row << run << declaration.key;
    std::visit([&row](const auto& value) { row << value; }, config.value(declaration.key));
    row << declaration.unit << config.origin(declaration.key).text();
    row.insert();
  }
}

void insert_layers(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  auto statement = insertion(database, "layer", 18);
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerResult& layer = result.layers[i];
    Row row(statement);
    row << run << i << layer.name << layer.operation << layer.shape << layer.matrix << layer.tiles << layer.positions << layer.mvms
        << layer.busy_cycles << layer.waiting_input_cycles << layer.waiting_output_cycles << layer.energy_j << layer.clipped_inputs
        << layer.clipped_outputs << layer.adc_bits_used << layer.snr_db << layer.snr_last_db;
    row.insert();
  }
}

void insert_stages(SQLite::Database& database, std::int64_t run, const Design& design, const ChipResult& result) {
  auto statement = insertion(database, "stage", 12);
  for (std::size_t i = 0; i < result.program.stages.size(); ++i) {
    const hw::Stage& stage = result.program.stages[i];
    const hw::StageActivity& activity = result.simulation.window.stages.at(i);
    Row row(statement);
    row << run << i << stage.name << std::string(hw::kind_name(stage.kind)) << stage.phase << stage.core
        << (stage.layer < 0 ? std::nullopt : std::optional(stage.layer)) << activity.positions << design.chip.clock_at(stage.core).si()
        << activity.busy_cycles << activity.waiting_input_cycles << activity.waiting_output_cycles;
    row.insert();
  }
}

void insert_phases(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  auto statement = insertion(database, "phase", 7);
  for (std::size_t k = 0; k < result.program.phases.size(); ++k) {
    const hw::PhaseTime& time = result.simulation.phases.at(k);
    Row row(statement);
    row << run << k << result.program.phases[k].name << result.program.phases[k].programs << time.single.seconds() << time.batch.seconds()
        << result.simulation.window_inferences;
    row.insert();
  }
}

void insert_window(SQLite::Database& database, std::int64_t run, const hw::ChipParameters& chip, const hw::Activity& window) {
  auto units = insertion(database, "unit", 7);
  for (std::size_t i = 0; i < window.units.size(); ++i) {
    const hw::UnitActivity& unit = window.units[i];
    Row row(units);
    row << run << i << unit.node << unit.name << chip.clock_at(unit.node).si() << unit.worked_cycles << unit.held_cycles;
    row.insert();
  }
  auto links = insertion(database, "link", 7);
  for (std::size_t i = 0; i < window.links.size(); ++i) {
    const hw::LinkActivity& link = window.links[i];
    Row row(links);
    row << run << i << std::string(hw::kind_name(link.kind)) << link.from << link.to << chip.network_clock.value_or(chip.clock).si() << link.flits;
    row.insert();
  }
}

void insert_gates(SQLite::Database& database, std::int64_t run, const RollUp& costs) {
  if (!costs.gating) return;
  auto statement = insertion(database, "gate", 7);
  for (const GateUse& gate : costs.gating->gates) {
    Row row(statement);
    row << run << std::string(hw::unit_name(gate.unit)) << gate.number << gate.gated_share << gate.wakes << gate.not_leaked_j << gate.switched_j;
    row.insert();
  }
}

void insert_sequence(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  if (const auto& tokens = result.sequence_run) {
    auto statement = insertion(database, "token_run", 8);
    Row(statement) << run << std::string(mapper::mode_name(tokens->mode)) << tokens->tokens << tokens->context
                   << (result.simulation.single_only ? std::nullopt : std::optional(tokens->tokens_per_s)) << tokens->energy_per_token_j
                   << tokens->cache_read_bits << tokens->cache_written_bits;
    statement.exec();
  }
  if (const auto batch = batch_of(result)) {
    auto statement = insertion(database, "back_to_back", 3);
    Row(statement) << run << batch->inferences << batch->seconds;
    statement.exec();
  }
}

void insert_computed(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  if (!result.functional) return;
  auto statement = insertion(database, "computed", 10);
  const FunctionalResult& computed = *result.functional;
  Row(statement) << run << computed.inferences << computed.first_sample << computed.time_s << computed.outputs << true
                 << computed.costs.energy_per_inference_j << computed.pulses << computed.conversions << computed.expected_conversions;
  statement.exec();
  auto energy = insertion(database, "computed_energy", 3);
  for (const auto& [block, joule] : computed.costs.blocks) (Row(energy) << run << std::string(block_name(block)) << joule).insert();
}

void insert_tiles(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  auto statement = insertion(database, "tile", 14);
  for (std::size_t i = 0; i < result.tiles.size(); ++i) {
    const auto& [tile, node, layer, block, phase] = result.tiles[i];
    Row row(statement);
    row << run << i << tile << node << phase << layer << block.row_part << block.column_part << block.input_begin << block.output_begin
        << block.inputs() << block.outputs() << block.tile_row << block.tile_column;
    row.insert();
  }
}

void insert_costs(SQLite::Database& database, std::int64_t run, const RollUp& costs) {
  auto energy = insertion(database, "energy", 4);
  const auto store = [&](std::optional<std::size_t> layer, const std::vector<BlockEnergy>& blocks) {
    for (const auto& [block, joule] : blocks) {
      Row row(energy);
      row << run << layer << std::string(block_name(block)) << joule;
      row.insert();
    }
  };
  for (std::size_t i = 0; i < costs.layers.size(); ++i) store(i, costs.layers[i].blocks);
  store(std::nullopt, costs.shared);
  auto area = insertion(database, "area", 4);
  for (const auto& [part, count, square_metre] : costs.areas) {
    Row row(area);
    row << run << part << count << square_metre * square_millimetres_per_square_metre;
    row.insert();
  }
}

}  // namespace

void insert_chip_rows(SQLite::Database& database, std::int64_t run, const Design& design, const ChipResult& result) {
  insert_parameters(database, run, design.config);
  insert_layers(database, run, result);
  insert_stages(database, run, design, result);
  insert_phases(database, run, result);
  insert_window(database, run, design.chip, result.simulation.window);
  insert_gates(database, run, result.costs);
  insert_sequence(database, run, result);
  insert_computed(database, run, result);
  insert_tiles(database, run, result);
  insert_costs(database, run, result.costs);
}

}  // namespace mho::analysis
