#include "hw/spec/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"
#include "hw/spec/router_survey.h"
#include "tests/base/expect_error.h"
#include "tests/hw/spec/declarations.h"

namespace mho::hw {
namespace {

TEST(ChipParameters, DefaultsInSiUnits) {
  const auto chip = ChipParameters::read(base::Config(chip_keys()));
  EXPECT_EQ(chip.nodes(), 9);
  EXPECT_DOUBLE_EQ(chip.clock.si(), 1e9);
  EXPECT_EQ(chip.input_buffer_bytes, 64 * 1024);
  EXPECT_EQ(chip.digital_buffer_bytes, 128 * 1024);
  EXPECT_NEAR(chip.noc.link_per_bit_and_metre.si() * 1e-3, 0.0163e-12, 2e-16);
  EXPECT_FALSE(chip.noc.hop_length) << "the pitch of nodes, which their tiles decide";
  EXPECT_NEAR(chip.port.energy_per_bit.si(), 6e-12, 1e-18);
  EXPECT_NEAR(chip.noc.router_area.si(), 18466e-12, 1e-12);
}

TEST(ChipParameters, SeveralChipsAndTheirLinks) {
  const auto read = [](const std::vector<std::string>& assignments) {
    base::Config config(chip_keys());
    for (const std::string& assignment : assignments) config.set(assignment);
    return ChipParameters::read(config);
  };
  const auto chip = read({"chip.count=3", "chip.mesh.width=5", "chip.mesh.height=4", "chip.digital_cores=2", "chip.link.bandwidth=100 Gbit/s",
                          "chip.link.latency=20 ns", "chip.link.energy=1.17 pJ/bit", "chip.link.buffer=2 KiB"});
  EXPECT_EQ(chip.nodes(), 60);
  EXPECT_EQ(chip.nodes_per_chip(), 20);
  EXPECT_EQ(chip.nodes_of(CoreKind::port), (std::vector<int>{0, 20, 40}));
  EXPECT_EQ(chip.nodes_of(CoreKind::digital).size(), 6U);
  EXPECT_EQ(chip.kind(47), chip.kind(7));
  EXPECT_EQ(chip.link.to_previous, 10);
  EXPECT_EQ(chip.link.to_next, 14);
  EXPECT_DOUBLE_EQ(chip.link.bits_per_second, 100e9);
  EXPECT_DOUBLE_EQ(chip.link.latency.si(), 20e-9);
  EXPECT_DOUBLE_EQ(chip.link.energy_per_bit.si(), 1.17e-12);
  EXPECT_EQ(chip.link.buffer_bytes, 2048);
  EXPECT_EQ(chip.one_chip().nodes(), 20);
  const auto named = read({"chip.count=2", "chip.link.nodes=8 2"});
  EXPECT_EQ(named.link.to_previous, 8) << "in the order in which they stand";
  EXPECT_EQ(named.link.to_next, 2);
  const auto refused = [&](const std::vector<std::string>& assignments) { return base::user_error([&] { (void)read(assignments); }); };
  EXPECT_THAT(refused({"chip.link.nodes=0 9"}), testing::HasSubstr("'9' is no node of this mesh"));
  EXPECT_THAT(refused({"chip.link.nodes=4"}), testing::HasSubstr("1 nodes are named; give two"));
  EXPECT_THAT(refused({"chip.count=2", "noc.multicast=tree"}), testing::HasSubstr("do not reach over links between chips"));
  EXPECT_THAT(refused({"chip.link.bandwidth=0 Gbit/s"}), testing::HasSubstr("chip.link.bandwidth"));
}

TEST(ChipParameters, GatesOfRoutersAndCores) {
  base::Config config(chip_keys());
  const auto plain = ChipParameters::read(config);
  EXPECT_FALSE(plain.noc.gating.on);
  EXPECT_FALSE(plain.core_gating.on);
  config.set("noc.power_gating=on");
  config.set("noc.gating.idle=7");
  config.set("noc.gating.residual=0.25");
  config.set("chip.gating.wake_up=33");
  config.set("chip.gating.break_even=44");
  const auto chip = ChipParameters::read(config);
  EXPECT_TRUE(chip.noc.gating.on);
  EXPECT_FALSE(chip.core_gating.on);
  EXPECT_EQ(chip.noc.gating.idle, 7);
  EXPECT_EQ(chip.noc.gating.wake_up, 8);
  EXPECT_DOUBLE_EQ(chip.noc.gating.residual, 0.25);
  EXPECT_EQ(chip.core_gating.wake_up, 33);
  EXPECT_EQ(chip.core_gating.break_even, 44);
  config.set("noc.gating.look_ahead=3");
  EXPECT_EQ(ChipParameters::read(config).noc.gating.look_ahead, 3);
  config.set("noc.routing=west_first");
  EXPECT_THROW(ChipParameters::read(config), base::UserError);
}

TEST(ChipParameters, RoutersFollowTheSurvey) {
  base::Config config(chip_keys());
  const auto of = [&] { return ChipParameters::read(config).noc; };
  const NocParameters usual = of();
  config.set("noc.virtual_channels=4");
  EXPECT_GT(of().router_leakage.si(), 1.8 * usual.router_leakage.si());
  EXPECT_GT(of().arbitration.si(), usual.arbitration.si());
  config.set("noc.flit_bits=128");
  EXPECT_NEAR(of().crossbar.si(), 2 * usual.crossbar.si(), 1e-20);
  config.set("noc.router_leakage=2 mW");
  EXPECT_NEAR(of().router_leakage.si(), 2e-3, 1e-12);
}

TEST(ChipParameters, TopologiesThatCannotBeAreRefused) {
  const auto refusal = [](const std::vector<std::string>& set) -> std::string {
    base::Config config(chip_keys());
    try {
      for (const char* large : {"chip.mesh.width=8", "chip.mesh.height=8"}) config.set(large);
      for (const std::string& one : set) config.set(one);
      static_cast<void>(ChipParameters::read(config));
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "";
  };
  using testing::HasSubstr;
  EXPECT_THAT(refusal({"noc.topology=torus", "noc.routing=west_first"}), HasSubstr("rings of a torus"));
  EXPECT_THAT(refusal({"noc.topology=torus", "noc.virtual_channels=1"}), HasSubstr("dateline"));
  EXPECT_THAT(refusal({"noc.concentration=3"}), HasSubstr("1, 2 or 4"));
  EXPECT_THAT(refusal({"noc.concentration=4", "chip.mesh.width=7"}), HasSubstr("blocks of 2 x 2"));
  EXPECT_EQ(refusal({"noc.concentration=2", "chip.mesh.height=7"}), "");
  EXPECT_EQ(refusal({"noc.topology=torus", "noc.routing=yx"}), "");
}

TEST(ChipParameters, FewerRoutersWithMorePorts) {
  base::Config config(chip_keys());
  for (const char* large : {"chip.mesh.width=8", "chip.mesh.height=8"}) config.set(large);
  const ChipParameters usual = ChipParameters::read(config);
  config.set("noc.concentration=4");
  const ChipParameters chip = ChipParameters::read(config);
  EXPECT_EQ(chip.routers(), 16);
  EXPECT_NEAR(chip.noc.router_area.si(), 8.0 / 5 * usual.noc.router_area.si(), 1e-15);
  EXPECT_NEAR(chip.noc.link_per_bit.si(), 2 * usual.noc.link_per_bit.si(), 1e-20);
  EXPECT_EQ(chip.hops(0, 9), 1);
  EXPECT_EQ(chip.hops(0, 63), 7);
  config.set("noc.topology=torus");
  EXPECT_EQ(ChipParameters::read(config).hops(0, 63), 3);
}

TEST(ChipParameters, LinkEnergyGrowsWithTheHop) {
  base::Config config(chip_keys());
  config.set("noc.hop_length=2.5");
  config.set("noc.link_energy=0.0162");
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

TEST(ChipParameters, DigitalCoresStandWhereTheDesignSays) {
  const auto read = [](const std::vector<std::string>& assignments) {
    base::Config config(chip_keys());
    for (const std::string& assignment : assignments) config.set(assignment);
    return ChipParameters::read(config);
  };
  const ChipParameters chip = read({"chip.digital_cores=3", "chip.digital_nodes=7 2 5"});
  EXPECT_EQ(chip.nodes_of(CoreKind::digital), (std::vector<int>{2, 5, 7}));
  EXPECT_EQ(chip.nodes_of(CoreKind::analog), (std::vector<int>{1, 3, 4, 6, 8}));
  const auto refusal = [&](const std::string& nodes) {
    return base::user_error([&] { static_cast<void>(read({"chip.digital_cores=2", "chip.digital_nodes=" + nodes})); });
  };
  EXPECT_THAT(refusal("4 9"), testing::HasSubstr("'9' is no node of this mesh; legal are numbers from 0 to 8"));
  EXPECT_THAT(refusal("4 4"), testing::HasSubstr("node 4 is named twice"));
  EXPECT_THAT(refusal("0 4"), testing::HasSubstr("node 0 is a port (port.nodes)"));
  EXPECT_THAT(refusal("4"), testing::HasSubstr("1 nodes are named and chip.digital_cores is 2"));
}

TEST(ChipParameters, DigitalCoresStandApart) {
  ChipParameters chip;
  chip.mesh_width = chip.mesh_height = chip.digital_cores = 8;
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
  ChipParameters chip;
  chip.mesh_width = chip.mesh_height = 8;
  EXPECT_EQ(chip.hops(0, 0), 1);
  EXPECT_EQ(chip.hops(0, 63), 15);
  EXPECT_EQ(chip.hops(9, 8), 2);
}

TEST(ChipParameters, MoreDigitalCoresThanNodesIsRefused) {
  base::Config config(chip_keys());
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
