#include "periphery/timing/timeline_module.h"

namespace mho::periphery {

Timeline::Timeline(const base::Clock& clock) : clock_(clock) { sc_core::sc_set_time_resolution(1, sc_core::SC_FS); }

std::int64_t Timeline::now() const {
  const auto fs = static_cast<std::int64_t>(sc_core::sc_time_stamp().value());
  if (fs != known_fs_) {
    known_fs_ = fs;
    known_cycle_ = clock_.edge_index(base::SimTime::from_femtoseconds(fs));
  }
  return known_cycle_;
}

std::int64_t Timeline::next_edge() const {
  return clock_.next_edge_index(base::SimTime::from_femtoseconds(static_cast<std::int64_t>(sc_core::sc_time_stamp().value())));
}

void Timeline::notify(sc_core::sc_event& event, std::int64_t cycle) const {
  const std::int64_t present = now();
  if (cycle <= present) {
    event.notify(sc_core::SC_ZERO_TIME);
    return;
  }
  const std::int64_t delay = clock_.edge(cycle).femtoseconds() - static_cast<std::int64_t>(sc_core::sc_time_stamp().value());
  event.notify(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(delay)));
}

}  // namespace mho::periphery
