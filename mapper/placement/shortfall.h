#pragma once

#include <string>

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowering.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Of a program without phases that finds no place on the chip: everything that it lacks (tiles, buffers, digital cores), and the smallest change of
/// the chip with which place() succeeds, tried out: "; it lacks ...; it fits with --set KEY=VALUE ...". Buffers grow by KiB, the mesh by rows and
/// columns. Buffers of the program are sized.
std::string shortfall_text(const Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
