#pragma once

#include <vector>

#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::hw {

/// One phase of a program as a program of its own.
struct PhaseProgram {
  Program program;          ///< without phases; all layers and settings
  std::vector<int> stages;  ///< of each of its stages: index in the whole program
  std::vector<int> edges;   ///< the same of its edges
};

/// Stages and edges of one phase, in the order they have in `program`. Of a program without phases, phase 0 is all of it.
PhaseProgram phase_program(const Program& program, int phase);

/// 1 for a program without phases.
int phase_count(const Program& program);

/// Adds the events of a phase to those of the whole program: units of the same name and node and links between the same ends are the same. `sum`
/// may be empty at first. Elapsed times add up.
void add_phase(Activity& sum, const Activity& of_phase, const PhaseProgram& phase, const Program& whole);

}  // namespace mho::hw
