// Statistics of an independent toolkit, row by row (folder named by MHO_REFERENCE).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <span>
#include <sstream>

#include "tests/tiles/standard_tile.h"

namespace mho::tiles::test {
namespace {

struct Row {
  double ideal, mean, sd;
  int repeats;
};
/// By configuration and size, rows in order of the output.
using Table = std::map<std::pair<std::string, int>, std::vector<Row>>;

Table read_table(const std::string& folder) {
  std::ifstream file(folder + "/crossbar/aihwkit_statistics.csv");
  Table table;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string config, field;
    std::getline(fields, config, ',');
    std::vector<double> values;
    while (std::getline(fields, field, ',')) values.push_back(std::stod(field));
    table[{config, static_cast<int>(values.at(0))}].push_back({values.at(2), values.at(3), values.at(4), static_cast<int>(values.at(5))});
  }
  return table;
}

/// Matrix and input of every configuration of the table.
struct Problem {
  std::size_t size;
  std::vector<float> w, x;
  Problem(int n, float factor) : size(static_cast<std::size_t>(n)), w(size * size), x(size) {
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) w[static_cast<std::size_t>(i * n + j)] = static_cast<float>(std::sin(0.37 * i + 1.13 * j + 0.01 * i * j));
    }
    for (int j = 0; j < n; ++j) x[static_cast<std::size_t>(j)] = factor * static_cast<float>(0.5 * std::sin(0.71 * j + 0.02 * j * j + 0.3));
  }
};

/// Mean and standard deviation of every output over draws handed in one after the other.
class Moments {
 public:
  explicit Moments(std::size_t outputs) : sum_(outputs, 0.0), square_(outputs, 0.0) {}
  void add(std::span<const float> y) {
    if (count_++ == 0) first_.assign(y.begin(), y.end());
    for (std::size_t i = 0; i < sum_.size(); ++i) {
      const double d = static_cast<double>(y[i]) - static_cast<double>(first_[i]);  // keeps the difference of squares small
      sum_[i] += d;
      square_[i] += d * d;
    }
  }
  [[nodiscard]] double count() const { return static_cast<double>(count_); }
  [[nodiscard]] double mean(std::size_t i) const { return static_cast<double>(first_[i]) + sum_[i] / count(); }
  [[nodiscard]] double sd(std::size_t i) const { return std::sqrt(std::max(0.0, (square_[i] - sum_[i] * sum_[i] / count()) / (count() - 1))); }

 private:
  std::vector<float> first_;
  std::vector<double> sum_, square_;
  std::size_t count_ = 0;
};

/// What is allowed beside the sampling of both sides: the table's own normal numbers are good to half a per cent. `own` and `own_spread` are
/// differences that are meant to be there, relative to the mean and to the spread.
struct Allowance {
  double own = 0;
  double own_spread = 0;
};

void compare(const std::string& config, const Moments& ours, const std::vector<Row>& rows, const Allowance& allowance = {}) {
  int outside = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.sd < 1e-6) {
      EXPECT_LT(ours.sd(i), 1e-6);
      // A value beside a step edge may fall either way in another order of summation.
      outside += std::abs(ours.mean(i) - row.mean) > 2e-5 ? 1 : 0;
      continue;
    }
    // Four deviations of the table's sampling and of ours.
    const double sampling = 4.0 / std::sqrt(row.repeats) + 4.0 / std::sqrt(ours.count());
    EXPECT_NEAR(ours.mean(i), row.mean, row.sd * (sampling + 0.005) + allowance.own * std::abs(row.mean)) << config << " output " << i;
    // Where nearly all draws clip, the few that do not make the spread: its sampling error is several times that of normal numbers.
    constexpr double nearly_clipped = 9.5;
    const double tails = std::abs(row.mean) > nearly_clipped ? 4.0 : 1.0;
    EXPECT_NEAR(ours.sd(i) / row.sd, 1.0, tails * sampling / std::sqrt(2.0) + 0.005 + allowance.own_spread) << config << " output " << i;
  }
  EXPECT_LE(outside, static_cast<int>(rows.size()) / 64) << config;
}

/// How far ours lie from others, over all outputs of a configuration: the root mean square of the spreads, and the slope of the means through the
/// ideal outputs; relative.
struct Deviation {
  double spread, slope;
};

Deviation pooled(const Moments& ours, const std::vector<Row>& rows) {
  double variance = 0, other_variance = 0, slope = 0, other_slope = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    variance += ours.sd(i) * ours.sd(i);
    other_variance += rows[i].sd * rows[i].sd;
    slope += ours.mean(i) * rows[i].ideal;
    other_slope += rows[i].mean * rows[i].ideal;
  }
  return {std::sqrt(variance / other_variance) - 1, slope / other_slope - 1};
}

