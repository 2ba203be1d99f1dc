#pragma once

#include <systemc>

#include "hw/spec/parameters.h"
#include "periphery/timing/timeline_module.h"

namespace mho::hw {

/// The chip's clock domains as timelines.
struct Clocks {
  explicit Clocks(const ChipParameters& parameters)
      : chip(base::Clock::from(parameters.clock)),
        network(base::Clock::from(parameters.network_clock.value_or(parameters.clock)), chip),
        digital(base::Clock::from(parameters.clock_of(CoreKind::digital)), chip),
        analog(base::Clock::from(parameters.clock_of(CoreKind::analog)), chip) {}
  [[nodiscard]] const periphery::Timeline& of(CoreKind kind) const {
    return kind == CoreKind::analog ? analog : kind == CoreKind::digital ? digital : chip;
  }
  periphery::Timeline chip;  ///< ports, and what is said of the whole
  periphery::Timeline network, digital, analog;
};

/// The kernel's time, whatever the clock.
inline base::SimTime present_time() { return base::SimTime::from_femtoseconds(static_cast<std::int64_t>(sc_core::sc_time_stamp().value())); }

}  // namespace mho::hw
