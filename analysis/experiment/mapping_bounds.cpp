#include "analysis/experiment/mapping_bounds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "analysis/cost/roll_up.h"
#include "analysis/experiment/improvement.h"
#include "base/index.h"
#include "hw/spec/topology.h"
#include "mapper/mapper.h"
#include "mapper/placement/traffic_bound.h"

namespace mho::analysis {

TileBounds tile_bounds(const Design& design, const workloads::TiledNetwork& tiled, std::optional<double> throughput_per_s) {
  TileBounds bounds;
  bounds.matrices = mapper::matrix_demands(tiled, design.chip);
  bounds.row_turns = design.mapper.row_turns;
  const std::vector<mapper::LayerDemand> layers = mapper::turn_demands(tiled, design.chip, bounds.row_turns);
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

namespace {

std::vector<MappedChip> mapped_chips(const Design& design, const hw::Program& program, const hw::SimulationResult& estimate) {
  const hw::Topology topology(design.chip);
  std::vector<MappedChip> chips(base::index(topology.chips()));
  std::vector<std::set<int>> tiles(chips.size()), digital(chips.size());
  for (const hw::Stage& stage : program.stages) {
    const std::size_t c = base::index(topology.address(stage.core).chip);
    if (stage.mvm) tiles[c].insert(stage.mvm->tile);
    if (stage.kind == hw::Stage::Kind::digital) digital[c].insert(stage.core);
    if (stage.layer < 0) continue;
    const std::string& layer = program.layers[base::index(stage.layer)].name;
    if (chips[c].first.empty()) chips[c].first = layer;
    chips[c].last = layer;
  }
  for (std::size_t c = 0; c < chips.size(); ++c) {
    chips[c].tiles = static_cast<int>(tiles[c].size());
    chips[c].digital_cores = static_cast<int>(digital[c].size());
  }
  for (const hw::LinkActivity& link : estimate.single.links) {
    if (link.kind != hw::LinkActivity::Kind::chips) continue;
    const int from = topology.address(link.from).chip, to = topology.address(link.to).chip;
    MappedChip& chip = chips[base::index(std::min(from, to))];
    (from < to ? chip.bits_on : chip.bits_back) += static_cast<double>(link.flits) * design.chip.noc.flit_bits;
    chip.link_share = std::max(chip.link_share, hw::seconds_at_work(link, design.chip) / estimate.interval_s);
  }
  return chips;
}

}  // namespace

MappingBounds mapping_bounds(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode) {
  mapper::Mapping mapping = mapper::map(tiled, design.chip, design.mapper, mode);
  hw::verify(mapping.program, design.chip);
  hw::SimulationResult estimate = mapper::estimate(mapping, design.chip, design.tile, mode.decodes());
  MappingBounds result;
  result.interval_s = estimate.interval_s;
  result.latency_s = estimate.latency.seconds();
  result.settled = estimate.converged;
  const RollUp costs = roll_up(design, mapping.program, estimate, tiled.network.macs());
  result.square_metre = costs.area_m2;
  result.energy_j = costs.energy_per_inference_j;
  result.bounds = interval_bounds(design, mapping.program, estimate.single);
  result.flit_hops = static_cast<double>(estimate.single.flit_hops);
  if (design.chip.chips > 1) result.chips = mapped_chips(design, mapping.program, estimate);
  const mapper::PlacementProblem problem = mapper::placement_problem(mapping.program, design.chip, design.tile);
  result.payload_flit_hops = mapper::traffic(problem, mapper::Distances(design.chip));
  result.least_flit_hops = mapper::traffic_bound(problem, design.chip);
  std::set<int> analog, digital;
  using BlockKey = std::array<int, 3>;  // tile, and first row and column on it
  std::map<BlockKey, double> bits_of;
  std::map<int, std::set<int>> cores_of_tile;
  for (std::size_t s = 0; s < mapping.program.stages.size(); ++s) {
    const hw::Stage& stage = mapping.program.stages[s];
    if (stage.kind == hw::Stage::Kind::digital) digital.insert(stage.core);
    if (!stage.mvm) continue;
    analog.insert(stage.core);
    cores_of_tile[stage.mvm->tile].insert(stage.core);
    for (const hw::Edge& edge : mapping.program.edges) {
      if (edge.consumer == static_cast<int>(s))
        bits_of[{stage.mvm->tile, stage.mvm->tile_row, stage.mvm->tile_column}] +=
            static_cast<double>(edge.capacity) * static_cast<double>(edge.bits_per_position);
    }
  }
  for (const tiles::MatrixLayout& layout : tiled.layout.matrices) {
    MappedMatrix matrix{.name = layout.node, .copies = layout.copies};
    std::set<int> tiles, cores;
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) {
      const tiles::Block block = layout.block(b);
      matrix.buffer_bits += bits_of[{block.tile, block.tile_row, block.tile_column}];
      if (!tiles.insert(block.tile).second) continue;
      cores.insert(cores_of_tile[block.tile].begin(), cores_of_tile[block.tile].end());
    }
    matrix.tiles = static_cast<int>(tiles.size());
    matrix.cores = static_cast<int>(cores.size());
    result.matrices.push_back(std::move(matrix));
  }
  result.packing = mapper::packed_tiles(tiled);
  result.tiles = result.packing.tiles;
  result.analog_cores = static_cast<int>(analog.size());
  result.digital_cores = static_cast<int>(digital.size());
  result.mapping = mapper::saved_mapping(tiled, mapping.program, mapping.tiles, mapping.divided, mode);
  result.program = std::move(mapping.program);
  result.single = std::move(estimate.single);
  return result;
}

Design with_digital_cores_moved(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode) {
  mapper::MovedCores moved = mapper::move_digital_cores(tiled, design.chip, design.mapper, mode);
  std::vector<std::string> change{"mapper.placement=annealed"};
  if (!moved.digital_nodes.empty()) change.push_back(fmt::format("chip.digital_nodes={}", fmt::join(moved.digital_nodes, " ")));
  Design other = changed(design, change);
  other.mapper.saved = std::make_shared<const mapper::SavedMapping>(std::move(moved.mapping));
  return other;
}

}  // namespace mho::analysis
