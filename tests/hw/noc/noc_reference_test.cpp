#include "tests/hw/noc/noc_reference.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>

namespace mho::hw {
namespace {

/// Rows of the reference table, one or two of each kind, mean of three seeds. Group's accepted load when saturated comes last.
TEST(NocReference, SomeRowsOfEachKind) {
  using Mode = ReferenceRow::Mode;
  const std::vector<ReferenceRow> rows{
      {4, "uniform", 1, 2, 4, "P4", 0.4, Mode::curve, true, 16.8574, 0.402875, 3.49486, 0.647687},
      {4, "uniform", 8, 1, 8, "P4", 0.2, Mode::curve, true, 26.6837, 0.200313, 3.48968, 0.491917},
      {4, "neighbor", 4, 1, 8, "P4", 1.0, Mode::saturated, true, 920.017, 0.8, 4, 0.8},
      {8, "uniform", 4, 2, 8, "P4", 0.2, Mode::curve, true, 33.4383, 0.198969, 6.25, 0.384365},
      {8, "uniform", 4, 2, 8, "P4", 0.3, Mode::curve, true, 39.4102, 0.298557, 6.25, 0.384365},
      {8, "uniform", 4, 2, 8, "P4", 0.575, Mode::saturated, true, 1204.86, 0.384365, 6.25, 0.384365},
      {8, "uniform", 4, 1, 8, "P3s", 0.2, Mode::curve, true, 27.2815, 0.199042, 6.18246, 0.314891},
      {8, "uniform", 4, 1, 8, "P3s", 0.575, Mode::saturated, true, 1735.3, 0.314891, 6.07406, 0.314891},
      {8, "uniform", 1, 2, 8, "P5", 0.1, Mode::curve, true, 34.1339, 0.0999427, 6.24065, 0.288375},
      {8, "uniform", 1, 2, 8, "P5", 0.575, Mode::saturated, true, 1975.82, 0.288375, 6.06767, 0.288375},
      {8, "transpose", 4, 2, 8, "P3s", 0.07143, Mode::curve, true, 24.924, 0.0711354, 6.20468, 0.1585},
  };
  for (const ReferenceRow& row : rows) {
    const Comparison one = compare(row, 3);
    EXPECT_TRUE(one.within()) << row.group() << " at " << row.offered << ": " << one.ours << " for " << one.reference;
  }
}

/// Seeds of the reference itself, 8 x 8 uniform: our mean lies among them.
TEST(NocReference, LiesAmongTheSeedsOfTheReference) {
  const char* folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE does not name the folder of reference tables";
  std::istringstream file(base::read_file(std::string(folder) + "/noc/booksim2_seeds.csv"));
  std::string line;
  std::getline(file, line);
  struct Sum {
    double sum = 0, squares = 0;
    int count = 0;
  };
  std::map<std::pair<double, std::string>, Sum> latency;
  while (std::getline(file, line)) {
    double rate = 0, value = 0;
    char mode[16] = {};
    ASSERT_EQ(std::sscanf(line.c_str(), "%*d,%lf,%15[^,],%lf", &rate, mode, &value), 3) << line;
    Sum& sum = latency[{rate, mode}];
    sum.sum += value;
    sum.squares += value * value;
    ++sum.count;
  }
  ASSERT_EQ(latency.size(), 4U);
  for (const auto& [key, sum] : latency) {
    if (key.second != "curve") continue;
    const double mean = sum.sum / sum.count;
    const double deviation = std::sqrt((sum.squares - sum.count * mean * mean) / (sum.count - 1));
    const ReferenceRow row{8, "uniform", 4, 2, 8, "P4", key.first, ReferenceRow::Mode::curve, true, mean, 0, 6.25, 0.384365};
    const Comparison one = compare(row, 5);
    // Both are means of five.
    EXPECT_LT(std::abs(one.ours - mean), 3.5 * std::sqrt((deviation * deviation + one.scatter * one.scatter) / 5)) << key.first;
  }
}

/// All rows, by size of the mesh and traffic. A row that misses the tolerance must be one where a single run says no more: the reference, which is
/// one run, then lies within what single runs of ours scatter, by 20 further seeds. Over all rows together the deviations must look like chance: as
/// often above as below, and as wide as a normal distribution's.
/// With MHO_NOC_TABLE every row is appended to that file.
class NocReferenceData : public testing::TestWithParam<std::string> {};

TEST_P(NocReferenceData, AllRows) {
  const char* folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE does not name the folder of reference tables";
  std::ofstream table;
  if (const char* path = std::getenv("MHO_NOC_TABLE")) table.open(path, std::ios::app);
  constexpr int seeds = 5;
  constexpr int more_seeds = 20;
  int rows = 0;
  int noisy = 0;
  std::vector<double> deviations;
  for (const ReferenceRow& row : reference_rows(std::string(folder) + "/noc/booksim2.csv")) {
    if (!row.group().starts_with(GetParam())) continue;
    ++rows;
    Comparison one = compare(row, seeds);
    const std::string where = fmt::format("{} at {}", row.group(), row.offered);
    if (!row.stable) {
      // The reference gave up; so far beyond saturation packets wait many times as long as on an empty network.
      EXPECT_TRUE(!one.stable || one.ours > 200 || one.of_accepted) << where << ": " << one.ours;
      if (one.of_accepted) {
        EXPECT_LT(one.ours, 1.1 * row.saturation) << where;
      }
      continue;
    }
    if (one.scatter > 1e-6 * one.ours && row.mode != ReferenceRow::Mode::zero) deviations.push_back(one.deviations(seeds));
    const bool within = one.within();
    if (!within) {
      ++noisy;
      Comparison many = compare(row, more_seeds, 1001);
      EXPECT_LT(std::abs(many.deviations(more_seeds)), 5) << where << ": " << one.ours << " for " << one.reference << ", off by " << 100 * one.error()
                                                          << " %; 20 more seeds " << many.ours << " +- " << many.scatter;
      one.scatter = many.scatter;
    }
    if (table) {
      table << fmt::format("{},{},{},{},{},{},{},{:.5g},{:.5g},{:.4f},{:.3f},{:.3g}\n", row.size, row.traffic, row.packet_flits, row.channels,
                           row.buffer_flits, row.pipeline, row.offered, one.reference, one.ours, one.error(), one.tolerance, one.scatter)
            << std::flush;
    }
  }
  ASSERT_GT(rows, 0);
  EXPECT_LT(noisy, 0.2 * rows) << "rows out of tolerance";
  const auto count = static_cast<double>(deviations.size());
  const double mean = std::accumulate(deviations.begin(), deviations.end(), 0.0) / count;
  double squares = 0;
  for (const double d : deviations) squares += std::min(d * d, 25.0);
  // Rows of one group share their traffic in the reference, so they are fewer than they seem; with 5 seeds the deviation is itself uncertain (t
  // distribution with 4 degrees of freedom: variance 2).
  EXPECT_LT(std::abs(mean), 1.3) << "systematic";
  EXPECT_LT(squares / count, 4) << "wider than chance";
}

INSTANTIATE_TEST_SUITE_P(Booksim, NocReferenceData,
                         testing::Values("4x4 uniform", "4x4 transpose", "4x4 hotspot10", "4x4 neighbor", "8x8 uniform, 1 flit", "8x8 uniform, 4",
                                         "8x8 transpose", "8x8 neighbor"),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
                           return name;
                         });

}  // namespace
}  // namespace mho::hw
