#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace mho::hw {

/// What stands behind a port of the chip.
struct Memory {
  std::string name;                       ///< as `port.memory` writes it
  std::optional<double> bits_per_second;  ///< empty: `bits_per_cycle` of the port's clock
  double bits_per_cycle = 0;
  base::Energy energy_per_bit;
  base::Duration latency;      ///< from the request of a read to its first bit
  base::Area area;             ///< of interface and controller on this chip, at 14 nm; of `none`: for each Gb/s
  base::Power standing_power;  ///< that the interface takes at rest; of `none`: for each Gb/s
};

/// Every kind, the default first: `none` is a link to whoever feeds the chip.
const std::vector<Memory>& memories();
/// Throws std::out_of_range for a word that names none.
const Memory& memory(const std::string& name);

}  // namespace mho::hw
