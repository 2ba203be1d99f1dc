#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/input_limit.h"
#include "tiles/device/conductances.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// Conductances of all devices of a network: by matrix, by block of its layout.
using NetworkConductances = std::map<std::string, std::vector<tiles::ConductanceExchange>>;

/// What the devices of every tile are to be programmed to. Throws UserError for codings whose targets depend on what was programmed before.
NetworkConductances target_conductances(const workloads::TiledNetwork& tiled);

/// The array of a block: "tile_<tile>", where blocks share tiles "tile_<tile>_row_<first row>_column_<first column>".
std::string conductance_array(const tiles::Layout& layout, const tiles::Block& block);

/// A .npz file: for each block an array (conductance_array) in siemens [rows][columns][polarity]. Rows are the inputs of the tile's block; columns
/// its outputs, each with a column per slice and pair (slice by slice); polarity positive, negative. Offset coding has one polarity, and after the
/// outputs the reference columns, one per slice and pair.
std::string conductance_file(const workloads::TiledNetwork& tiled, const NetworkConductances& conductances);

/// Reads such a file with measured conductances. Throws UserError naming the tile for missing arrays, other shapes, and what is no conductance.
/// Only arrays of the network are unpacked; their bytes count against the limit.
NetworkConductances read_conductances(const std::string& path, const workloads::TiledNetwork& tiled,
                                      const base::InputLimit& limit = base::InputLimit());

}  // namespace mho::analysis
