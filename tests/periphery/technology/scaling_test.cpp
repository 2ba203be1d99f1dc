#include "periphery/technology/scaling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "periphery/parameters.h"

namespace mho::periphery {
namespace {

Technology at(double node_nm) {
  Technology technology;
  technology.node_nm = node_nm;
  technology.vdd_v = nominal_vdd(node_nm);
  return technology;
}

TEST(Technology, SuppliesOfTabledNodesAndBetween) {
  EXPECT_DOUBLE_EQ(nominal_vdd(14), 0.8);
  EXPECT_DOUBLE_EQ(nominal_vdd(32), 0.9);
  EXPECT_DOUBLE_EQ(nominal_vdd(130), 1.2);
  EXPECT_NEAR(nominal_vdd(std::sqrt(22.0 * 32.0)), 0.875, 1e-12) << "half-way over the logarithm";
  EXPECT_DOUBLE_EQ(nominal_vdd(3), 0.6);
}

TEST(Technology, IsReadFromTheDesign) {
  base::Config config(technology_declarations());
  EXPECT_DOUBLE_EQ(Technology::read(config).vdd_v, 0.8);
  config.set("chip.technology=32 nm");
  config.set("chip.threshold=low");
  const Technology read = Technology::read(config);
  EXPECT_DOUBLE_EQ(read.vdd_v, 0.9);
  EXPECT_EQ(read.threshold, Threshold::low);
  config.set("chip.vdd=0.31 V");
  try {
    static_cast<void>(Technology::read(config));
    ADD_FAILURE() << "a supply near the threshold";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("chip.vdd"));
  }
}

TEST(Scaling, LogicFollowsStillmakerAndBaas) {
  // 14 nm at 0.8 V: 0.2363 V^2 - 0.09675 V + 0.02239 = 0.096222; 45 nm at 1.0 V: 1.0177; 32 nm at 0.9 V: 0.541219.
  EXPECT_NEAR(logic_energy(at(14), 45, 1.0), 0.096222 / 1.0177, 1e-6);
  EXPECT_NEAR(logic_energy(at(14), 32, 0.9), 0.096222 / 0.541209, 1e-5);
  EXPECT_NEAR(logic_area(at(14), 45), 0.027 / 0.16, 1e-12);
  EXPECT_NEAR(logic_area(at(130), 65), 1 / 0.23, 1e-12);
  EXPECT_NEAR(logic_area(at(260), 130), 4, 1e-12) << "beyond the table with the square of the node";
  Technology low = at(14);
  low.vdd_v = 0.6;
  EXPECT_LT(logic_energy(low, 14, 0.8), 0.6) << "between V^2 and V";
  EXPECT_GT(logic_energy(low, 14, 0.8), 0.5);
}

TEST(Scaling, LeakageByThresholdSupplyAndTemperature) {
  EXPECT_NEAR(leakage_factor(at(14)), 1, 1e-12);
  EXPECT_NEAR(leakage_factor(at(45)), 1, 1e-12);
  Technology technology = at(14);
  technology.threshold = Threshold::low;
  EXPECT_NEAR(leakage_factor(technology), std::pow(10, 0.12 / 0.085), 1e-6);
  technology = at(14);
  technology.temperature_c = 85;
  EXPECT_GT(leakage_factor(technology), 8) << "doubles every 10 to 20 degrees";
  EXPECT_LT(leakage_factor(technology), 64);
  technology = at(14);
  technology.vdd_v = 0.6;
  EXPECT_NEAR(leakage_factor(technology), 0.75 * std::pow(10, -0.02 / 0.085), 1e-9);
}

TEST(Scaling, ClocksHaveALimitAndAPrice) {
  // 20 inverters of 0.36 ps/nm; 0.45 V over 0.39 V to the power of 1.3 slower at high threshold.
  Technology technology = at(14);
  const double limit = 1 / (20 * 0.36e-12 * 14 * std::pow(0.45 / 0.39, 1.3));
  EXPECT_NEAR(clock_limit(technology).si() / limit, 1, 1e-9);
  EXPECT_NEAR(sizing(technology, base::Frequency(limit / 2)), 4.0 / 3, 1e-9);
  EXPECT_TRUE(std::isinf(sizing(technology, base::Frequency(limit * 1.001))));
  technology.threshold = Threshold::low;
  EXPECT_GT(clock_limit(technology).si(), limit);
  EXPECT_LT(clock_limit(at(65)).si(), limit);
}

TEST(Scaling, MemoriesAtTheTabledCapacities) {
  constexpr double kibibyte = 8192, pj = 1e-12;
  EXPECT_NEAR(sram(at(14), 8 * kibibyte).energy_per_bit.si(), 0.018 * pj, 0.002 * pj);
  EXPECT_NEAR(sram(at(14), 32 * kibibyte).energy_per_bit.si(), 0.036 * pj, 0.004 * pj);
  EXPECT_NEAR(sram(at(14), 1024 * kibibyte).energy_per_bit.si(), 0.18 * pj, 0.018 * pj);
  // 0.10 to 0.12 um2 a bit with periphery; more for small ones.
  EXPECT_GT(sram(at(14), 64 * kibibyte).area_per_bit.si(), 0.10e-12);
  EXPECT_LT(sram(at(14), 64 * kibibyte).area_per_bit.si(), 0.12e-12);
  EXPECT_GT(sram(at(14), 1 * kibibyte).area_per_bit.si(), 0.14e-12);
  EXPECT_NEAR(sram(at(14), kibibyte).leakage_per_bit.si(), 10e-12, 1e-18);
}

TEST(Scaling, DynamicMemoriesAsPublished) {
  constexpr double kibibyte = 8192, pj = 1e-12, mm2 = 1e-6;
  const MemoryCost isaac = edram(at(32), 64 * kibibyte);  // Shafiee et al., ISCA 2016: 20.5 pJ for 256 bits, 0.083 mm2
  EXPECT_NEAR(256 * isaac.energy_per_bit.si(), 20.5 * pj, 0.1 * pj);
  EXPECT_NEAR(64 * kibibyte * isaac.area_per_bit.si(), 0.083 * mm2, 0.002 * mm2);
  const double gigabit = 1 << 30;  // Hamzaoglu et al., JSSC 50:150 (2015): 77 mm2 at 22 nm
  EXPECT_NEAR(gigabit * edram(at(22), gigabit).area_per_bit.si(), 77 * mm2, 2 * mm2);
  // Every bit once in 100 us: 524288 bits of 80 fJ.
  EXPECT_NEAR(64 * kibibyte * isaac.leakage_per_bit.si(), 64 * kibibyte * 20.5 / 256 * pj / 100e-6, 0.01e-3);
  // Smaller and cheaper to read than a static memory of its size, and never at rest; small ones are mostly periphery.
  const MemoryCost fixed = sram(at(32), 64 * kibibyte);
  EXPECT_LT(isaac.area_per_bit.si(), 0.6 * fixed.area_per_bit.si());
  EXPECT_LT(isaac.energy_per_bit.si(), 0.5 * fixed.energy_per_bit.si());
  EXPECT_GT(isaac.leakage_per_bit.si(), 5 * fixed.leakage_per_bit.si());
  EXPECT_GT(edram(at(32), 4 * kibibyte).area_per_bit.si(), sram(at(32), 4 * kibibyte).area_per_bit.si());
  EXPECT_EQ(outside_memory(MemoryKind::edram, at(32), 64 * kibibyte), "");
  EXPECT_NE(outside_memory(MemoryKind::edram, at(32), 8 * kibibyte), "");
  EXPECT_NE(outside_memory(MemoryKind::edram, at(7), 64 * kibibyte), "");
  EXPECT_EQ(outside_memory(MemoryKind::sram, at(7), kibibyte), "");
}

AdcParameters adc(const std::vector<std::string>& set) {
  base::Config config(declarations());
  for (const std::string& one : set) config.set(one);
  return AdcParameters::read(config);
}

TEST(AdcModels, EnergyRisesWithBitsInEveryModel) {
  for (const char* kind : {"survey", "sar", "flash", "ramp", "cco"}) {
    double before = 0;
    for (int bits = 2; bits <= 12; ++bits) {
      const AdcParameters p = adc({std::string("tile.adc.kind=") + kind, "tile.adc.bits=" + std::to_string(bits), "tile.adc.conversion_time=5 us"});
      EXPECT_GT(p.energy_per_conversion.si(), before) << kind << ", " << bits << " bits";
      before = p.energy_per_conversion.si();
    }
  }
}

TEST(AdcModels, EnergyRisesWithTheRateAndThenTheRateIsRefused) {
  for (const char* kind : {"survey", "sar", "flash", "ramp", "cco"}) {
    double before = 0;
    bool refused = false;
    for (double ns = 2000; ns > 1e-3 && !refused; ns *= 0.7) {
      try {
        const AdcParameters p = adc({std::string("tile.adc.kind=") + kind, "tile.adc.conversion_time=" + std::to_string(ns) + " ns"});
        EXPECT_GE(p.energy_per_conversion.si(), before) << kind << " at " << ns << " ns";
        before = p.energy_per_conversion.si();
      } catch (const base::UserError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("tile.adc.conversion_time"));
        refused = true;
      }
    }
    EXPECT_TRUE(refused) << kind;
  }
}

