#include "analysis/trace/layer_times.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace mho::analysis {

namespace {

using Interval = std::pair<std::int64_t, std::int64_t>;

constexpr std::size_t parts_of_latency = 40;
constexpr std::size_t most_parts_back_to_back = 60;
constexpr int no_layer_in = -1, no_layer_out = std::numeric_limits<int>::max();

/// In order and without overlaps.
std::vector<Interval> joined(std::vector<Interval> all) {
  std::ranges::sort(all);
  std::size_t kept = 0;
  for (const Interval& one : all) {
    if (kept > 0 && one.first <= all[kept - 1].second) {
      all[kept - 1].second = std::max(all[kept - 1].second, one.second);
    } else {
      all[kept++] = one;
    }
  }
  all.resize(kept);
  return all;
}

/// Femtoseconds of intervals without overlaps that lie in another one.
std::int64_t within(const std::vector<Interval>& all, const Interval& part) {
  std::int64_t sum = 0;
  for (const auto& [begin, end] : all) sum += std::max<std::int64_t>(0, std::min(end, part.second) - std::max(begin, part.first));
  return sum;
}

double seconds(std::int64_t femtoseconds) { return base::SimTime::from_femtoseconds(femtoseconds).seconds(); }

int percent_of(std::int64_t part, std::int64_t whole) {
  constexpr double all = 100;
  return whole <= 0 ? 0 : static_cast<int>(std::lround(all * static_cast<double>(part) / static_cast<double>(whole)));
}

/// Input, layers in the order of the program, output.
int order_of(const hw::Stage& stage) {
  if (stage.layer >= 0) return stage.layer;
  return stage.kind == hw::Stage::Kind::sink ? no_layer_out : no_layer_in;
}

std::size_t rows_of(const hw::Program& program) {
  std::vector<int> orders;
  for (const hw::Stage& stage : program.stages) orders.push_back(order_of(stage));
  std::ranges::sort(orders);
  return static_cast<std::size_t>(std::unique(orders.begin(), orders.end()) - orders.begin());
}

}  // namespace

LayerTimeRecorder::LayerTimeRecorder(const hw::Program& program) : program_(program), bins_(rows_of(program), most_parts_back_to_back) {
  std::map<int, std::size_t> row_of;
  for (const hw::Stage& stage : program.stages) row_of[order_of(stage)] = 0;
  for (auto& [order, row] : row_of) {
    row = rows_.size();
    const bool is_layer = order != no_layer_in && order != no_layer_out;
    rows_.push_back({.name = is_layer               ? program.layers.at(static_cast<std::size_t>(order)).name
                             : order == no_layer_in ? "input"
                                                    : "output",
                     .layer = is_layer ? std::optional(order) : std::nullopt});
  }
  std::map<std::pair<int, int>, std::size_t> group_of;
  for (const hw::Stage& stage : program.stages) {
    const auto [found, is_new] = group_of.try_emplace({stage.phase, order_of(stage)}, groups_.size());
    if (is_new) groups_.push_back({.phase = stage.phase, .row = row_of.at(order_of(stage))});
    group_of_.push_back(found->second);
  }
  for (const hw::Edge& edge : program.edges) {
    const std::size_t from = group_of_[static_cast<std::size_t>(edge.producer)], to = group_of_[static_cast<std::size_t>(edge.consumer)];
    std::vector<std::size_t>& before = groups_[to].before;
    if (from != to && !edge.sent_back() && std::ranges::find(before, from) == before.end()) before.push_back(from);
  }
  compacted_.resize(groups_.size());
}

void LayerTimeRecorder::begin(const hw::Program& /*program*/, const std::vector<hw::Unit>& units, const base::Clock& /*network*/) {
  for (const hw::Unit& unit : units) {
    TrackedUnit& tracked = units_.emplace_back(TrackedUnit{.clock = unit.clock, .groups = {}, .begins = {}});
    for (const std::vector<int>& stages : unit.stages) {
      std::vector<std::size_t>& groups = tracked.groups.emplace_back();
      bool begins = !program_.phases.empty();
      for (const int stage : stages) {
        const std::size_t group = group_of_.at(static_cast<std::size_t>(stage));
        if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
        begins = begins || program_.stages[static_cast<std::size_t>(stage)].kind == hw::Stage::Kind::source;
      }
      tracked.begins.push_back(begins);
    }
  }
}

void LayerTimeRecorder::add(Group& group, Interval works) {
  if (works.second <= works.first) return;
  if (part_ == Part::back_to_back) {
    bins_.add_time(group.row, base::SimTime::from_femtoseconds(works.first - origin_), base::SimTime::from_femtoseconds(works.second - origin_));
  } else if (!group.works.empty() && group.works.back().second == works.first) {
    group.works.back().second = works.second;
  } else {
    group.works.push_back(works);
  }
}

