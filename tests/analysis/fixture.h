#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "analysis/experiment/improvement.h"

namespace mho::analysis::test {

/// The default design with round costs, so that a roll-up can be done by hand.
inline Design round_design() {
  Design design = load_design(std::nullopt);
  auto& tile = design.tile;
  tile.rows = 4;
  tile.columns = 6;
  tile.read_voltage = base::Voltage(0.5);
  tile.line_capacitance = base::Capacitance(0.0);
  tile.gate_capacitance = base::Capacitance(0.0);
  tile.supply = tile.read_voltage;
  tile.front_end.bias = 0;
  tile.front_end.area = base::Area(0.0);
  tile.regulator.leakage = base::Power(0.0);
  tile.regulator.area = base::Area(0.0);
  tile.scale.leakage = base::Power(0.0);
  tile.dac.energy_per_conversion = base::Energy(1e-12);
  tile.dac.area = base::Area(1e-12);
  tile.adc.energy_per_conversion = base::Energy(2e-12);
  tile.adc.mux = 4;
  tile.adc.area = base::Area(10e-12);
  tile.adc.leakage = base::Power(1e-6);
  tile.scale.energy_per_operation = base::Energy(3e-12);
  tile.scale.lanes = 2;
  tile.scale.area = base::Area(5e-12);
  tile.buffer.read_energy_per_bit = base::Energy(1e-15);
  tile.buffer.write_energy_per_bit = base::Energy(2e-15);
  tile.buffer.area_per_bit = base::Area(1e-12);
  tile.buffer.leakage_per_bit = base::Power(1e-9);
  tile.digital.partial_sum_format = periphery::NumberFormat::parse("float16");
  tile.digital.result_format = periphery::NumberFormat::parse("float16");
  tile.digital.energy_per_operation = base::Energy(4e-12);
  tile.digital.area = base::Area(100e-12);
  tile.digital.leakage = base::Power(10e-6);
  auto& chip = design.chip;
  chip.mesh_width = 2;
  chip.mesh_height = 2;
  chip.digital_cores = 1;
  chip.clock = base::Frequency(1e9);
  chip.input_buffer_bytes = 8;
  chip.digital_buffer_bytes = 16;
  chip.output_buffer_positions = 2;
  chip.core_leakage = base::Power(2e-6);
  chip.core_area = base::Area(0.0);
  chip.core_energy = base::Energy(0.0);
  chip.clock_gating = 1;           // idle clocks cost nothing
  chip.technology.node_nm = 1e-9;  // gates are fast, so their size does not follow the clock
  chip.port.area = base::Area(0.0);
  chip.port.standing_power = base::Power(0.0);
  chip.noc.flit_bits = 64;
  chip.noc.buffer_write = base::Energy(1e-12);
  chip.noc.buffer_read = base::Energy(2e-12);
  chip.noc.crossbar = base::Energy(3e-12);
  chip.noc.arbitration = base::Energy(4e-12);
  chip.noc.link_per_bit = base::Energy(1e-14);
  chip.noc.router_area = base::Area(50e-12);
  chip.noc.router_leakage = base::Power(3e-6);
  chip.port.energy_per_bit = base::Energy(5e-12);
  return design;
}

/// source -> one analog layer -> one digital layer -> sink.
inline hw::Program small_program() {
  hw::Program program;
  program.layers = {{"fc", "Gemm"}, {"relu", "Relu"}};
  const auto stage = [](hw::Stage::Kind kind, const char* name, int layer, int core) {
    hw::Stage one;
    one.kind = kind;
    one.name = name;
    one.layer = layer;
    one.core = core;
    one.positions = 1;
    return one;
  };
  program.stages = {stage(hw::Stage::Kind::source, "source", -1, 0), stage(hw::Stage::Kind::analog, "fc[0,0]", 0, 1),
                    stage(hw::Stage::Kind::digital, "relu", 1, 2), stage(hw::Stage::Kind::sink, "sink", -1, 0)};
  program.stages[1].mvm =
      hw::MvmWork{.tile = 0, .inputs = 4, .outputs = 5, .conductance_sum_siemens = 1e-4, .mean_drive = 0.25, .activation_bits = 8};
  return program;
}

/// Events of `inferences` identical inferences on `small_program`.
inline hw::Activity small_activity(std::uint64_t inferences) {
  hw::Activity activity;
  activity.stages.resize(4);
  auto& source = activity.stages[0];
  source.port_bits = 32 * inferences;
  source.busy_cycles = static_cast<std::int64_t>(10 * inferences);
  auto& analog = activity.stages[1];
  analog.positions = inferences;
  analog.mvms = inferences;
  analog.dac_conversions = 4 * inferences;
  analog.adc_conversions = 5 * inferences;
  analog.scale_operations = 5 * inferences;
  analog.input_buffer_written_bits = 32 * inferences;
  analog.input_buffer_read_bits = 32 * inferences;
  analog.output_buffer_written_bits = 80 * inferences;
  analog.output_buffer_read_bits = 80 * inferences;
  analog.busy_cycles = static_cast<std::int64_t>(70 * inferences);
  auto& digital = activity.stages[2];
  digital.element_operations = 5 * inferences;
  digital.busy_cycles = static_cast<std::int64_t>(5 * inferences);
  auto& sink = activity.stages[3];
  sink.port_bits = 80 * inferences;
  activity.routers.resize(4);
  activity.routers[1] = {.buffer_writes = 7 * inferences,
                         .buffer_reads = 6 * inferences,
                         .crossbar_traversals = 5 * inferences,
                         .arbitrations = 4 * inferences,
                         .link_flits = 3 * inferences};
  return activity;
}

inline hw::SimulationResult small_simulation() {
  hw::SimulationResult result;
  result.single = small_activity(1);
  result.steady = small_activity(8);
  result.steady_inferences = 8;
  result.window = small_activity(4);
  result.window.elapsed = base::SimTime::from_femtoseconds(400'000'000);
  result.window_inferences = 4;
  result.latency = base::SimTime::from_femtoseconds(200'000'000);  // 200 ns
  result.interval_s = 100e-9;
  result.converged = true;
  result.cycles = 1000;
  return result;
}

/// A whole result as an experiment would return it, for the store.
inline Result small_result(const Design& design) {
  Result result;
  result.network = "small";
  result.network_hash = "00000000000000aa";
  result.data = "none";
  result.data_hash = "00000000000000bb";
  result.weights = 20;
  result.macs = 20;
  result.samples = {.calibrated_on_test = true, .calibration_samples = 3, .first = 3, .scored = 5};
  result.float_accuracy = 0.875;
  result.float_accuracy_scored = 0.8;
  result.accuracy = {{.time_s = 1.0, .by_repeat = {0.8, 0.6}}, {.time_s = 3600.0, .by_repeat = {0.4, 0.6}}};
  tiles::Block block;
  block.input_end = 4;
  block.output_end = 5;
  result.tiles = {{.tile = 0, .node = 1, .layer = "fc", .block = block}};
  result.tiles_used = 1;
  result.tiles_available = 2;
  result.utilisation = 20.0 / 24.0;
  result.program = small_program();
  result.simulation = small_simulation();
  result.costs = roll_up(design, result.program, result.simulation, result.macs);
  result.layers.resize(2);
  result.layers[0].name = "fc";
  result.layers[0].operation = "Gemm";
  result.layers[0].shape = "1x5";
  result.layers[0].matrix = "5x4";
  result.layers[0].tiles = 1;
  result.layers[0].positions = 1;
  result.layers[0].mvms = 1;
  result.layers[0].busy_cycles = 70;
  result.layers[0].energy_j = result.costs.layers[0].total_j;
  result.layers[0].clipped_inputs = 0.01;
  result.layers[1].name = "relu";
  result.layers[1].operation = "Relu";
  result.layers[1].shape = "1x5";
  result.layers[1].positions = 1;
  result.layers[1].busy_cycles = 5;
  result.layers[1].energy_j = result.costs.layers[1].total_j;
  result.programming = OneTimeProgramming{.devices = 40, .joule = 1e-6, .seconds = 1e-3};
  result.reference = DigitalReference{
      .name = "array", .multiply_accumulates = 20, .seconds = 1e-6, .joule = 1e-9, .square_metre = 1e-6, .limit = "array", .source = "a table"};
  result.program.edges.push_back({.producer = 0, .consumer = 1, .bits_per_position = 32, .capacity = 2, .needs = {}, .releases = {}});
  result.matrices = {{.name = "fc", .outputs = 5, .inputs = 4, .copies = 1, .turn = 1, .tiles = 1}};
  result.bounds = {{.what = "tiles", .where = "array of node 1 (fc)", .seconds = 0.9 * result.costs.interval_s}};
  const auto time = [&](const char* name, std::optional<int> layer, double begin_s, double end_s, std::vector<int> alone) {
    result.times.layers.push_back({.name = name,
                                   .layer = layer,
                                   .begin_s = begin_s,
                                   .end_s = end_s,
                                   .working_s = end_s - begin_s,
                                   .latency_s = 50e-9,
                                   .latency_working_s = end_s - begin_s,
                                   .alone = std::move(alone),
                                   .back_to_back = {100, 50}});
  };
  time("input", std::nullopt, 0, 50e-9, {100, 0, 0, 0});
  time("fc", 0, 60e-9, 100e-9, {0, 80, 0, 0});
  time("relu", 1, 120e-9, 150e-9, {0, 0, 60, 0});
  time("output", std::nullopt, 180e-9, 200e-9, {0, 0, 0, 40});
  result.times.alone_width_s = 50e-9;
  result.times.back_to_back_width_s = 400e-9;
  result.wall_s = 0.5;
  return result;
}

/// What more of a resource would bring to that result.
inline std::vector<ImprovementStep> small_marginal() {
  const auto step = [](const char* resource, std::vector<std::string> change, double interval_s) {
    ImprovementStep one{.resource = resource, .change = std::move(change), .fits = interval_s > 0};
    one.interval_s = interval_s;
    one.latency_s = 2 * interval_s;
    one.square_metre = 1e-6;
    one.energy_j = 1e-9;
    one.bound = "tiles: array of node 1 (fc)";
    return one;
  };
  return {step("as it is", {}, 100e-9), step("tiles", {"chip.mesh.height=3", "chip.digital_cores=2"}, 80e-9),
          step("converters", {"tile.adc.mux=2"}, 0)};
}

}  // namespace mho::analysis::test
