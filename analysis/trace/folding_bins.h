#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace mho::analysis {

/// Sums over equal parts of time, in several columns. There are at most `most` parts: when more would be needed, pairs of parts are merged and the
/// width doubles.
class FoldingBins {
 public:
  FoldingBins(std::size_t columns, std::size_t most);
  /// Adds `amount` to the part that contains `time`.
  void add(std::size_t column, base::SimTime time, std::int64_t amount);
  /// Adds to each part the femtoseconds that it shares with the time from `begin` to `end`.
  void add_time(std::size_t column, base::SimTime begin, base::SimTime end);
  /// [part][column], up to the last part that was reached.
  [[nodiscard]] const std::vector<std::vector<std::int64_t>>& parts() const { return parts_; }
  /// The duration of a part.
  [[nodiscard]] base::SimTime width() const { return base::SimTime::from_femtoseconds(width_); }

 private:
  /// Makes room for the part of this number of femtoseconds, and returns its index.
  std::size_t reach(std::int64_t femtoseconds);
  std::size_t columns_, most_;
  std::int64_t width_ = 1'000;
  std::vector<std::vector<std::int64_t>> parts_;
};

}  // namespace mho::analysis
