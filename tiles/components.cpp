#include "tiles/components.h"

#include "periphery/components.h"

namespace mho::tiles {

namespace {

using periphery::Component;
using periphery::Per;

/// Area and leakage of the cells. Their energy is counted in array().
Component cells(const TileParameters& tile) {
  return {.name = "array",
          .per = Per::tile,
          .area = array_area(tile),
          .leakage = tile.cell_leakage * (static_cast<double>(tile.rows) * tile.columns),
          .note = tile.array_cost,
          .source = "tile.array.cell, tile.array.cell_area, tile.rows, tile.columns"};
}

Component array(const TileParameters& tile, const TileLoad& load) {
  return {.name = "array",
          .per = Per::tile,
          .events = {{mvm, array_energy(tile, load.conductance_sum_siemens, load.mean_drive, load.driven_rows, tile.columns)}},
          .by_load = true,
          .note = tile.array_cost,
          .source = "tile.array.read_voltage, tile.array.supply, tile.array.line_capacitance, tile.array.gate_capacitance"};
}

Component front_end(const TileParameters& tile) {
  return {.name = "front_end",
          .per = Per::tile,
          .count = tile.columns,
          .events = {{periphery::adc_conversion, front_end_energy(tile)}},
          .area = tile.front_end.area,
          .note = tile.front_end.cost,
          .source = "tile.front_end.bias, tile.front_end.area, tile.adc.bound, tile.array.supply"};
}

Component supply(const TileParameters& tile) {
  return {.name = "supply",
          .per = Per::tile,
          .area = tile.regulator.area,
          .leakage = tile.regulator.leakage,
          .gated = true,
          .note = tile.regulator.cost,
          .source = "tile.supply.leakage, tile.supply.area"};
}

Component programming(const TileParameters& tile) {
  return {.name = "programming",
          .per = Per::tile,
          .events = {{programmed_device, programming_energy(tile, 1)}},
          .occasional = true,  // only a chip that reloads weights programs devices while it runs
          .source = "tile.program.iteration_energy, tile.program.iterations"};
}

}  // namespace

int adcs_per_bank(const TileParameters& tile) { return (tile.columns + tile.adc.mux - 1) / tile.adc.mux; }

std::vector<Component> components(const TileParameters& tile, const TileLoad& load) {
  const int converters = adcs_per_bank(tile);
  std::vector<Component> all{cells(tile),     periphery::dac_component(tile.dac, tile.rows), array(tile, load), supply(tile),
                             front_end(tile), periphery::adc_component(tile.adc, converters)};
  if (tile.conversions_per_output() > 1) all.push_back(periphery::shift_add_component(tile.scale, converters));
  all.push_back(periphery::scale_component(tile.scale));
  all.push_back(programming(tile));
  return all;
}

}  // namespace mho::tiles
