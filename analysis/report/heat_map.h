#pragma once

#include <string>

#include "analysis/plot/look.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// The load of the chip as the text of an SVG file: each node with its number, kind, stages and the share of time that its busiest unit works; each
/// direction of a link with its flits per cycle; colours with a legend. Width and colour of a link show its share of the busiest link. `window`: an
/// activity with units, links and its duration.
std::string heat_map_svg(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& window);

}  // namespace mho::analysis
