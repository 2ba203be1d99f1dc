// Times of the units of a tile: drivers, array, converters. One simulation per process; times by hand: hand_times.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/chip/simulation.h"
#include "tests/hw/chip/hand_times.h"

namespace mho::hw {
namespace {

Program on_20_of_32_columns() {
  Program program = single_stage(8);
  for (Stage& stage : program.stages) {
    if (stage.mvm) stage.mvm->outputs = 20;
  }
  return program;
}

TEST(Simulation, TheIntegrationBecomesTheSlowestUnit) {
  auto tile = small_tile();
  tile.dac.time_per_level = base::Duration(4e-9);
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + 21 + packet(2) + port + 7 * 28);
  EXPECT_NEAR(interval_cycles(result), 8 * 28, 1e-6);
}

/// Drivers that settle for `settling` cycles; the array integrates for 7, and converters take 20.
SimulationResult settling(int settling, bool latched) {
  auto tile = small_tile();
  tile.dac.settling = base::Duration(settling * 1e-9);
  tile.dac.latched = latched;
  return run(single_stage(8), small_chip(), tile);
}

TEST(Simulation, WithoutLatchesTheArrayWaitsForTheDrivers) {
  const auto result = settling(13, false);  // the most that the converters hide: 13 + 7 cycles
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + 10 + packet(2) + port + 7 * slowest);
  EXPECT_NEAR(interval_cycles(result), 8 * slowest, 1e-6);
}

TEST(Simulation, WithoutLatchesALongerSettlingIsTheSlowestUnit) {
  const auto result = settling(14, false);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + 11 + packet(2) + port + 7 * (slowest + 1));
  EXPECT_NEAR(interval_cycles(result), 8 * (slowest + 1), 1e-6);
}

TEST(Simulation, LatchesHideTheSettling) {
  const auto result = settling(14, true);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + 11 + packet(2) + port + 7 * slowest);
  EXPECT_NEAR(interval_cycles(result), 8 * slowest, 1e-6);
}

TEST(Simulation, BitsAndSignsAreReadOutOneAfterTheOther) {
  // 4 bits: 3 of magnitude, for each sign: 6 settlings of 3, 6 read-outs of 10, 6 rounds of 4 conversions of 5; scaled once in 4.
  auto tile = small_tile();
  tile.dac.coding = periphery::InputCoding::bit_serial;
  tile.dac.passes = periphery::InputPasses::two_digital;
  tile.dac.read_time = base::Duration(10e-9);
  const auto result = run(single_stage(8), small_chip(), tile);
  constexpr std::int64_t converting = 6 * 20;
  EXPECT_EQ(cycles(result.latency), port + packet(2) + (6 * 3 + 6 * 10 + converting + 4) + packet(2) + port + 7 * converting);
  EXPECT_NEAR(interval_cycles(result), 8 * converting, 1e-6);
  const StageActivity& activity = result.single.stages[1];
  EXPECT_EQ(activity.mvms, 8U);
  EXPECT_EQ(activity.dac_conversions, 8U * 32 * 6);
  EXPECT_EQ(activity.adc_conversions, 8U * 32 * 6);
}

TEST(Simulation, SignsSummedBeforeTheConvertersAreConvertedOnce) {
  auto tile = small_tile();
  tile.dac.passes = periphery::InputPasses::two_analog;
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + (2 * 3 + 2 * 7 + 20 + 4) + packet(2) + port + 7 * slowest);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 32);
}

TEST(Simulation, FourPassesAreFourReadOutsAndFourConversions) {
  auto tile = small_tile();
  tile.dac.passes = periphery::InputPasses::four_digital;
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + (4 * 3 + 4 * 7 + 4 * 20 + 4) + packet(2) + port + 7 * 4 * slowest);
  EXPECT_NEAR(interval_cycles(result), 8 * 4 * slowest, 1e-6);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 32 * 4);
  EXPECT_EQ(result.single.stages[1].dac_conversions, 8U * 32 * 4);
}

