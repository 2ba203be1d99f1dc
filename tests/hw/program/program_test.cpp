#include "hw/program/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "hw/program/untimed_execution.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const Program& program, const ChipParameters& chip = small_chip()) {
  try {
    verify(program, chip);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Verify, AcceptsWhatRuns) {
  EXPECT_EQ(refusal(single_stage(8)), "");
  EXPECT_EQ(refusal(residual(20, 3, 20)), "");
}

TEST(Verify, UnknownCoreDoesNotFit) {
  Program program = single_stage(8);
  program.stages[1].core = 8;
  try {
    verify(program, small_chip());
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'layer'"), HasSubstr("node 8"), HasSubstr("0 to 7")));
  }
}

TEST(Verify, WrongKindOfCore) {
  Program program = single_stage(8);
  program.stages[1].core = 4;
  EXPECT_THAT(refusal(program), HasSubstr("stage 'layer' needs an analog core, node 4 is a digital core"));
}

TEST(Verify, TwoStagesOnAnAnalogCore) {
  Builder b;
  const int source = b.source(4);
  const int one = b.analog("one", 1, 4);
  const int two = b.analog("two", 1, 4);
  b.program.stages[static_cast<std::size_t>(two)].mvm->tile = 7;
  const int sink = b.sink(4);
  b.edge(source, one, 2);
  b.edge(one, two, 2);
  b.edge(two, sink, 2);
  EXPECT_THAT(refusal(b.program), AllOf(HasSubstr("'one', 'two'"), HasSubstr("analog core 1"), HasSubstr("chip.tiles_per_core")));
  ChipParameters chip = small_chip();
  chip.tiles_per_core = 2;
  EXPECT_EQ(refusal(b.program, chip), "");
  b.program.settings.resize(2);
  b.program.stages[static_cast<std::size_t>(two)].mvm->settings = 1;
  EXPECT_THAT(refusal(b.program, chip), HasSubstr("the tiles of a core have the same"));
  b.program.stages[static_cast<std::size_t>(two)].mvm = b.program.stages[static_cast<std::size_t>(one)].mvm;
  b.program.stages[static_cast<std::size_t>(two)].mvm->inputs = 16;
  EXPECT_THAT(refusal(b.program, chip), HasSubstr("different matrices at one place; a cell holds one weight"));
}

TEST(Verify, TablesOfWrongLengthOrOrder) {
  Program program = single_stage(8);
  program.edges[0].needs = one_by_one(7);
  EXPECT_THAT(refusal(program), AllOf(HasSubstr("'source' -> 'layer'"), HasSubstr("'needs' has 7 entries for the consumer's 8")));
  program.edges[0].needs = std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{1, 2, 3, 4, 3, 6, 7, 8});
  EXPECT_THAT(refusal(program), HasSubstr("falls from 4 to 3 at position 4"));
  program.edges[0].needs = one_by_one(8);
  program.edges[0].releases = std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 7});
  EXPECT_THAT(refusal(program), HasSubstr("7 of 8 producer positions are free"));
}

TEST(Verify, CapacityBelowTheWindow) {
  Program program = single_stage(8, 4);
  program.edges[0].needs = std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{4, 5, 6, 7, 8, 8, 8, 8});
  EXPECT_EQ(refusal(program), "");
  program.edges[0].capacity = 3;
  EXPECT_THAT(refusal(program), AllOf(HasSubstr("holds 3 positions"), HasSubstr("window of 4"), HasSubstr("at least 4")));
}

TEST(Verify, BufferOverItsSize) {
  ChipParameters chip = small_chip();
  chip.input_buffer_bytes = 4 * 32;
  EXPECT_EQ(refusal(single_stage(8, 4), chip), "");
  chip.input_buffer_bytes = 4 * 32 - 1;
  EXPECT_THAT(refusal(single_stage(8, 4), chip), AllOf(HasSubstr("core 1"), HasSubstr("128 bytes but has 127"), HasSubstr("chip.input_buffer")));
}

TEST(Verify, ACycle) {
  Builder b;
  const int source = b.source(4);
  const int one = b.digital("one", 4, 4, 1);
  const int two = b.digital("two", 4, 4, 1);
  const int sink = b.sink(4);
  b.edge(source, one, 2);
  b.edge(one, two, 2);
  b.edge(two, one, 2);
  b.edge(two, sink, 2);
  EXPECT_THAT(refusal(b.program), HasSubstr("cycle: 'one', 'two', 'sink'"));
}

TEST(Verify, LooseEnds) {
  Program program = single_stage(4);
  program.edges.pop_back();
  EXPECT_THAT(refusal(program), HasSubstr("stage 'layer' has no outgoing edge"));
  Builder b;
  const int source = b.source(4);
  const int layer = b.analog("layer", 1, 4);
  const int orphan = b.digital("orphan", 4, 4, 1);
  const int sink = b.sink(4);
  b.edge(source, layer, 2);
  b.edge(layer, sink, 2);
  b.edge(orphan, sink, 2);
  EXPECT_THAT(refusal(b.program), HasSubstr("stage 'orphan' has no incoming edge"));
}

/// Each of d stages needs two positions beyond its own, so the join's first position needs 1 + 2 d of the head; the head makes the next only when
/// its output buffer (two positions) has passed the short branch, which therefore must hold 1 + 2 d - 2.
TEST(Verify, AShortBranchMustHoldTheLongOnesDepth) {
  constexpr int depth = 3;
  constexpr int enough = 1 + 2 * depth - 2;
  EXPECT_EQ(refusal(residual(40, depth, enough)), "");
  EXPECT_THAT(refusal(residual(40, depth, enough - 1)),
              AllOf(HasSubstr("join 'join'"), HasSubstr("'head' -> 'join' holds 4"), HasSubstr("capacity of at least 5")));
}

TEST(UntimedExecution, CountsEveryPosition) {
  const UntimedExecution run = execute_untimed(single_stage(8), 2, 3);
  EXPECT_TRUE(run.finished);
  EXPECT_EQ(run.started, (std::vector<std::int64_t>{24, 24, 24}));
}

}  // namespace
}  // namespace mho::hw
