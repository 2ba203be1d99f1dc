#pragma once

#include <cstdint>
#include <vector>

namespace mho::tiles {

/// Conductances of the devices of one sign of one slice and pair of a block.
struct DevicePlane {
  int slice = 0;
  int pair = 0;
  std::uint32_t sign = 0;           ///< 0 positive, 1 negative, else the reference column of offset coding
  std::vector<float> microsiemens;  ///< [inputs][outputs]; [inputs] for a reference column
};

/// Conductances that a block exports or imports: the targets of its devices, or conductances measured on a real chip.
struct ConductanceExchange {
  bool measured = false;            ///< true: `planes` are given and replace programming; false: they are filled with targets
  std::vector<DevicePlane> planes;  ///< in the order of programming
};

}  // namespace mho::tiles
