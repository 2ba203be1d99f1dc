#include "tiles/pcm_device.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/elementary.h"

namespace mho::tiles {
namespace {

TEST(PcmDevice, FitsAtChosenPoints) {
  EXPECT_DOUBLE_EQ(pcm::programming_sigma_us(0.0), 0.26348);
  EXPECT_NEAR(pcm::programming_sigma_us(1.0), 1.05538, 1e-9);
  EXPECT_NEAR(pcm::programming_sigma_us(0.5), 0.26348 + 0.9825 - 0.293275, 1e-9);
  EXPECT_DOUBLE_EQ(pcm::drift(0.0).mean, 0.1);
  EXPECT_DOUBLE_EQ(pcm::drift(0.0).sd, 0.045);
  EXPECT_DOUBLE_EQ(pcm::drift(1.0).mean, 0.049);
  EXPECT_DOUBLE_EQ(pcm::drift(1.0).sd, 0.008);
  EXPECT_NEAR(pcm::drift(0.1).mean, -0.0155 * std::log(0.1) + 0.0244, 1e-12);
  EXPECT_DOUBLE_EQ(pcm::read_noise_amplitude(0.0), 0.2);
  EXPECT_NEAR(pcm::read_noise_amplitude(0.5), 0.0088 / std::pow(0.5, 0.65), 1e-12);
  EXPECT_NEAR(pcm::read_noise_growth(20.0), 4.18, 0.01);
}

TEST(Elementary, AgreesWithTheCLibrary) {
  for (double x = -30; x < 30; x += 0.0137) EXPECT_NEAR(base::exponential(x) / std::exp(x), 1.0, 1e-13) << x;
  for (double x = 1e-12; x < 1e12; x *= 1.037) EXPECT_NEAR(base::logarithm(x), std::log(x), 1e-13 + 1e-14 * std::abs(std::log(x))) << x;
  EXPECT_DOUBLE_EQ(base::logarithm(1.0), 0.0);
  EXPECT_DOUBLE_EQ(base::exponential(0.0), 1.0);
}

}  // namespace
}  // namespace mho::tiles
