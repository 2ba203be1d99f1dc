#pragma once

#include <cstdint>
#include <string>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"

namespace mho::cli {

/// "stored as run 3 in results.db", a line; "not stored" for an id of 0.
std::string stored_text(const std::string& what, std::int64_t id, const std::string& database);

/// The run as tables for a chip architect: accuracy over time, speed, energy, area, layers, energy by block, the bottleneck.
std::string summary(const analysis::Design& design, const analysis::Result& result, std::int64_t run_id, const std::string& database);

/// The chip without accuracy: speed, energy, area, layers, energy by block, who waits for what, the bottleneck, what the simulation took.
std::string chip_summary(const analysis::Design& design, const analysis::ChipResult& result, std::int64_t run_id, const std::string& database);

/// A value of the metric as people write it: "93.12 %" of a share, "1.574" of another metric.
std::string metric_text(workloads::Metric metric, double value);

/// "1 s", "2 h", "1 d", "1 y": the largest unit that divides the time, else seconds.
std::string time_text(double seconds);

}  // namespace mho::cli
