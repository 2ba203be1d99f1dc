#include "hw/spec/router_survey.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace mho::hw {
namespace {

periphery::Technology low_threshold(double node_nm) {
  periphery::Technology technology;
  technology.node_nm = node_nm;
  technology.vdd_v = periphery::nominal_vdd(node_nm);
  technology.threshold = periphery::Threshold::low;
  return technology;
}

// Every row of DSENT with routers of 64 bits: what the model was made from at 2x4, 2x8 and 4x4, and the row of one channel that it was not.
TEST(RouterSurveyData, GivesTheRowsOfDsentAtLowThreshold) {
  const char* folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE is not set";
  std::ifstream file(std::string(folder) + "/noc/dsent_router.csv");
  std::string line;
  std::getline(file, line);
  std::vector<std::string> names;
  if (line.ends_with('\r')) line.pop_back();
  std::istringstream header(line);
  for (std::string name; std::getline(header, name, ',');) names.push_back(name);
  int rows = 0;
  while (std::getline(file, line)) {
    std::map<std::string, double> row;
    std::istringstream cells(line);
    std::size_t i = 0;
    for (std::string cell; std::getline(cells, cell, ',');) row[names.at(i++)] = std::stod(cell);
    const RouterCost cost = router_survey(static_cast<int>(row["flit_bits"]), static_cast<int>(row["vcs"]), static_cast<int>(row["depth"]),
                                          static_cast<int>(row["ports"]), low_threshold(row["tech"]));
    // Width is taken as proportional, and a single channel is extrapolated.
    const double tolerance = row["flit_bits"] == 64 && row["vcs"] > 1 ? 0.02 : 0.25;
    EXPECT_NEAR(cost.buffer_write.si() / (row["E_bufwrite_pJ"] * 1e-12), 1, tolerance) << line;
    EXPECT_NEAR(cost.buffer_read.si() / (row["E_bufread_pJ"] * 1e-12), 1, tolerance) << line;
    EXPECT_NEAR(cost.crossbar.si() / (row["E_xbar_pJ"] * 1e-12), 1, tolerance) << line;
    EXPECT_NEAR(cost.leakage.si() / (row["leak_mW"] * 1e-3), 1, tolerance) << line;
    EXPECT_NEAR(cost.area.si() / (row["active_area_mm2"] * 1e-6), 1, tolerance) << line;
    ++rows;
  }
  EXPECT_GT(rows, 20);
}

TEST(RouterSurvey, HighThresholdLeaksLikePublishedRouters) {
  // The router of PUMA (Ankit et al., ASPLOS 2019) leaks 0.41 mW at 32 nm with four ports.
  periphery::Technology technology;
  technology.node_nm = 32;
  technology.vdd_v = 0.9;
  const double leakage = router_survey(64, 2, 4, 4, technology).leakage.si();
  EXPECT_GT(leakage, 0.41e-3 / 2);
  EXPECT_LT(leakage, 0.41e-3 * 2);
}

}  // namespace
}  // namespace mho::hw
