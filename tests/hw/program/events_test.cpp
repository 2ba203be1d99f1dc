#include "hw/program/events.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "hw/spec/components.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

TEST(Events, EveryCostedEventHasACounterOfItsOwn) {
  StageActivity stage;
  stage.mvms = 1;
  stage.programmed_devices = 2;
  stage.dac_conversions = 3;
  stage.adc_conversions = 4;
  stage.scale_operations = 5;
  stage.element_operations = 6;
  stage.input_buffer_written_bits = 7;
  stage.input_buffer_read_bits = 8;
  stage.output_buffer_written_bits = 9;
  stage.output_buffer_read_bits = 10;
  stage.port_bits = 11;
  const RouterActivity router{.buffer_writes = 12, .buffer_reads = 13, .crossbar_traversals = 14, .arbitrations = 15, .link_flits = 16};
  std::set<std::uint64_t> counts;
  for (const auto& component : components(small_chip(), small_tile(), {})) {
    for (const auto& cost : component.events) {
      EXPECT_TRUE(is_counted(cost.event)) << cost.event;
      EXPECT_TRUE(count_of(cost.event, stage) == 0 || count_of(cost.event, router) == 0) << cost.event;
      counts.insert(count_of(cost.event, stage) + count_of(cost.event, router));
    }
  }
  // Each counter is costed, and each event looks at another one.
  EXPECT_EQ(counts, (std::set<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}));
  EXPECT_EQ(count_of("adc_conversion", stage), 4U);
  EXPECT_EQ(count_of("crossbar_traversal", router), 14U);
  EXPECT_FALSE(is_counted("refresh"));
}

}  // namespace
}  // namespace mho::hw
