#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "hw/estimate/stage_cycles.h"
#include "hw/estimate/timed_edge.h"
#include "hw/program/program.h"

namespace mho::hw {

/// Marks a time that is not yet known.
inline constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();

/// The times of a stage in fs: the timed counterpart of StageController. Times are known before the execution reaches them. The stage does not own
/// its edges.
struct TimedStage {
  /// `slots`: size of the output buffer in positions. `period`: of the core's clock, in fs.
  TimedStage(const Stage& stage, int slots, std::int64_t period);

  std::int64_t positions = 0;  ///< per inference
  std::int64_t period = 0;     ///< of the clock of its core
  std::vector<int> inputs, outputs;
  StageCycles time;                                      ///< of its units, in fs
  std::int64_t started = 0, finished = 0, computed = 0;  ///< positions
  std::int64_t inference = 0, in_inference = 0;          ///< of the position that starts next
  std::int64_t finished_inference = 0, in_finished = 0;  ///< of the position that finishes next
  std::int64_t idle_since = 0;
  std::int64_t spacing = 0, not_before = 0;  ///< least time between two starts; earliest start of the next position
  int lacking = -1;                          ///< input edge that lacks positions; -1: none known
  std::int64_t lacking_until = 0;            ///< number of positions needed of that edge
  bool wants_room = false;

  /// Counts the outputs of each position. Call it after all outputs have been added.
  void count_readers(const Program& program);
  /// Starts the next position.
  void start();
  /// The next position enters the output buffer at `when`.
  void finish(std::int64_t when);
  [[nodiscard]] std::int64_t finished_at(std::int64_t position) { return finished_at_[position]; }
  /// One of the outputs has sent a position by `when`. Returns whether this frees space.
  bool sent(std::int64_t position, std::int64_t when);
  /// Time from which the output buffer has space for a position; `unknown` if not yet known.
  [[nodiscard]] std::int64_t room(std::int64_t position);

 private:
  bool leave();
  int slots_;
  std::vector<int> readers_;  ///< by position of an inference: number of outputs that carry it
  Recent<std::int64_t> finished_at_, left_at_;
  Recent<int> unsent_;
  std::int64_t gone_ = 0;  ///< number of leading positions that have all left the output buffer
  std::int64_t last_left_ = 0;
};

inline void TimedStage::start() {
  ++started;
  if (++in_inference == positions) {
    in_inference = 0;
    ++inference;
  }
}

inline void TimedStage::finish(std::int64_t when) {
  finished_at_[finished] = when;
  left_at_[finished] = 0;
  unsent_[finished] = readers_[static_cast<std::size_t>(in_finished)];
  ++finished;
  if (++in_finished == positions) {
    in_finished = 0;
    ++finished_inference;
  }
}

inline bool TimedStage::leave() {
  const std::int64_t before = gone_;
  while (gone_ < finished && unsent_[gone_] == 0) {
    last_left_ = std::max(last_left_, left_at_[gone_]);
    left_at_[gone_++] = last_left_;
  }
  return gone_ > before;
}

inline bool TimedStage::sent(std::int64_t position, std::int64_t when) {
  left_at_[position] = std::max(left_at_[position], when);
  --unsent_[position];
  return leave();
}

inline std::int64_t TimedStage::room(std::int64_t position) {
  const std::int64_t before = position - slots_;
  if (outputs.empty() || before < 0) return 0;
  if (before >= gone_ && (!leave() || before >= gone_)) return unknown;
  return left_at_[before];
}

}  // namespace mho::hw
