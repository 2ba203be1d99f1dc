#include "hw/estimate/held_positions.h"

#include <algorithm>
#include <utility>

#include "hw/estimate/timed_execution.h"

namespace mho::hw {

int most_at_once(std::span<const Stay> stays, std::int64_t period) {
  std::int64_t all_the_time = 0;
  std::vector<std::pair<std::int64_t, int>> changes;  // time within a period
  for (const Stay& stay : stays) {
    all_the_time += (stay.to - stay.from) / period;
    const std::int64_t from = stay.from % period, to = stay.to % period;
    if (from == to) continue;
    changes.emplace_back(from, 1);
    changes.emplace_back(to, -1);
    if (from > to) ++all_the_time;  // present when the period begins
  }
  std::ranges::sort(changes);
  std::int64_t now = all_the_time, most = now;
  for (const auto& [time, change] : changes) most = std::max(most, now += change);
  return static_cast<int>(most);
}

std::vector<int> held_positions(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, double interval_s) {
  TimedExecution run(program, chip, tile, interval_s, true);
  run.allow_inferences(1);
  run.finish();
  const auto period = std::max<std::int64_t>(1, static_cast<std::int64_t>(interval_s * femtoseconds_per_second));
  std::vector<int> most;
  std::vector<Stay> stays;
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    const Edge& edge = program.edges[e];
    const std::vector<std::int64_t>&sent = run.sent_at(e), &computed = run.computed_at(static_cast<std::size_t>(edge.consumer));
    const std::int64_t back = run.network().credit_time(e);
    stays.clear();
    std::size_t position = 0;
    for (std::size_t k = 0; k < computed.size(); ++k) {
      const auto released = std::min(sent.size(), static_cast<std::size_t>((*edge.releases)[k]));
      // Positions that no consumer position needs may be released before they are sent.
      for (; position < released; ++position) stays.push_back({sent[position], std::max(sent[position], computed[k] + back)});
    }
    most.push_back(most_at_once(stays, period));
  }
  return most;
}

}  // namespace mho::hw
