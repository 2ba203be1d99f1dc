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

/// The stages of a product, before their inputs are connected.
struct Product {
  /// Stages that multiply, each with its block; a digital matrix is one stage with one block.
  std::vector<std::pair<int, tiles::Block>> analog;
  std::vector<StreamPart> parts;  ///< stages of the output, by channels
};

/// Creates the stages of products with trained matrices: one for each block, on its tile, and one for each column part whose partial sums are added.
class ProductStages {
 public:
  /// Both arguments outlive the object.
  ProductStages(const workloads::TiledNetwork& tiled, ProgramBuilder& builder)
      : network_(tiled.network), tiled_(tiled), tile_(tiled.tiles.standard()), builder_(builder), lanes_(tile_lanes(tiled.layout, tiled.tiles)) {}
  /// Creates the stages for matrix `which` of `node`, with names that begin with `name`. Throws std::logic_error if a copy serves no position.
  Product multiply(const workloads::Node& node, std::size_t which, const std::string& name, int layer, int positions);

  std::vector<TilePlacement> placements;      ///< places of blocks, in order of their stages
  std::vector<std::vector<int>> tile_stages;  ///< by placement: its stages

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
