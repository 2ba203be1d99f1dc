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

/// How points are chosen among what the axes span.
enum class Sampling { grid, random, latin };

/// What a sweep is asked for.
struct SweepRequest {
  EvaluationTask task{};
  std::vector<AxisGroup> axes{};                                            ///< of the grid, the last one fastest
  std::vector<std::vector<std::pair<std::string, std::string>>> written{};  ///< points that are written out, axis by axis
  std::vector<std::string> constraints{};
  Sampling sampling = Sampling::grid;
  std::int64_t samples = 0;  ///< of random and latin
  std::uint64_t sampling_seed = 1;
  bool retrains_each = false;  ///< networks are retrained for the chip of each point; else for the one that all points begin with

  /// What the points depend on: the request of its exploration.
  [[nodiscard]] base::Json json() const;
};

/// Adds what a SWEEP.yaml says. Throws UserError with file:line:column.
void read_sweep_file(SweepRequest& request, const std::string& path);

/// Adds "KEY=VALUES" of --vary; keys with '/' between them go together, and so do their values: chip.mesh.width/chip.mesh.height=4/4,6/8. Throws
/// UserError (code usage).
void add_variation(SweepRequest& request, const std::string& text);

/// "grid", "random:N" or "latin:N". Throws UserError (code usage).
void set_sampling(SweepRequest& request, const std::string& text);

/// The points of a request, in their order.
struct SweepPoints {
  std::vector<NumberedPoint> points{};
  std::int64_t spanned = 0;                                      ///< before constraints
  std::vector<std::pair<std::string, std::int64_t>> excluded{};  ///< by constraint: points that it does not hold for
};

/// Throws UserError: no axis, more than a million points, an interval in a grid, constraints that leave nothing (with how much each one excludes),
/// one that cannot be computed.
SweepPoints points_of(const SweepRequest& request);

}  // namespace mho::analysis
