#include "analysis/trace/power_profile.h"

namespace mho::analysis {

void PowerProfile::finished(std::size_t layer, base::SimTime time) {
  while (time.femtoseconds() / width_ >= static_cast<std::int64_t>(most_parts)) {
    // Two parts become one.
    std::vector<std::vector<std::int64_t>> wider;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      if (part % 2 == 0) {
        wider.push_back(parts_[part]);
      } else {
        for (std::size_t k = 0; k < layers_; ++k) wider.back()[k] += parts_[part][k];
      }
    }
    parts_ = std::move(wider);
    width_ *= 2;
  }
  const auto part = static_cast<std::size_t>(time.femtoseconds() / width_);
  if (parts_.size() <= part) parts_.resize(part + 1, std::vector<std::int64_t>(layers_, 0));
  ++parts_[part].at(layer);
}

std::vector<double> PowerProfile::watts(const EnergyShares& shares, const std::vector<std::int64_t>& positions) const {
  std::vector<double> all;
  const double seconds = base::SimTime::from_femtoseconds(width_).seconds();
  for (const std::vector<std::int64_t>& part : parts_) {
    double joule = 0;
    for (std::size_t k = 0; k < layers_; ++k) {
      if (positions.at(k) > 0) joule += shares.layer_j.at(k) * static_cast<double>(part[k]) / static_cast<double>(positions[k]);
    }
    all.push_back(joule / seconds + shares.rest_w);
  }
  return all;
}

base::SimTime PowerProfile::begin_of(std::size_t part) const { return base::SimTime::from_femtoseconds(width_ * static_cast<std::int64_t>(part)); }

}  // namespace mho::analysis
