#pragma once

#include <cstddef>
#include <cstdint>

namespace mho::periphery {

/// State of a unit: idle, working, or holding finished work that the next unit does not accept.
enum class UnitState { free, working, holding };

/// Gets every change of state of the units that it watches, in order of time.
class UnitObserver {
 public:
  virtual ~UnitObserver() = default;
  /// `unit`: number of the unit; `kind`: of the work that begins, is held or ends.
  virtual void changed(int unit, std::size_t kind, UnitState state, std::int64_t cycle) = 0;
};

/// The state of one unit and the cycles it spent in each.
class UnitRecord {
 public:
  [[nodiscard]] UnitState state() const { return state_; }
  void change(UnitState state, std::size_t kind, std::int64_t cycle) {
    count(cycle);
    state_ = state;
    if (observer_ != nullptr) observer_->changed(number_, kind, state, cycle);
  }
  /// Cycles up to `cycle`.
  [[nodiscard]] std::int64_t worked(std::int64_t cycle) const { return worked_ + (state_ == UnitState::working ? cycle - since_ : 0); }
  [[nodiscard]] std::int64_t held(std::int64_t cycle) const { return held_ + (state_ == UnitState::holding ? cycle - since_ : 0); }
  void observe(UnitObserver& observer, int number) {
    observer_ = &observer;
    number_ = number;
  }

 private:
  void count(std::int64_t cycle) {
    worked_ = worked(cycle);
    held_ = held(cycle);
    since_ = cycle;
  }
  UnitState state_ = UnitState::free;
  std::int64_t since_ = 0;
  std::int64_t worked_ = 0;
  std::int64_t held_ = 0;
  UnitObserver* observer_ = nullptr;
  int number_ = 0;
};

}  // namespace mho::periphery
