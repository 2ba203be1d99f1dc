#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::hw {

/// One phase of a program as a program of its own.
struct PhaseProgram {
  Program program;          ///< without phases; all layers and settings
  std::vector<int> stages;  ///< of each of its stages: index in the whole program
  std::vector<int> edges;   ///< the same of its edges

  /// Stages of the phase under their indices in the whole program.
  [[nodiscard]] std::vector<int> in_whole(std::vector<int> stages_of_phase) const;
};

/// Index in `units` of the unit with the node and name of `unit`, which is added without stages where it is new: units of two phases that have both
/// in common are one unit of the chip. `AnyUnit` has name, node and stages.
template <class AnyUnit>
std::size_t unit_of_chip(std::vector<AnyUnit>& units, AnyUnit unit) {
  const auto same = std::ranges::find_if(units, [&](const AnyUnit& other) { return other.node == unit.node && other.name == unit.name; });
  const auto index = static_cast<std::size_t>(same - units.begin());
  if (same == units.end()) {
    unit.stages.clear();
    units.push_back(std::move(unit));
  }
  return index;
}

/// Stages and edges of one phase, in the order they have in `program`. Of a program without phases, phase 0 is all of it.
PhaseProgram phase_program(const Program& program, int phase);

/// 1 for a program without phases.
int phase_count(const Program& program);

/// Adds the events of a phase to those of the whole program: units of the same name and node and links between the same ends are the same. `sum`
/// may be empty at first. Elapsed times add up.
void add_phase(Activity& sum, const Activity& of_phase, const PhaseProgram& phase, const Program& whole);

}  // namespace mho::hw
