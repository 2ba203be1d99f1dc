#include "analysis/study/mvm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tiles/analog_matrix.h"
#include "workloads/data/array_files.h"

namespace mho::analysis {
namespace {

constexpr std::size_t outputs = 30, inputs = 100, batch = 70;

Matrix numbers(std::size_t rows, std::size_t columns, double step) {
  Matrix matrix{"m.npy", rows, columns, std::vector<double>(rows * columns)};
  for (std::size_t k = 0; k < matrix.values.size(); ++k) matrix.values[k] = 0.7 * std::sin(step * static_cast<double>(k) + 0.1);
  return matrix;
}

/// Three row parts and two column parts.
Design split() { return load_design({}, {"tile.rows=40", "tile.columns=16"}); }

std::vector<std::vector<float>> repeats_of(const Design& design, const MvmOptions& options) {
  std::vector<std::vector<float>> repeats;
  analog_products(design, numbers(outputs, inputs, 0.37), numbers(batch, inputs, 0.71), options,
                  [&](std::span<const float> y) { repeats.emplace_back(y.begin(), y.end()); });
  return repeats;
}

/// The same by hand: repeat r of the given programming.
std::vector<float> direct(const Design& design, std::uint32_t repeat, std::uint32_t programming) {
  const auto w = numbers(outputs, inputs, 0.37).single(), x = numbers(batch, inputs, 0.71).single();
  const auto layout = tiles::default_layout("matrix", inputs, outputs, 1, design.tile.rows, design.tile.columns, 0);
  std::vector<float> ranges(static_cast<std::size_t>(layout.row_parts));
  for (const auto& block : layout.blocks) {
    for (std::size_t v = 0; v < batch; ++v) {
      for (int j = block.input_begin; j < block.input_end; ++j) {
        float& range = ranges[static_cast<std::size_t>(block.row_part)];
        range = std::max(range, std::abs(x[v * inputs + static_cast<std::size_t>(j)]));
      }
    }
  }
  tiles::AnalogMatrix matrix(design.tile, layout, w, {}, ranges, 5, programming);
  matrix.set_time(3600, 0);
  std::vector<base::EventId> events(batch);
  for (std::size_t v = 0; v < batch; ++v) events[v].sample = static_cast<std::uint32_t>(repeat * batch + v);
  std::vector<float> y(batch * outputs);
  matrix.forward(x, events, y);
  return y;
}

TEST(Mvm, RepeatsAreReadingsOfOneProgramming) {
  const Design design = split();
  const auto repeats = repeats_of(design, {.repeats = 3, .time_s = 3600, .seed = 5});
  ASSERT_EQ(repeats.size(), 3U);
  for (std::uint32_t r = 0; r < 3; ++r) EXPECT_EQ(repeats[r], direct(design, r, 0)) << r;
}

TEST(Mvm, OrProgrammingsOfTheirOwn) {
  const Design design = split();
  const auto repeats = repeats_of(design, {.repeats = 3, .reprogram = true, .time_s = 3600, .seed = 5});
  for (std::uint32_t r = 0; r < 3; ++r) EXPECT_EQ(repeats[r], direct(design, r, r)) << r;
}

TEST(Mvm, SameBitsForAnyNumberOfThreads) {
  for (const bool reprogram : {false, true}) {
    MvmOptions options{.repeats = 5, .reprogram = reprogram};
    const auto one = repeats_of(split(), options);
    options.threads = 2;
    EXPECT_EQ(one, repeats_of(split(), options));
  }
}

TEST(Mvm, StatisticsAreThoseOfTheRepeats) {
  const auto repeats = repeats_of(split(), {.repeats = 20});
  RepeatStatistics statistics(batch * outputs);
  for (const auto& y : repeats) statistics.add(y);
  for (std::size_t i = 0; i < batch * outputs; ++i) {
    double mean = 0, squares = 0;
    for (const auto& y : repeats) mean += static_cast<double>(y[i]) / 20;
    for (const auto& y : repeats) squares += (static_cast<double>(y[i]) - mean) * (static_cast<double>(y[i]) - mean);
    ASSERT_NEAR(statistics.mean(i), mean, 1e-12);
    ASSERT_NEAR(statistics.deviation(i), std::sqrt(squares / 19), 1e-12);
  }
}

TEST(Mvm, ReadingsScatterAsTheNoiseSays) {
  // Output noise alone, one tile: 0.04 full cells times range and scale.
  const Design design = load_design({}, {"tile.device.kind=ideal", "tile.adc.bits=ideal", "tile.adc.bound=unlimited", "tile.noise.read_kind=off",
                                         "tile.ir_drop.scale=off", "tile.mapping.scale=none", "tile.drift_compensation=none"});
  RepeatStatistics statistics(1);
  const Matrix w{"w", 1, 1, {0.5}}, x{"x", 1, 1, {0.25}};
  constexpr int n = 4000;
  analog_products(design, w, x, {.repeats = n}, [&](std::span<const float> y) { statistics.add(y); });
  EXPECT_NEAR(statistics.mean(0), 0.125, 4 * 0.01 / std::sqrt(n));
  EXPECT_NEAR(statistics.deviation(0), 0.01, 4 * 0.01 / std::sqrt(2.0 * n));
}

TEST(Mvm, MoreProductsThanTheirNoiseCanBeToldApartAreRefused) {
  const Matrix w{"w", 1, 1, {0.5}}, x{"x", 5000, 1, std::vector<double>(5000, 0.1)};
  try {
    analog_products(split(), w, x, {.repeats = 1'000'000}, [](std::span<const float>) {});
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::usage);
  }
}

TEST(Npy, WhatIsWrittenIsRead) {
  const std::vector<float> floats{1.5F, -0.1F, 3e-40F, 4, 5, 6};
  const workloads::Shape shape{1, 2, 3};
  const std::string bytes = workloads::npy_bytes(shape, floats);
  EXPECT_EQ((bytes.size() - 24) % 64, 0U);
  EXPECT_THAT(bytes, testing::HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (1,2,3,), }"));
  const auto array = workloads::parse_npy(bytes, "a.npy");
  EXPECT_EQ(array.shape, shape);
  EXPECT_EQ(array.floats, floats);
  const std::vector<double> doubles{0.1, 1e300};
  const auto exact = workloads::parse_npy_numbers(workloads::npy_bytes({2}, doubles), "b.npy");
  EXPECT_EQ(exact.shape, workloads::Shape{2});
  EXPECT_EQ(exact.values, doubles);
  EXPECT_THROW(workloads::npy_bytes({3}, doubles), std::logic_error);
}

}  // namespace
}  // namespace mho::analysis
