#pragma once

#include <string>

#include "analysis/plot/look.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// The placement of a network on a chip as the text of an SVG file: each node has the colours of the layers whose stages it holds, each direction of
/// a link is as wide as its share of the busiest link's flits, and layers are named. `single`: activity of one inference, with links.
std::string floorplan_svg(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& single);

}  // namespace mho::analysis
