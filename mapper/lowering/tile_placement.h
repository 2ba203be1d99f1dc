#pragma once

#include <string>

#include "tiles/layout.h"

namespace mho::mapper {

/// Node of one block of a logical tile.
struct TilePlacement {
  int tile = 0;
  int node = 0;  ///< mesh node
  std::string layer;
  tiles::Block block;
  int phase = 0;  ///< index in Program::phases, if there are phases
};

}  // namespace mho::mapper
