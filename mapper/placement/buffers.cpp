#include "mapper/placement/buffers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "hw/program/untimed_execution.h"

namespace mho::mapper {

int with_credits_on_their_way(int need) { return need + (need + 2) / 3 + 1; }

void size_buffers(hw::Program& program, const hw::ChipParameters& chip, int slack) {
  constexpr int inferences = 2;  // when the second begins, buffers still hold the end of the first
  hw::UntimedRun execution(program, chip.output_buffer_positions, inferences);
  while (true) {
    const hw::UntimedExecution run = execution.go();
    if (run.finished) break;
    // If a buffer is full and its stage waits for another input, this branch is too short for the join.
    std::set<int> starved;
    for (const int edge : run.blocked_by_input) starved.insert(program.edges[static_cast<std::size_t>(edge)].consumer);
    bool grown = false;
    for (const int blocked : run.blocked_by_credit) {
      hw::Edge& edge = program.edges[static_cast<std::size_t>(blocked)];
      if (!starved.contains(edge.consumer)) continue;
      // An eighth more: near the minimum after few runs.
      edge.capacity += std::max(1, edge.capacity / 8);
      grown = true;
    }
    if (!grown) {
      throw base::UserError("the mapped program gets stuck although no branch is too short; this is a defect of the mapping, not of the design",
                            base::ExitCode::failed_check);
    }
  }
  for (hw::Edge& edge : program.edges) edge.capacity = with_credits_on_their_way(edge.capacity) + slack;
}

std::int64_t buffered_bits(const hw::Program& program, const hw::ChipParameters& chip, int stage) {
  std::int64_t bits = 0;
  for (const hw::Edge& edge : program.edges) {
    if (edge.consumer == stage) bits += static_cast<std::int64_t>(edge.capacity) * edge.bits_per_position;
  }
  const hw::Stage& owner = program.stages[static_cast<std::size_t>(stage)];
  if (owner.kind == hw::Stage::Kind::digital) bits += static_cast<std::int64_t>(chip.output_buffer_positions) * owner.bits_per_position;
  return bits;
}

}  // namespace mho::mapper
