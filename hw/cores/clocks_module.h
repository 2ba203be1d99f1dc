#pragma once

#include <systemc>

#include "hw/spec/parameters.h"
#include "periphery/timing/timeline_module.h"

namespace mho::hw {

/// Timelines of the clock domains of the chip.
struct Clocks {
  explicit Clocks(const ChipParameters& parameters)
      : chip(base::Clock::from(parameters.clock)),
        network(base::Clock::from(parameters.network_clock.value_or(parameters.clock)), chip),
        digital(base::Clock::from(parameters.clock_of(CoreKind::digital)), chip),
        analog(base::Clock::from(parameters.clock_of(CoreKind::analog)), chip) {}
  [[nodiscard]] const periphery::Timeline& of(CoreKind kind) const {
    return kind == CoreKind::analog ? analog : kind == CoreKind::digital ? digital : chip;
  }
  periphery::Timeline chip;  ///< of ports, and for times of the whole chip
  periphery::Timeline network, digital, analog;
};

/// The present time of the SystemC kernel.
inline base::SimTime present_time() { return base::SimTime::from_femtoseconds(static_cast<std::int64_t>(sc_core::sc_time_stamp().value())); }

}  // namespace mho::hw
