#include "analysis/trace/layer_times.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace mho::analysis {

namespace {

constexpr std::size_t parts_of_latency = 40;
constexpr std::size_t most_parts_back_to_back = 60;
constexpr int no_layer_in = -1, no_layer_out = std::numeric_limits<int>::max();

Intervals joined(Intervals all) {
  std::ranges::sort(all);
  std::size_t kept = 0;
  for (const auto& one : all) {
    if (kept > 0 && one.first <= all[kept - 1].second) {
      all[kept - 1].second = std::max(all[kept - 1].second, one.second);
    } else {
      all[kept++] = one;
    }
  }
  all.resize(kept);
  return all;
}

Intervals until(Intervals all, std::int64_t end) {
  std::erase_if(all, [&](const auto& one) { return one.first >= end; });
  if (!all.empty()) all.back().second = std::min(all.back().second, end);
  return all;
}

void append(Intervals& all, std::int64_t begin, std::int64_t end) {
  if (end <= begin) return;
  if (!all.empty() && all.back().second == begin) {
    all.back().second = end;
  } else {
    all.emplace_back(begin, end);
  }
}

/// Total length of the intervals within `begin` to `end`, in femtoseconds.
std::int64_t within(const Intervals& all, std::int64_t begin, std::int64_t end) {
  std::int64_t sum = 0;
  for (auto one = std::ranges::lower_bound(all, begin, {}, [](const auto& each) { return each.second; }); one != all.end() && one->first < end; ++one)
    sum += std::max<std::int64_t>(0, std::min(one->second, end) - std::max(one->first, begin));
  return sum;
}

/// The last interval that begins before `time`; null if there is none.
const Intervals::value_type* last_before(const Intervals& all, std::int64_t time) {
  const auto next = std::ranges::lower_bound(all, time, {}, [](const auto& each) { return each.first; });
  return next == all.begin() ? nullptr : &*(next - 1);
}

double seconds(std::int64_t femtoseconds) { return base::SimTime::from_femtoseconds(femtoseconds).seconds(); }

int percent_of(std::int64_t part, std::int64_t whole) {
  constexpr double all = 100;
  return whole <= 0 ? 0 : static_cast<int>(std::lround(all * static_cast<double>(part) / static_cast<double>(whole)));
}

/// Sorting key: input, layers in the order of the program, output.
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

/// Amount of work of a stage, to distinguish stages of one kind in a layer: positions times operations of each.
std::int64_t work_of(const hw::Stage& stage) {
  std::int64_t operations = 1;
  for (const hw::ElementWork& element : stage.elements) operations += element.operations;
  return stage.positions * operations;
}

void add_once(std::vector<std::size_t>& all, std::size_t one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(one);
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
    if (from == to || edge.sent_back()) continue;
    add_once(groups_[to].before, from);
    add_once(groups_[from].after, to);
  }
  choose_stages();
}

void LayerTimeRecorder::choose_stages() {
  std::map<std::pair<std::size_t, hw::Stage::Kind>, int> chosen;
  for (int s = 0; s < static_cast<int>(program_.stages.size()); ++s) {
    const hw::Stage& stage = program_.stages[static_cast<std::size_t>(s)];
    const auto [found, is_new] = chosen.try_emplace({group_of_[static_cast<std::size_t>(s)], stage.kind}, s);
    if (!is_new && work_of(stage) > work_of(program_.stages[static_cast<std::size_t>(found->second)])) found->second = s;
  }
  for (const auto& [key, stage] : chosen) groups_[key.first].stages.push_back(stage);
}

