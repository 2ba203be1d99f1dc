#include "hw/chip/core_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

auto plan(CorePlan::Kind kind, int node, const ::testing::Matcher<std::vector<std::size_t>>& stages,
          const ::testing::Matcher<std::vector<std::size_t>>& sinks = IsEmpty()) {
  return AllOf(Field(&CorePlan::kind, kind), Field(&CorePlan::node, node), Field(&CorePlan::stages, stages), Field(&CorePlan::sinks, sinks));
}

/// The order is that in which SystemC creates the cores, on which the order of events within a cycle depends.
TEST(CorePlans, ComeByKindThenByNodeWithTheStagesOfEach) {
  using Kind = CorePlan::Kind;
  Builder b;
  b.add(Stage::Kind::sink, "out", 0, 4);
  b.add(Stage::Kind::digital, "relu", 5, 4);
  b.add(Stage::Kind::analog, "b", 3, 4);
  b.add(Stage::Kind::source, "in", 0, 4);
  b.add(Stage::Kind::analog, "a", 2, 4);
  b.add(Stage::Kind::programming, "rows", 1, 4);
  b.add(Stage::Kind::analog, "c", 3, 4);
  b.add(Stage::Kind::source, "memory", 9, 4);
  EXPECT_THAT(core_plans(b.program), ElementsAre(plan(Kind::analog, 2, ElementsAre(4)), plan(Kind::analog, 3, ElementsAre(2, 6)),
                                                 plan(Kind::programming, 1, ElementsAre(5)), plan(Kind::digital, 5, ElementsAre(1)),
                                                 plan(Kind::port, 0, ElementsAre(3), ElementsAre(0)), plan(Kind::port, 9, ElementsAre(7))));
}

}  // namespace
}  // namespace mho::hw
