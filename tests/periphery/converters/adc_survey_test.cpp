#include "periphery/converters/adc_survey.h"

#include <gtest/gtest.h>

#include "periphery/parameters.h"

namespace mho::periphery {
namespace {

void expect(double nm, double rate, int bits, double picojoule, double square_micrometre) {
  const AdcCost cost = adc_survey(nm, base::Frequency(rate), bits);
  EXPECT_NEAR(cost.energy.si() / (picojoule * 1e-12), 1.0, 0.01) << nm << " nm, " << bits << " bits";
  EXPECT_NEAR(cost.area.si() / (square_micrometre * 1e-12), 1.0, 0.01) << nm << " nm, " << bits << " bits";
}

TEST(AdcSurvey, GivesThePointsOfTheRegression) {
  expect(14, 1e8, 8, 0.36171, 1088);
  expect(32, 1e8, 8, 1.71, 3937);
  expect(32, 1.28e9, 8, 1.93, 6467);
  expect(14, 1e8, 4, 0.195, 905);
  expect(14, 1e8, 12, 6.13, 2537);
}

TEST(AdcSurvey, IsTheDefaultOfTheConverters) {
  base::Config config(declarations());
  const auto energy = [&] { return AdcParameters::read(config).energy_per_conversion.si(); };
  const double eight = energy();
  EXPECT_NEAR(eight, 0.3617e-12, 1e-15);
  config.set("tile.adc.bits=10");
  EXPECT_GT(energy(), eight);
  config.set("tile.adc.energy=5 pJ");
  EXPECT_NEAR(energy(), 5e-12, 1e-20);
}

TEST(ActivationFormat, FollowsTheInputConverter) {
  base::Config config(declarations());
  const auto format = [&] { return DigitalParameters::read(config).activation_format.text(); };
  EXPECT_EQ(format(), "int8");
  config.set("tile.dac.bits=12");
  EXPECT_EQ(format(), "int12");
  config.set("tile.dac.bits=ideal");
  EXPECT_EQ(format(), "float32");
  config.set("digital.activation_format=bfloat16");
  EXPECT_EQ(format(), "bfloat16");
}

}  // namespace
}  // namespace mho::periphery
