// What a pair of devices brings from programming into ageing (tile.device.ageing), against plain loops over the equations of docs/model.md.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "base/error.h"
#include "tests/tiles/standard_tile.h"

namespace mho::tiles::test {
namespace {

constexpr int size = 24;
constexpr std::size_t cells = std::size_t{size} * size;
constexpr int programmings = 4000;
constexpr std::array<double, 3> times{0.0, 86400.0, 365.0 * 86400};

/// The largest weight is far below 1, so that the division by the largest programmed one matters.
std::vector<float> weights() {
  std::vector<float> w(cells);
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) w[static_cast<std::size_t>(i * size + j)] = static_cast<float>(0.5 * std::sin(0.37 * i + 1.13 * j + 0.01 * i * j));
  }
  return w;
}

std::vector<float> inputs() {
  std::vector<float> x(size);
  for (int j = 0; j < size; ++j) x[static_cast<std::size_t>(j)] = static_cast<float>(std::cos(0.4 * j));
  return x;
}

/// Sums of outputs and of their squares over programmings.
struct Sums {
  std::array<double, size> sum{}, square{};
  void add(int i, double y) {
    sum.at(static_cast<std::size_t>(i)) += y;
    square.at(static_cast<std::size_t>(i)) += y * y;
  }
  [[nodiscard]] double mean(int i) const { return sum.at(static_cast<std::size_t>(i)) / programmings; }
  /// Root mean square of the spreads of all outputs.
  [[nodiscard]] double spread() const {
    double total = 0;
    for (int i = 0; i < size; ++i) total += (square.at(static_cast<std::size_t>(i)) - programmings * mean(i) * mean(i)) / (programmings - 1);
    return std::sqrt(total / size);
  }
  /// Of the means through the exact outputs.
  [[nodiscard]] double slope(const std::vector<double>& exact) const {
    double product = 0, norm = 0;
    for (int i = 0; i < size; ++i) {
      product += mean(i) * exact[static_cast<std::size_t>(i)];
      norm += exact[static_cast<std::size_t>(i)] * exact[static_cast<std::size_t>(i)];
    }
    return product / norm;
  }
};
using ByTime = std::array<Sums, times.size()>;

std::vector<double> exact_outputs() {
  const auto w = weights(), x = inputs();
  std::vector<double> y(size, 0.0);
  for (std::size_t k = 0; k < cells; ++k) y[k / size] += static_cast<double>(w[k]) * static_cast<double>(x[k % size]);
  return y;
}

ByTime tile_outputs(const std::string& ageing) {
  const auto w = weights(), x = inputs();
  const auto parameters = tile(with(ideal(), {"tile.device.kind=pcm", "tile.device.ageing=" + ageing}));
  const auto layout = default_layout("layer", size, size, 1, size, size, 0);
  ByTime sums;
  std::vector<float> y(size);
  for (std::uint32_t programming = 0; programming < programmings; ++programming) {
    AnalogMatrix matrix(parameters, layout, w, {}, {}, 1, programming);
    for (std::uint32_t t = 0; t < times.size(); ++t) {
      matrix.set_time(times.at(t), t);
      matrix.forward(x, events(1), y);
      for (int i = 0; i < size; ++i) sums.at(t).add(i, static_cast<double>(y[static_cast<std::size_t>(i)]));
    }
  }
  return sums;
}

/// Phase-change cells of 25 uS, one at a time, conductances relative to that.
class PlainCells {
 public:
  double normal() { return normal_(generator_); }
  double programmed(double target) { return std::max(0.0, target + (0.26348 + 1.9650 * target - 1.1731 * target * target) / 25.0 * normal()); }
  double exponent(double target) {
    const double log_g = std::log(std::max(target, 1e-9));
    return std::abs(std::clamp(-0.0155 * log_g + 0.0244, 0.049, 0.1) + std::clamp(-0.0125 * log_g - 0.0059, 0.008, 0.045) * normal());
  }
  double aged(double programmed, double exponent, double seconds) {
    const double drifted = programmed * std::pow((seconds + 20.0) / 20.0, -exponent);
    const double q = std::min(0.2, 0.0088 / std::max(std::pow(programmed, 0.65), 1e-3));
    return std::max(0.0, drifted * (1.0 + q * std::sqrt(std::log((seconds + 20.0 + 250e-9) / 500e-9)) * normal()));
  }

 private:
  std::mt19937_64 generator_{11};
  std::normal_distribution<double> normal_;
};

ByTime plain_outputs(bool resplit) {
  struct Pair {
    double plus, minus, plus_exponent, minus_exponent;
  };
  const auto w = weights(), x = inputs();
  PlainCells cell;
  ByTime sums;
  std::vector<Pair> pairs(cells);
  for (int programming = 0; programming < programmings; ++programming) {
    double largest = 0;
    for (std::size_t k = 0; k < cells; ++k) {
      const double plus = std::max(static_cast<double>(w[k]), 0.0), minus = std::max(-static_cast<double>(w[k]), 0.0);
      pairs[k] = {cell.programmed(plus), cell.programmed(minus), cell.exponent(plus), cell.exponent(minus)};
      largest = std::max(largest, std::abs(pairs[k].plus - pairs[k].minus));
    }
    if (resplit) {
      for (Pair& pair : pairs) {
        const double weight = (pair.plus - pair.minus) / largest;
        pair.plus = std::max(weight, 0.0);
        pair.minus = std::max(-weight, 0.0);
      }
    }
    const double back = resplit ? largest : 1.0;
    for (std::size_t t = 0; t < times.size(); ++t) {
      for (int i = 0; i < size; ++i) {
        double y = 0;
        for (int j = 0; j < size; ++j) {
          const Pair& pair = pairs[static_cast<std::size_t>(i * size + j)];
          const double weight = cell.aged(pair.plus, pair.plus_exponent, times.at(t)) - cell.aged(pair.minus, pair.minus_exponent, times.at(t));
          y += back * weight * static_cast<double>(x[static_cast<std::size_t>(j)]);
        }
        sums.at(t).add(i, y);
      }
    }
  }
  return sums;
}

