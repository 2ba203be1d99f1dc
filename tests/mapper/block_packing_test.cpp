// Matrices on tiles that they share: every weight lies in one cell, blocks go where the choice lets them, and the mapper keeps them together.
#include "mapper/block_packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/base/expect_error.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

/// A chain of products of random sizes, every other one in groups.
workloads::Network random_products(std::mt19937& source, int layers) {
  std::vector<int> widths{12 * (1 + static_cast<int>(source() % 8))};
  NetworkBuilder b({1, widths.front()});
  int x = 0;
  for (int k = 0; k < layers; ++k) {
    const int outputs = 12 * (1 + static_cast<int>(source() % 8));
    x = b.gemm("fc" + std::to_string(k), x, outputs);
  }
  workloads::Network network = b.finish(x);
  for (std::size_t m = 0; m < network.matrices.size(); m += 2) network.matrices[m].groups = m % 4 == 0 ? 3 : 12;
  return network;
}

struct Cell {
  std::size_t matrix;
  int input, output, copy;
  auto operator<=>(const Cell&) const = default;
};

/// Every weight of every copy in one cell, each cell with one weight at most, on the tiles that there are.
void expect_every_weight_once(const workloads::TiledNetwork& tiled) {
  std::map<std::tuple<int, int, int>, Cell> weight_at;  // by tile, row and column
  std::set<Cell> seen;
  std::set<int> used;
  for (std::size_t m = 0; m < tiled.layout.matrices.size(); ++m) {
    const tiles::MatrixLayout& layout = tiled.layout.matrices[m];
    const tiles::TileParameters& tile = tiled.tiles.of(layout.node);
    const int each = tile.columns_of(2) - tile.columns_of(1);
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) {
      const tiles::Block block = layout.block(b);
      used.insert(block.tile);
      EXPECT_LE(block.tile_row + block.inputs(), tile.rows);
      EXPECT_LE(block.tile_column + tile.columns_of(block.outputs()), tile.columns);
      for (int j = 0; j < block.inputs(); ++j) {
        for (int i = 0; i < block.outputs(); ++i) {
          const Cell weight{m, block.input_begin + j, block.output_begin + i, block.copy};
          for (int c = 0; c < each; ++c) {
            EXPECT_TRUE(weight_at.try_emplace({block.tile, block.tile_row + j, block.tile_column + each * i + c}, weight).second);
          }
          EXPECT_TRUE(seen.insert(weight).second) << "a weight lies twice";
        }
      }
    }
    const int group_inputs = layout.inputs / layout.groups, group_outputs = layout.outputs / layout.groups;
    for (int copy = 0; copy < layout.copies; ++copy) {
      for (int j = 0; j < layout.inputs; ++j) {
        for (int i = 0; i < layout.outputs; ++i) {
          if (j / group_inputs == i / group_outputs) {
            EXPECT_TRUE(seen.contains({m, j, i, copy})) << layout.node;
          }
        }
      }
    }
  }
  EXPECT_EQ(static_cast<int>(used.size()), tiled.layout.tiles);
  EXPECT_EQ(*used.rbegin() + 1, tiled.layout.tiles);
}

TEST(BlockPacking, EveryWeightLiesInOneCell) {
  std::mt19937 source(3);
  for (const std::string packing : {"none", "diagonal", "rectangle", "auto"}) {
    for (const std::string split : {"even", "filling", "auto"}) {
      const Setting on = setting({"mapper.packing=" + packing, "mapper.split=" + split, "tile.rows=48", "tile.columns=40"});
      workloads::TiledNetwork tiled = lay_out(random_products(source, 6), on.tile);
      tiled.layout.matrices[1].copies = 2;
      tiled.layout.renumber();
      const int blocks = tiled.layout.tiles;
      pack_blocks(tiled, on.chip, on.mapper.packing);
      expect_every_weight_once(tiled);
      EXPECT_EQ(tiled.layout.packed(), packing != "none");
      EXPECT_LE(tiled.layout.tiles, blocks);
      if (packing == "rectangle") {
        EXPECT_LT(tiled.layout.tiles, blocks);
      }
      EXPECT_EQ(tiled.layout.matrices[1].copies, 2);
      const PackedTiles packed = packed_tiles(tiled);
      EXPECT_GE(packed.tiles, packed.least_rectangle);
      if (packing == "diagonal") {
        EXPECT_GE(packed.tiles, packed.least_diagonal);
      }
    }
  }
}

TEST(BlockPacking, ReferenceColumnsBelongToTheirBlocks) {
  std::mt19937 source(5);
  const Setting on = setting({"mapper.packing=rectangle", "tile.rows=48", "tile.columns=40", "tile.coding.kind=offset", "tile.coding.pairs=2"});
  workloads::TiledNetwork tiled = lay_out(random_products(source, 6), on.tile);
  pack_blocks(tiled, on.chip, on.mapper.packing);
  expect_every_weight_once(tiled);
  std::map<int, std::set<std::pair<int, int>>> taken;
  for (const tiles::MatrixLayout& layout : tiled.layout.matrices) {
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) {
      const tiles::Block block = layout.block(b);
      for (int j = 0; j < block.inputs(); ++j) {
        for (int c = 0; c < 2 * (block.outputs() + 1); ++c) EXPECT_TRUE(taken[block.tile].insert({block.tile_row + j, block.tile_column + c}).second);
      }
    }
  }
}

