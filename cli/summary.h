#pragma once

#include <cstdint>
#include <string>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"

namespace mho::cli {

/// The line "stored as run 3 in results.db", or "not stored" for an id of 0.
std::string stored_text(const std::string& what, std::int64_t id, const std::string& database);

/// A run as tables: accuracy over time, speed, energy, area, layers, energy by block, the bottleneck.
std::string summary(const analysis::Design& design, const analysis::Result& result, std::int64_t run_id, const std::string& database);

/// A chip without accuracy as tables: speed, energy, area, layers, energy by block, waiting times, the bottleneck, cost of the simulation.
std::string chip_summary(const analysis::Design& design, const analysis::ChipResult& result, std::int64_t run_id, const std::string& database);

/// A value of the metric for reading: "93.12 %" for a share, "1.574" for another metric.
std::string metric_text(workloads::Metric metric, double value);

/// A time in the largest unit that divides it, else in seconds: "1 s", "2 h", "1 d", "1 y".
std::string time_text(double seconds);

}  // namespace mho::cli
