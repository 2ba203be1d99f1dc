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

}  // namespace mho::hw
