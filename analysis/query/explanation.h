#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// A part of a difference.
struct Share {
  std::string part{};
  double first = 0, second = 0;  ///< of both runs
  [[nodiscard]] double difference() const { return second - first; }
};

/// One figure of two runs, split: the parts of each run add up to its total.
struct Split {
  std::string figure{};  ///< column of v_run
  std::string unit{};
  std::string by{};  ///< component, layer, part of the interval, cause
  double first = 0, second = 0;
  std::vector<Share> shares{};  ///< the largest difference first
};

/// Why a figure of run `second` is another than that of run `first`: energy by component, by layer and by cause (events that are more, events that
/// are dearer), area by component, the latency by what its layers do, the interval by what the busiest core does in it. Throws UserError: no such
/// run, one that was refused; with code failed_check where parts do not add up to their total within 1e-9.
std::vector<Split> explain(const Reader& reader, std::int64_t first, std::int64_t second);

}  // namespace mho::analysis
