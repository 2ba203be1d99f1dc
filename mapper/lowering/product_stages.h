#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mapper/lowering/lowering.h"
#include "mapper/lowering/program_builder.h"
#include "mapper/lowering/tile_lanes.h"

namespace mho::mapper {

/// Stages of a product without their inputs.
struct Product {
  std::vector<std::pair<int, tiles::Block>> analog;
  std::vector<StreamPart> parts;  ///< of the output
};

/// Makes the stages of products with trained matrices: one for each block, on its tile, and one more for each column part whose partial sums add up.
class ProductStages {
 public:
  /// Both arguments outlive it.
  ProductStages(const workloads::TiledNetwork& tiled, ProgramBuilder& builder)
      : network_(tiled.network), tiled_(tiled), tile_(tiled.tiles.standard()), builder_(builder), lanes_(tile_lanes(tiled.layout, tiled.tiles)) {}
  /// Matrix `which` of `node`, as `name`.
  Product multiply(const workloads::Node& node, std::size_t which, const std::string& name, int layer, int positions);

  std::vector<TilePlacement> placements;      ///< in order of their stages
  std::vector<std::vector<int>> tile_stages;  ///< by placement

 private:
  Product multiply_digitally(const workloads::Matrix& weights, const std::string& name, int layer, int positions, StageOperation task);
  void stand_on_tile(int stage, const std::string& layer, const tiles::Block& block);
  double conductance_sum(const tiles::MatrixLayout& matrix, const tiles::Block& block, const std::string& name, std::span<const float> weights,
                         float unit);
  int accumulate(const std::string& name, int layer, int column, const std::vector<int>& stages, int positions, StageOperation task);
  [[nodiscard]] int result_bits() const { return tile_.digital.result_format.bits(); }

  const workloads::Network& network_;
  const workloads::TiledNetwork& tiled_;
  const tiles::TileParameters& tile_;
  ProgramBuilder& builder_;
  std::map<BlockKey, int> lanes_;
  std::map<BlockKey, std::size_t> placement_of_;
};

}  // namespace mho::mapper