struct Case {
  std::string config;
  std::vector<std::string> set;
  std::vector<int> sizes{64, 256};
  float factor = 1.0F;
};

std::string name_of(std::string config) {
  std::ranges::replace(config, '.', '_');
  return config;
}

class CrossbarReferenceData : public testing::TestWithParam<Case> {};

TEST_P(CrossbarReferenceData, SameMeanAndSpread) {
  const char* folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE is not set";
  const Table table = read_table(folder);
  for (const int n : GetParam().sizes) {
    const Problem p(n, GetParam().factor);
    AnalogMatrix matrix(tile(with(ideal(), GetParam().set)), default_layout("layer", n, n, 1, n, n, 0), p.w, {}, {}, 1, 0);
    matrix.set_time(0, 0);
    const std::size_t repeats = 2000;
    std::vector<float> batch, y(repeats * p.size);
    for (std::size_t r = 0; r < repeats; ++r) batch.insert(batch.end(), p.x.begin(), p.x.end());
    matrix.forward(batch, events(repeats), y);
    Moments moments(p.size);
    for (std::size_t r = 0; r < repeats; ++r) moments.add(std::span(y).subspan(r * p.size, p.size));
    compare(GetParam().config, moments, table.at({GetParam().config, n}));
  }
}

std::vector<std::string> preset(const std::vector<std::string>& more = {}) {
  return with({"tile.dac.bits=8", "tile.adc.bound=10", "tile.adc.bits=8", "tile.noise.output=0.04", "tile.noise.read_kind=pcm",
               "tile.noise.read=0.0175", "tile.ir_drop.scale=1"},
              more);
}

constexpr float beyond_range = 3.2F;

INSTANTIATE_TEST_SUITE_P(Rows, CrossbarReferenceData,
                         testing::Values(Case{"ideal", {}}, Case{"dac8", {"tile.dac.bits=8"}}, Case{"dac6", {"tile.dac.bits=6"}},
                                         Case{"dac8_xclip", {"tile.dac.bits=8"}, {64}, beyond_range},
                                         Case{"adc8", {"tile.adc.bound=10", "tile.adc.bits=8"}},
                                         Case{"adc6", {"tile.adc.bound=10", "tile.adc.bits=6"}},
                                         Case{"dac8_adc8", {"tile.dac.bits=8", "tile.adc.bound=10", "tile.adc.bits=8"}},
                                         Case{"inp_noise_0.01", {"tile.dac.input_noise=0.01"}}, Case{"out_noise_0.04", {"tile.noise.output=0.04"}},
                                         Case{"out_noise_0.06", {"tile.noise.output=0.06"}},
                                         Case{"w_noise_pcmread_0.0175", {"tile.noise.read_kind=pcm", "tile.noise.read=0.0175"}},
                                         Case{"w_noise_const_0.0175", {"tile.noise.read_kind=constant", "tile.noise.read=0.0175"}},
                                         Case{"ir_drop_1.0", {"tile.ir_drop.scale=1"}}, Case{"inp_asym_0.05", {"tile.input.asymmetry=0.05"}},
                                         Case{"out_nonlin_0.5", {"tile.adc.bound=10", "tile.readout.s_curve=0.5"}, {64}},
                                         Case{"absmax_nm_dac8", {"tile.dac.bits=8", "tile.input_range.kind=per_vector"}},
                                         Case{"posneg_ir_drop", {"tile.ir_drop.scale=1", "tile.dac.passes=two_analog"}, {64}},
                                         Case{"posnegdig_preset", preset({"tile.dac.passes=two_digital"}), {64}},
                                         Case{"bm_iterative_preset", preset({"tile.adc.bound_management=iterative"}), {64}},
                                         Case{"mvm_all_preset", preset()}, Case{"mvm_all_preset_xclip", preset(), {64}, beyond_range}),
                         [](const testing::TestParamInfo<Case>& test) { return name_of(test.param.config); });

/// Freshly programmed arrays, aged by one of the words of tile.device.ageing. `less_spread`: by what share the spread is meant to lie below the
/// table's, for each size.
struct ProgrammedCase {
  std::string config;
  double seconds;
  std::vector<std::string> set;
  std::string ageing = "per_device";
  std::map<int, double> less_spread{{64, 0.0}, {256, 0.0}};
};

class ProgrammedReferenceData : public testing::TestWithParam<ProgrammedCase> {};

