#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace mho::hw {

/// A memory, or a plain link, behind a port of the chip.
struct Memory {
  std::string name;                       ///< value of the key `port.memory`
  std::optional<double> bits_per_second;  ///< empty: `bits_per_cycle` in each cycle of the port's clock
  double bits_per_cycle = 0;
  base::Energy energy_per_bit;
  base::Duration latency;      ///< from the request of a read to its first bit
  base::Area area;             ///< of interface and controller on this chip, at 14 nm; of `none`: for each Gb/s
  base::Power standing_power;  ///< power of the idle interface; of `none`: for each Gb/s
};

/// All kinds, the default first: `none` is a link without a memory.
const std::vector<Memory>& memories();
/// The memory called `name`. Throws std::out_of_range for another word.
const Memory& memory(const std::string& name);

}  // namespace mho::hw
