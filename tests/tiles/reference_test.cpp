// Statistics of an independent toolkit, row by row (folder named by MHO_REFERENCE).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
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

struct Case {
  std::string config;
  std::vector<std::string> set;
  bool range_of_inputs = false;
};

class CrossbarReferenceData : public testing::TestWithParam<Case> {};

TEST_P(CrossbarReferenceData, SameMeanAndSpread) {
  const char* folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE is not set";
  const Table table = read_table(folder);
  for (const int n : {64, 256}) {
    const auto& rows = table.at({GetParam().config, n});
    const auto size = static_cast<std::size_t>(n);
    std::vector<float> w(size * size), x(size);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) w[static_cast<std::size_t>(i * n + j)] = static_cast<float>(std::sin(0.37 * i + 1.13 * j + 0.01 * i * j));
    }
    for (int j = 0; j < n; ++j) x[static_cast<std::size_t>(j)] = static_cast<float>(0.5 * std::sin(0.71 * j + 0.02 * j * j + 0.3));
    AnalogMatrix matrix(tile(with(ideal(), GetParam().set)), default_layout("layer", n, n, 1, n, n, 0), w, {}, {}, 1, 0);
    matrix.set_time(0, 0);
    const std::size_t repeats = 2000;
    std::vector<float> batch(repeats * size), y(repeats * size);
    for (std::size_t r = 0; r < repeats; ++r) std::copy(x.begin(), x.end(), batch.begin() + static_cast<std::ptrdiff_t>(r * size));
    matrix.forward(batch, events(repeats), y);
    int outside = 0;
    for (std::size_t i = 0; i < size; ++i) {
      double mean = 0, square = 0;
      for (std::size_t r = 0; r < repeats; ++r) mean += static_cast<double>(y[r * size + i]);
      mean /= static_cast<double>(repeats);
      for (std::size_t r = 0; r < repeats; ++r) square += std::pow(static_cast<double>(y[r * size + i]) - mean, 2);
      const double sd = std::sqrt(square / static_cast<double>(repeats - 1));
      const Row& row = rows.at(i);
      if (row.sd < 1e-6) {
        EXPECT_LT(sd, 1e-6);
        // A value beside a step edge may fall either way in another order of summation.
        outside += std::abs(mean - row.mean) > 2e-5 ? 1 : 0;
        continue;
      }
      const double samples = std::min<double>(row.repeats, static_cast<double>(repeats));
      EXPECT_NEAR(mean, row.mean, std::sqrt(2.0) * 4.5 * row.sd / std::sqrt(samples) + 0.005 * row.sd + 1e-3) << GetParam().config << " output " << i;
      EXPECT_NEAR(sd / row.sd, 1.0, std::sqrt(2.0) * 4.5 / std::sqrt(2.0 * samples) + 0.02) << GetParam().config << " output " << i;
    }
    EXPECT_LE(outside, n / 64) << GetParam().config;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, CrossbarReferenceData,
                         testing::Values(Case{"ideal", {}}, Case{"dac8", {"tile.dac.bits=8"}}, Case{"dac6", {"tile.dac.bits=6"}},
                                         Case{"adc8", {"tile.adc.bound=10", "tile.adc.bits=8"}},
                                         Case{"adc6", {"tile.adc.bound=10", "tile.adc.bits=6"}},
                                         Case{"dac8_adc8", {"tile.dac.bits=8", "tile.adc.bound=10", "tile.adc.bits=8"}},
                                         Case{"inp_noise_0.01", {"tile.dac.input_noise=0.01"}}, Case{"out_noise_0.04", {"tile.noise.output=0.04"}},
                                         Case{"w_noise_pcmread_0.0175", {"tile.noise.read_kind=pcm", "tile.noise.read=0.0175"}},
                                         Case{"w_noise_const_0.0175", {"tile.noise.read_kind=constant", "tile.noise.read=0.0175"}},
                                         Case{"ir_drop_1.0", {"tile.ir_drop.scale=1"}}, Case{"inp_asym_0.05", {"tile.input.asymmetry=0.05"}},
                                         Case{"mvm_all_preset",
                                              {"tile.dac.bits=8", "tile.adc.bound=10", "tile.adc.bits=8", "tile.noise.output=0.04",
                                               "tile.noise.read_kind=pcm", "tile.noise.read=0.0175", "tile.ir_drop.scale=1"}}),
                         [](const testing::TestParamInfo<Case>& test) {
                           std::string name = test.param.config;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace mho::tiles::test
