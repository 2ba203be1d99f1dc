// Devices against the formulas of their sources, number by number: the draws are given, so nothing here is random.
#include "tiles/device/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/error.h"
#include "tests/tiles/standard_tile.h"
#include "tiles/device/pcm_device.h"
#include "tiles/device/table_device.h"

namespace mho::tiles::test {
namespace {

struct Life {
  double target, error, trait, reading;
};

DeviceParameters parameters(DeviceKind kind, double least, double most) {
  DeviceParameters p;
  p.kind = kind;
  p.least_us = least;
  p.most_us = most;
  return p;
}

/// Conductance of one device, padded to several so that whole vectors and remainders are both used.
double conductance(const DeviceParameters& p, const Life& life, double seconds) {
  const auto device = make_device(p);
  constexpr std::size_t count = 19;
  const std::vector<float> target(count, static_cast<float>(life.target));
  const std::vector<float> error(count, static_cast<float>(life.error));
  const std::vector<float> trait(count, static_cast<float>(life.trait));
  std::vector<float> first(count), second(count), g(count, static_cast<float>(life.reading));
  device->program(target, error, trait, first, second);
  device->read(seconds, first, second, g);
  for (const float v : g) EXPECT_EQ(v, g.front());
  return static_cast<double>(g.front());
}

/// The mushroom cell as its authors write it, in double precision by the C library.
double mushroom(const Life& life, double seconds) {
  const double relative = life.target / 25.0;
  const double sigma = 0.26348 + 1.9650 * relative - 1.1731 * relative * relative;
  const double programmed = std::max(0.0, life.target + sigma * life.error);
  const double log_g = std::log(std::max(relative, 1e-9));
  const double mean = std::clamp(-0.0155 * log_g + 0.0244, 0.049, 0.1);
  const double sd = std::clamp(-0.0125 * log_g - 0.0059, 0.008, 0.045);
  const double now = programmed * std::pow((seconds + 20.0) / 20.0, -std::abs(mean + sd * life.trait));
  const double q = std::min(0.2, 0.0088 / std::max(std::pow(programmed / 25.0, 0.65), 1e-3));
  const double root = std::sqrt(std::log((seconds + 20.0 + 250e-9) / (2.0 * 250e-9)));
  return std::max(0.0, now + now * q * root * life.reading);
}

TEST(Device, MushroomCellFollowsItsFit) {
  for (const double target : {0.0, 0.3, 2.5, 11.0, 25.0}) {
    for (const double n : {-2.0, 0.0, 0.7, 3.0}) {
      for (const double seconds : {0.0, 1.0, 3600.0, 365.0 * 86400}) {
        const Life life{target, n, -n, 0.5 * n};
        EXPECT_NEAR(conductance(parameters(DeviceKind::pcm, 0, 25), life, seconds), mushroom(life, seconds), 3e-6 * (1 + target))
            << target << " uS, " << n << " sigma, " << seconds << " s";
      }
    }
  }
}

TEST(Device, ReadNoiseHasGrownToFourAtTheFirstReading) { EXPECT_NEAR(read_noise_growth(0.0, 20.0, 250e-9), 4.18, 0.01); }

TEST(Device, TwoDeviceHermesCellFollowsItsFit) {
  const auto p = parameters(DeviceKind::hermes_pcm_2, 0, 20.7);
  const double g = 0.5;
  const double sigma = 0.16603 + 4.71806 * g - 8.48101 * g * g + 4.68961 * g * g * g;
  const double programmed = 20.7 * g + sigma;
  EXPECT_NEAR(conductance(p, {20.7 * g, 1, 0, 0}, 0.0), programmed, 1e-4);
  const double mean = -0.0436 * g * g - 0.0126 * g + 0.0736;
  const double sd = -0.0118 * g * g + 0.0093 * g + 0.0073;
  EXPECT_NEAR(conductance(p, {20.7 * g, 0, 1, 0}, 2700.0), 20.7 * g * std::pow(10.0, -(mean + sd)), 1e-4);
  const double q = 0.0069 * g * g * g - 0.0280 * g * g + 0.0211 * g + 0.0123;
  const double root = std::sqrt(std::log((300.0 + 512e-9) / (2 * 512e-9)));
  EXPECT_NEAR(conductance(p, {20.7 * g, 0, 0, 1}, 0.0), 20.7 * g * (1 + q * root), 2e-4);
  // Below the thresholds the logarithmic branches hold, here at their clamps.
  EXPECT_NEAR(conductance(p, {0.2, 0, 0, 0}, 2700.0), 0.2 * std::pow(10.0, -0.13), 1e-5);
}

TEST(Device, OneDeviceHermesCellHasItsOwnErrors) {
  const auto p = parameters(DeviceKind::hermes_pcm_1, 0, 10.35);
  EXPECT_NEAR(conductance(p, {10.35, 1, 0, 0}, 0.0), 10.35 + 0.15782 + 2.32444 - 2.16311 + 0.68842, 1e-4);
  const double mean = -0.0436 * 1 - 0.0126 + 0.0736;
  EXPECT_NEAR(conductance(p, {10.35, 0, 0, 0}, 1800.0), 10.35 * std::pow(10.0, -mean), 1e-4);
}

TEST(Device, WanReramWidensWithTheLogarithmOfTime) {
  const auto p = parameters(DeviceKind::reram_wan, 0, 40);
  const auto sigma = [](const double(&c)[5], double g) { return c[0] + g * (c[1] + g * (c[2] + g * (c[3] + g * c[4]))); };
  const double second[5] = {0.348, 16.030, -43.853, 45.393, -16.815};
  const double day[5] = {0.701, 22.086, -50.773, 47.095, -16.458};
  const double two_days[5] = {0.782, 20.274, -43.507, 37.062, -11.934};
  EXPECT_NEAR(conductance(p, {10, 1, 0, 0}, 1.0), 10 + sigma(second, 0.25), 1e-4);
  EXPECT_NEAR(conductance(p, {10, 1, 0, 0}, 86400.0), 10 + sigma(day, 0.25), 1e-4);
  EXPECT_NEAR(conductance(p, {10, 1, 0, 0}, 1e9), 10 + sigma(two_days, 0.25), 1e-4);
  EXPECT_NEAR(conductance(p, {10, 1, 0, 0}, std::sqrt(86400.0)), 10 + 0.5 * (sigma(second, 0.25) + sigma(day, 0.25)), 1e-4);
  EXPECT_NEAR(conductance(p, {10, 0, 0, 1}, 1.0), 10.4, 1e-5);  // 1 % of 40 uS
}

TEST(Device, CmoReramRelaxes) {
  auto p = parameters(DeviceKind::reram_cmo, 9, 88.2);
  EXPECT_NEAR(conductance(p, {50, 1, 0, 0}, 1.0), 50 + 0.00081107 + 0.00106879 * 50, 1e-4);
  p.acceptance = 0.02;
  EXPECT_NEAR(conductance(p, {50, 1, 0, 0}, 1.0), 50 + 0.0112185 + 0.0112903 * 50, 1e-4);
  const double log_hour = std::log(3600.0);
  EXPECT_NEAR(conductance(p, {50, 0, 1, 0}, 3600.0), 50 - 0.0890 * log_hour + 0.0420 * log_hour + 0.4118, 1e-4);
  EXPECT_NEAR(conductance(p, {50, 0, 0, 1}, 3600.0), 50 - 0.0890 * log_hour + 0.02773 * std::log10(50.0) * std::sqrt(std::log((3600 + 1e-6) / 2e-6)),
              1e-3);
}

TEST(Device, StateIndependentIsTheSameEverywhere) {
  const auto p = parameters(DeviceKind::state_independent, 0, 25);
  for (const double target : {5.0, 20.0}) {
    EXPECT_NEAR(conductance(p, {target, 1, 0, 0}, 0.0), target + 0.2, 1e-5);
    EXPECT_NEAR(conductance(p, {target, 0, 1, 0}, 180.0), target * std::pow(10.0, -0.15), 1e-4);
  }
}

TEST(Device, IdealHoldsItsTarget) { EXPECT_EQ(conductance(parameters(DeviceKind::ideal, 0, 25), {7.5, 3, 3, 3}, 1e9), 7.5); }

class DeviceTable : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = testing::TempDir() + "/device_" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv";
    std::ofstream(path) << text;
    return path;
  }
  static constexpr const char* header = "conductance_us,programming_sigma_us,drift_mean,drift_sd,read_sigma_us\n";
  void refused(const std::string& text, const std::string& part) {
    try {
      read_device_table(write(text));
      FAIL() << "accepted";
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(part));
    }
  }
};