void LayerTimeRecorder::begin(const hw::Program& /*program*/, const std::vector<hw::Unit>& units, const base::Clock& /*network*/) {
  for (const hw::Unit& unit : units) {
    TrackedUnit& tracked = units_.emplace_back(TrackedUnit{.clock = unit.clock, .groups = {}, .candidates = {}, .begins = {}});
    for (const std::vector<int>& stages : unit.stages) {
      std::vector<std::size_t>& groups = tracked.groups.emplace_back();
      auto& candidate = tracked.candidates.emplace_back();
      bool begins = !program_.phases.empty();
      for (const int stage : stages) {
        const std::size_t number = group_of_.at(static_cast<std::size_t>(stage));
        Group& group = groups_[number];
        add_once(groups, number);
        begins = begins || program_.stages[static_cast<std::size_t>(stage)].kind == hw::Stage::Kind::source;
        if (candidate || std::ranges::find(group.stages, stage) == group.stages.end()) continue;
        candidate.emplace(number, group.candidates.size());
        group.candidates.push_back({.clock = unit.clock});
      }
      tracked.begins.push_back(begins);
    }
  }
}

void LayerTimeRecorder::add(Group& group, std::int64_t begin, std::int64_t end) {
  if (part_ == Part::back_to_back) {
    bins_.add_time(group.row, base::SimTime::from_femtoseconds(begin - origin_), base::SimTime::from_femtoseconds(end - origin_));
  } else {
    append(group.works, begin, end);
  }
}

void LayerTimeRecorder::changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) {
  TrackedUnit& tracked = units_[static_cast<std::size_t>(unit)];
  // The time is computed only if a group begins or stops working; most changes of units do not need it.
  const auto now = [&] { return tracked.clock.edge(cycle).femtoseconds(); };
  const bool works = state == periphery::UnitState::working;
  if (works && part_ == Part::between && tracked.begins[kind]) {
    part_ = Part::back_to_back;
    origin_ = now();
    for (Group& group : groups_) group.since = std::max(group.since, origin_);
  }
  const auto before = std::exchange(tracked.kind, works ? std::optional(kind) : std::nullopt);
  if (before == tracked.kind) return;
  const auto candidate = [&](std::size_t of) -> Candidate* {
    const auto& place = tracked.candidates[of];
    return part_ == Part::alone && place ? &groups_[place->first].candidates[place->second] : nullptr;
  };
  if (works) {
    if (Candidate* one = candidate(kind)) one->since = cycle;
    for (const std::size_t number : tracked.groups[kind]) {
      Group& group = groups_[number];
      if (group.working++ == 0) group.since = now();
    }
  }
  if (!before) return;
  if (Candidate* one = candidate(*before)) append(one->works, one->since, cycle);
  for (const std::size_t number : tracked.groups[*before]) {
    Group& group = groups_[number];
    if (--group.working == 0 && part_ != Part::between) add(group, group.since, now());
  }
}

void LayerTimeRecorder::inference_left(std::int64_t count, base::SimTime time) {
  if (count > 1) {
    left_ = time.femtoseconds() - origin_;
    return;
  }
  for (Group& group : groups_) {
    if (group.working > 0) add(group, group.since, time.femtoseconds());
  }
  part_ = Part::between;
}

void LayerTimeRecorder::worked(int stage, int unit, std::int64_t begin_fs, std::int64_t end_fs) {
  if (end_fs <= begin_fs) return;
  Group& group = groups_[group_of_[static_cast<std::size_t>(stage)]];
  if (std::ranges::find(group.stages, stage) != group.stages.end()) {
    constexpr int units_of_a_stage = 8;
    const int number = units_of_a_stage * stage + unit;
    auto candidate = std::ranges::find(group.candidates, number, &Candidate::unit);
    if (candidate == group.candidates.end()) candidate = group.candidates.insert(candidate, Candidate{.unit = number});
    append(candidate->works, begin_fs, end_fs);
  }
  group.works.emplace_back(begin_fs, end_fs);
  // Many stages of a layer work at the same time. Overlapping intervals are joined to save memory.
  constexpr std::size_t few = 1024;
  if (group.works.size() < std::max(few, 2 * group.joined)) return;
  group.works = joined(std::move(group.works));
  group.joined = group.works.size();
}

