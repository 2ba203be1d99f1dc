#include "workloads/training/column_scales.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/tiles/standard_tile.h"

namespace mho::workloads {
namespace {

/// Two columns of four weights, on one tile.
struct Columns {
  tiles::TileParameters tile = tiles::test::tile();
  tiles::MatrixLayout layout = tiles::default_layout("m", 4, 2, 1, 512, 512, 0);
  std::vector<float> weights, gradients, gamma{1.0F, 0.5F}, squares{0.0F, 0.0F};
  void follow(const ScaleStep& step) {
    const std::vector<float> effective = weights;
    follow_column_scales(tile, layout, step, effective, gradients, weights, {gamma, squares});
  }
};

constexpr Recipe::Clip no_clip{Recipe::Clip::Kind::off, 2.5};

TEST(ColumnScalesTest, MoveAgainstTheirGradientAndWeightsMoveAlong) {
  // The second column's gradient has no part along the column.
  Columns c{.weights = {1, 0.5F, 0, -0.5F, 0.5F, 0.5F, 0, 0}, .gradients = {2, 0, 0, 0, 1, -1, 5, 5}};
  c.follow({0.01, no_clip, false});
  // The first gradient is its own root mean square: the step is the rate.
  EXPECT_FLOAT_EQ(c.weights[0], 0.99F);
  EXPECT_FLOAT_EQ(c.weights[3], -0.495F);
  EXPECT_FLOAT_EQ(c.weights[4], 0.5F);
  EXPECT_FLOAT_EQ(c.squares[0], 4.0F);
  // Its scale by another unit of the loss: the same step.
  Columns d{.weights = {1, 0.5F, 0, -0.5F, 0.5F, 0.5F, 0, 0}, .gradients = {2000, 0, 0, 0, 0, 0, 0, 0}};
  d.follow({0.01, no_clip, false});
  EXPECT_FLOAT_EQ(d.weights[0], 0.99F);
}

TEST(ColumnScalesTest, AreTheMaximaAfterRemapping) {
  Columns c{.weights = {0.25F, -2, 0, 1, 0.125F, 0, 0, 0}, .gradients = std::vector<float>(8)};
  c.follow({0, no_clip, true});
  EXPECT_FLOAT_EQ(c.gamma[0], 2.0F);
  EXPECT_FLOAT_EQ(c.gamma[1], 0.125F);
}

TEST(ColumnScalesTest, ColumnsWithoutWeightsStayFinite) {
  Columns c{.weights = std::vector<float>(8), .gradients = {1, 2, 3, 4, 1, 2, 3, 4}};
  c.gamma = {0, 0};
  c.follow({0.01, {Recipe::Clip::Kind::gaussian, 2.5}, true});
  for (const float w : c.weights) EXPECT_EQ(w, 0.0F);
  for (const float gamma : c.gamma) EXPECT_TRUE(std::isfinite(gamma));
}

TEST(ColumnScalesTest, TheLargestWeightGrowsWhereItsScaleFollows) {
  constexpr Recipe::Clip fixed{Recipe::Clip::Kind::fixed, 2.5};
  Columns c{.weights = {1, 0.5F, 0, 0, 0.5F, 0, 0, 0}, .gradients = std::vector<float>(8)};
  // Three steps of an optimiser that pushes the largest weight outwards, the third one with a remap.
  for (const bool remap : {false, false, true}) {
    c.weights[0] += 0.25F;
    c.follow({0, fixed, remap});
  }
  EXPECT_FLOAT_EQ(c.weights[0], 1.25F);
  EXPECT_FLOAT_EQ(c.gamma[0], 1.25F);
  // And shrinks with it.
  c.weights[0] = 0.75F;
  c.follow({0, fixed, false});
  EXPECT_FLOAT_EQ(c.gamma[0], 1.25F);
  c.follow({0, fixed, true});
  EXPECT_FLOAT_EQ(c.gamma[0], 0.75F);
}

TEST(ColumnScalesTest, ClippingIsByTheScaleOrByDeviations) {
  Columns c{.weights = {1.5F, 0.5F, -3, 0, 0.4F, 0, 0, 0}, .gradients = std::vector<float>(8)};
  c.follow({0, {Recipe::Clip::Kind::fixed, 2.5}, false});
  EXPECT_FLOAT_EQ(c.weights[0], 1.0F);
  EXPECT_FLOAT_EQ(c.weights[2], -1.0F);
  EXPECT_FLOAT_EQ(c.weights[4], 0.4F);
  Columns d{.weights = {7, 1, 1, 1, 2, 2, 0, 0}, .gradients = std::vector<float>(8)};
  d.follow({0, {Recipe::Clip::Kind::gaussian, 1.5}, true});
  EXPECT_NEAR(d.weights[0], 1.5 * std::sqrt(13.0), 1e-5);
  EXPECT_FLOAT_EQ(d.weights[4], 2.0F);  // zeros of other groups do not make the deviation smaller
}

}  // namespace
}  // namespace mho::workloads
