#pragma once

#include <string>

#include "analysis/plot/look.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// The floorplan of the chip as the text of an SVG file: every node with its number, kind, stages and how much of the time its busiest unit works;
/// every direction of a link with its flits per cycle; colours with a legend. `window`: an activity with units, links and the time it took.
/// Links are as wide and as coloured as their share of the busiest one.
std::string heat_map_svg(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& window);

}  // namespace mho::analysis
