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
  Program program;          ///< without phases; with all layers and settings
  std::vector<int> stages;  ///< by stage of `program`: index in the whole program
  std::vector<int> edges;   ///< by edge of `program`: index in the whole program

  /// Converts stage indices of this phase to indices in the whole program.
  [[nodiscard]] std::vector<int> in_whole(std::vector<int> stages_of_phase) const;
};

/// Index in `units` of the unit with the same node and name as `unit`; adds `unit` without stages if there is none. Units of two phases with the same
/// node and name are one unit of the chip. `AnyUnit` has the members name, node and stages.
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

/// Stages and edges of one phase, in the order of `program`. Phase 0 of a program without phases is the whole program. Throws std::logic_error for an
/// edge between two phases.
PhaseProgram phase_program(const Program& program, int phase);

/// The number of phases; 1 for a program without phases.
int phase_count(const Program& program);

/// Adds the activity of a phase to `sum`, the activity of the whole program, which is empty before the first phase. Units of the same name and node
/// are one unit. Links, routers and gates are added by index. Elapsed times add up.
void add_phase(Activity& sum, const Activity& of_phase, const PhaseProgram& phase, const Program& whole);

}  // namespace mho::hw