TEST_F(DeviceTable, InterpolatesBetweenRows) {
  auto p = parameters(DeviceKind::table, 0, 20);
  p.table = read_device_table(write(std::string(header) + "0,0.1,0.10,0.02,0.01\n10,0.5,0.06,0.01,0.03\n20,0.3,0.05,0.00,0.05\n"));
  p.table_reference_s = 10;
  EXPECT_NEAR(conductance(p, {5, 1, 0, 0}, 0.0), 5.3, 1e-5);
  EXPECT_NEAR(conductance(p, {15, 1, 0, 0}, 0.0), 15.4, 1e-5);
  EXPECT_NEAR(conductance(p, {5, 0, 1, 0}, 90.0), 5 * std::pow(10.0, -0.095), 1e-5);
  EXPECT_NEAR(conductance(p, {15, 0, 0, 1}, 0.0), 15.04, 1e-5);
}

TEST_F(DeviceTable, IsReadByTheDesign) {
  const std::string path = write(std::string(header) + "1,0,0,0,0\n30,0,0,0,0\n");
  const auto read = tile({"tile.device.kind=table", "tile.device.table=" + path});
  EXPECT_EQ(read.device.least_us, 1);
  EXPECT_EQ(read.device.most_us, 30);
  EXPECT_THROW(tile({"tile.device.kind=table"}), base::UserError);
  EXPECT_THROW(tile({"tile.device.table=" + path}), base::UserError);
  EXPECT_THROW(tile({"tile.device.kind=table", "tile.device.table=/no/such/file.csv"}), base::UserError);
}

