#include "tiles/layout.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace mho::tiles {
namespace {

TEST(DefaultLayout, SplitsIntoFewestEqualParts) {
  const auto layout = default_layout("fc", 784, 256, 1, 512, 512, 3);
  ASSERT_EQ(layout.blocks.size(), 2U);
  EXPECT_EQ(layout.row_parts, 2);
  EXPECT_EQ(layout.column_parts, 1);
  EXPECT_EQ(layout.blocks[0].inputs(), 392);
  EXPECT_EQ(layout.blocks[1].inputs(), 392);
  EXPECT_EQ(layout.blocks[0].tile, 3);
  EXPECT_EQ(layout.blocks[1].tile, 4);
  EXPECT_EQ(layout.blocks[1].row_part, 1);
}

TEST(DefaultLayout, FillsATileExactlyAndSplitsOneBeyond) {
  EXPECT_EQ(default_layout("fc", 512, 512, 1, 512, 512, 0).blocks.size(), 1U);
  const auto beyond = default_layout("fc", 513, 512, 1, 512, 512, 0);
  ASSERT_EQ(beyond.blocks.size(), 2U);
  EXPECT_EQ(beyond.blocks[0].inputs(), 257);
  EXPECT_EQ(beyond.blocks[1].inputs(), 256);
}

TEST(DefaultLayout, EveryWeightLiesInExactlyOneBlock) {
  const auto layout = default_layout("fc", 130, 70, 1, 32, 24, 0);
  std::set<std::pair<int, int>> seen;
  for (const Block& block : layout.blocks) {
    EXPECT_LE(block.inputs(), 32);
    EXPECT_LE(block.outputs(), 24);
    for (int j = block.input_begin; j < block.input_end; ++j) {
      for (int i = block.output_begin; i < block.output_end; ++i) EXPECT_TRUE(seen.insert({j, i}).second);
    }
  }
  EXPECT_EQ(seen.size(), 130U * 70U);
}

TEST(DefaultLayout, BlockDiagonalSkipsBlocksWithoutWeights) {
  // 64 groups of 9 x 1: 576 x 64 on tiles of 144 x 16 is a 4 x 4 grid whose diagonal alone holds weights.
  const auto layout = default_layout("depthwise", 576, 64, 64, 144, 16, 0);
  ASSERT_EQ(layout.blocks.size(), 4U);
  for (const Block& block : layout.blocks) EXPECT_EQ(block.row_part, block.column_part);
}

TEST(Layout, UnknownNodeIsRefused) { EXPECT_THROW((void)Layout{}.of("nothing"), std::out_of_range); }

}  // namespace
}  // namespace mho::tiles
