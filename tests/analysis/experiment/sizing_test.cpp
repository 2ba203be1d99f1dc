// Chips that are looked for: the smallest for a target, and the ladder of improvements.
#include "analysis/experiment/sizing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "base/progress.h"
#include "tests/workloads/onnx_model.h"

namespace mho::analysis {
namespace {

using testing::HasSubstr;

/// Three products for each of so many rows.
workloads::Network rows_of_products(std::int64_t rows = 64) {
  workloads::OnnxModel model;
  model.input("x", {0, rows, 24}).floats("a", {24, 24}, workloads::ramp(576)).floats("b", {24, 24}, workloads::ramp(576, 0.2F));
  model.floats("c", {24, 8}, workloads::ramp(192, 0.3F)).output("y");
  model.node("MatMul", {"x", "a"}, "p", "one").node("Relu", {"p"}, "q").node("MatMul", {"q", "b"}, "r", "two");
  return model.node("Relu", {"r"}, "s").node("MatMul", {"s", "c"}, "y", "three").import();
}

Design chip(const std::vector<std::string>& assignments = {}) {
  std::vector<std::string> all{"tile.rows=32", "tile.columns=64", "tile.dac.latched=true", "chip.mesh.width=3", "chip.mesh.height=3"};
  all.insert(all.end(), assignments.begin(), assignments.end());
  return load_design(std::nullopt, all);
}

void ignore(const ImprovementStep&) {}

/// Whether a target is reached on a design with a change, on no more area.
bool reaches(const Sizing& sizing, const std::vector<std::string>& change, const SizingTarget& target) {
  const auto [step, made] = tried({"less", change}, sizing.design, rows_of_products());
  if (!made || step.full_links || step.square_metre > sizing.best->square_metre) return false;
  return (!target.throughput_per_s || step.interval_s * *target.throughput_per_s <= 1) && (!target.latency_s || step.latency_s <= *target.latency_s);
}

/// The target is reached, and with less of anything it is not.
void expect_smallest(const Sizing& sizing, const SizingTarget& target) {
  EXPECT_EQ(sizing.why, "");
  ASSERT_TRUE(sizing.best);
  EXPECT_TRUE(reaches(sizing, {}, target));
  const hw::ChipParameters& found = sizing.design.chip;
  const auto less = [](const char* key, int value, const char* unit = "") {
    return std::vector{std::string(key) + "=" + std::to_string(value - 1) + unit};
  };
  constexpr int kibibyte = 1024;
  EXPECT_FALSE(reaches(sizing, less("chip.digital_cores", found.digital_cores), target)) << found.digital_cores;
  EXPECT_FALSE(reaches(sizing, less("chip.mesh.width", found.mesh_width), target)) << found.mesh_width;
  EXPECT_FALSE(reaches(sizing, less("chip.mesh.height", found.mesh_height), target)) << found.mesh_height;
  EXPECT_FALSE(reaches(sizing, less("chip.input_buffer", found.input_buffer_bytes / kibibyte, " KiB"), target)) << found.input_buffer_bytes;
  EXPECT_FALSE(reaches(sizing, less("chip.digital_buffer", found.digital_buffer_bytes / kibibyte, " KiB"), target)) << found.digital_buffer_bytes;
}

/// One copy takes 64 products of 127 ns, 8.1 us: three times as fast takes three copies of everything, and an interface that keeps up.
TEST(Sizing, TheSmallestChipForAThroughput) {
  const SizingTarget target{.throughput_per_s = 350e3, .latency_s = {}, .square_metre = {}};
  const Sizing sizing = size_chip(chip(), rows_of_products(), target, ignore);
  expect_smallest(sizing, target);
  ASSERT_TRUE(sizing.as_it_is);
  EXPECT_GT(sizing.as_it_is->interval_s, 8e-6);
  // 64 / floor(2857 ns / 127 ns) -> 3 copies of three tiles.
  EXPECT_GE(sizing.design.chip.nodes_of(hw::CoreKind::analog).size(), 9U);
  EXPECT_FALSE(sizing.changes.empty());
}

TEST(Sizing, TheSmallestChipForALatency) {
  const Sizing loose = size_chip(chip(), rows_of_products(), {.throughput_per_s = {}, .latency_s = 1.0, .square_metre = {}}, ignore);
  ASSERT_TRUE(loose.as_it_is);
  const SizingTarget target{.throughput_per_s = {}, .latency_s = 0.5 * loose.as_it_is->latency_s, .square_metre = {}};
  const Sizing sizing = size_chip(chip(), rows_of_products(), target, ignore);
  expect_smallest(sizing, target);
  ASSERT_TRUE(loose.best);
  EXPECT_LT(loose.best->square_metre, sizing.best->square_metre);
}

TEST(Sizing, TheFastestChipForAnArea) {
  const Design design = chip();
  const double area = measured("", {}, design, rows_of_products()).square_metre;
  const Sizing sizing = size_chip(design, rows_of_products(), {.throughput_per_s = {}, .latency_s = {}, .square_metre = 1.6 * area}, ignore);
  EXPECT_EQ(sizing.why, "");
  EXPECT_LE(sizing.best->square_metre, 1.6 * area);
  EXPECT_LT(sizing.best->interval_s, 0.7 * sizing.as_it_is->interval_s);
  const Sizing none = size_chip(design, rows_of_products(), {.throughput_per_s = {}, .latency_s = {}, .square_metre = 0.01 * area}, ignore);
  EXPECT_THAT(none.why, HasSubstr("more area"));
}

/// Everything that is missing stands in one list.
TEST(Sizing, AChipThatLacksEverythingIsToldAllOfIt) {
  const Design small =
      chip({"chip.mesh.width=2", "chip.mesh.height=1", "chip.digital_cores=0", "chip.input_buffer=32 B", "chip.digital_buffer=16 B"});
  const SizingTarget target{.throughput_per_s = 100e3, .latency_s = {}, .square_metre = {}};
  const Sizing sizing = size_chip(small, rows_of_products(), target, ignore);
  EXPECT_FALSE(sizing.as_it_is);
  EXPECT_EQ(sizing.why, "");
  EXPECT_LE(sizing.best->interval_s, 1e-5);
  std::vector<std::string> keys;
  for (const SizedKey& key : sizing.changes) keys.push_back(key.key);
  EXPECT_TRUE(std::ranges::any_of(sizing.changes, [](const SizedKey& key) { return key.key == "chip.input_buffer" && key.before == "0.03125 KiB"; }));
  EXPECT_THAT(keys, testing::IsSupersetOf({"chip.mesh.height", "chip.input_buffer"}));
}

TEST(Sizing, WhatNothingReachesIsSaid) {
  const Sizing sizing = size_chip(chip(), rows_of_products(), {.throughput_per_s = 1e9, .latency_s = {}, .square_metre = {}}, ignore);
  EXPECT_THAT(sizing.why, HasSubstr("no number of tiles reaches it"));
  const Sizing latency = size_chip(chip(), rows_of_products(4), {.throughput_per_s = {}, .latency_s = 1e-9, .square_metre = {}}, ignore);
  EXPECT_THAT(latency.why, HasSubstr("no additional resource brings the chip closer"));
}

/// What was climbed before a Ctrl-C stays.
TEST(Improvement, ACtrlCKeepsTheBestStep) {
  int rungs = 0;
  const Ladder ladder = improve(chip({"mapper.copies=auto"}), rows_of_products(), 20, [&](const ImprovementStep&) {
    if (++rungs < 2) return;
    base::request_interrupt();
    base::check_interrupt();
  });
  EXPECT_TRUE(ladder.interrupted);
  ASSERT_EQ(ladder.rungs.size(), 2U);
  EXPECT_EQ(changed(chip({"mapper.copies=auto"}), ladder.rungs.back().change).hash(), ladder.best.hash());
  EXPECT_THAT(ladder.end, HasSubstr("Interrupted after 1 step"));
  EXPECT_NO_THROW(base::check_interrupt());
}

}  // namespace
}  // namespace mho::analysis