TEST(Simulation, BitsThatMeetBeforeTheConvertersAreConvertedOnce) {
  auto tile = small_tile();
  tile.dac.coding = periphery::InputCoding::bit_serial;
  tile.dac.sums_bits = true;
  tile.dac.read_time = base::Duration(10e-9);
  const auto result = run(single_stage(8), small_chip(), tile);
  constexpr std::int64_t array = 3 * 10;  // latches hide the settling of the next vector
  EXPECT_EQ(cycles(result.latency), port + packet(2) + (3 * 3 + array + 20 + 4) + packet(2) + port + 7 * array);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 32);
}

TEST(Simulation, ATwosComplementHasOneBitMore) {
  auto tile = small_tile();
  tile.dac.coding = periphery::InputCoding::bit_serial;
  tile.dac.twos_complement = true;
  tile.dac.read_time = base::Duration(10e-9);
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + (4 * (3 + 10) + 4 * 20 + 4) + packet(2) + port + 7 * 4 * 20);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 32 * 4);
}

/// The array takes 7 cycles, its conversion 20: in turn 27.
TEST(Simulation, WithoutASampleAndHoldTheArrayWaitsForItsConversion) {
  auto tile = small_tile();
  tile.adc.pipelined = false;
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + packet(2) + port + 7 * 27);
  EXPECT_NEAR(interval_cycles(result), 8 * 27, 1e-6);
  EXPECT_EQ(result.single.stages[1].busy_cycles, 8 * 27);
}

/// A conversion ends in the cycle in which the next settling may begin, and not one sooner: what follows a longer conversion comes as much later.
TEST(Simulation, ASerialArrayBeginsInTheCycleInWhichItsConversionEnds) {
  auto tile = small_tile();
  tile.adc.pipelined = false;
  tile.adc.conversion_time = base::Duration(5.001e-9);  // 21 cycles
  EXPECT_NEAR(interval_cycles(run(single_stage(8), small_chip(), tile)), 8 * 28, 1e-6);
}

/// Drivers with latches settle while the array integrates and its conversion runs: 40 cycles beside 7 + 20.
TEST(Simulation, ASerialArrayWaitsForDriversThatTakeLonger) {
  auto tile = small_tile();
  tile.adc.pipelined = false;
  tile.dac.settling = base::Duration(40e-9);
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_NEAR(interval_cycles(result), 8 * 40, 1e-6);
  EXPECT_EQ(result.single.stages[1].busy_cycles, 8 * 40);
}

/// What the array holds until it is converted is its work.
TEST(Simulation, ASerialArrayWorksAllTheTime) {
  auto tile = small_tile();
  tile.adc.pipelined = false;
  const auto result = run(single_stage(8), small_chip(), tile);
  double most = 0;
  for (const UnitActivity& unit : result.window.units) {
    if (unit.name == "array") most = std::max(most, static_cast<double>(unit.worked_cycles) / (result.window.elapsed.seconds() * 1e9));
  }
  EXPECT_NEAR(most, 1, 1e-9);
}

TEST(Simulation, SkippedColumnsTakeNoTime) {
  // On 8 converters: 3 each in place of 4.
  auto tile = small_tile();
  tile.adc.unused = periphery::UnusedColumns::skipped;
  const auto result = run(on_20_of_32_columns(), small_chip(), tile);
  EXPECT_NEAR(interval_cycles(result), 8 * 15, 1e-6);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 20);
}

TEST(Simulation, UnusedColumnsThatAreConvertedTakeTimeAndEnergy) {
  auto tile = small_tile();
  tile.adc.unused = periphery::UnusedColumns::converted;
  const auto result = run(on_20_of_32_columns(), small_chip(), tile);
  EXPECT_NEAR(interval_cycles(result), 8 * slowest, 1e-6);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 32);
}

TEST(Simulation, SlicesConvertAtTheSameTime) {
  auto tile = small_tile();
  tile.coding.slices = 4;
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + packet(2) + port + 7 * slowest);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 32 * 4);
}

}  // namespace
}  // namespace mho::hw
