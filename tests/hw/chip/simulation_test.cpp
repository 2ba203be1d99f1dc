// One simulation per process: every case calls simulate() once. Times by hand: hand_times.h.
#include "hw/chip/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/hw/chip/hand_times.h"

namespace mho::hw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Simulation, OnePositionTakesTheSumOfItsParts) {
  const auto result = run(single_stage(1));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + packet(2) + port);
  EXPECT_TRUE(result.converged);
}

TEST(Simulation, PositionsFollowAtThePaceOfTheSlowestUnit) {
  const auto result = run(single_stage(8));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + packet(2) + port + 7 * slowest);
  EXPECT_NEAR(interval_cycles(result), 8 * slowest, 1e-6);
  EXPECT_TRUE(result.converged);
  EXPECT_EQ(result.steady_inferences, 3) << "the first interval is that of the slowest unit: nobody waits for another";
}

TEST(Simulation, ATimeThatJustFitsItsCyclesCostsNoMore) {
  auto tile = small_tile();
  tile.adc.conversion_time = base::Duration(4.751e-9);  // 4 x 4.751 = 19.004 ns: the shortest of 20 cycles
  EXPECT_EQ(cycles(run(single_stage(8), small_chip(), tile).latency), port + packet(2) + core + packet(2) + port + 7 * slowest);
}

TEST(Simulation, ATimeJustOverItsCyclesCostsOneMore) {
  auto tile = small_tile();
  tile.adc.conversion_time = base::Duration(5.001e-9);  // 20.004 ns
  const auto result = run(single_stage(8), small_chip(), tile);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + 1 + packet(2) + port + 7 * (slowest + 1));
  EXPECT_NEAR(interval_cycles(result), 8 * (slowest + 1), 1e-6);
}

TEST(Simulation, TwoStagesStream) {
  Builder b;
  const int source = b.source(8);
  const int first = b.analog("first", 1, 8);
  const int second = b.analog("second", 2, 8);
  const int sink = b.sink(8);
  b.edge(source, first, 4);
  b.edge(first, second, 4);
  b.edge(second, sink, 4);
  const auto result = run(b.program);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + packet(2) + core + packet(3) + port + 7 * slowest);
  EXPECT_NEAR(interval_cycles(result), 8 * slowest, 1e-6);
}

/// With room for one position the next leaves only when the array has integrated this one and the credit is back.
TEST(Simulation, RoomForOnePositionWaitsForItsCredit) {
  const auto result = run(single_stage(8, 1));
  EXPECT_NEAR(interval_cycles(result), 8 * (3 + 7 + credit(2) + packet(2)), 1e-6);
}

TEST(Simulation, RoomForTwoPositionsHidesTheCredit) { EXPECT_NEAR(interval_cycles(run(single_stage(8, 2))), 8 * slowest, 1e-6); }

TEST(Simulation, ANarrowPortSetsThePace) {
  auto chip = small_chip();
  chip.port.bits_per_cycle = 8;
  const auto result = run(single_stage(8), chip);
  EXPECT_EQ(cycles(result.latency), 32 + packet(2) + core + packet(2) + 32 + 7 * 32);
  EXPECT_NEAR(interval_cycles(result), 8 * 32, 1e-6);
}

TEST(Simulation, TheWidestPortThatDoesNot) {
  auto chip = small_chip();
  chip.port.bits_per_cycle = 256.0 / slowest;
  EXPECT_NEAR(interval_cycles(run(single_stage(8), chip)), 8 * slowest, 1e-6);
}

TEST(Simulation, StagesOfADigitalCoreShareItsUnit) {
  const auto result = run(two_stages_on_a_digital_core(8));
  EXPECT_NEAR(interval_cycles(result), 8 * (10 + 18), 1e-6);
  EXPECT_EQ(result.single.stages[1].busy_cycles, 8 * 10);
  EXPECT_EQ(result.single.stages[2].busy_cycles, 8 * 18);
}