void LayerTimeRecorder::changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) {
  TrackedUnit& tracked = units_[static_cast<std::size_t>(unit)];
  // The time is asked for where a group begins or ends to work, which of many units that follow each other only few do.
  const auto now = [&] { return tracked.clock.edge(cycle).femtoseconds(); };
  const bool works = state == periphery::UnitState::working;
  if (works && part_ == Part::between && tracked.begins[kind]) {
    part_ = Part::back_to_back;
    origin_ = now();
    for (Group& group : groups_) group.since = std::max(group.since, origin_);
  }
  const auto before = std::exchange(tracked.kind, works ? std::optional(kind) : std::nullopt);
  if (before == tracked.kind) return;
  if (works) {
    for (const std::size_t number : tracked.groups[kind]) {
      Group& group = groups_[number];
      if (group.working++ == 0) group.since = now();
    }
  }
  if (!before) return;
  for (const std::size_t number : tracked.groups[*before]) {
    Group& group = groups_[number];
    if (--group.working == 0 && part_ != Part::between) add(group, {group.since, now()});
  }
}

void LayerTimeRecorder::inference_left(std::int64_t count, base::SimTime time) {
  if (count > 1) {
    left_ = time.femtoseconds() - origin_;
    return;
  }
  for (Group& group : groups_) {
    if (group.working > 0) add(group, {group.since, time.femtoseconds()});
  }
  part_ = Part::between;
}

void LayerTimeRecorder::worked(int stage, std::int64_t begin_fs, std::int64_t end_fs) {
  const std::size_t number = group_of_[static_cast<std::size_t>(stage)];
  std::vector<Interval>& works = groups_[number].works;
  if (end_fs > begin_fs) works.emplace_back(begin_fs, end_fs);
  // Many stages of a layer work at the same time: what they have in common is held once.
  constexpr std::size_t few = 1024;
  if (works.size() < std::max(few, 2 * compacted_[number])) return;
  works = joined(std::move(works));
  compacted_[number] = works.size();
}

std::optional<std::size_t> LayerTimeRecorder::group_before(const std::vector<std::vector<Interval>>& works, std::size_t group,
                                                           const std::vector<bool>& seen) const {
  std::optional<std::size_t> latest;
  const auto consider = [&](std::size_t other) {
    if (seen[other] || works[other].empty()) return;
    if (!latest || works[other].back().second > works[*latest].back().second) latest = other;
  };
  for (const std::size_t other : groups_[group].before) consider(other);
  if (latest) return latest;
  // A phase begins when the one before is at rest.
  for (std::size_t other = 0; other < groups_.size(); ++other) {
    if (groups_[other].phase < groups_[group].phase) consider(other);
  }
  return latest;
}

/// From the last element that leaves back to the first that enters, along what each group waited for the longest.
void LayerTimeRecorder::add_shares(std::vector<LayerTime>& layers, const std::vector<std::vector<Interval>>& works, std::int64_t latency) const {
  std::optional<std::size_t> current;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    if (!works[group].empty() && (!current || works[group].back().second >= works[*current].back().second)) current = group;
  }
  std::vector<bool> seen(groups_.size(), false);
  for (std::int64_t end = latency; current;) {
    seen[*current] = true;
    const auto before = group_before(works, *current, seen);
    const std::int64_t begin = before ? std::min(works[*before].back().second, end) : 0;
    LayerTime& layer = layers[groups_[*current].row];
    layer.latency_s += seconds(end - begin);
    layer.latency_working_s += seconds(within(works[*current], {begin, end}));
    end = begin;
    current = before;
  }
}

LayerTimes LayerTimeRecorder::times(base::SimTime latency) const {
  const std::int64_t all = latency.femtoseconds();
  std::vector<std::vector<Interval>> works;
  for (const Group& group : groups_) {
    works.push_back(joined(group.works));
    std::erase_if(works.back(), [&](const Interval& one) { return one.first >= all; });
    if (!works.back().empty()) works.back().back().second = std::min(works.back().back().second, all);
  }
  LayerTimes times{.layers = rows_, .alone_width_s = seconds(all) / static_cast<double>(parts_of_latency)};
  const auto edge = [&](std::size_t part) {
    return static_cast<std::int64_t>(std::llround(static_cast<double>(all) * static_cast<double>(part) / static_cast<double>(parts_of_latency)));
  };
  std::vector<std::vector<Interval>> of_rows(rows_.size());
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    std::vector<Interval>& row = of_rows[groups_[group].row];
    row.insert(row.end(), works[group].begin(), works[group].end());
  }
  for (std::size_t row = 0; row < of_rows.size(); ++row) {
    const std::vector<Interval> of_row = joined(std::move(of_rows[row]));
    LayerTime& layer = times.layers[row];
    if (!of_row.empty()) {
      layer.begin_s = seconds(of_row.front().first);
      layer.end_s = seconds(of_row.back().second);
      layer.working_s = seconds(within(of_row, {0, all}));
    }
    for (std::size_t part = 0; part < parts_of_latency; ++part)
      layer.alone.push_back(percent_of(within(of_row, {edge(part), edge(part + 1)}), edge(part + 1) - edge(part)));
  }
  add_shares(times.layers, works, all);
  const std::int64_t width = bins_.width().femtoseconds();
  if (left_ <= 0) return times;
  times.back_to_back_width_s = seconds(width);
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    for (std::size_t part = 0; part < bins_.parts().size() && static_cast<std::int64_t>(part) * width < left_; ++part)
      times.layers[row].back_to_back.push_back(percent_of(bins_.parts()[part][row], width));
  }
  return times;
}

}  // namespace mho::analysis
