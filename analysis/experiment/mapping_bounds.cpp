#include "analysis/experiment/mapping_bounds.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/cost/roll_up.h"
#include "hw/estimate/estimate.h"
#include "mapper/mapper.h"

namespace mho::analysis {

MappingBounds mapping_bounds(const Design& design, const workloads::TiledNetwork& tiled) {
  const mapper::Mapping mapping = mapper::map(tiled, design.chip, design.mapper);
  hw::verify(mapping.program, design.chip);
  const hw::SimulationResult estimate = hw::estimate(mapping.program, design.chip, design.tile);
  MappingBounds result;
  result.interval_s = estimate.interval_s;
  result.latency_s = estimate.latency.seconds();
  result.settled = estimate.converged;
  const RollUp costs = roll_up(design, mapping.program, estimate, tiled.network.macs());
  result.square_metre = costs.area_m2;
  result.energy_j = costs.energy_per_inference_j;
  result.bounds = interval_bounds(design, mapping.program, estimate.single);
  result.flit_hops = static_cast<double>(estimate.single.flit_hops);
  std::set<int> analog, digital;
  std::map<int, double> bits_of_tile;
  std::map<int, std::set<int>> cores_of_tile;
  for (std::size_t s = 0; s < mapping.program.stages.size(); ++s) {
    const hw::Stage& stage = mapping.program.stages[s];
    if (stage.kind == hw::Stage::Kind::digital) digital.insert(stage.core);
    if (!stage.mvm) continue;
    analog.insert(stage.core);
    cores_of_tile[stage.mvm->tile].insert(stage.core);
    for (const hw::Edge& edge : mapping.program.edges) {
      if (edge.consumer == static_cast<int>(s))
        bits_of_tile[stage.mvm->tile] += static_cast<double>(edge.capacity) * static_cast<double>(edge.bits_per_position);
    }
  }
  for (const tiles::MatrixLayout& layout : tiled.layout.matrices) {
    MappedMatrix matrix{.name = layout.node, .copies = layout.copies};
    std::set<int> tiles, cores;
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) {
      const int tile = layout.block(b).tile;
      if (!tiles.insert(tile).second) continue;
      matrix.buffer_bits += bits_of_tile[tile];
      cores.insert(cores_of_tile[tile].begin(), cores_of_tile[tile].end());
    }
    matrix.tiles = static_cast<int>(tiles.size());
    matrix.cores = static_cast<int>(cores.size());
    result.tiles += matrix.tiles;
    result.matrices.push_back(std::move(matrix));
  }
  result.analog_cores = static_cast<int>(analog.size());
  result.digital_cores = static_cast<int>(digital.size());
  return result;
}

}  // namespace mho::analysis
