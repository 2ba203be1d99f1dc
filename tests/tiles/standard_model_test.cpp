// What the standard model must give: published and independently measured relative MVM errors of a 512 x 512 tile.
#include <gtest/gtest.h>

#include "tests/tiles/standard_tile.h"

namespace mho::tiles::test {
namespace {

constexpr double second = 1, hour = 3600, day = 86400, year = 365.0 * 86400;
/// Points of relative error that three tiles may differ from the means of ten.
constexpr double tolerance = 0.005;

TEST(StandardModel, ErrorGrowsAsPublishedWithOneScalePerTile) {
  const auto standard = tile(with(paper_formats(), {"tile.mapping.scale=tile"}));
  EXPECT_NEAR(relative_error(standard, second), 0.139, tolerance);
  EXPECT_NEAR(relative_error(standard, hour), 0.155, tolerance);
  EXPECT_NEAR(relative_error(standard, day), 0.173, tolerance);
  EXPECT_NEAR(relative_error(standard, year), 0.217, tolerance);
}

TEST(StandardModel, ErrorGrowsAsPublishedWithColumnScales) {
  const auto standard = tile(paper_formats());
  EXPECT_NEAR(relative_error(standard, second), 0.133, tolerance);
  EXPECT_NEAR(relative_error(standard, hour), 0.137, tolerance);
  EXPECT_NEAR(relative_error(standard, day), 0.153, tolerance);
  EXPECT_NEAR(relative_error(standard, year), 0.193, tolerance);
}

TEST(StandardModel, DriftUncompensatedLosesHalfTheSignalInAYear) {
  EXPECT_NEAR(relative_error(tile(with(paper_formats(), {"tile.mapping.scale=tile", "tile.drift_compensation=none"})), year), 0.52, 2 * tolerance);
}

TEST(StandardModel, WithoutDeviceNoise) {
  EXPECT_NEAR(relative_error(tile(with(paper_formats(), {"tile.mapping.scale=tile", "tile.device.kind=ideal"})), second), 0.042, tolerance);
}

TEST(StandardModel, EachNonidealityAlone) {
  const auto alone = [](const std::vector<std::string>& on) {
    return relative_error(tile(with(with(ideal(), {"tile.mapping.scale=tile"}), on)), second);
  };
  EXPECT_LT(alone({}), 1e-6);
  EXPECT_NEAR(alone({"tile.dac.bits=8"}), 0.004, 0.001);
  EXPECT_NEAR(alone({"tile.adc.bound=10", "tile.adc.bits=8"}), 0.014, 0.001);
  EXPECT_NEAR(alone({"tile.noise.output=0.04"}), 0.0125, 0.001);
  EXPECT_NEAR(alone({"tile.noise.read_kind=pcm"}), 0.032, 0.001);
  EXPECT_NEAR(alone({"tile.ir_drop.scale=1"}), 0.016, 0.001);
  EXPECT_NEAR(alone({"tile.device.kind=pcm", "tile.device.read_scale=0", "tile.device.drift_scale=0"}), 0.104, tolerance);
}

TEST(StandardModel, CompensationFactorsOfDenseWeights) {
  // Weights spread over the whole range, so that the noise of the reading hardly biases its mean absolute value.
  const auto standard = tile(with(paper_formats(), {"tile.mapping.scale=tile"}));
  constexpr int n = 256;
  std::vector<float> w(static_cast<std::size_t>(n) * n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) w[static_cast<std::size_t>(i * n + j)] = static_cast<float>(std::sin(0.37 * i + 1.13 * j + 0.01 * i * j));
  }
  const double times[] = {hour, day, year};
  const auto mean_factors = [&](const TileParameters& parameters) {
    constexpr std::uint32_t programmings = 8;
    std::vector<double> means(3, 0.0);
    for (std::uint32_t programming = 0; programming < programmings; ++programming) {
      AnalogMatrix matrix(parameters, default_layout("layer", n, n, 1, n, n, 0), w, {}, {}, 1, programming);
      for (std::uint32_t k = 0; k < 3; ++k) {
        matrix.set_time(times[k], k);
        means[k] += static_cast<double>(matrix.compensation().front()) / programmings;
      }
    }
    return means;
  };
  // The noise of the readings biases what is measured through them. The figures come from a toolkit that splits programmed weights into new pairs
  // before it lets them drift.
  const std::string resplit = "tile.device.ageing=resplit_pairs";
  const double expected[] = {1.290, 1.505, 1.9966};
  constexpr double toolkit = 0.0015;
  const auto as_toolkit = mean_factors(tile(with(paper_formats(), {"tile.mapping.scale=tile", resplit})));
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(as_toolkit[k] / expected[k], 1.0, toolkit) << times[k] << " s";
  const auto exact_as_toolkit = mean_factors(tile(with(paper_formats(), {"tile.mapping.scale=tile", "tile.drift_compensation=exact", resplit})));
  EXPECT_NEAR(exact_as_toolkit[2] / 2.0015, 1.0, toolkit);
  const auto measured = mean_factors(standard);
  // Devices that age by themselves keep up to 0.3 % more of the weight within a year.
  constexpr double per_device = 0.004;
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(measured[k] / expected[k], 1.0, per_device) << times[k] << " s";
  const auto exact = mean_factors(tile(with(paper_formats(), {"tile.mapping.scale=tile", "tile.drift_compensation=exact"})));
  EXPECT_NEAR(exact[2] / 2.0015, 1.0, per_device);
  const auto by_column = mean_factors(tile(with(paper_formats(), {"tile.mapping.scale=tile", "tile.drift_compensation=column"})));
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(by_column[k], expected[k], 0.01) << times[k] << " s";
}

}  // namespace
}  // namespace mho::tiles::test