TEST(Simulation, OnePositionThroughTwoStagesOfACoreGoesLocally) {
  Builder b;
  const int source = b.source(1);
  const int first = b.digital("first", 4, 1, 32);
  const int second = b.digital("second", 4, 1, 64);
  const int sink = b.sink(1);
  b.edge(source, first, 2);
  b.edge(first, second, 2);
  b.edge(second, sink, 2);
  const auto result = run(b.program);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + 10 + 1 + 18 + packet(2) + port);
  EXPECT_EQ(result.single.packets, 4U);  // two of data, two of credits
}

ChipParameters two_tiles_a_core(bool shared) {
  auto chip = small_chip();
  chip.tiles_per_core = 2;
  chip.shared_converters = shared;
  return chip;
}

/// The second vector's 5 flits follow the first's. Its tile integrates at once, but the converters take its charges only when the first's are out.
TEST(Simulation, TwoTilesShareConvertersOneAfterTheOther) {
  const auto result = run(two_tiles_on_a_core(1, false), two_tiles_a_core(true));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + 3 + 7 + 2 * slowest + 4 + packet(2) + port);
  EXPECT_EQ(result.single.stages[1].busy_cycles, slowest);
  EXPECT_EQ(result.single.stages[1].shared_cycles, slowest);
}

TEST(Simulation, TwoTilesWithTheirOwnConvertersDoNotWait) {
  const auto result = run(two_tiles_on_a_core(1, false), two_tiles_a_core(false));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + 5 + core + packet(2) + port);
  EXPECT_EQ(result.single.stages[1].shared_cycles, 0);
}

/// What the first tile makes reaches the second within the core, a cycle later.
TEST(Simulation, TilesInARowGoThroughTheSharedConvertersTwice) {
  const auto result = run(two_tiles_on_a_core(1, true), two_tiles_a_core(true));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + 1 + core + packet(2) + port);
}

TEST(Simulation, SharedConvertersSetThePaceOfBothTiles) {
  const auto result = run(two_tiles_on_a_core(8, true), two_tiles_a_core(true));
  EXPECT_NEAR(interval_cycles(result), 8 * 2 * slowest, 1e-6);
  EXPECT_EQ(result.single.stages[1].adc_conversions, 8U * 32);
  EXPECT_EQ(result.single.stages[2].adc_conversions, 8U * 32);
}

TEST(Simulation, OwnConvertersKeepThePaceOfOneTile) {
  EXPECT_NEAR(interval_cycles(run(two_tiles_on_a_core(8, true), two_tiles_a_core(false))), 8 * slowest, 1e-6);
}

/// Sampled charges leave the array free while the converters are at work on both tiles: an integration of 40 cycles, the conversions of two tiles, is
/// the longest that costs nothing.
TEST(Simulation, TheLongestIntegrationThatHidesBehindTheConversionsOfBothTiles) {
  auto tile = small_tile();
  tile.dac.time_per_level = base::Duration(5.714e-9);  // 7 x 5.714 = 39.998 ns
  EXPECT_NEAR(interval_cycles(run(two_tiles_on_a_core(8, true), two_tiles_a_core(true), tile)), 8 * 40, 1e-6);
}

TEST(Simulation, TheShortestIntegrationThatDoesNot) {
  auto tile = small_tile();
  tile.dac.time_per_level = base::Duration(5.715e-9);  // 40.005 ns
  EXPECT_NEAR(interval_cycles(run(two_tiles_on_a_core(8, true), two_tiles_a_core(true), tile)), 8 * 41, 1e-6);
}

/// A reader that takes a position only every 80 cycles holds up its own tile, not the other one that shares the converters.
TEST(Simulation, ATileWithoutRoomDoesNotHoldUpTheOther) {
  Builder b;
  const int source = b.source(16);
  const int slow = b.analog("slow", 1, 16);
  const int quick = b.analog("quick", 1, 16);
  b.program.stages[static_cast<std::size_t>(quick)].mvm->tile = 7;
  const int reader = b.digital("reader", 4, 16, 4 * 78);  // 2 + 78 cycles
  const int sink = b.sink(16);
  b.edge(source, slow, 16);
  b.edge(source, quick, 16);
  b.edge(slow, reader, 1);
  b.edge(reader, sink, 16);
  b.edge(quick, sink, 16);
  const auto result = run(b.program, two_tiles_a_core(true));
  // The reader waits for a credit and a packet after each position, which now and then meet the other tile's packets.
  EXPECT_GE(interval_cycles(result), 16 * (80 + credit(2) + packet(2)));
  EXPECT_LE(interval_cycles(result), 1.1 * 16 * (80 + credit(2) + packet(2)));
  EXPECT_GT(result.single.stages[1].waiting_output_cycles, 0);
  EXPECT_EQ(result.single.stages[2].waiting_output_cycles, 0);
}

