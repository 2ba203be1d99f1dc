#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/explore/point_store.h"
#include "analysis/explore/sweep/axis.h"
#include "base/json.h"

namespace mho::analysis {

/// Selection of points from the space of the axes: all, random, or a Latin hypercube.
enum class Sampling { grid, random, latin };

/// The request of a sweep.
struct SweepRequest {
  EvaluationTask task{};
  std::vector<AxisGroup> axes{};                                            ///< axes of the grid; the last one varies fastest
  std::vector<std::vector<std::pair<std::string, std::string>>> written{};  ///< points given explicitly, axis by axis
  std::vector<std::string> constraints{};
  Sampling sampling = Sampling::grid;
  std::int64_t samples = 0;  ///< number of points for random and latin
  std::uint64_t sampling_seed = 1;
  bool retrains_each = false;  ///< retrain networks for the chip of each point; false: for the chip that all points start from

  /// Everything that the points depend on: the request of the exploration.
  [[nodiscard]] base::Json json() const;
};

/// Adds the settings of a sweep file (SWEEP.yaml). Throws UserError with file:line:column.
void read_sweep_file(SweepRequest& request, const std::string& path);

/// Adds "KEY=VALUES" of --vary. Keys separated by '/' vary together, and so do their values: chip.mesh.width/chip.mesh.height=4/4,6/8. Throws
/// UserError with code usage.
void add_variation(SweepRequest& request, const std::string& text);

/// Sets the sampling from "grid", "random:N" or "latin:N". Throws UserError with code usage.
void set_sampling(SweepRequest& request, const std::string& text);

/// The points of a request, in their order.
struct SweepPoints {
  std::vector<NumberedPoint> points{};
  std::int64_t spanned = 0;                                      ///< number of points before constraints
  std::vector<std::pair<std::string, std::int64_t>> excluded{};  ///< by constraint: number of points that violate it
};

/// The points of a request. Throws UserError for no axis, more than a million points, an interval in a grid, constraints that exclude all points
/// (with the number for each), and a constraint that cannot be computed.
SweepPoints points_of(const SweepRequest& request);

}  // namespace mho::analysis
