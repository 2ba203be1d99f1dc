#include "hw/estimate/timed_stage.h"

#include <algorithm>

namespace mho::hw {

TimedStage::TimedStage(const Stage& stage, int slots, std::int64_t core_period)
    : positions(stage.positions), period(core_period), slots_(slots), finished_at_(slots + 2), left_at_(2 * slots + 2), unsent_(slots + 2) {}

void TimedStage::count_readers(const Program& program) {
  readers_.assign(static_cast<std::size_t>(positions), 0);
  for (const int e : outputs) {
    const Edge& edge = program.edges[static_cast<std::size_t>(e)];
    if (!edge.carried) {
      for (int& readers : readers_) ++readers;
    } else {
      for (const std::int32_t position : *edge.carried) ++readers_[static_cast<std::size_t>(position)];
    }
  }
}

void TimedStage::start() {
  ++started;
  if (++in_inference == positions) {
    in_inference = 0;
    ++inference;
  }
}

void TimedStage::finish(std::int64_t when) {
  finished_at_[finished] = when;
  left_at_[finished] = 0;
  unsent_[finished] = readers_[static_cast<std::size_t>(in_finished)];
  ++finished;
  if (++in_finished == positions) {
    in_finished = 0;
    ++finished_inference;
  }
}

bool TimedStage::sent(std::int64_t position, std::int64_t when) {
  left_at_[position] = std::max(left_at_[position], when);
  --unsent_[position];
  return leave();
}

bool TimedStage::leave() {
  const std::int64_t before = gone_;
  while (gone_ < finished && unsent_[gone_] == 0) {
    last_left_ = std::max(last_left_, left_at_[gone_]);
    left_at_[gone_++] = last_left_;
  }
  return gone_ > before;
}

std::int64_t TimedStage::room(std::int64_t position) {
  const std::int64_t before = position - slots_;
  if (outputs.empty() || before < 0) return 0;
  if (before >= gone_ && (!leave() || before >= gone_)) return unknown;
  return left_at_[before];
}

}  // namespace mho::hw