TEST(Simulation, CountsEveryEvent) {
  const auto result = run(single_stage(8));
  const StageActivity& layer = result.single.stages[1];
  EXPECT_EQ(layer.positions, 8U);
  EXPECT_EQ(layer.mvms, 8U);
  EXPECT_EQ(layer.dac_conversions, 8U * 32);
  EXPECT_EQ(layer.adc_conversions, 8U * 32);
  EXPECT_EQ(layer.scale_operations, 8U * 32);
  EXPECT_EQ(layer.input_buffer_written_bits, 8U * 256);
  EXPECT_EQ(layer.input_buffer_read_bits, 8U * 32 * 8);
  EXPECT_EQ(layer.output_buffer_written_bits, 8U * 256);
  EXPECT_EQ(layer.output_buffer_read_bits, 8U * 256);
  EXPECT_EQ(layer.busy_cycles, 8 * slowest);
  // The second position's flits follow the first's 5 and come 2 cycles after the drivers have settled.
  EXPECT_EQ(layer.waiting_input_cycles, port + packet(2) + 5 - 3);
  EXPECT_EQ(layer.waiting_output_cycles, 0);
  EXPECT_EQ(result.single.stages[0].port_bits, 8U * 256);
  EXPECT_EQ(result.single.stages[2].port_bits, 8U * 256);
  EXPECT_EQ(result.single.packets, 8U * 4);
  EXPECT_EQ(result.single.flit_hops, 8U * 2 * (2 * 5 + 2 * 1));
  const auto n = static_cast<std::uint64_t>(result.steady_inferences);
  EXPECT_EQ(result.steady.stages[1].mvms, n * 8);
  EXPECT_EQ(result.steady.flit_hops, n * result.single.flit_hops);
}

TEST(Simulation, AJoinWithEnoughRoomRuns) {
  const auto result = run(residual(40, 3, 5));
  EXPECT_TRUE(result.converged);
  EXPECT_EQ(result.single.stages.size(), 7U);
  for (const auto& stage : result.single.stages) EXPECT_EQ(stage.positions, 40U);
}

/// The tiles of the long branch hold positions of their own, so it takes a little less room than verify() asks for, but not this little.
TEST(Simulation, AJoinWithTooLittleRoomSaysWhoWaitsForWhom) {
  try {
    simulate(residual(40, 3, 1), small_chip(), small_tile());
    FAIL() << "it should have come to a standstill";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::failed_check);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("standstill"), HasSubstr("credits (0 of 1) on edge 'head' -> 'join'"),
                                    HasSubstr("'join' (0 of 40 positions) waits for 1 more position on edge 'deep 2' -> 'join'")));
  }
}

/// A cycle of 1000 s: the ninth edge lies beyond 2^63 fs.
TEST(Simulation, TimeThatRunsOutIsSaid) {
  auto chip = small_chip();
  chip.clock = base::Frequency(0.001);
  try {
    run(single_stage(1), chip);
    FAIL() << "simulated beyond the end of time";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("simulated time left its 64-bit range"), HasSubstr("chip.clock")));
  }
}

/// The clocks are fast enough for 20000 cycles at a glance, but not for all that a position takes.
TEST(Simulation, TimeThatRunsOutInsideTheKernelIsSaid) {
  auto tile = small_tile();
  tile.adc.conversion_time = base::Duration(2000);  // four columns an ADC: 8000 s of the 9223 s there are
  try {
    run(single_stage(2), small_chip(), tile);
    FAIL() << "simulated beyond the end of time";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("simulated time left its 64-bit range"));
  }
}

