#pragma once

#include <optional>
#include <span>
#include <string>

#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/improvement.h"
#include "analysis/experiment/mapping_bounds.h"
#include "analysis/experiment/sizing.h"
#include "base/error.h"
#include "base/json.h"
#include "tiles/layout.h"

namespace mho::cli {

/// The mapping of a design, or why there is none.
struct Mapped {
  std::optional<analysis::MappingBounds> bounds;
  std::string why{};
  base::ExitCode code = base::ExitCode::ok;  ///< of the reason
};

/// Tiles of each matrix and the bounds that they set. `throughput_per_s`: what was asked for; empty: nothing.
std::string tile_bounds_text(const analysis::TileBounds& all, std::optional<double> throughput_per_s);
base::Json tile_bounds_json(const analysis::TileBounds& all);

/// What lies on which tile: the arrays of a file of conductances.
std::string blocks_text(const tiles::Layout& layout);
base::Json blocks_json(const tiles::Layout& layout);

/// How the network lies on the chip and what bounds its interval.
std::string mapped_text(const Mapped& mapped);
base::Json mapped_json(const Mapped& mapped);

/// The chip that was found for a target, and what the given one lacks. `simulated`: of it; null where it was not simulated.
std::string sizing_text(const analysis::Sizing& sizing, const analysis::ChipResult* simulated);
base::Json sizing_json(const analysis::Sizing& sizing, const analysis::ChipResult* simulated);

/// What one more of each resource brings to a chip as it is now.
std::string choices_text(const analysis::ImprovementStep& now, std::span<const analysis::ImprovementStep> choices);
base::Json step_json(const analysis::ImprovementStep& step);

/// What one more of each resource brings, and the steps that were taken. `simulated`: of the last one; null where it was not simulated.
std::string ladder_text(const analysis::Ladder& ladder, const analysis::ChipResult* simulated);
base::Json ladder_json(const analysis::Ladder& ladder, const analysis::ChipResult* simulated);

}  // namespace mho::cli