TEST_P(ProgrammedReferenceData, SameMeanAndSpread) {
  const char* folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE is not set";
  const Table table = read_table(folder);
  const ProgrammedCase& c = GetParam();
  for (const auto& [n, less] : c.less_spread) {
    const Problem p(n, 1.0F);
    const auto parameters = tile(with(ideal(), with({"tile.device.kind=pcm", "tile.device.ageing=" + c.ageing}, c.set)));
    const auto layout = default_layout("layer", n, n, 1, n, n, 0);
    Moments moments(p.size);
    std::vector<float> y(p.size);
    const std::uint32_t programmings = n > 64 ? 400 : 2000;
    for (std::uint32_t programming = 0; programming < programmings; ++programming) {
      AnalogMatrix matrix(parameters, layout, p.w, {}, {}, 1, programming);
      matrix.set_time(c.seconds, 0);
      matrix.forward(p.x, events(1), y);
      moments.add(y);
    }
    const std::vector<Row>& rows = table.at({c.config, n});
    // Single outputs differ more where their weights are small.
    compare(c.config, moments, rows, less > 0 ? Allowance{0.006, less + 0.01} : Allowance{});
    const Deviation deviation = pooled(moments, rows);
    EXPECT_NEAR(deviation.spread, -less, 0.01) << c.config << ", " << n << " outputs";
    EXPECT_NEAR(deviation.slope, 0.0, 0.003) << c.config << ", " << n << " outputs";
  }
}

constexpr double hour = 3600, day = 86400, year = 365.0 * 86400;

/// The table's toolkit turns the programmed weights back into conductances before it ages them, as resplit_pairs does: every
/// weight is divided by the largest programmed one, which lies above 1, so that it is read as a device of less conductance is, with more noise for
/// its size. Devices that age by themselves spread less for that reason: the shares below. Idle devices, which keep what programming left on them,
/// hardly change the spread; they raise the mean by 0.2 % within a year.
std::vector<ProgrammedCase> programmed_cases() {
  const std::vector<std::string> exact{"tile.drift_compensation=exact"};
  const std::vector<std::string> only_drift{"tile.device.programming_scale=0", "tile.device.read_scale=0"};
  const std::vector<std::string> only_read{"tile.device.programming_scale=0", "tile.device.drift_scale=0"};
  const std::vector<std::string> full = preset();
  const std::vector<std::string> global{"tile.drift_compensation=global"};
  std::vector<ProgrammedCase> cases{{"pcm_progonly", 0, {"tile.device.drift_scale=0", "tile.device.read_scale=0"}}};
  // Without programming errors idle devices hold nothing and the largest weight is 1: both ways of ageing are the same.
  const auto add = [&](const std::string& name, double seconds, const std::vector<std::string>& set) {
    cases.push_back({name + "_nogdc", seconds, set});
    cases.push_back({name + "_gdc", seconds, with(set, exact)});
  };
  add("pcmdriftonly_1d", day, only_drift);
  add("pcmdriftonly_1y", year, only_drift);
  add("pcmreadonly_1d", day, only_read);
  const auto both = [&](const std::string& name, double seconds, const std::vector<std::string>& set, const std::vector<std::string>& compensation,
                        const std::map<int, double>& less) {
    std::map<int, double> same = less;
    for (auto& [size, share] : same) share = 0;
    for (const auto& [suffix, settings] : {std::pair("_nogdc", set), std::pair("_gdc", with(set, compensation))}) {
      cases.push_back({name + suffix, seconds, settings, "per_device", less});
      cases.push_back({name + suffix, seconds, settings, "resplit_pairs", same});
    }
  };
  both("pcm_t0", 0, {}, exact, {{64, 0.024}, {256, 0.032}});
  both("pcm_1h", hour, {}, exact, {{64, 0.024}, {256, 0.029}});
  both("pcm_1d", day, {}, exact, {{64, 0.021}, {256, 0.022}});
  both("pcm_1y", year, {}, exact, {{64, 0.012}});
  both("all_t0", 0, full, global, {{64, 0.021}, {256, 0.027}});
  both("all_1h", hour, full, global, {{64, 0.023}, {256, 0.027}});
  both("all_1d", day, full, global, {{64, 0.017}, {256, 0.022}});
  both("all_1y", year, full, global, {{64, 0.012}});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Rows, ProgrammedReferenceData, testing::ValuesIn(programmed_cases()),
                         [](const testing::TestParamInfo<ProgrammedCase>& test) { return name_of(test.param.config) + "_" + test.param.ageing; });

}  // namespace
}  // namespace mho::tiles::test
