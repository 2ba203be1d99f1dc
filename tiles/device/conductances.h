#pragma once

#include <cstdint>
#include <vector>

namespace mho::tiles {

/// Conductances of the devices of one sign of one slice and pair of a block.
struct DevicePlane {
  int slice = 0;
  int pair = 0;
  std::uint32_t sign = 0;           ///< 0 positive, 1 negative, else the reference column of offset coding
  std::vector<float> microsiemens;  ///< [inputs][outputs]; of a reference column [inputs]
};

/// Between a block and the world: what its devices are to be programmed to, or what a real chip was measured to hold.
struct ConductanceExchange {
  bool measured = false;            ///< true: `planes` are given and take the place of programming; false: they are filled with targets
  std::vector<DevicePlane> planes;  ///< in the order of programming
};

}  // namespace mho::tiles
