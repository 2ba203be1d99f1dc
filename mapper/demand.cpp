#include "mapper/demand.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace mho::mapper {

namespace {

/// Time between two products of a tile whose block has `outputs` outputs.
double product_time_s(const tiles::TileParameters& tile, const hw::ChipParameters& chip, int outputs) {
  const double hertz = chip.clock_of(hw::CoreKind::analog).si();
  const auto cycles = [&](double seconds) { return std::ceil(seconds * hertz * (1 - 1e-12)); };
  const double sharing = static_cast<double>(chip.tiles_per_core) / chip.banks_per_core();
  const double array = cycles(tile.dac.array_time().si()), converters = cycles(tile.conversion_time(outputs).si());
  const double scale = std::ceil(static_cast<double>(outputs) / tile.scale.lanes);
  const double slowest = std::max({cycles(tile.dac.driver_time().si()), array, converters * sharing, scale * sharing});
  return (tile.adc.pipelined ? slowest : std::max(slowest, array + converters)) / hertz;
}

}  // namespace

std::vector<MatrixDemand> matrix_demands(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip) {
  const workloads::Network& network = tiled.network;
  std::map<int, std::size_t> known;  // by matrix
  std::vector<MatrixDemand> all;
  for (const workloads::Node& node : network.nodes) {
    for (const int index : node.matrices) {
      const workloads::Matrix& matrix = network.matrices.at(static_cast<std::size_t>(index));
      if (matrix.digital) continue;
      const auto [place, fresh] = known.try_emplace(index, all.size());
      if (fresh) {
        const tiles::MatrixLayout& layout = tiled.layout.of(matrix.name);
        const tiles::TileParameters& tile = tiled.tiles.of(matrix.name);
        MatrixDemand demand{.name = matrix.name, .outputs = matrix.outputs, .inputs = matrix.inputs, .demand = {}};
        std::set<int> used;
        int most_outputs = 0;
        double cells = 0;
        for (const tiles::Block& block : layout.blocks) {
          used.insert(block.tile);
          most_outputs = std::max(most_outputs, block.outputs());
          cells += static_cast<double>(block.inputs()) * block.outputs() * tile.coding.columns_per_output();
        }
        demand.demand.tiles = static_cast<std::int64_t>(used.size());
        demand.demand.tile_time_s = product_time_s(tile, chip, most_outputs);
        demand.utilisation = cells / (static_cast<double>(used.size()) * tile.rows * tile.columns);
        all.push_back(demand);
      }
      // Nodes that share a matrix use its tiles one after the other.
      LayerDemand& demand = all[place->second].demand;
      demand.positions += network.positions(node);
      demand.one_copy = demand.one_copy || node.recurrence() != nullptr || !fresh;
    }
  }
  return all;
}

}  // namespace mho::mapper
