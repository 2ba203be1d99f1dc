#include "hw/spec/memory.h"

#include <algorithm>
#include <stdexcept>

namespace mho::hw {

const std::vector<Memory>& memories() {
  // none: a link of 64 bits a cycle. lpddr4: 64 bits of LPDDR4-3200 (JEDEC JESD209-4), 4 to 8 pJ/bit. hbm2: a stack of 1024 bits at 2 Gb/s (JEDEC
  // JESD235), 3.9 pJ/bit (O'Connor et al., MICRO 2017). Latencies are those of an idle controller, row activation and column access.
  // Areas and powers are an architect's choice: 2 pads of a package link for 1000 um2 a Gb/s; 3 mm2 and 60 mW for 64 bits of LPDDR4; 12 mm2 and 300
  // mW for the 1024 bits of HBM2.
  static const std::vector<Memory> list{
      {"none", std::nullopt, 64, base::Energy(6e-12), base::Duration(0.0), base::Area(1e-9), base::Power(1e-5)},
      {"lpddr4", 64 * 3.2e9, 0, base::Energy(6e-12), base::Duration(100e-9), base::Area(3e-6), base::Power(60e-3)},
      {"hbm2", 1024 * 2e9, 0, base::Energy(3.9e-12), base::Duration(100e-9), base::Area(12e-6), base::Power(300e-3)},
  };
  return list;
}

const Memory& memory(const std::string& name) {
  const auto found = std::ranges::find(memories(), name, &Memory::name);
  if (found == memories().end()) throw std::out_of_range("no memory called '" + name + "'");
  return *found;
}

}  // namespace mho::hw
