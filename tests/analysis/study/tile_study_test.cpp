// The errors of one tile against what the standard model must give: published and independently measured relative MVM errors of a 512 x 512 tile.
#include "analysis/study/tile_study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>

#include "analysis/plot/look.h"
#include "analysis/plot/plot.h"
#include "analysis/study/error_sources.h"
#include "tiles/analog_matrix.h"

namespace mho::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double second = 1, hour = 3600, day = 86400, year = 365.0 * 86400;
/// Points of relative error that two tiles may differ from the means of ten.
constexpr double tolerance = 0.003;

Design design(std::vector<std::string> more = {}) {
  std::vector<std::string> assignments{"digital.activation_format=float32", "digital.partial_sum_format=float32", "digital.scale_format=float32",
                                       "digital.result_format=float32"};
  assignments.insert(assignments.end(), more.begin(), more.end());
  return load_design({}, assignments);
}

Design small(std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"tile.rows=48", "tile.columns=40"});
  return design(more);
}

TEST(TileStudy, StandardModelBySourceAndOverTime) {
  const TileStudy study = study_tile(design({"tile.mapping.scale=tile", "tile.rows=512", "tile.columns=512"}),
                                     {.tiles = 2, .times_s = {second, hour, day, year}, .threads = 2});
  EXPECT_EQ(study.inputs, 512);
  EXPECT_EQ(study.outputs, 512);
  ASSERT_EQ(study.times.size(), 4U);
  const double over_time[] = {0.139, 0.155, 0.173, 0.217};
  for (std::size_t t = 0; t < 4; ++t) EXPECT_NEAR(study.times[t].designed.mean, over_time[t], tolerance) << study.times[t].time_s;
  EXPECT_NEAR(study.times[3].uncompensated.value().mean, 0.52, tolerance);

  std::map<std::string, SourceErrors> rows;
  for (const auto& row : study.sources) rows[row.name] = row;
  struct Expected {
    const char* source;
    double alone, with_converters;
  };
  for (const auto& [source, alone, with_converters] : {Expected{"output noise", 0.0125, 0.020}, Expected{"read noise", 0.032, 0.036},
                                                       Expected{"IR drop", 0.016, 0.0225}, Expected{"programming", 0.104, 0.105}}) {
    ASSERT_TRUE(rows.contains(source)) << source;
    EXPECT_NEAR(rows[source].alone.value().mean, alone, tolerance) << source;
    EXPECT_NEAR(rows[source].with_converters.value().mean, with_converters, tolerance) << source;
  }
  EXPECT_NEAR(rows["DAC"].alone.value().mean, 0.004, tolerance);
  EXPECT_NEAR(rows["ADC"].alone.value().mean, 0.014, tolerance);
  EXPECT_NEAR(rows[converters_source].alone.value().mean, 0.0145, tolerance);
  EXPECT_FALSE(rows["ADC"].with_converters.has_value());
  EXPECT_NEAR(rows["devices"].without.mean, 0.042, tolerance);
  EXPECT_FALSE(rows["drift compensation"].alone.has_value());
  EXPECT_EQ(rows["drift compensation"].depth, 2);
  EXPECT_FALSE(rows.contains("number formats"));
}

TEST(TileStudy, StandardModelWithColumnScales) {
  const Design columns = design({"tile.rows=512", "tile.columns=512"});
  const TileStudy study = study_tile(columns, {.tiles = 2, .times_s = {second, hour, day, year}, .threads = 2});
  const double over_time[] = {0.133, 0.137, 0.153, 0.193};
  for (std::size_t t = 0; t < 4; ++t) EXPECT_NEAR(study.times[t].designed.mean, over_time[t], tolerance) << study.times[t].time_s;
}

TEST(TileStudy, SameBitsForAnyNumberOfThreads) {
  const auto look = [](int threads) {
    return study_tile(small(), {.tiles = 3, .vectors = 5, .times_s = {second, year}, .seed = 9, .threads = threads});
  };
  const TileStudy one = look(1), two = look(2);
  EXPECT_EQ(one.exact, two.exact);
  EXPECT_EQ(one.analog, two.analog);
  EXPECT_EQ(tile_study_json(one).dump(), tile_study_json(two).dump());
  EXPECT_EQ(tile_study_svg(one), tile_study_svg(two));
}

TEST(TileStudy, ASingleTileHasNoStandardError) {
  const TileStudy study = study_tile(small({"tile.drift_compensation=none"}), {.tiles = 1, .vectors = 2, .times_s = {second}});
  EXPECT_FALSE(study.times[0].designed.sem.has_value());
  EXPECT_FALSE(study.times[0].uncompensated.has_value());
}

