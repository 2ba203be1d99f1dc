#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/program/program.h"

namespace mho::hw {

/// Where an execution without time stood when nothing could move any more.
struct UntimedExecution {
  bool finished = false;
  std::vector<std::int64_t> started;   ///< positions each stage computed, over all inferences
  std::vector<std::int64_t> sent;      ///< positions sent on each edge, of those that it carries
  std::vector<std::int64_t> released;  ///< positions freed on each edge
  std::vector<int> blocked_by_credit;  ///< edges whose producer waits for room
  std::vector<int> blocked_by_input;   ///< edges whose consumer waits for positions
};

/// An execution of a program without time: every stage computes as soon as its positions are there and its output buffer has room, an edge holds at
/// most its capacity. Such a network of streams is determinate (Kahn 1974), so it gets stuck in one order of execution if it does in every one; a
/// chip with the same or larger buffers finishes when this run finishes. Linear in the positions.
class UntimedRun {
 public:
  /// `program` must be structurally sound and outlive the run.
  UntimedRun(const Program& program, int output_buffer_positions, int inferences);
  ~UntimedRun();
  UntimedRun(const UntimedRun&) = delete;
  UntimedRun& operator=(const UntimedRun&) = delete;
  /// Goes on until nothing can move. May be called again when capacities of the program's edges have grown: what could move before could also have
  /// moved with larger ones.
  UntimedExecution go();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One run to its end.
UntimedExecution execute_untimed(const Program& program, int output_buffer_positions, int inferences);

}  // namespace mho::hw
