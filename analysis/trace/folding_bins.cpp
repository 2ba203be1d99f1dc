#include "analysis/trace/folding_bins.h"

#include <algorithm>

namespace mho::analysis {

FoldingBins::FoldingBins(std::size_t columns, std::size_t most) : columns_(columns), most_(most) {}

std::size_t FoldingBins::reach(std::int64_t femtoseconds) {
  while (femtoseconds / width_ >= static_cast<std::int64_t>(most_)) {
    std::vector<std::vector<std::int64_t>> wider;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      if (part % 2 == 0) {
        wider.push_back(parts_[part]);
      } else {
        for (std::size_t k = 0; k < columns_; ++k) wider.back()[k] += parts_[part][k];
      }
    }
    parts_ = std::move(wider);
    width_ *= 2;
  }
  const auto part = static_cast<std::size_t>(femtoseconds / width_);
  if (parts_.size() <= part) parts_.resize(part + 1, std::vector<std::int64_t>(columns_, 0));
  return part;
}

void FoldingBins::add(std::size_t column, base::SimTime time, std::int64_t amount) {
  const std::size_t part = reach(time.femtoseconds());
  parts_[part].at(column) += amount;
}

void FoldingBins::add_time(std::size_t column, base::SimTime begin, base::SimTime end) {
  if (end <= begin) return;
  const std::size_t last = reach(end.femtoseconds() - 1);
  for (std::size_t part = reach(begin.femtoseconds()); part <= last; ++part) {
    const std::int64_t part_begin = static_cast<std::int64_t>(part) * width_;
    parts_[part].at(column) += std::min(end.femtoseconds(), part_begin + width_) - std::max(begin.femtoseconds(), part_begin);
  }
}

}  // namespace mho::analysis
