#include "analysis/experiment/tile_bounds.h"

#include <fmt/format.h>

#include <cmath>

namespace mho::analysis {

TileBounds tile_bounds(const Design& design, const workloads::TiledNetwork& tiled, std::optional<double> throughput_per_s) {
  TileBounds bounds;
  bounds.matrices = mapper::matrix_demands(tiled, design.chip);
  std::vector<mapper::LayerDemand> layers;
  layers.reserve(bounds.matrices.size());
  for (const mapper::MatrixDemand& matrix : bounds.matrices) layers.push_back(matrix.demand);
  const mapper::CopyPlan single = mapper::single_copies(layers);
  bounds.budgets.push_back({"one copy", single.tiles, single});
  const auto add = [&](std::string name, std::int64_t tiles) {
    bounds.budgets.push_back({std::move(name), tiles, mapper::fastest_copies(layers, tiles)});
  };
  add("this chip", static_cast<std::int64_t>(design.chip.nodes_of(hw::CoreKind::analog).size()) * design.chip.tiles_per_core);
  for (const double factor : {1.5, 2.0, 4.0}) add(fmt::format("{:g} x", factor), std::llround(factor * static_cast<double>(single.tiles)));
  if (throughput_per_s) bounds.wanted = mapper::fewest_tiles(layers, 1 / *throughput_per_s);
  return bounds;
}

}  // namespace mho::analysis
