// Upkeep of a chip against hand calculations from its parameters.
#include "analysis/experiment/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/base/expect_error.h"

namespace mho::analysis {
namespace {

using base::user_error;
using testing::HasSubstr;

/// Two layers: one on the tiles 0 and 1 of node 2, another one on tile 2 of node 3, of ten tiles.
ChipResult chip() {
  ChipResult result;
  result.tiles_available = 10;
  result.tiles_used = 3;
  result.layers.resize(2);
  result.layers[0].mvms = 20;
  result.layers[0].busy_cycles = 1000;
  result.layers[0].energy_j = 40e-12;
  result.layers[1].mvms = 10;
  result.layers[1].busy_cycles = 300;
  result.layers[1].energy_j = 5e-12;
  for (int tile = 0; tile < 3; ++tile) {
    const bool second = tile == 2;
    mapper::TilePlacement placement;
    placement.tile = tile;
    placement.node = second ? 3 : 2;
    placement.block.input_end = second ? 64 : 100;
    placement.block.output_end = 32;
    result.tiles.push_back(placement);
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::analog;
    stage.layer = second ? 1 : 0;
    stage.positions = 10;
    stage.mvm.emplace().tile = tile;
    result.program.stages.push_back(stage);
  }
  return result;
}

TEST(Upkeep, RefreshIsProgrammingAgain) {
  // Differential pairs of one set: two devices a weight; 12 pulses of 1 us and 20 pJ; 64 columns at a time, so a row of 32 takes one turn.
  const Design design = load_design(std::nullopt, {"tile.upkeep.refresh=100 s"});
  const Upkeep upkeep = upkeep_of(design, chip());
  const double devices = (100 + 100 + 64) * 32 * 2;
  EXPECT_NEAR(upkeep.refresh_j, devices * 12 * 20e-12, 1e-18);
  // Tiles of node 2 one after the other.
  EXPECT_NEAR(upkeep.refresh_s, 200 * 12e-6, 1e-12);
  EXPECT_NEAR(upkeep.power_w, upkeep.refresh_j / 100, 1e-20);
  EXPECT_NEAR(upkeep.downtime, 200 * 12e-6 / 100, 1e-15);
  EXPECT_EQ(upkeep.recalibration_j, 0);
}

TEST(Upkeep, RecalibrationReadsEveryRow) {
  const Design design = load_design(std::nullopt, {"tile.upkeep.recalibrate=50 s"});
  const Upkeep upkeep = upkeep_of(design, chip());
  // 2 pJ and 100 cycles of 1 ns a product of the first layer, 0.5 pJ and 30 ns of the second.
  EXPECT_NEAR(upkeep.recalibration_j, 200 * 2e-12 + 64 * 0.5e-12, 1e-20);
  EXPECT_NEAR(upkeep.recalibration_s, 200 * 100e-9, 1e-15);
  EXPECT_NEAR(upkeep.power_w, upkeep.recalibration_j / 50, 1e-22);
  EXPECT_NEAR(upkeep.downtime, 200 * 100e-9 / 50, 1e-15);
  const Design ideal = load_design(std::nullopt, {"tile.upkeep.recalibrate=50 s", "tile.drift_compensation=exact"});
  EXPECT_EQ(upkeep_of(ideal, chip()).recalibration_j, 0) << "needs no reading";
}

TEST(Upkeep, OfTheUsualChipIsNothing) {
  const Design design = load_design(std::nullopt);
  const Upkeep upkeep = upkeep_of(design, chip());
  EXPECT_EQ(upkeep.power_w, 0);
  EXPECT_EQ(upkeep.downtime, 0);
  EXPECT_EQ(upkeep.tile_yield, 1);
}

TEST(Upkeep, SparesStandInForDeadTiles) {
  const Design design = load_design(std::nullopt, {"chip.dead_tiles=0.1"});
  ChipResult result = chip();
  // All ten are needed; nine of ten; eight of ten, by hand.
  result.tiles_used = 10;
  EXPECT_NEAR(upkeep_of(design, result).tile_yield, std::pow(0.9, 10), 1e-15);
  result.tiles_used = 9;
  EXPECT_NEAR(upkeep_of(design, result).tile_yield, std::pow(0.9, 10) + 10 * 0.1 * std::pow(0.9, 9), 1e-14);
  result.tiles_used = 8;
  EXPECT_NEAR(upkeep_of(design, result).tile_yield, std::pow(0.9, 10) + 10 * 0.1 * std::pow(0.9, 9) + 45 * 0.01 * std::pow(0.9, 8), 1e-14);
}

TEST(Upkeep, LongerThanItsIntervalIsRefused) {
  const Design design = load_design(std::nullopt, {"tile.upkeep.recalibrate=0.001", "tile.upkeep.refresh=1 s"});
  ChipResult result = chip();
  result.layers[0].busy_cycles = 1'000'000;
  EXPECT_THAT(user_error([&] { upkeep_of(design, result); }), HasSubstr("longer intervals"));
  const Design reloaded = load_design(std::nullopt, {"tile.upkeep.refresh=1 h", "mapper.weights=reloaded"});
  result.program.phases.resize(2);
  EXPECT_THAT(user_error([&] { upkeep_of(reloaded, result); }), HasSubstr("already programs the weights again"));
}

}  // namespace
}  // namespace mho::analysis
