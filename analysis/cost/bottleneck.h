#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// The bottleneck of a chip: what sets the interval in steady state.
struct Bottleneck {
  enum class Kind {
    unit,        ///< a unit that works at least 95 % of the time
    link,        ///< a link that is busy at least 95 % of the time
    credits,     ///< a buffer that is too small for the travel time of positions and credits
    recurrence,  ///< a loop in which each step waits for the state of the previous step
    stage        ///< none of these: the stage at which the search along the waits ends
  } kind = Kind::unit;
  int stage = -1;            ///< index in Program::stages; -1 for a link
  int node = 0;              ///< mesh node; of a link: its node, or the router or node at which it begins
  std::string unit;          ///< kinds unit and stage: the busiest unit of the stage
  std::optional<int> edge;   ///< kind credits: index in Program::edges
  std::vector<int> loop;     ///< kind recurrence: stages, the reader of the state first
  double share = 0;          ///< share of the time in which it works, moves flits or waits
  std::vector<int> held_up;  ///< stages on the search from the chip's output to the bottleneck
  std::string text;          ///< description in one line
};

/// The text of Bottleneck::Kind as the database stores it.
std::string_view kind_name(Bottleneck::Kind kind);

/// Finds the bottleneck of an activity in which `inferences` left during `elapsed`. A unit or link that works at least 95 % of the time is the
/// bottleneck. Else the search follows the waits from the chip's output: from a stage that waits for input to the producer of the edge with the
/// longest wait, from a stage without credits to the consumer of the edge that lacked them longest. It ends at a stage that works longer than it
/// waits, or at a stage that it has met before. Throws std::logic_error for an activity of another program.
Bottleneck find_bottleneck(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& activity, int inferences);
/// The bottleneck in the window of a simulation; with phases, in the longest phase, which the text names. If the inferences are too few for a window
/// without draining: the busiest unit.
Bottleneck find_bottleneck(const hw::Program& program, const hw::ChipParameters& chip, const hw::SimulationResult& simulation);

}  // namespace mho::analysis
