#pragma once

#include <string>

#include "analysis/plot/look.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// How a network lies on a chip as the text of an SVG file: every node with the colours of the layers whose stages it has, every direction of a link
/// as wide as its share of the busiest one's flits, and the layers' names. `single`: one inference, with links.
std::string floorplan_svg(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& single);

}  // namespace mho::analysis
