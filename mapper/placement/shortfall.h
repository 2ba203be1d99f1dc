#pragma once

#include <string>

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowering.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Text for a program without phases that does not fit the chip. It lists everything that the chip lacks (tiles, buffers, digital cores), then the
/// smallest change of the chip with which place() succeeds: ". In all it lacks ... It fits with --set KEY=VALUE ...". The change is tried out.
/// Buffers grow by KiB, the mesh by rows and columns. The buffers of the program must be sized before.
std::string shortfall_text(const Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
