#include "mapper/placement/placement_problem.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/index.h"
#include "mapper/placement/buffers.h"

namespace mho::mapper {

namespace {

using base::index;

/// Flits of an inference on an edge: a head for each packet and what it carries.
std::int64_t flits_of(const hw::Program& program, const hw::Edge& edge, const hw::ChipParameters& chip) {
  return std::int64_t{edge.flits(chip.noc.flit_bits)} * edge.positions(program.stages[index(edge.producer)].positions);
}

}  // namespace

Distances::Distances(const hw::ChipParameters& chip)
    : topology_(chip), width_(base::index(topology_.columns())), height_(base::index(topology_.rows())) {
  const hw::Topology& topology = topology_;
  for (int node = 0; node < chip.nodes(); ++node) {
    const int router = topology.router_of(node);
    column_.push_back(index(topology.column(router)));
    row_.push_back(index(topology.row(router)));
  }
  const auto links = [&](int count, int step) {
    std::vector<int> table;
    for (int a = 0; a < count; ++a) {
      for (int b = 0; b < count; ++b) table.push_back(topology.hops(topology.node_at(a * step, 0), topology.node_at(b * step, 0)) - 1);
    }
    return table;
  };
  across_ = links(topology.columns(), 1);
  down_ = links(topology.rows(), topology.columns());
}

std::int64_t digital_cycles(const hw::Stage& stage, const tiles::TileParameters& tile) {
  const std::int64_t operations = std::accumulate(stage.elements.begin(), stage.elements.end(), std::int64_t{0},
                                                  [](std::int64_t sum, const hw::ElementWork& element) { return sum + element.operations; });
  return (tile.digital.pipeline_depth + base::groups_of(operations, tile.digital.lanes)) * stage.positions;
}

double tile_cycles(const hw::Program& program, const hw::ChipParameters& chip) {
  const double hertz = chip.clock_of(hw::CoreKind::digital).si();
  double most = 0;
  for (const hw::Stage& stage : program.stages) {
    if (!stage.mvm) continue;
    const tiles::TileParameters& tile = program.settings.at(index(stage.mvm->settings));
    most = std::max(most, tile.dac.array_time().si() * hertz * stage.positions);
  }
  return most;
}

PlacementProblem placement_problem(const hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  PlacementProblem problem;
  std::vector<int> unit_of(program.stages.size());
  std::map<int, int> unit_at;  // by analog core
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const hw::Stage& stage = program.stages[s];
    // The ends of links to other chips are fixed to their node like ports, whatever the kind of core there.
    const bool is_end = stage.kind == hw::Stage::Kind::source || stage.kind == hw::Stage::Kind::sink;
    const hw::CoreKind kind = is_end ? hw::CoreKind::port : chip.kind(stage.core);
    const auto next = static_cast<int>(problem.units.size());
    unit_of[s] = kind == hw::CoreKind::analog ? unit_at.emplace(stage.core, next).first->second : next;
    if (unit_of[s] == next) problem.units.push_back({.kind = kind, .node = stage.core});
    PlacementProblem::Unit& unit = problem.units[index(unit_of[s])];
    unit.stages.push_back(static_cast<int>(s));
    if (kind != hw::CoreKind::digital) continue;
    unit.load[PlacementProblem::buffer] = buffered_bits(program, chip, static_cast<int>(s));
    unit.load[PlacementProblem::cycles] = digital_cycles(stage, tile);
  }
  std::map<std::pair<int, int>, std::int64_t> flows;
  for (const hw::Edge& edge : program.edges) {
    const int from = unit_of[index(edge.producer)], to = unit_of[index(edge.consumer)];
    const std::int64_t flits = flits_of(program, edge, chip);
    problem.units[index(from)].load[PlacementProblem::flits_out] += flits;
    problem.units[index(to)].load[PlacementProblem::flits_in] += flits;
    if (from != to) flows[std::minmax(from, to)] += flits;
  }
  for (const auto& [ends, flits] : flows) problem.flows.push_back({ends.first, ends.second, flits});

  std::map<int, PlacementProblem::Load> of_core;
  for (const PlacementProblem::Unit& unit : problem.units) {
    if (unit.kind != hw::CoreKind::digital) continue;
    PlacementProblem::Load& load = of_core[unit.node];
    for (std::size_t r = 0; r < load.size(); ++r) problem.limit[r] = std::max(problem.limit[r], load[r] += unit.load[r]);
  }
  return problem;
}

void take_nodes(hw::Program& program, const PlacementProblem& problem, const std::vector<int>& nodes) {
  for (std::size_t u = 0; u < nodes.size(); ++u) {
    for (const int stage : problem.units[u].stages) program.stages[index(stage)].core = nodes[u];
  }
}

std::int64_t traffic(const PlacementProblem& problem, const Distances& distances) {
  return std::accumulate(problem.flows.begin(), problem.flows.end(), std::int64_t{0}, [&](std::int64_t sum, const PlacementProblem::Flow& flow) {
    return sum + flow.flits * distances(problem.units[index(flow.a)].node, problem.units[index(flow.b)].node);
  });
}

std::int64_t traffic(const hw::Program& program, const hw::ChipParameters& chip) {
  const Distances distances(chip);
  return std::accumulate(program.edges.begin(), program.edges.end(), std::int64_t{0}, [&](std::int64_t sum, const hw::Edge& edge) {
    return sum + flits_of(program, edge, chip) * distances(program.stages[index(edge.producer)].core, program.stages[index(edge.consumer)].core);
  });
}

}  // namespace mho::mapper
