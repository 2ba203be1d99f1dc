#include "tiles/programming.h"

#include "base/design_file/declare.h"
#include "tiles/parameters.h"

namespace mho::tiles {

base::Declarations programming_declarations() {
  const std::string estimate =
      "order of magnitude of program-and-verify of multilevel phase-change memory: Sebastian et al., J. Appl. Phys. 124:111101 (2018)";
  const std::string choice = "architect's choice";
  return {
      base::whole("tile.program.weight_bits", 8, 1, 32, "Bits with which one weight is sent to its tile.", choice),
      base::number("tile.program.iterations", "", 12.0, 1.0, 1e4, "Mean number of pulses, each with a read-back, until a device has its conductance.",
                   estimate),
      base::number("tile.program.iteration_time", "ns", 1000.0, 1e-3, 1e9, "Time of one pulse and its read-out.", estimate),
      base::number("tile.program.iteration_energy", "pJ", 20.0, 0.0, 1e9, "Energy of one pulse and its read-out of one device.", estimate),
      base::more(base::whole("tile.program.parallel_columns", 64, 1, 65536,
                             "Columns of a row whose devices are programmed at the same time; limited by the current of the drivers.", choice)),
  };
}

Programming Programming::read(const base::Config& config) {
  Programming p;
  p.weight_bits = static_cast<int>(config.integer("tile.program.weight_bits"));
  p.iterations = config.real("tile.program.iterations");
  p.iteration_time = config.duration("tile.program.iteration_time");
  p.iteration_energy = config.energy("tile.program.iteration_energy");
  p.parallel_columns = static_cast<int>(config.integer("tile.program.parallel_columns"));
  return p;
}

namespace {

/// Reference columns of a tile: they hold the offset that is subtracted, and no weights.
int reference_columns(const TileParameters& tile) { return tile.coding.kind == WeightCoding::Kind::offset ? tile.coding.columns_per_output() : 0; }

}  // namespace

int devices_per_weight(const TileParameters& tile) {
  const int signs = tile.coding.kind == WeightCoding::Kind::differential ? 2 : 1;
  return signs * tile.coding.columns_per_output();
}

int devices_of_row(const TileParameters& tile, int outputs) { return outputs * devices_per_weight(tile) + reference_columns(tile); }

base::Duration row_programming_time(const TileParameters& tile, int outputs) {
  const Programming& p = tile.programming;
  const int columns = outputs * tile.coding.columns_per_output() + reference_columns(tile);
  const int groups = (columns + p.parallel_columns - 1) / p.parallel_columns;
  return p.iteration_time * p.iterations * static_cast<double>(groups);
}

base::Energy programming_energy(const TileParameters& tile, double devices) {
  return tile.programming.iteration_energy * tile.programming.iterations * devices;
}

}  // namespace mho::tiles
