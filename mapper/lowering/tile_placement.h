#pragma once

#include <string>

#include "tiles/layout.h"

namespace mho::mapper {

/// Where one block of a logical tile went.
struct TilePlacement {
  int tile = 0;
  int node = 0;  ///< mesh node
  std::string layer;
  tiles::Block block;
  int phase = 0;  ///< index in Program::phases, where there are any
};

}  // namespace mho::mapper
