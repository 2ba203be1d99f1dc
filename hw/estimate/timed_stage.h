#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "hw/estimate/stage_cycles.h"
#include "hw/estimate/timed_edge.h"
#include "hw/program/program.h"

namespace mho::hw {

/// A time that is not known yet.
inline constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();

/// A stage as times, in femtoseconds: what StageController counts on the chip, known ahead of the time at which it happens. Its edges belong to
/// whoever sends over them.
struct TimedStage {
  /// `slots`: positions that its output buffer holds.
  TimedStage(const Stage& stage, int slots, std::int64_t period);

  std::int64_t positions = 0;  ///< of an inference
  std::int64_t period = 0;     ///< of its core
  std::vector<int> inputs, outputs;
  StageCycles time;                                      ///< of its units, in femtoseconds
  std::int64_t started = 0, finished = 0, computed = 0;  ///< positions
  std::int64_t inference = 0, in_inference = 0;          ///< of the position that it starts next
  std::int64_t finished_inference = 0, in_finished = 0;  ///< of the position that it finishes next
  std::int64_t idle_since = 0;
  std::int64_t spacing = 0, not_before = 0;  ///< positions that start follow each other so late; that of the next one
  int lacking = -1;                          ///< an input that is not there; -1: none is known
  std::int64_t lacking_until = 0;            ///< positions that it needs of that
  bool wants_room = false;

  /// Once all outputs are there.
  void count_readers(const Program& program);
  /// The next position is started.
  void start();
  /// A position enters the output buffer.
  void finish(std::int64_t when);
  [[nodiscard]] std::int64_t finished_at(std::int64_t position) { return finished_at_[position]; }
  /// One of its outputs has sent a position by `when`; true where that makes room.
  bool sent(std::int64_t position, std::int64_t when);
  /// When there is a place for a position in the output buffer; `unknown` where that is not known yet.
  [[nodiscard]] std::int64_t room(std::int64_t position);

 private:
  bool leave();
  int slots_;
  std::vector<int> readers_;  ///< by position of an inference: outputs that carry it
  Recent<std::int64_t> finished_at_, left_at_;
  Recent<int> unsent_;
  std::int64_t gone_ = 0;  ///< positions that have left the output buffer, those that left it before them too
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
