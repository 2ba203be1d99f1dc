#include "analysis/explore/sweep/schedule.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "analysis/reuse/dependence.h"

namespace mho::analysis {

namespace {

/// Beginnings of keys that do not affect accuracies.
constexpr std::array<std::string_view, 3> of_the_chip{"chip.", "noc.", "port."};

template <class Counts>
std::string values_of(const NumberedPoint& point, const Counts& counts) {
  std::string text;
  for (const auto& [name, value] : std::get<base::Json::Object>(point.settings.value())) {
    if (counts(name)) text += name + "=" + std::get<std::string>(value.value()) + "\n";
  }
  return text;
}

}  // namespace

std::string sharing_group(const NumberedPoint& point) {
  return values_of(point, [](std::string_view name) {
    return std::ranges::none_of(of_the_chip, [&](std::string_view beginning) { return name.starts_with(beginning); });
  });
}

std::string chip_group(const NumberedPoint& point) {
  return values_of(
      point, [](std::string_view name) { return simulation_depends_on(name) || name == "tile.adc.conversion_time" || name == "tile.adc.timing"; });
}

Schedule::Schedule(std::vector<NumberedPoint> points, std::function<std::string(const NumberedPoint&)> group_of, int jobs, std::size_t largest,
                   bool together)
    : group_of_(std::move(group_of)), jobs_(static_cast<std::size_t>(std::max(jobs, 1))), largest_(largest), together_(together) {
  for (const NumberedPoint& point : points) first_.try_emplace(chip_group(point), point.number);
  returned(std::move(points));
}

void Schedule::returned(std::vector<NumberedPoint> points) {
  for (NumberedPoint& point : points) {
    const std::string name = group_of(point);
    Group& group = groups_[name];
    if (!group_of_) group.state = State::open;
    auto& list = group.state == State::open ? open_ : fresh_;
    if (!group.waiting.empty()) list.erase({group.waiting.begin()->first, name});
    const Place place{first_.at(chip_group(point)), point.number};
    if (group.waiting.emplace(place, std::move(point)).second) ++waiting_;
    // The leading point of this group was returned; another one leads.
    if (group.state == State::led) group.state = State::fresh;
    (group.state == State::open ? open_ : fresh_).insert({group.waiting.begin()->first, name});
  }
}

std::size_t Schedule::share() const {
  constexpr double wanted_s = 0.5;  // work of a worker between two transactions
  const double mean = done_ == 0 ? wanted_s : std::max(seconds_ / static_cast<double>(done_), 1e-6);
  const std::size_t by_time = std::max<std::size_t>(1, static_cast<std::size_t>(std::min(wanted_s / mean, 1e6)));
  const std::size_t by_rest = (waiting_ + 2 * jobs_ - 1) / (2 * jobs_);
  return std::max<std::size_t>(1, std::min({by_time, by_rest, largest_}));
}

std::vector<NumberedPoint> Schedule::next() {
  std::vector<NumberedPoint> points;
  if (!fresh_.empty()) {
    const std::string name = fresh_.begin()->second;
    fresh_.erase(fresh_.begin());
    Group& group = groups_[name];
    group.state = State::led;
    points.push_back(std::move(group.waiting.begin()->second));
    group.waiting.erase(group.waiting.begin());
    --waiting_;
    return points;
  }
  const std::size_t most = share();
  std::int64_t last = -1;  // first point with the mapping of the last one
  const auto belongs = [&](const Place& place) { return points.size() < most || (together_ && place.first == last && points.size() < largest_); };
  while (!open_.empty() && belongs(open_.begin()->first)) {
    const std::string name = open_.begin()->second;
    open_.erase(open_.begin());
    Group& group = groups_[name];
    while (!group.waiting.empty() && belongs(group.waiting.begin()->first)) {
      last = group.waiting.begin()->first.first;
      points.push_back(std::move(group.waiting.begin()->second));
      group.waiting.erase(group.waiting.begin());
      --waiting_;
    }
    if (!group.waiting.empty()) open_.insert({group.waiting.begin()->first, name});
  }
  return points;
}

void Schedule::evaluated(double seconds) {
  seconds_ += seconds;
  ++done_;
}

void Schedule::stored(const NumberedPoint& point) {
  const std::string name = group_of(point);
  Group& group = groups_[name];
  if (group.state == State::open) return;
  if (group.state == State::fresh && !group.waiting.empty()) fresh_.erase({group.waiting.begin()->first, name});
  group.state = State::open;
  if (!group.waiting.empty()) open_.insert({group.waiting.begin()->first, name});
}

}  // namespace mho::analysis
