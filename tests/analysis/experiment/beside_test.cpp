// What stands beside the steady state: one-time programming and the digital reference, by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/cost/digital_machine.h"
#include "analysis/design/design.h"
#include "analysis/experiment/matrix_load.h"
#include "analysis/experiment/one_time.h"
#include "analysis/experiment/reference_choice.h"
#include "base/error.h"
#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"

namespace mho::analysis {
namespace {

using base::user_error;
using testing::HasSubstr;

workloads::Network two_layers() {
  workloads::OnnxModel model(18);
  model.input("x", {0, 130}).output("y").floats("w", {130, 70}, workloads::ramp(9100)).floats("v", {70, 3}, workloads::ramp(210));
  return model.node("MatMul", {"x", "w"}, "h", "first").node("MatMul", {"h", "v"}, "y", "second").import();
}

TEST(OneTimeProgramming, ByHand) {
  // Two blocks on one core: 100 rows of 40 weights, then 10 rows of 50; 2 devices a weight, 12 iterations of 1 us and 20 pJ, 64 columns at a time.
  const Design design = load_design(std::nullopt, {});
  std::vector<mapper::TilePlacement> placements(2);
  placements[0] = {.tile = 0, .node = 1, .layer = "a", .block = {}};
  placements[0].block.input_end = 100;
  placements[0].block.output_end = 40;
  placements[1] = {.tile = 1, .node = 1, .layer = "b", .block = {}};
  placements[1].block.input_end = 10;
  placements[1].block.output_end = 50;
  const OneTimeProgramming once = one_time_programming(design, hw::Program(), placements);
  EXPECT_DOUBLE_EQ(once.devices, 2 * (4000 + 500));
  EXPECT_NEAR(once.joule, 9000 * 12 * 20e-12, 1e-18);
  EXPECT_NEAR(once.seconds, 110 * 12e-6, 1e-12);
  // On two cores side by side.
  placements[1].node = 2;
  EXPECT_NEAR(one_time_programming(design, hw::Program(), placements).seconds, 100 * 12e-6, 1e-12);
}

TEST(DigitalReference, TheArrayTakesItsBlocks) {
  // 130 x 70 is 3 x 2 blocks of 64, 70 x 3 is 2 x 1: each keeps the array for the 64 cycles in which the next weights come; two fills and drains of
  // 128.
  const Design design = load_design(std::nullopt, {});
  const DigitalReference array = systolic_reference(design, matrix_load(two_layers(), 1));
  EXPECT_DOUBLE_EQ(array.multiply_accumulates, 130 * 70 + 70 * 3);
  EXPECT_NEAR(array.seconds, (6 * 64 + 2 * 64 + 2 * 128) * 1e-9, 1e-18);
  EXPECT_GT(array.joule, array.multiply_accumulates * 0.05e-12);
  EXPECT_LT(array.joule, array.multiply_accumulates * 10e-12);
  // A newer node takes less, and the port counts as on the chip.
  const DigitalReference newer = systolic_reference(load_design(std::nullopt, {"chip.technology=7 nm"}), matrix_load(two_layers(), 1));
  EXPECT_LT(newer.joule, array.joule);
  const DigitalReference free = systolic_reference(load_design(std::nullopt, {"port.energy_per_bit=0"}), matrix_load(two_layers(), 1));
  EXPECT_NEAR(array.joule - free.joule, (130 + 3) * 8 * design.chip.port.energy_per_bit.si(), 1e-15);
}

TEST(DigitalReference, StepsOfARecurrentLayerWaitForEachOther) {
  // 10 steps of a state of 100: 7 blocks of 64 x 64 of the recurrent weights are read anew in each step; the inputs' product takes all steps at once.
  workloads::OnnxModel model(14);
  model.input("x", {10, 1, 8}).output("y").floats("w", {1, 400, 8}, workloads::ramp(3200)).floats("r", {1, 400, 100}, workloads::ramp(40000));
  model.node("LSTM", {"x", "w", "r"}, "y", "layer").attribute("hidden_size", 100);
  const MatrixLoad load = matrix_load(model.import(), 1);
  ASSERT_EQ(load.products.size(), 2U);
  const DigitalReference array = systolic_reference(load_design(std::nullopt, {}), load);
  const double input_cycles = 1 * 7 * 64 + 2 * 64, state_cycles = 10 * (2 * 7 * 64 + 2 * 64);
  EXPECT_NEAR(array.seconds, (input_cycles + state_cycles) * 1e-9, 1e-18);
  EXPECT_DOUBLE_EQ(array.multiply_accumulates, 10 * 400 * 108);
}

TEST(DigitalReference, ARooflineIsBoundByTheSlowerOfTwo) {
  const Roofline machine = parse_roofline("2 TOPS, 4 GB/s, 10 W, a machine");
  EXPECT_EQ(machine.name, "a machine");
  const DigitalReference reference = roofline_reference(machine, matrix_load(two_layers(), 1));
  const double bytes = 130 * 70 + 130 + 70 + 70 * 3 + 70 + 3;
  EXPECT_EQ(reference.limit, "memory");
  EXPECT_NEAR(reference.seconds, bytes / 4e9, 1e-15);
  EXPECT_NEAR(reference.joule, 10 * bytes / 4e9, 1e-15);
  const DigitalReference fast = roofline_reference(parse_roofline("0.001 TOPS, 400 GB/s, 10 W"), matrix_load(two_layers(), 1));
  EXPECT_EQ(fast.limit, "operations");
  EXPECT_NEAR(fast.seconds, 2.0 * 9310 / 1e9, 1e-12);
  EXPECT_FALSE(parse_reference("none").shown);
  EXPECT_FALSE(parse_reference("systolic").roofline);
  EXPECT_THAT(user_error([] { parse_reference("138 TOPS, 175 W"); }), HasSubstr("the bandwidth in GB/s is missing"));
  EXPECT_THAT(user_error([] { parse_reference("1 TOPS, 2 TOPS, 1 GB/s, 1 W"); }), HasSubstr("given twice"));
  EXPECT_THAT(user_error([] { parse_reference("1 TOPS, 1 GB/s, -1 W"); }), HasSubstr("above 0"));
  EXPECT_THAT(user_error([] { parse_reference("nothing"); }), HasSubstr("the peak in TOPS is missing"));
}

}  // namespace
}  // namespace mho::analysis