TEST(BlockPacking, WithoutAWishTheLayoutStays) {
  const Setting on = setting({});
  workloads::TiledNetwork tiled = lay_out(residual_chain(3), on.tile);
  const std::size_t before = tiled.layout.matrices.front().blocks.size();
  pack_blocks(tiled, on.chip, on.mapper.packing);
  EXPECT_FALSE(tiled.layout.packed());
  EXPECT_EQ(tiled.layout.matrices.front().blocks.size(), before);
}

/// Automatically no tile works longer than the busiest layer.
TEST(BlockPacking, AutomaticallyNoTileWorksLongerThanTheBusiestAlone) {
  const Setting on = setting({"mapper.packing=auto"});
  workloads::TiledNetwork tiled = lay_out(residual_chain(4), on.tile);
  pack_blocks(tiled, on.chip, on.mapper.packing);
  std::map<int, std::int64_t> products;  // by tile
  std::int64_t busiest = 0;
  for (const workloads::Node& node : tiled.network.nodes) {
    if (node.matrices.empty()) continue;
    const std::int64_t positions = tiled.network.positions(node);
    busiest = std::max(busiest, positions);
    products[tiled.layout.of(node.name).block(0).tile] += positions;
  }
  EXPECT_LT(products.size(), tiled.layout.matrices.size());
  for (const auto& [tile, sum] : products) EXPECT_LE(sum, busiest);
}

/// On a chip with too few tiles for that, as little longer as can be.
TEST(BlockPacking, AutomaticallyTheChipHoldsIt) {
  const Setting on = setting({"mapper.packing=auto", "chip.mesh.width=3", "chip.mesh.height=1", "chip.digital_cores=1"});
  workloads::TiledNetwork tiled = lay_out(residual_chain(4), on.tile);
  pack_blocks(tiled, on.chip, on.mapper.packing);
  EXPECT_LE(tiled.layout.tiles, 1);
  expect_every_weight_once(tiled);
}

/// Blocks of a tile are on one core, which counts once.
TEST(BlockPacking, TheMapperKeepsATileTogether) {
  const Setting on = setting({"mapper.packing=rectangle", "chip.input_buffer=256KiB"});
  workloads::TiledNetwork tiled = lay_out(residual_chain(4), on.tile);
  for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {});
  const double alone = map(tiled, on.chip, on.mapper).utilisation;
  pack_blocks(tiled, on.chip, on.mapper.packing);
  for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {});
  ASSERT_EQ(tiled.layout.tiles, 1);
  const Mapping mapping = map(tiled, on.chip, on.mapper);
  hw::verify(mapping.program, on.chip);
  std::set<int> cores;
  for (const TilePlacement& placed : mapping.tiles) cores.insert(placed.node);
  EXPECT_EQ(cores.size(), 1U);
  EXPECT_GT(mapping.tiles.size(), 5U);
  EXPECT_NEAR(mapping.utilisation, alone * static_cast<double>(mapping.tiles.size()), 1e-9);
}

TEST(BlockPacking, WeightsThatAreReloadedDoNotShare) {
  const Setting on = setting({"mapper.packing=rectangle", "mapper.weights=reloaded"});
  workloads::TiledNetwork tiled = lay_out(residual_chain(2), on.tile);
  pack_blocks(tiled, on.chip, on.mapper.packing);
  EXPECT_THAT(base::user_error([&] { (void)map(tiled, on.chip, on.mapper); }), testing::HasSubstr("mapper.packing"));
}

/// Blocks without a row or column in common are in lanes of their own where selectors keep them apart.
TEST(BlockPacking, LanesAreThoseOfTheDiagonal) {
  for (const std::string selector : {"row", "block"}) {
    const Setting on = setting({"mapper.packing=diagonal", "tile.array.selector=" + selector, "chip.input_buffer=256KiB"});
    workloads::TiledNetwork tiled = lay_out(residual_chain(2), on.tile);
    pack_blocks(tiled, on.chip, on.mapper.packing);
    for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {});
    const Mapping mapping = map(tiled, on.chip, on.mapper);
    hw::verify(mapping.program, on.chip);
    std::set<std::pair<int, int>> lanes;
    for (const hw::Stage& stage : mapping.program.stages) {
      if (stage.mvm) lanes.insert({stage.mvm->tile, stage.mvm->lane});
    }
    EXPECT_EQ(static_cast<int>(lanes.size()), selector == "row" ? tiled.layout.tiles : static_cast<int>(mapping.tiles.size()));
  }
}

}  // namespace
}  // namespace mho::mapper::test