TEST(Ageing, BothWaysFollowTheEquations) {
  const auto exact = exact_outputs();
  double norm = 0;
  for (const double y : exact) norm += y * y;
  // Four and a half deviations of the difference of two samplings.
  const double spread_error = 4.5 / std::sqrt(static_cast<double>(programmings) * size);
  std::array<ByTime, 2> plain;
  for (const bool resplit : {false, true}) {
    const std::string word = resplit ? "resplit_pairs" : "per_device";
    const ByTime ours = tile_outputs(word);
    plain.at(resplit ? 1 : 0) = plain_outputs(resplit);
    const ByTime& theirs = plain.at(resplit ? 1 : 0);
    for (std::size_t t = 0; t < times.size(); ++t) {
      const double slope_error = 4.5 * theirs.at(t).spread() * std::sqrt(2.0 / (programmings * norm));
      EXPECT_NEAR(ours.at(t).spread() / theirs.at(t).spread(), 1.0, spread_error) << word << ", " << times.at(t) << " s";
      EXPECT_NEAR(ours.at(t).slope(exact), theirs.at(t).slope(exact), slope_error) << word << ", " << times.at(t) << " s";
    }
  }
  // The two ways are further apart than what is allowed above.
  for (std::size_t t = 0; t < times.size(); ++t) EXPECT_GT(std::abs(plain[0].at(t).spread() / plain[1].at(t).spread() - 1), 3 * spread_error);
}

TEST(Ageing, APairThatHoldsItsWeightOnOneDeviceStaysAsItIs) {
  const auto w = weights(), x = inputs();
  std::vector<std::vector<float>> results;
  for (const std::string ageing : {"per_device", "resplit_pairs"}) {
    const auto parameters = tile(with(ideal(), {"tile.device.kind=pcm", "tile.device.programming_scale=0", "tile.device.read_scale=0",
                                                "tile.device.g_min=1", "tile.device.ageing=" + ageing}));
    AnalogMatrix matrix(parameters, default_layout("layer", size, size, 1, size, size, 0), w, {}, {}, 1, 0);
    matrix.set_time(0.0, 0);
    results.emplace_back(size);
    matrix.forward(x, events(1), results.back());
  }
  for (std::size_t i = 0; i < size; ++i) EXPECT_NEAR(results[0][i], results[1][i], 1e-5);
}

TEST(Ageing, WeightsOfZeroHaveNoLargest) {
  const auto parameters = tile(with(ideal(), {"tile.device.kind=pcm", "tile.device.programming_scale=0", "tile.device.ageing=resplit_pairs"}));
  AnalogMatrix matrix(parameters, default_layout("layer", size, size, 1, size, size, 0), std::vector<float>(cells, 0.0F), {}, {}, 1, 0);
  matrix.set_time(3600.0, 0);
  std::vector<float> y(size);
  matrix.forward(inputs(), events(1), y);
  for (const float value : y) EXPECT_EQ(value, 0.0F);
}

TEST(Ageing, EveryPairOfAWeightIsSplitByItself) {
  // Two pairs of equal weight, without anything random: both divided and multiplied back.
  const auto w = weights(), x = inputs();
  const auto exact = exact_outputs();
  for (const std::vector<std::string>& coding :
       {std::vector<std::string>{"tile.coding.pairs=2", "tile.coding.significance=4"},
        std::vector<std::string>{"tile.coding.pairs=2", "tile.coding.significance=4", "tile.coding.pairing=residual"}}) {
    const auto parameters = tile(with(with(ideal(), coding), {"tile.device.kind=pcm", "tile.device.programming_scale=0", "tile.device.read_scale=0",
                                                              "tile.device.drift_scale=0", "tile.device.ageing=resplit_pairs"}));
    AnalogMatrix matrix(parameters, default_layout("layer", size, size, 1, size, size, 0), w, {}, {}, 1, 0);
    matrix.set_time(3600.0, 0);
    std::vector<float> y(size);
    matrix.forward(x, events(1), y);
    for (std::size_t i = 0; i < size; ++i) EXPECT_NEAR(static_cast<double>(y[i]), exact[i], 1e-5);
  }
}

TEST(Ageing, IsRefusedWhereNoPairCanBeSplitAnew) {
  const auto refused = [](const std::vector<std::string>& set, const std::string& part) {
    try {
      tile(with({"tile.device.ageing=resplit_pairs"}, set));
      ADD_FAILURE() << "accepted: " << part;
    } catch (const base::UserError& error) {
      EXPECT_NE(std::string(error.what()).find("tile.device.ageing"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  };
  refused({"tile.coding.kind=offset"}, "tile.coding.kind: differential");
  for (const std::string kind : {"ideal", "reram_wan", "reram_cmo"}) refused({"tile.device.kind=" + kind}, "tile.device.kind: " + kind);
  refused({"tile.device.stuck_rate=0.01"}, "tile.device.stuck_rate");
  for (const std::string kind : {"pcm", "hermes_pcm_1", "hermes_pcm_2", "state_independent"}) {
    EXPECT_EQ(tile({"tile.device.ageing=resplit_pairs", "tile.device.kind=" + kind}).device.ageing, Ageing::resplit_pairs);
  }
}

}  // namespace
}  // namespace mho::tiles::test
