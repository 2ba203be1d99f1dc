#include "analysis/experiment/upkeep.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/statistics.h"
#include "tiles/programming.h"

namespace mho::analysis {

namespace {

/// Energy, duration and settings of one matrix-vector product of a tile.
struct Product {
  double joule = 0, seconds = 0;
  int settings = 0;
};

/// The product of each tile, by tile.
std::map<int, Product> products_of(const Design& design, const ChipResult& result) {
  std::map<int, Product> products;
  const double cycle_s = 1 / design.chip.clock_of(hw::CoreKind::analog).si();
  for (const hw::Stage& stage : result.program.stages) {
    if (!stage.mvm || stage.layer < 0) continue;
    const LayerResult& layer = result.layers.at(static_cast<std::size_t>(stage.layer));
    Product product{.settings = stage.mvm->settings};
    if (layer.mvms > 0) product.joule = layer.energy_j / static_cast<double>(layer.mvms);
    if (stage.positions > 0) product.seconds = cycle_s * static_cast<double>(layer.busy_cycles) / stage.positions;
    products[stage.mvm->tile] = product;
  }
  return products;
}

bool is_measured(const tiles::TileParameters& tile) {
  return tile.compensation == tiles::DriftCompensation::global || tile.compensation == tiles::DriftCompensation::column;
}

}  // namespace

Upkeep upkeep_of(const Design& design, const ChipResult& result) {
  Upkeep upkeep;
  // If weights are reloaded, tiles_used counts a tile once for each use and can exceed the number of tiles.
  const int needed = std::min(result.tiles_used, result.tiles_available);
  upkeep.tile_yield = base::binomial_at_most(result.tiles_available - needed, result.tiles_available, design.chip.dead_tiles);
  const auto of_tile = [&](int settings) -> const tiles::TileParameters& {
    return settings == 0 ? design.tile : result.program.settings.at(static_cast<std::size_t>(settings));
  };
  if (!result.program.phases.empty()) {
    if (design.tile.refresh_s || design.tile.recalibration_s) {
      throw base::UserError(
          "reloading already programs the weights again while the chip runs: leave tile.upkeep.refresh and tile.upkeep.recalibrate at their "
          "defaults, or set mapper.weights=stationary");
    }
    return upkeep;
  }
  const std::map<int, Product> products = products_of(design, result);
  std::map<int, double> refresh_s, recalibration_s, waiting;  // by node
  for (const mapper::TilePlacement& placement : result.tiles) {
    const auto found = products.find(placement.tile);
    const Product product = found == products.end() ? Product() : found->second;
    const tiles::TileParameters& tile = of_tile(product.settings);
    const double rows = placement.block.inputs();
    if (tile.refresh_s) {
      const double joule = tiles::programming_energy(tile, rows * tiles::devices_of_row(tile, placement.block.outputs())).si();
      const double seconds = rows * tiles::row_programming_time(tile, placement.block.outputs()).si();
      upkeep.refresh_j += joule;
      upkeep.power_w += joule / *tile.refresh_s;
      refresh_s[placement.node] += seconds;
      waiting[placement.node] += seconds / *tile.refresh_s;
    }
    if (tile.recalibration_s && is_measured(tile)) {
      upkeep.recalibration_j += rows * product.joule;
      upkeep.power_w += rows * product.joule / *tile.recalibration_s;
      recalibration_s[placement.node] += rows * product.seconds;
      waiting[placement.node] += rows * product.seconds / *tile.recalibration_s;
    }
  }
  const auto longest = [](const std::map<int, double>& by_node) {
    double most = 0;
    for (const auto& [node, value] : by_node) most = std::max(most, value);
    return most;
  };
  upkeep.refresh_s = longest(refresh_s);
  upkeep.recalibration_s = longest(recalibration_s);
  upkeep.downtime = longest(waiting);
  if (upkeep.downtime >= 1) {
    throw base::UserError(fmt::format("a refresh takes {:.3g} s and a recalibration {:.3g} s, which is all the time between them: give "
                                      "tile.upkeep.refresh and tile.upkeep.recalibrate longer intervals",
                                      upkeep.refresh_s, upkeep.recalibration_s),
                          base::ExitCode::does_not_fit);
  }
  return upkeep;
}

}  // namespace mho::analysis