TEST(ErrorSources, EverySourceCanBeSwitchedOn) {
  const Design all =
      load_design({}, {"tile.dac.input_noise=0.01", "tile.input.asymmetry=0.1", "tile.adc.gain_spread=0.05", "tile.adc.inl=0.5",
                       "tile.noise.output_spread=0.1", "tile.readout.offset=0.02", "tile.readout.series_resistance=0.01", "tile.readout.s_curve=0.2",
                       "tile.readout.asymmetry=0.05", "tile.device.levels=16", "tile.coding.slices=2", "tile.device.stuck_rate=0.01"});
  std::vector<std::string> on, listed;
  for (const auto& source : active_sources(all.config)) on.push_back(source.name);
  for (const auto& source : error_sources()) listed.push_back(source.name);
  EXPECT_EQ(on, listed) << "switch a new source on in this test";
}

TEST(ErrorSources, WithAllOffTheProductIsExact) {
  const Design all = small({"tile.dac.input_noise=0.01", "tile.input.asymmetry=0.1", "tile.adc.gain_spread=0.05", "tile.adc.inl=0.5",
                            "tile.noise.output_spread=0.1", "tile.readout.offset=0.02", "tile.readout.series_resistance=0.01",
                            "tile.readout.s_curve=0.2", "tile.readout.asymmetry=0.05", "tile.device.levels=16", "tile.coding.slices=2",
                            "tile.device.stuck_rate=0.01", "tile.dac.coding=bit_serial", "tile.wires.kind=exact", "digital.activation_format=int8"});
  const auto off = tiles::TileParameters::read(with_only(all.config, {}));
  std::vector<float> w(48 * 40), x(48), y(40), exact(40);
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = static_cast<float>(std::sin(0.37 * static_cast<double>(k)));
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = static_cast<float>(std::cos(0.71 * static_cast<double>(j)));
  tiles::AnalogMatrix matrix(off, tiles::default_layout("m", 48, 40, 1, 48, 40, 0), w, {}, std::vector<float>{1.0F}, 1, 0);
  matrix.set_time(year, 0);
  const std::vector<base::EventId> events(1);
  matrix.forward(x, events, y);
  tiles::FloatMatrix(48, 40, w, {}).forward(x, 1, exact);
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], exact[i], 1e-5F);
}

TEST(ErrorSources, OnlyThoseOfTheDesignAreListed) {
  std::vector<std::string> names;
  const Design quiet = design({"tile.device.kind=ideal", "tile.adc.bits=ideal", "tile.adc.bound=unlimited", "tile.noise.output=0"});
  for (const auto& source : active_sources(quiet.config)) names.push_back(source.name);
  EXPECT_THAT(names, ElementsAre(converters_source, "DAC", "read noise", "IR drop"));
}

TEST(ErrorSources, AloneKeepsTheDesignsOwnValues) {
  const Design six = design({"tile.adc.bits=6", "tile.device.programming_scale=2"});
  const base::Config adc = with_only(six.config, {"ADC"});
  EXPECT_EQ(adc.integer("tile.adc.bits"), 6);
  EXPECT_EQ(adc.word("tile.device.kind"), "ideal");
  EXPECT_FALSE(adc.optional_integer("tile.dac.bits", "ideal").has_value());
  const base::Config programming = with_only(six.config, {"programming"});
  EXPECT_EQ(programming.word("tile.device.kind"), "pcm");
  EXPECT_EQ(programming.real("tile.device.programming_scale"), 2.0);
  EXPECT_EQ(programming.real("tile.device.drift_scale"), 0.0);
  const base::Config devices = with_only(six.config, {"devices"});
  EXPECT_EQ(devices.real("tile.device.drift_scale"), 1.0);
  EXPECT_EQ(devices.word("tile.drift_compensation"), "global");
  const base::Config rest = without(six.config, "drift");
  EXPECT_EQ(rest.real("tile.device.drift_scale"), 0.0);
  EXPECT_EQ(rest.word("tile.drift_compensation"), "none");
  EXPECT_EQ(rest.real("tile.device.programming_scale"), 2.0);
}

TEST(Plot, TicksAreRoundAndInside) {
  EXPECT_THAT(round_ticks(-0.3, 10.2, 6), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_EQ(round_ticks(0.0, 0.001, 5).size(), 6U);
}

TEST(Plot, HasBothPanelsAndFewPoints) {
  const TileStudy study = study_tile(small(), {.tiles = 1, .vectors = 100, .times_s = {second}});
  const std::string svg = tile_study_svg(study);
  EXPECT_THAT(svg, HasSubstr("exact output"));
  EXPECT_THAT(svg, HasSubstr("share of outputs (%)"));
  EXPECT_THAT(svg, testing::EndsWith("</svg>\n"));
  const std::regex circle("<circle");
  const auto points = std::distance(std::sregex_iterator(svg.begin(), svg.end(), circle), std::sregex_iterator());
  EXPECT_GT(points, 1000);
  EXPECT_LE(points, 2000);
}

TEST(Plot, OfIdenticalValuesIsLegal) {
  const std::vector<double> same(10, 0.5);
  EXPECT_THAT(plot_svg("<&", {"a", "b", "c", same, same}, {"d", "e", "f", same}), HasSubstr("&lt;&amp;"));
}

}  // namespace
}  // namespace mho::analysis
