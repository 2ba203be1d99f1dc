#pragma once

#include <cstdint>
#include <functional>
#include <systemc>
#include <vector>

#include "periphery/timing/timeline_module.h"
#include "periphery/timing/unit_record.h"

namespace mho::periphery {

/// One unit of a pipeline. It works on one position at a time for a fixed number of cycles and passes it on in the cycle in which the next unit is
/// free, possibly the same cycle; until then it holds the position and accepts no other. The latency of a chain without waiting is the sum of its
/// cycles, its interval the cycles of the longest unit. A unit with several owners has a kind of work for each.
class PipelineModule : public sc_core::sc_module {
 public:
  /// `cycles` >= 0; 0 passes positions on in the same cycle.
  PipelineModule(sc_core::sc_module_name name, const Timeline& timeline, std::int64_t cycles);
  /// The number of cycles of each kind of work.
  PipelineModule(sc_core::sc_module_name name, const Timeline& timeline, std::vector<std::int64_t> cycles);
  /// Sets the next unit.
  void connect(PipelineModule& next);
  /// For the last unit: `take` accepts a finished position, or returns false if there is no room. Call retry() when there is room again.
  void connect(std::function<bool(std::int64_t)> sink) { sink_ = std::move(sink); }
  /// From now on the unit counts as working while it holds a position that the next unit does not accept, as an array that holds charges until they
  /// are converted.
  void work_while_held() { held_state_ = UnitState::working; }
  /// Called when this unit has passed a position on and is free again.
  void when_free(std::function<void()> action) { freed_ = std::move(action); }

  [[nodiscard]] bool free() const { return record_.state() == UnitState::free; }
  /// Whether it has finished and waits for room.
  [[nodiscard]] bool blocked() const { return held_; }
  [[nodiscard]] std::int64_t cycles(std::size_t kind = 0) const { return cycles_.at(kind); }
  /// Begins a position in the present cycle; the unit must be free. The next unit gets the same kind of work. `more`: cycles of this position in
  /// addition to those of its kind.
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
