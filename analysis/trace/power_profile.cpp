#include "analysis/trace/power_profile.h"

namespace mho::analysis {

std::vector<double> PowerProfile::watts(const EnergyShares& shares, const std::vector<std::int64_t>& positions) const {
  std::vector<double> all;
  const double seconds = finished_.width().seconds();
  for (const std::vector<std::int64_t>& part : finished_.parts()) {
    double joule = 0;
    for (std::size_t k = 0; k < part.size(); ++k) {
      if (positions.at(k) > 0) joule += shares.layer_j.at(k) * static_cast<double>(part[k]) / static_cast<double>(positions[k]);
    }
    all.push_back(joule / seconds + shares.rest_w);
  }
  return all;
}

}  // namespace mho::analysis
