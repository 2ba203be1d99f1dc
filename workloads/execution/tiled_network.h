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

/// What of a node is rounded to the format that results travel in: its output, and inside of a recurrent node what goes from block to block.
enum class RoundedTensor { result, cell, product, gate, candidate };
inline constexpr std::size_t rounded_tensors = 5;

/// Largest magnitudes of tensors, the full scale of integers that carry them.
struct ResultScales {
  std::vector<std::array<float, rounded_tensors>> by_node{};  ///< empty: not known
  float input = 1;                                            ///< of the network
};

/// What the float network puts on each tile input, per matrix and row part.
struct InputCalibration {
  struct Part {
    float range = 1.0F;              ///< alpha
    double mean_drive = 0;           ///< share of full-scale power that the inputs draw over the integration, e.g. mean |x| / alpha for pulse lengths
    std::vector<float> row_share{};  ///< by input: its power over that of the mean one; empty: all the same
  };
  std::map<std::string, std::vector<Part>> parts;  ///< by name of the matrix, by row part
  ResultScales results{};                          ///< where digital.result_format is an integer
};

/// Stands in for a calibration: every input of every tile at full scale.
InputCalibration full_scale_inputs(const tiles::Layout& layout);

/// What the target conductances of blocks add up to, kept once computed: the same for every placement, and for every copy. Weights of a large file
/// are read for it, which takes longer than the rest of mapping.
struct KnownConductances {
  using Key = std::tuple<std::string, int, int, int, int>;  ///< name of the matrix, inputs from and to, outputs from and to
  std::map<Key, double> siemens;
};

/// A network and the tiles that hold its matrices: all that execution on tiles, retraining and mapping read. It owns its parts. One run has one.
struct TiledNetwork {
  Network network;               ///< matrices that are multiplied digitally are marked
  tiles::LayerTiles tiles;       ///< settings of the tiles of each matrix
  tiles::Layout layout;          ///< of every matrix that is not digital
  InputCalibration calibration;  ///< of every matrix in `layout`: full_scale_inputs until calibrate() has seen samples
  /// Of these weights on these tiles: whoever changes either starts anew.
  std::shared_ptr<KnownConductances> conductances = std::make_shared<KnownConductances>();
};

}  // namespace mho::workloads
