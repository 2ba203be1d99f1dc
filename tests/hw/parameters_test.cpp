#include "hw/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace mho::hw {
namespace {

TEST(ChipParameters, DefaultsInSiUnits) {
  const auto chip = ChipParameters::read(base::Config(declarations()));
  EXPECT_EQ(chip.nodes(), 64);
  EXPECT_DOUBLE_EQ(chip.clock.si(), 1e9);
  EXPECT_EQ(chip.input_buffer_bytes, 64 * 1024);
  EXPECT_EQ(chip.digital_buffer_bytes, 128 * 1024);
  EXPECT_NEAR(chip.noc.link_per_bit.si(), 0.0162e-12, 1e-20);
  EXPECT_NEAR(chip.port.energy_per_bit.si(), 6e-12, 1e-18);
  EXPECT_NEAR(chip.noc.router_area.si(), 18500e-12, 1e-15);
}

TEST(ChipParameters, LinkEnergyGrowsWithTheHop) {
  base::Config config(declarations());
  config.set("noc.hop_length=2.5");
  EXPECT_NEAR(ChipParameters::read(config).noc.link_per_bit.si(), 2.5 * 0.0162e-12, 1e-20);
}

TEST(ChipParameters, EveryCountOfDigitalCoresIsMet) {
  ChipParameters chip;
  for (int width : {1, 2, 3, 8}) {
    chip.mesh_width = width;
    chip.mesh_height = 5;
    for (int cores = 0; cores < chip.nodes(); ++cores) {
      chip.digital_cores = cores;
      ASSERT_EQ(chip.nodes_of(CoreKind::digital).size(), static_cast<std::size_t>(cores)) << width << " x 5";
      ASSERT_EQ(chip.nodes_of(CoreKind::analog).size(), static_cast<std::size_t>(chip.nodes() - 1 - cores));
      ASSERT_EQ(chip.nodes_of(CoreKind::port), std::vector<int>{0});
    }
  }
}

TEST(ChipParameters, DigitalCoresStandApart) {
  ChipParameters chip;
  chip.digital_cores = 8;
  const std::vector<int> cores = chip.nodes_of(CoreKind::digital);
  ASSERT_EQ(cores.size(), 8U);
  std::set<int> rows;
  std::set<int> columns;
  for (const int node : cores) {
    rows.insert(node / chip.mesh_width);
    columns.insert(node % chip.mesh_width);
  }
  EXPECT_GE(rows.size(), 6U);
  EXPECT_GE(columns.size(), 6U);
}

TEST(ChipParameters, HopsCountRouters) {
  const ChipParameters chip;
  EXPECT_EQ(chip.hops(0, 0), 1);
  EXPECT_EQ(chip.hops(0, 63), 15);
  EXPECT_EQ(chip.hops(9, 8), 2);
}

TEST(ChipParameters, MoreDigitalCoresThanNodesIsRefused) {
  base::Config config(declarations());
  config.set("chip.mesh.width=2");
  config.set("chip.mesh.height=2");
  config.set("chip.digital_cores=4");
  EXPECT_THROW(
      {
        try {
          ChipParameters::read(config);
        } catch (const base::UserError& error) {
          EXPECT_THAT(error.what(), ::testing::HasSubstr("room for 3 cores"));
          throw;
        }
      },
      base::UserError);
}

}  // namespace
}  // namespace mho::hw
