#pragma once

#include <string_view>
#include <vector>

#include "periphery/component.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// Events that the blocks of this layer cost, beside those of periphery.
inline constexpr std::string_view mvm = "mvm";                              ///< one product of the array
inline constexpr std::string_view programmed_device = "programmed_device";  ///< one device given its conductance

/// What a tile holds and is driven with, as far as energy depends on it.
struct TileLoad {
  double conductance_sum_siemens = 0;  ///< of all devices
  double mean_drive = 0;               ///< share of full-scale power of the driven rows over the integration
  int driven_rows = 0;
};

/// Converters of a bank, which one tile or all tiles of a core use: one per `tile.adc.mux` columns, rounded up.
int adcs_per_bank(const TileParameters& tile);

/// The costed blocks of a tile and of a bank: cells, drivers, array, converters, output stage, programming.
std::vector<periphery::Component> components(const TileParameters& tile, const TileLoad& load);

}  // namespace mho::tiles
