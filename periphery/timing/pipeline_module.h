#pragma once

#include <cstdint>
#include <functional>
#include <systemc>
#include <vector>

#include "periphery/timing/timeline_module.h"
#include "periphery/timing/unit_record.h"

namespace mho::periphery {

/// One unit of a pipeline. It works on one position at a time for a fixed number of cycles and hands over in the cycle the next unit is free, if need
/// be in the same cycle; until then it holds the position and accepts no other. So an unhindered chain has the sum of its cycles as latency and the
/// longest unit's as interval. A unit that several owners share knows a kind of work for each.
class PipelineModule : public sc_core::sc_module {
 public:
  /// `cycles` >= 0; 0 passes positions on in the same cycle.
  PipelineModule(sc_core::sc_module_name name, const Timeline& timeline, std::int64_t cycles);
  /// One number of cycles for each kind of work.
  PipelineModule(sc_core::sc_module_name name, const Timeline& timeline, std::vector<std::int64_t> cycles);
  /// The unit that follows.
  void connect(PipelineModule& next);
  /// For the last unit: takes a finished position, or returns false when there is no room; then retry() once there is.
  void connect(std::function<bool(std::int64_t)> sink) { sink_ = std::move(sink); }
  /// From now on a position that nobody takes keeps the unit working: it is what it has to do, as an array that holds charges until they are
  /// converted.
  void work_while_held() { held_state_ = UnitState::working; }
  /// Called when this unit has handed a position over and is free again.
  void when_free(std::function<void()> action) { freed_ = std::move(action); }

  [[nodiscard]] bool free() const { return record_.state() == UnitState::free; }
  /// Has finished and found no room.
  [[nodiscard]] bool blocked() const { return held_; }
  [[nodiscard]] std::int64_t cycles(std::size_t kind = 0) const { return cycles_.at(kind); }
  /// Begins a position in the present cycle; the unit must be free. The unit that follows gets the same kind of work. `more`: cycles that this
  /// position takes beyond those of its kind.
  void begin(std::int64_t position, std::size_t kind = 0, std::int64_t more = 0);
  void retry();
  [[nodiscard]] UnitRecord& record() { return record_; }

 protected:
  /// Counts the events of one position; called when it begins.
  virtual void count(std::size_t kind) = 0;

 private:
  void run() {
    timeline_.run([this] { finish(); });
  }
  void finish();
  const Timeline& timeline_;
  std::vector<std::int64_t> cycles_;  ///< by kind of work
  PipelineModule* next_ = nullptr;
  std::function<bool(std::int64_t)> sink_;
  std::function<void()> freed_;
  UnitRecord record_;
  UnitState held_state_ = UnitState::holding;
  bool held_ = false;
  std::int64_t position_ = 0;
  std::size_t kind_ = 0;
  sc_core::sc_event done_;
};

}  // namespace mho::periphery
