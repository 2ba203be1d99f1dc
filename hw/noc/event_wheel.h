#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mho::hw {

/// Queue of events by cycle, for at most three cycles ahead: all delays of the network are 1 to 3 cycles.
template <class Event>
class Wheel {
 public:
  /// `most`: largest number of events in one cycle.
  explicit Wheel(std::size_t most) {
    for (auto& events : events_) events.resize(most);
  }
  void add(std::int64_t cycle, const Event& event) {
    const std::size_t at = slot(cycle);
    assert(counts_[at] < events_[at].size());
    events_[at][counts_[at]++] = event;
  }
  [[nodiscard]] std::span<const Event> at(std::int64_t cycle) const { return {events_[slot(cycle)].data(), counts_[slot(cycle)]}; }
  void clear(std::int64_t cycle) { counts_[slot(cycle)] = 0; }
  [[nodiscard]] bool empty(std::int64_t cycle) const { return counts_[slot(cycle)] == 0; }
  [[nodiscard]] bool empty() const { return empty(0) && empty(1) && empty(2) && empty(3); }
  template <class Visit>
  void each(Visit visit) const {
    for (std::int64_t cycle = 0; cycle < turn; ++cycle) {
      for (const Event& event : at(cycle)) visit(event);
    }
  }

 private:
  static constexpr std::int64_t turn = 4;
  static std::size_t slot(std::int64_t cycle) { return static_cast<std::size_t>(cycle & (turn - 1)); }
  std::array<std::vector<Event>, turn> events_;
  std::array<std::size_t, turn> counts_{};
};

}  // namespace mho::hw
