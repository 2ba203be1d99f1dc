#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/program/program.h"

namespace mho::hw {

/// State of an execution without time when no stage can make progress.
struct UntimedExecution {
  bool finished = false;
  std::vector<std::int64_t> started;   ///< positions computed, by stage, over all inferences
  std::vector<std::int64_t> sent;      ///< positions sent, by edge, of those that it carries
  std::vector<std::int64_t> released;  ///< positions released, by edge
  std::vector<int> blocked_by_credit;  ///< edges whose producer waits for a credit
  std::vector<int> blocked_by_input;   ///< edges whose consumer waits for positions
};

/// Execution of a program without time. Each stage computes as soon as its inputs have arrived and its output buffer has space; an edge holds at most
/// its capacity. Such a network of streams is determinate (Kahn 1974): it deadlocks in every order of execution or in none. If this run finishes, so
/// does a chip with the same or larger buffers. The run time is linear in the positions.
class UntimedRun {
 public:
  /// `program` must pass the structural rules of verify() and outlive the run. `output_buffer_positions`: size of the output buffer of each stage.
  UntimedRun(const Program& program, int output_buffer_positions, int inferences);
  ~UntimedRun();
  UntimedRun(const UntimedRun&) = delete;
  UntimedRun& operator=(const UntimedRun&) = delete;
  /// Runs until no stage can make progress. May be called again after capacities of edges have been increased; the result is as if they had been
  /// larger from the start.
  UntimedExecution go();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The result of one run.
UntimedExecution execute_untimed(const Program& program, int output_buffer_positions, int inferences);

}  // namespace mho::hw