TEST(Simulation, ASecondCallInOneProcessIsRefused) {
  run(single_stage(1));
  EXPECT_THROW(run(single_stage(1)), std::logic_error);
}

TEST(Simulation, FewerInferencesThanItTakesIsUnconverged) {
  const auto result = simulate(single_stage(2), small_chip(), small_tile(), {.inferences = 3});
  EXPECT_FALSE(result.converged);
  EXPECT_EQ(result.steady_inferences, 3);
  EXPECT_GT(result.interval_s, 0);
}

/// Traffic with contention; the figures were recorded from the first run that passed all of the above, and must never change by accident.
TEST(Simulation, TheSameBitsEveryTime) {
  const auto result = run(residual(40, 3, 8));
  EXPECT_EQ(cycles(result.latency), 2342);
  EXPECT_EQ(result.cycles, 14700);
  EXPECT_EQ(result.steady_inferences, 6);
  EXPECT_EQ(result.steady.flit_hops, 6 * 4080U);
}

/// A network of the size of a residual network for 32 x 32 images: 19 convolutions of 3 x 3 (7 at 1024 positions, 6 at 256, 6 at 64), each behind a
/// digital stage, on an 8 x 8 mesh of 8 digital cores.
Program deep_network() {
  Builder b;
  ChipParameters chip;
  chip.mesh_width = chip.mesh_height = chip.digital_cores = 8;
  const auto analog = chip.nodes_of(CoreKind::analog);
  const auto digital = chip.nodes_of(CoreKind::digital);
  int last = b.source(1024);
  int side = 32;
  int before = 32;
  for (int layer = 0; layer < 19; ++layer) {
    side = layer < 7 ? 32 : layer < 13 ? 16 : 8;
    const int positions = side * side;
    const int stride = before / side;
    const int convolution = b.analog("conv " + std::to_string(layer), analog[static_cast<std::size_t>(2 * layer)], positions);
    auto needs = std::make_shared<std::vector<std::int32_t>>();
    auto releases = std::make_shared<std::vector<std::int32_t>>();
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const bool end = y == side - 1 && x == side - 1;
        const std::int32_t need = std::min(y * stride + 1, before - 1) * before + std::min(x * stride + 1, before - 1) + 1;
        const std::int32_t release = end ? before * before : (y * stride - 1) * before + x * stride - 1;
        needs->push_back(std::max(need, needs->empty() ? 0 : needs->back()));
        releases->push_back(std::max(release, releases->empty() ? 0 : releases->back()));
      }
    }
    Edge& window = b.edge(last, convolution, 4 * before);
    window.needs = needs;
    window.releases = releases;
    // In the same row of the mesh: with the activations spread evenly instead, five streams share a link and the network sets the pace.
    const int row = b.program.stages.back().core / chip.mesh_width;
    const int activation = b.digital("relu " + std::to_string(layer), digital[static_cast<std::size_t>(row)], positions, 8);
    b.edge(convolution, activation, 16);  // covers the credit loop over the mesh
    last = activation;
    before = side;
  }
  const int sink = b.sink(64);
  b.edge(last, sink, 16);
  return b.program;
}

TEST(Simulation, ADeepNetworkTakesWellUnderASecondAnInference) {
  const Program program = deep_network();
  ChipParameters chip = small_chip();
  chip.mesh_width = chip.mesh_height = chip.digital_cores = 8;
  const auto result = run(program, chip);
  EXPECT_TRUE(result.converged);
  // The first seven layers make 1024 positions each at the pace of their converters; buffers of a few rows leave gaps at the edges of a picture.
  EXPECT_GE(interval_cycles(result), 1024 * slowest);
  EXPECT_LE(interval_cycles(result), 1.1 * 1024 * slowest);
  const double seconds = result.wall_s / (1 + result.steady_inferences);
  RecordProperty("seconds_per_inference", std::to_string(seconds));
  EXPECT_LT(seconds, 1.0);
}

}  // namespace
}  // namespace mho::hw
