// Frames that a network merges into the batch, on the chip: a process per case, because every case calls simulate() once.
#include "tests/workloads/frames.h"

#include "tests/mapper_sim/functional_chip.h"

namespace mho::mapper::test {
namespace {

using workloads::around_one;
using workloads::FrameCase;

constexpr std::int64_t merged = 3;

void expect_the_bits_of_the_accuracy_path(workloads::Network network, const Setting& on) {
  std::vector<ChipSample> samples;
  for (std::uint32_t id = 0; id < 3; ++id) {
    ChipSample sample;
    sample.id = id;
    sample.values = around_one(static_cast<std::size_t>(workloads::element_count(network.values[static_cast<std::size_t>(network.input)].shape)));
    for (float& v : sample.values) v += 0.125F * static_cast<float>(id);
    samples.push_back(std::move(sample));
  }
  Comparison comparison(with_ordinary_inputs(std::move(network), on), on, std::move(samples));
  comparison.simulate();
  EXPECT_EQ(comparison.differences(), 0U);
}

class FramesOnTheChip : public ::testing::TestWithParam<std::size_t> {};

TEST_P(FramesOnTheChip, HaveTheBitsOfTheAccuracyPath) {
  const std::vector<FrameCase> cases = workloads::frame_cases();
  const FrameCase& one = cases.at(GetParam());
  SCOPED_TRACE(one.op_type + " over frames of " + workloads::shape_text(one.frame));
  if (!one.refused.empty()) return;  // at import, which another test sees
  expect_the_bits_of_the_accuracy_path(one.model(merged).import(), setting({"tile.rows=20"}));
}

INSTANTIATE_TEST_SUITE_P(Operators, FramesOnTheChip, ::testing::Range<std::size_t>(0, workloads::frame_cases().size()),
                         [](const auto& tested) { return workloads::frame_cases().at(tested.param).op_type + std::to_string(tested.param); });

class NetworksOfFramesOnTheChip : public ::testing::TestWithParam<std::size_t> {};

TEST_P(NetworksOfFramesOnTheChip, HaveTheBitsOfTheAccuracyPath) {
  expect_the_bits_of_the_accuracy_path(workloads::frame_networks().at(GetParam()).whole().import(), setting({"tile.rows=5", "chip.digital_cores=6"}));
}

TEST_P(NetworksOfFramesOnTheChip, HaveThemWithIntegersBetweenBlocks) {
  expect_the_bits_of_the_accuracy_path(workloads::frame_networks().at(GetParam()).whole().import(),
                                       setting({"tile.rows=5", "chip.digital_cores=6", "digital.result_format=int8"}));
}

INSTANTIATE_TEST_SUITE_P(Networks, NetworksOfFramesOnTheChip, ::testing::Range<std::size_t>(0, workloads::frame_networks().size()),
                         [](const auto& tested) { return workloads::frame_networks().at(tested.param).name; });

}  // namespace
}  // namespace mho::mapper::test
