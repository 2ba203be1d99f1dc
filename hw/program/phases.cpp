#include "hw/program/phases.h"

#include <algorithm>
#include <stdexcept>

namespace mho::hw {

int phase_count(const Program& program) { return std::max(1, static_cast<int>(program.phases.size())); }

PhaseProgram phase_program(const Program& program, int phase) {
  PhaseProgram result;
  result.program.layers = program.layers;
  result.program.settings = program.settings;
  result.program.batch = program.batch;
  std::vector<int> local(program.stages.size(), -1);
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    if (!program.phases.empty() && program.stages[s].phase != phase) continue;
    local[s] = static_cast<int>(result.stages.size());
    result.stages.push_back(static_cast<int>(s));
    result.program.stages.push_back(program.stages[s]);
    result.program.stages.back().phase = 0;
  }
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    const Edge& edge = program.edges[e];
    const int producer = local.at(static_cast<std::size_t>(edge.producer)), consumer = local.at(static_cast<std::size_t>(edge.consumer));
    if (producer < 0 && consumer < 0) continue;
    if (producer < 0 || consumer < 0) throw std::logic_error("phase_program: an edge from one phase to another");
    result.edges.push_back(static_cast<int>(e));
    result.program.edges.push_back(edge);
    result.program.edges.back().producer = producer;
    result.program.edges.back().consumer = consumer;
  }
  return result;
}

std::vector<int> PhaseProgram::in_whole(std::vector<int> stages_of_phase) const {
  for (int& stage : stages_of_phase) stage = stages[static_cast<std::size_t>(stage)];
  return stages_of_phase;
}

namespace {

void add_unit(std::vector<UnitActivity>& units, const UnitActivity& of_phase, const PhaseProgram& phase) {
  UnitActivity& unit = units[unit_of_chip(units, UnitActivity{.name = of_phase.name, .node = of_phase.node})];
  for (const int stage : phase.in_whole(of_phase.stages)) {
    if (std::ranges::find(unit.stages, stage) == unit.stages.end()) unit.stages.push_back(stage);
  }
  unit.worked_cycles += of_phase.worked_cycles;
  unit.held_cycles += of_phase.held_cycles;
}

}  // namespace

void add_phase(Activity& sum, const Activity& of_phase, const PhaseProgram& phase, const Program& whole) {
  sum.stages.resize(whole.stages.size());
  sum.edges.resize(whole.edges.size());
  for (std::size_t s = 0; s < phase.stages.size(); ++s) sum.stages[static_cast<std::size_t>(phase.stages[s])] += of_phase.stages[s];
  for (std::size_t e = 0; e < phase.edges.size(); ++e) sum.edges[static_cast<std::size_t>(phase.edges[e])] += of_phase.edges[e];
  for (const UnitActivity& unit : of_phase.units) add_unit(sum.units, unit, phase);
  if (sum.links.empty()) {
    sum.links = of_phase.links;
  } else {
    for (std::size_t l = 0; l < sum.links.size(); ++l) sum.links[l].flits += of_phase.links.at(l).flits;
  }
  sum.routers.resize(of_phase.routers.size());
  for (std::size_t r = 0; r < sum.routers.size(); ++r) sum.routers[r] += of_phase.routers[r];
  if (sum.gates.empty()) {
    sum.gates = of_phase.gates;
  } else {
    for (std::size_t g = 0; g < sum.gates.size(); ++g) sum.gates[g] += of_phase.gates.at(g);
  }
  sum.packets += of_phase.packets;
  sum.flit_hops += of_phase.flit_hops;
  sum.elapsed = sum.elapsed + of_phase.elapsed;
}

}  // namespace mho::hw
