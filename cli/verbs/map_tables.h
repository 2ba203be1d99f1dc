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

/// The mapping of a design, or the reason why there is none.
struct Mapped {
  std::optional<analysis::MappingBounds> bounds;
  std::string why{};
  base::ExitCode code = base::ExitCode::ok;  ///< exit code of the reason
};

/// Tiles of each matrix and the bounds that they set. `throughput_per_s`: requested inferences per second; empty: none.
std::string tile_bounds_text(const analysis::TileBounds& all, std::optional<double> throughput_per_s);
base::Json tile_bounds_json(const analysis::TileBounds& all);

/// The blocks and their tiles: the arrays of a conductance file.
std::string blocks_text(const tiles::Layout& layout);
base::Json blocks_json(const tiles::Layout& layout);

/// The mapping and the bounds of its interval.
std::string mapped_text(const Mapped& mapped);
base::Json mapped_json(const Mapped& mapped);

/// The chip found for a target, and the resources that the given chip lacks. `simulated`: its simulation; null: not simulated.
std::string sizing_text(const analysis::Sizing& sizing, const analysis::ChipResult* simulated);
base::Json sizing_json(const analysis::Sizing& sizing, const analysis::ChipResult* simulated);

/// Effect of one more unit of each resource on the present chip.
std::string choices_text(const analysis::ImprovementStep& now, std::span<const analysis::ImprovementStep> choices);
base::Json step_json(const analysis::ImprovementStep& step);

/// Effect of one more unit of each resource, and the steps that were taken. `simulated`: simulation of the last step; null: not simulated.
std::string ladder_text(const analysis::Ladder& ladder, const analysis::ChipResult* simulated);
base::Json ladder_json(const analysis::Ladder& ladder, const analysis::ChipResult* simulated);

}  // namespace mho::cli
