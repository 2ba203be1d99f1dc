#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw/chip/observer.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// Positions of edges that each position of a stage needs and makes, and the units that begin and finish a stage's work.
class PositionFlows {
 public:
  PositionFlows() = default;
  /// `program` must outlive it.
  PositionFlows(const hw::Program& program, const std::vector<hw::Unit>& units);

  /// A position on an edge; numbers count the edge's positions over all inferences.
  struct Flow {
    int edge = 0;
    std::int64_t number = 0;
  };
  /// Positions of edges that position `position` of a stage, counted over all inferences, makes. Positions that no reader needs are left out.
  [[nodiscard]] std::vector<Flow> made(int stage, std::int64_t position) const;
  /// Positions of edges that this position is the first to need.
  [[nodiscard]] std::vector<Flow> needed(int stage, std::int64_t position) const;
  [[nodiscard]] bool begins(int stage, std::size_t unit) const { return ends_.at(static_cast<std::size_t>(stage)).first == unit; }
  [[nodiscard]] bool finishes(int stage, std::size_t unit) const { return ends_.at(static_cast<std::size_t>(stage)).last == unit; }

 private:
  /// The first and the last unit that works on a stage, in the order in which units are numbered.
  struct Ends {
    std::size_t first = static_cast<std::size_t>(-1), last = 0;
  };
  const hw::Program* program_ = nullptr;
  std::vector<Ends> ends_;
  std::vector<std::vector<int>> out_, in_;  ///< edges, by stage
};

}  // namespace mho::analysis
