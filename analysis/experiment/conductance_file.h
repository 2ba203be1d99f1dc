#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/input_limit.h"
#include "tiles/device/conductances.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// Conductances of all devices of a network, by matrix name and block of its layout, in siemens.
using NetworkConductances = std::map<std::string, std::vector<tiles::ConductanceExchange>>;

/// Target conductances of all devices. Throws UserError for codings whose targets depend on earlier programming.
NetworkConductances target_conductances(const workloads::TiledNetwork& tiled);

/// Name of the array of a block: "tile_<tile>"; if blocks share tiles: "tile_<tile>_row_<first row>_column_<first column>".
std::string conductance_array(const tiles::Layout& layout, const tiles::Block& block);

/// Bytes of a .npz file: for each block an array (conductance_array) in siemens, [rows][columns][polarity]. Rows are the inputs of the block. Columns
/// are its outputs, each with one column per slice and pair (slice by slice). Polarity: positive, negative. Offset coding has one polarity, and after
/// the outputs the reference columns, one per slice and pair.
std::string conductance_file(const workloads::TiledNetwork& tiled, const NetworkConductances& conductances);

/// Reads such a file with measured conductances. Throws UserError naming the tile for missing arrays, other shapes, and values that are not
/// conductances. Only the network's arrays are unpacked; their bytes count against the limit.
NetworkConductances read_conductances(const std::string& path, const workloads::TiledNetwork& tiled,
                                      const base::InputLimit& limit = base::InputLimit());

}  // namespace mho::analysis
