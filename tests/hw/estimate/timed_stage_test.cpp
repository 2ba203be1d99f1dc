// The output buffer of a stage as times, against one by one by hand.
#include "hw/estimate/timed_stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

namespace mho::hw::test {
namespace {

Stage of_four_positions() {
  Stage stage;
  stage.positions = 4;
  return stage;
}

/// A stage of four positions with a reader of all and one of the odd ones.
struct TwoReaders {
  Program program;
  TimedStage stage;

  explicit TwoReaders(int slots) : stage(of_four_positions(), slots, 1) {
    program.edges.resize(2);
    program.edges[1].carried = std::make_shared<const std::vector<std::int32_t>>(std::vector<std::int32_t>{1, 3});
    stage.outputs = {0, 1};
    stage.count_readers(program);
  }
};

TEST(TimedStage, APositionLeavesWithItsLastReader) {
  TwoReaders two(2);
  TimedStage& stage = two.stage;
  EXPECT_EQ(stage.room(0), 0);
  EXPECT_EQ(stage.room(1), 0);
  stage.finish(10);
  stage.finish(20);
  EXPECT_EQ(stage.room(2), unknown);
  EXPECT_TRUE(stage.sent(0, 12));
  EXPECT_EQ(stage.room(2), 12);
  stage.finish(21);
  EXPECT_FALSE(stage.sent(1, 40));
  EXPECT_EQ(stage.room(3), unknown) << "one of two readers has it";
  EXPECT_TRUE(stage.sent(1, 30));
  EXPECT_EQ(stage.room(3), 40);
}

TEST(TimedStage, PositionsLeaveInTheirOrder) {
  TwoReaders two(3);
  TimedStage& stage = two.stage;
  for (const std::int64_t when : {1, 2, 3}) stage.finish(when);
  EXPECT_FALSE(stage.sent(2, 4)) << "the first is still there";
  EXPECT_FALSE(stage.sent(1, 5));
  EXPECT_FALSE(stage.sent(1, 6));
  EXPECT_TRUE(stage.sent(0, 9));
  EXPECT_EQ(stage.room(3), 9);
  EXPECT_EQ(stage.room(4), 9) << "the second left with the first";
  EXPECT_EQ(stage.room(5), 9);
}

TEST(TimedStage, WhatNobodyReadsTakesNoRoom) {
  Program program;
  program.edges.resize(1);
  program.edges[0].carried = std::make_shared<const std::vector<std::int32_t>>(std::vector<std::int32_t>{3});
  TimedStage stage(of_four_positions(), 1, 1);
  stage.outputs = {0};
  stage.count_readers(program);
  for (std::int64_t position = 0; position < 4; ++position) {
    EXPECT_NE(stage.room(position), unknown) << position;
    stage.finish(position);
  }
  EXPECT_EQ(stage.room(4), unknown);
  EXPECT_TRUE(stage.sent(3, 100));
  EXPECT_EQ(stage.room(4), 100);
}

}  // namespace
}  // namespace mho::hw::test
