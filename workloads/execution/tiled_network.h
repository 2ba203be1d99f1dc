#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tiles/layer_tiles.h"
#include "tiles/layout.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// The tensors of a node that are rounded to the result format: its output, and inside a recurrent node the values sent from block to block.
enum class RoundedTensor { result, cell, product, gate, candidate };
inline constexpr std::size_t rounded_tensors = 5;

/// Largest magnitudes of tensors: the full scale of integer results.
struct ResultScales {
  std::vector<std::array<float, rounded_tensors>> by_node{};  ///< empty: unknown
  float input = 1;                                            ///< of the network's input
};

/// Statistics of the tile inputs in the float network, for each matrix and row part.
struct InputCalibration {
  struct Part {
    float range = 1.0F;     ///< alpha
    double mean_drive = 0;  ///< mean power of the inputs over the integration as a share of full scale, e.g. mean |x| / alpha for pulse lengths
    std::vector<float> row_share{};  ///< for each input: its power over the mean power; empty: all equal
  };
  std::map<std::string, std::vector<Part>> parts;  ///< by matrix name and row part
  ResultScales results{};                          ///< filled if digital.result_format is an integer format
};

/// A calibration with every tile input at full scale, used before calibrate().
InputCalibration full_scale_inputs(const tiles::Layout& layout);

/// Cache of the sums of target conductances of blocks. They do not depend on placement and are equal for all copies. Computing them reads all
/// weights, which for a large file takes longer than the rest of the mapping.
struct KnownConductances {
  using Key = std::tuple<std::string, int, int, int, int>;  ///< name of the matrix, input begin and end, output begin and end
  std::map<Key, double> siemens;
};

/// A network and the tiles that hold its matrices: the common input of execution on tiles, retraining and mapping. It owns its parts. A run has one.
struct TiledNetwork {
  Network network;               ///< digital matrices are marked (Matrix::digital)
  tiles::LayerTiles tiles;       ///< tile settings of each matrix
  tiles::Layout layout;          ///< layout of every matrix that is not digital
  InputCalibration calibration;  ///< of every matrix in `layout`; full_scale_inputs() until calibrate() has run
  /// Valid for these weights on these tiles; replace it if either changes.
  std::shared_ptr<KnownConductances> conductances = std::make_shared<KnownConductances>();
};

}  // namespace mho::workloads