LayerTimeRecorder::Works LayerTimeRecorder::works_until(std::int64_t latency) const {
  Works works;
  for (const Group& group : groups_) {
    works.all.push_back(until(joined(group.works), latency));
    Intervals& busiest = works.busiest.emplace_back();
    std::int64_t longest = 0;
    for (const Candidate& candidate : group.candidates) {
      Intervals own = candidate.works;
      if (candidate.clock) {
        for (auto& [begin, end] : own) {
          begin = candidate.clock->edge(begin).femtoseconds();
          end = candidate.clock->edge(end).femtoseconds();
        }
      }
      own = until(joined(std::move(own)), latency);
      const std::int64_t works_for = within(own, 0, latency);
      if (works_for <= longest) continue;
      longest = works_for;
      busiest = std::move(own);
    }
  }
  return works;
}

/// The group whose work caused `group` to begin at `time`, and the end of that work (at most `time`).
std::optional<std::pair<std::size_t, std::int64_t>> LayerTimeRecorder::cause(const Works& works, std::size_t group, std::int64_t time) const {
  std::optional<std::pair<std::size_t, std::int64_t>> latest;
  const auto consider = [&](std::size_t other) {
    const auto* const last = last_before(works.all[other], time);
    if (last == nullptr) return;
    const std::int64_t end = std::min(last->second, time);
    if (!latest || end > latest->second) latest.emplace(other, end);
  };
  for (const std::size_t other : groups_[group].before) consider(other);
  if (latest || time == 0) return latest;
  // A phase begins when all work of the phases before it has ended.
  for (std::size_t other = 0; other < groups_.size(); ++other) {
    if (groups_[other].phase < groups_[group].phase) consider(other);
  }
  for (const std::size_t other : groups_[group].after) consider(other);
  return latest;
}

void LayerTimeRecorder::add_shares(std::vector<LayerTime>& layers, const Works& works, std::int64_t latency) const {
  std::optional<std::size_t> current;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    if (!works.all[group].empty() && (!current || works.all[group].back().second >= works.all[*current].back().second)) current = group;
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> shares(rows_.size());  // time attributed to the row, and the part in which it works
  for (std::int64_t end = latency; current && end > 0;) {
    const auto* last = last_before(works.busiest[*current], end);
    if (last == nullptr) last = last_before(works.all[*current], end);
    const auto before = cause(works, *current, last == nullptr ? end - 1 : last->first);
    const std::int64_t begin = before ? before->second : 0;
    auto& [all, working] = shares[groups_[*current].row];
    all += end - begin;
    working += within(works.all[*current], begin, end);
    end = begin;
    current = before ? std::optional(before->first) : std::nullopt;
  }
  for (std::size_t row = 0; row < shares.size(); ++row) {
    layers[row].latency_s = seconds(shares[row].first);
    layers[row].latency_working_s = seconds(shares[row].second);
  }
}

LayerTimes LayerTimeRecorder::times(base::SimTime latency) const {
  const std::int64_t all = latency.femtoseconds();
  const Works works = works_until(all);
  LayerTimes times{.layers = rows_, .alone_width_s = seconds(all) / static_cast<double>(parts_of_latency)};
  const auto edge = [&](std::size_t part) {
    return static_cast<std::int64_t>(std::llround(static_cast<double>(all) * static_cast<double>(part) / static_cast<double>(parts_of_latency)));
  };
  std::vector<Intervals> of_rows(rows_.size());
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    Intervals& row = of_rows[groups_[group].row];
    row.insert(row.end(), works.all[group].begin(), works.all[group].end());
  }
  for (std::size_t row = 0; row < of_rows.size(); ++row) {
    const Intervals of_row = joined(std::move(of_rows[row]));
    LayerTime& layer = times.layers[row];
    if (!of_row.empty()) {
      layer.begin_s = seconds(of_row.front().first);
      layer.end_s = seconds(of_row.back().second);
      layer.working_s = seconds(within(of_row, 0, all));
    }
    for (std::size_t part = 0; part < parts_of_latency; ++part)
      layer.alone.push_back(percent_of(within(of_row, edge(part), edge(part + 1)), edge(part + 1) - edge(part)));
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
