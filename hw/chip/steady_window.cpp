#include "hw/chip/steady_window.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mho::hw {
namespace {

constexpr double agreement = 0.01;
constexpr std::size_t single_intervals = 4, repeating_groups = 3;

}  // namespace

void SteadyWindow::add(std::int64_t cycle, bool fed) {
  if (fed && fed_ == cycles_.size()) ++fed_;
  cycles_.push_back(cycle);
}

bool SteadyWindow::is_least(std::size_t to) const {
  // Cores and network may have their own clocks, so an interval may not be a whole number of chip cycles: a difference below one is ignored.
  return least_ > 0 && std::abs(static_cast<double>(interval(to)) - least_) < 1;
}

bool SteadyWindow::agree(std::size_t groups, std::size_t size) const {
  std::int64_t shortest = std::numeric_limits<std::int64_t>::max(), longest = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::size_t end = fed_ - 1 - group * size;
    const std::int64_t sum = cycles_[end] - cycles_[end - size];
    shortest = std::min(shortest, sum);
    longest = std::max(longest, sum);
  }
  const auto least = least_ * static_cast<double>(size) * (1 - agreement);
  return static_cast<double>(longest - shortest) <= agreement * static_cast<double>(shortest) && static_cast<double>(shortest) >= least;
}

SteadyWindow::Window SteadyWindow::find() const {
  if (fed_ < 2) return whole();
  const std::size_t last = fed_ - 1;
  std::size_t from = last;
  while (from > 0 && is_least(from)) --from;
  if (from < last) return {from, last, true};
  if (last >= single_intervals && agree(single_intervals, 1)) return {last - single_intervals, last, true};
  for (std::size_t size = 2; repeating_groups * size <= last; ++size) {
    if (agree(repeating_groups, size)) return {last - repeating_groups * size, last, true};
  }
  return whole();
}

SteadyWindow::Window SteadyWindow::whole() const {
  const std::size_t completions = fed_ < 2 ? cycles_.size() : fed_;
  return {0, completions == 0 ? 0 : completions - 1, false};
}

bool SteadyWindow::undercuts() const {
  const Window stretch = whole();
  if (stretch.intervals() == 0) return false;
  return static_cast<double>(cycles_[stretch.to] - cycles_[stretch.from]) < least_ * static_cast<double>(stretch.intervals()) * (1 - agreement);
}

}  // namespace mho::hw
