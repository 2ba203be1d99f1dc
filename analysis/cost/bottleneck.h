#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// What sets the pace of a chip in steady state.
struct Bottleneck {
  enum class Kind {
    unit,        ///< works all the time
    link,        ///< moves a flit in every cycle, or nearly
    credits,     ///< a buffer too small for the time that a position and its credit take
    recurrence,  ///< a state that comes back around a loop, one step at a time
    stage        ///< none of these stands out: the stage where following the waits ends
  } kind = Kind::unit;
  int stage = -1;            ///< index in Program::stages; of a link none
  int node = 0;              ///< of the mesh; of a link its sender
  std::string unit;          ///< kind unit and stage: the stage's busiest
  std::optional<int> edge;   ///< kind credits: index in Program::edges
  std::vector<int> loop;     ///< kind recurrence: stages, the reader of the state first
  double share = 0;          ///< of the time it works, moves flits, or waits
  std::vector<int> held_up;  ///< stages from the chip's output back to the bottleneck, as the waits were followed
  std::string text;          ///< one line: where, what, why
};

/// The text of Bottleneck::Kind as the database stores it.
std::string_view kind_name(Bottleneck::Kind kind);

/// Finds it in an activity in which `inferences` left one after the other; its `elapsed` is the time they took. A unit or a link that is at work at
/// least 95 % of the time is the bottleneck. Where there is none, waits are followed from the chip's output: a stage that waits for input leads to
/// the producer of the edge that was missing longest, one whose output is blocked to the consumer of the edge that lacked credits longest, until a
/// stage comes up twice.
Bottleneck find_bottleneck(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& activity, int inferences);
/// The same of a simulation's window; of a program with phases, that of the phase which takes longest, of which the text tells.
Bottleneck find_bottleneck(const hw::Program& program, const hw::ChipParameters& chip, const hw::SimulationResult& simulation);

}  // namespace mho::analysis