TEST(AdcModels, AnOscillatorTakes300PicosecondsACode) {
  EXPECT_NO_THROW(adc({"tile.adc.kind=cco", "tile.adc.conversion_time=77 ns"}));  // 256 counts: 76.8 ns
  EXPECT_THROW(adc({"tile.adc.kind=cco", "tile.adc.conversion_time=76.5 ns"}), base::UserError);
}

TEST(AdcModels, PublishedPartsScaleAndSayWhereTheyDoNotFit) {
  const AdcParameters isaac = adc({"chip.technology=32 nm", "tile.adc.kind=isaac"});
  EXPECT_NEAR(isaac.energy_per_conversion.si(), 1.56e-12, 1e-18);
  EXPECT_NEAR(isaac.area.si(), 1200e-12, 1e-18);
  EXPECT_TRUE(isaac.cost.outside.empty());
  EXPECT_EQ(adc({"tile.adc.kind=forms"}).cost.outside.size(), 1U) << "4 bits, the design has 8";
}

TEST(CostNotes, AUsersFigureIsKeptAndMarked) {
  const AdcParameters p = adc({"tile.adc.energy=5 pJ", "chip.technology=7 nm"});
  EXPECT_NEAR(p.energy_per_conversion.si(), 5e-12, 1e-20);
  EXPECT_THAT(p.cost.user, testing::ElementsAre("tile.adc.energy"));
  EXPECT_EQ(p.cost.spread.energy, 0);
  EXPECT_GT(p.cost.spread.area, 0);
  EXPECT_EQ(adc({"tile.adc.bits=ideal"}).cost.outside.size(), 1U) << "no estimate";
}

}  // namespace
}  // namespace mho::periphery
