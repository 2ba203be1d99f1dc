// Cells in the rows of one group and the columns of another: devices with target 0 whose errors belong to the product, unless a selector cuts them
// off.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "tests/tiles/standard_tile.h"
#include "tiles/analog_matrix.h"
#include "tiles/scales.h"

namespace mho::tiles::test {
namespace {

std::vector<float> normal_numbers(std::size_t count, std::uint64_t seed, float deviation) {
  std::vector<float> values(count);
  base::RandomStream(base::StreamKey{.seed = seed, .purpose = base::Purpose::data}).normals({}, 0, values);
  for (float& v : values) v *= deviation;
  return values;
}

/// One vector through a matrix of `groups` on one tile, right after programming.
std::vector<float> product_of_groups(const TileParameters& parameters, int inputs, int outputs, int groups, const std::vector<float>& weights,
                                     const std::vector<float>& x, std::uint32_t programming = 0) {
  const MatrixLayout layout = default_layout("groups", inputs, outputs, groups, parameters.rows, parameters.output_capacity(), 0);
  AnalogMatrix matrix(parameters, layout, weights, {}, {}, 3, programming);
  matrix.set_time(0.0, 0);
  std::vector<float> y(static_cast<std::size_t>(outputs));
  const base::EventId event{.sample = 1};
  matrix.forward(x, {&event, 1}, y);
  return y;
}

const std::vector<std::string> programming_alone = with(ideal(), {"tile.device.kind=pcm", "tile.device.read_scale=0"});

/// Weights of `groups` of inputs / groups x outputs / groups each, zeros between them.
std::vector<float> grouped_weights(int inputs, int outputs, int groups) {
  std::vector<float> weights = normal_numbers(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs), 1, 0.3F);
  for (int i = 0; i < outputs; ++i) {
    for (int j = 0; j < inputs; ++j) {
      if (j / (inputs / groups) != i / (outputs / groups)) weights[static_cast<std::size_t>(i * inputs + j)] = 0;
    }
  }
  return weights;
}

/// 150 rows of another group at rms 0.5: a pair of devices at target 0 has an error of sqrt(2 (1/2 - 1/(2 pi))) 0.26348 uS of 25 uS, so their sum has
/// sqrt(150) 0.5 0.0087 = 0.053 full cells.
TEST(OffDiagonal, OtherGroupsAddTheErrorsOfTheirRows) {
  constexpr int rows = 150, columns = 200;
  const std::vector<float> weights(std::size_t{2} * rows * 2 * columns, 0.0F);
  std::vector<float> x(2 * rows, 0.0F);
  for (std::size_t j = 0; j < rows; ++j) x[j] = j % 2 == 0 ? 0.5F : -0.5F;
  const TileParameters row = tile(programming_alone), block = tile(with(programming_alone, {"tile.array.selector=block"}));
  const std::vector<float> seen = product_of_groups(row, 2 * rows, 2 * columns, 2, weights, x);
  constexpr std::uint32_t programmings = 20;
  double squares = 0;
  for (std::uint32_t programming = 0; programming < programmings; ++programming) {
    const std::vector<float> y = product_of_groups(row, 2 * rows, 2 * columns, 2, weights, x, programming);
    for (std::size_t i = columns; i < std::size_t{2} * columns; ++i) squares += static_cast<double>(y[i]) * static_cast<double>(y[i]);
  }
  EXPECT_NEAR(std::sqrt(squares / (columns * programmings)), 0.0533, 0.04 * 0.0533);
  const std::vector<float> cut = product_of_groups(block, 2 * rows, 2 * columns, 2, weights, x);
  for (std::size_t i = columns; i < std::size_t{2} * columns; ++i) EXPECT_EQ(cut[i], 0.0F) << "rows of the other group alone are driven";
  for (std::size_t i = 0; i < columns; ++i) EXPECT_EQ(cut[i], seen[i]) << "cells of the group itself have their errors either way";
}

/// Where devices have no errors, cells with target 0 change nothing.
TEST(OffDiagonal, ExactDevicesAddNothing) {
  const std::vector<float> weights = grouped_weights(90, 10, 10), x = normal_numbers(90, 2, 0.3F);
  EXPECT_EQ(product_of_groups(tile(ideal()), 90, 10, 10, weights, x),
            product_of_groups(tile(with(ideal(), {"tile.array.selector=block"})), 90, 10, 10, weights, x));
}

/// The standard model with and without them, depthwise: other results, the smaller error without.
TEST(OffDiagonal, SwitchingThemOffChangesTheResult) {
  const std::vector<float> weights = grouped_weights(450, 50, 50), x = normal_numbers(450, 2, 0.3F);
  const std::vector<float> exact = product_of_groups(tile(ideal()), 450, 50, 50, weights, x);
  const auto error = [&](const std::vector<float>& y) {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += std::pow(static_cast<double>(y[i] - exact[i]), 2);
    return std::sqrt(sum);
  };
  const std::vector<float> row = product_of_groups(tile(programming_alone), 450, 50, 50, weights, x);
  const std::vector<float> block = product_of_groups(tile(with(programming_alone, {"tile.array.selector=block"})), 450, 50, 50, weights, x);
  EXPECT_NE(row, block);
  EXPECT_LT(error(block), 0.6 * error(row));
}

/// What is cut off draws no current.
TEST(OffDiagonal, WhatIsCutOffConductsNothing) {
  const std::vector<float> weights = grouped_weights(90, 10, 10);
  const std::vector<std::string> devices = with(programming_alone, {"tile.device.kind=reram_cmo"});
  const TileParameters row = tile(devices), block = tile(with(devices, {"tile.array.selector=block"}));
  const MatrixLayout layout = default_layout("groups", 90, 10, 10, 512, 512, 0);
  const float unit = scale_unit(weights);
  const double least = 2 * row.device.least_us * 1e-6, cut = 90 * 9;  // cells
  const double all = target_conductance_sum(row, layout, layout.block(0), weights, unit);
  EXPECT_GT(least, 0);
  EXPECT_NEAR(all - target_conductance_sum(block, layout, layout.block(0), weights, unit), cut * least, 1e-9 * all);
  const std::vector<double> rows = target_row_conductances(row, layout, layout.block(0), weights, unit),
                            cut_rows = target_row_conductances(block, layout, layout.block(0), weights, unit);
  for (std::size_t j = 0; j < rows.size(); ++j) EXPECT_NEAR(rows[j] - cut_rows[j], 9 * least, 1e-9 * all);
}

}  // namespace
}  // namespace mho::tiles::test
