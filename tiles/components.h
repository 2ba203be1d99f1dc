#pragma once

#include <string_view>
#include <vector>

#include "periphery/component.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// Events of the blocks of this layer; those of periphery are in periphery/components.h.
inline constexpr std::string_view mvm = "mvm";                              ///< one product of the array
inline constexpr std::string_view programmed_device = "programmed_device";  ///< programming of one device

/// Conductances and inputs of a tile as far as energy depends on them.
struct TileLoad {
  double conductance_sum_siemens = 0;  ///< of all devices
  double mean_drive = 0;               ///< share of full-scale power of the driven rows over the integration
  int driven_rows = 0;
};

/// The number of converters of a bank, which one tile or all tiles of a core use: columns / `tile.adc.mux`, rounded up.
int adcs_per_bank(const TileParameters& tile);

/// The components of a tile and of a bank: cells, drivers, array, converters, output stage, programming.
std::vector<periphery::Component> components(const TileParameters& tile, const TileLoad& load);

}  // namespace mho::tiles
