#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// A part of a difference.
struct Share {
  std::string part{};
  double first = 0, second = 0;  ///< value in each run
  [[nodiscard]] double difference() const { return second - first; }
};

/// One figure of two runs, split: the parts of each run add up to its total.
struct Split {
  std::string figure{};  ///< column of v_run
  std::string unit{};
  std::string by{};  ///< kind of parts: component, layer, part of the interval, cause
  double first = 0, second = 0;
  std::vector<Share> shares{};  ///< the largest difference first
};

/// Explains the differences between runs `first` and `second`: energy by component, by layer and by cause (more events, or more energy per event),
/// area by component, latency by activity of the layers, interval by activity of the busiest core. Throws UserError for a run that does not exist or
/// was refused; with code failed_check if parts do not add up to their total within 1e-9.
std::vector<Split> explain(const Reader& reader, std::int64_t first, std::int64_t second);

}  // namespace mho::analysis
