#include "analysis/experiment/mapping_bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/cost/roll_up.h"
#include "hw/estimate/estimate.h"
#include "mapper/mapper.h"

namespace mho::analysis {

namespace {

std::string kind_of(const hw::UnitActivity& unit) {
  if (unit.name == "vector unit") return "digital units";
  return unit.name.starts_with("port") ? "ports" : "tiles";
}

std::string link_text(const hw::LinkActivity& link) {
  switch (link.kind) {
    case hw::LinkActivity::Kind::inject:
      return fmt::format("interface of node {} into its router", link.from);
    case hw::LinkActivity::Kind::eject:
      return fmt::format("interface of node {} out of its router", link.to);
    case hw::LinkActivity::Kind::between:
      return fmt::format("link from router {} to {}", link.from, link.to);
  }
  return "";
}

std::vector<IntervalBound> bounds_of(const Design& design, const hw::Program& program, const hw::Activity& one) {
  std::map<std::string, IntervalBound> by_kind;
  const auto see = [&](const std::string& kind, double seconds, const std::string& where) {
    IntervalBound& bound = by_kind.try_emplace(kind, IntervalBound{kind, "", 0}).first->second;
    if (seconds <= bound.seconds) return;
    bound.seconds = seconds;
    bound.where = where;
  };
  for (const hw::UnitActivity& unit : one.units) {
    const double seconds = static_cast<double>(unit.worked_cycles) / design.chip.clock_of(design.chip.kind(unit.node)).si();
    const std::string stage = unit.stages.empty() ? "" : program.stages[static_cast<std::size_t>(unit.stages.front())].name;
    see(kind_of(unit), seconds, fmt::format("{} of node {} ({}{})", unit.name, unit.node, stage, unit.stages.size() > 1 ? ", ..." : ""));
  }
  const double hertz = design.chip.network_clock.value_or(design.chip.clock).si();
  for (const hw::LinkActivity& link : one.links) see("links", static_cast<double>(link.flits) / hertz, link_text(link));
  std::vector<IntervalBound> bounds;
  for (auto& [kind, bound] : by_kind) {
    if (bound.seconds > 0) bounds.push_back(std::move(bound));
  }
  std::ranges::stable_sort(bounds, std::ranges::greater{}, &IntervalBound::seconds);
  return bounds;
}

}  // namespace

MappingBounds mapping_bounds(const Design& design, const workloads::TiledNetwork& tiled) {
  const mapper::Mapping mapping = mapper::map(tiled, design.chip, design.mapper);
  const hw::SimulationResult estimate = hw::estimate(mapping.program, design.chip, design.tile);
  MappingBounds result;
  result.interval_s = estimate.interval_s;
  result.latency_s = estimate.latency.seconds();
  result.settled = estimate.converged;
  const RollUp costs = roll_up(design, mapping.program, estimate, tiled.network.macs());
  result.square_metre = costs.area_m2;
  result.energy_j = costs.energy_per_inference_j;
  result.bounds = bounds_of(design, mapping.program, estimate.single);
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
