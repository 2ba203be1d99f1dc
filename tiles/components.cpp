#include "tiles/components.h"

#include "periphery/components.h"

namespace mho::tiles {

namespace {

using periphery::Component;
using periphery::Per;

/// The cells take area, and energy only as part of an array that is read out.
Component cells(const TileParameters& tile) {
  return {.name = "array", .per = Per::tile, .area = array_area(tile), .source = "tile.array.cell_area, tile.rows, tile.columns"};
}

Component array(const TileParameters& tile, const TileLoad& load) {
  return {.name = "array",
          .per = Per::tile,
          .events = {{mvm, array_energy(tile, load.conductance_sum_siemens, load.mean_drive, load.driven_rows, tile.columns)}},
          .by_load = true,
          .source = "tile.array.read_voltage, tile.array.line_capacitance"};
}

Component programming(const TileParameters& tile) {
  return {.name = "programming",
          .per = Per::tile,
          .events = {{programmed_device, programming_energy(tile, 1)}},
          .occasional = true,  // only a chip whose weights are reloaded programs anything while it runs
          .source = "tile.program.iteration_energy, tile.program.iterations"};
}

}  // namespace

int adcs_per_bank(const TileParameters& tile) { return (tile.columns + tile.adc.mux - 1) / tile.adc.mux; }

std::vector<Component> components(const TileParameters& tile, const TileLoad& load) {
  return {cells(tile),
          periphery::dac_component(tile.dac, tile.rows),
          array(tile, load),
          periphery::adc_component(tile.adc, adcs_per_bank(tile)),
          periphery::scale_component(tile.scale),
          programming(tile)};
}

}  // namespace mho::tiles
