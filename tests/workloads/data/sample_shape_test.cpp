#include "workloads/data/sample_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace mho::workloads {
namespace {

using testing::ElementsAre;

TEST(SampleShape, MergedAndSplitAxesAgree) {
  EXPECT_TRUE(shapes_agree({28, 28}, {784, 1}));
  EXPECT_TRUE(shapes_agree({1, 784, 1}, {1, 1, 28, 28}));
  EXPECT_TRUE(shapes_agree({64, 20}, {1, 64, 20}));
  EXPECT_TRUE(shapes_agree({4, 3, 5, 2}, {12, 10}));
  EXPECT_TRUE(shapes_agree({2, 6, 5}, {2, 3, 2, 5}));
  EXPECT_TRUE(shapes_agree({6, 35}, {2, 3, 5, 7}));
  EXPECT_TRUE(shapes_agree({1}, {1, 1}));
}

TEST(SampleShape, AxesInAnotherOrderDoNotAgree) {
  EXPECT_FALSE(shapes_agree({32, 32, 3}, {3, 32, 32}));
  EXPECT_FALSE(shapes_agree({1, 32, 32, 3}, {3, 32, 32}));
  EXPECT_FALSE(shapes_agree({64, 20}, {20, 64}));
  EXPECT_FALSE(shapes_agree({7, 2, 3}, {7, 3, 2}));
  EXPECT_FALSE(shapes_agree({6, 4}, {4, 6}));
  EXPECT_FALSE(shapes_agree({28, 28}, {28, 27}));
  EXPECT_FALSE(shapes_agree({4, 9}, {6, 6}));
}

TEST(SampleShape, ALayoutNamesAxes) {
  const AxisOrder order = parse_layout("hwc -> chw", 3);
  EXPECT_THAT(order.stored, ElementsAre(2, 0, 1));
  EXPECT_EQ(order.channel, 0U);
  EXPECT_EQ(parse_layout("chw->hwc", 3).channel, 2U);
  EXPECT_EQ(parse_layout("tf -> ft", 2).channel, 0U);
  for (const char* wrong : {"hwc", "hw -> wh", "hwc -> chx", "hhc -> chh", "hwc -> ch"}) {
    EXPECT_THROW(parse_layout(wrong, 3), std::invalid_argument) << wrong;
  }
}

}  // namespace
}  // namespace mho::workloads