TEST_F(DeviceTable, LiesBesideTheDesignFile) {
  const std::string path = write(std::string(header) + "0,0,0,0,0\n12,0,0,0,0\n");
  const std::string design = testing::TempDir() + "/table_design.yaml";
  std::ofstream(design) << "tile: {device: {kind: table, table: " << path.substr(path.rfind('/') + 1) << "}}\n";
  auto declared = periphery::declarations();
  for (auto& declaration : tiles::declarations()) declared.push_back(std::move(declaration));
  base::Config config(std::move(declared));
  config.load_file(design);
  EXPECT_EQ(TileParameters::read(config).device.most_us, 12);
}

TEST_F(DeviceTable, SaysWhatIsWrongWithAFile) {
  refused("g,s\n", "the first line");
  refused(std::string(header) + "0,1,2,3\n", ":2: 4 fields");
  refused(std::string(header) + "0,1,x,3,4\n", "'x' is not a number");
  refused(std::string(header) + "5,1,0,0,0\n3,1,0,0,0\n", ":3: conductances must increase");
  refused(std::string(header) + "0,-1,0,0,0\n3,1,0,0,0\n", "cannot be negative");
  refused(std::string(header) + "0,1,0,0,0\n", "at least two rows");
}

}  // namespace
}  // namespace mho::tiles::test
