#include "mapper/placement/traffic_bound.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/index.h"

namespace mho::mapper {

namespace {

using base::index;

constexpr std::int64_t infinite = std::numeric_limits<std::int64_t>::max() / 4;

/// Flits that a unit exchanges with others, by the kind of the other.
struct UnitFlows {
  std::vector<std::int64_t> analog;                ///< by other unit, in descending order
  std::int64_t digital = 0;                        ///< total
  std::vector<std::pair<int, std::int64_t>> port;  ///< node of the port, and flits
};

class TrafficBound {
 public:
  TrafficBound(const PlacementProblem& problem, const hw::ChipParameters& chip)
      : problem_(problem), distances_(chip), analog_(chip.nodes_of(hw::CoreKind::analog)), digital_(chip.nodes_of(hw::CoreKind::digital)) {
    flows_.resize(problem.units.size());
    for (const PlacementProblem::Flow& flow : problem.flows) {
      add(flow.a, flow.b, flow.flits);
      add(flow.b, flow.a, flow.flits);
    }
    for (UnitFlows& unit : flows_) std::ranges::sort(unit.analog, std::greater{});
    nearest_.resize(index(chip.nodes()));
    for (const std::vector<int>* nodes : {&analog_, &digital_}) {
      for (const int node : *nodes) {
        std::vector<int>& near = nearest_[index(node)];
        for (const int other : analog_) {
          if (other != node) near.push_back(distances_(node, other));
        }
        std::ranges::sort(near);
      }
    }
  }

  [[nodiscard]] std::int64_t bound() const {
    std::int64_t twice = 0;
    std::vector<std::int64_t> costs;  // of analog units, by node
    for (std::size_t u = 0; u < problem_.units.size(); ++u) {
      switch (problem_.units[u].kind) {
        case hw::CoreKind::port:
          for (const auto& [node, flits] : flows_[u].port) twice += flits * distances_(problem_.units[u].node, node);
          break;
        case hw::CoreKind::analog:
          for (const int node : analog_) costs.push_back(least_twice(flows_[u], node, nearest_digital(node)));
          break;
        case hw::CoreKind::digital: {
          std::int64_t least = infinite;
          for (const int node : digital_) least = std::min(least, least_twice(flows_[u], node, 0));
          twice += least;
          break;
        }
      }
    }
    if (!costs.empty()) twice += least_assignment(costs, analog_.size());
    return (twice + 1) / 2;
  }

 private:
  /// Adds a flow to a unit. Costs are counted twice: once at each of two movable units, and twice at the movable unit for a flow to a port.
  void add(int unit, int other, std::int64_t flits) {
    const PlacementProblem::Unit& of = problem_.units[index(other)];
    if (of.kind == hw::CoreKind::analog) flows_[index(unit)].analog.push_back(flits);
    if (of.kind == hw::CoreKind::digital) flows_[index(unit)].digital += flits;
    if (of.kind == hw::CoreKind::port) flows_[index(unit)].port.emplace_back(of.node, flits);
  }

  [[nodiscard]] int nearest_digital(int node) const {
    int least = digital_.empty() ? 0 : std::numeric_limits<int>::max();
    for (const int other : digital_) least = std::min(least, distances_(node, other));
    return least;
  }

  /// Twice the lower bound of the cost of a unit at `node`.
  [[nodiscard]] std::int64_t least_twice(const UnitFlows& unit, int node, int to_digital) const {
    std::int64_t sum = unit.digital * to_digital;
    const std::vector<int>& near = nearest_[index(node)];
    for (std::size_t i = 0; i < unit.analog.size(); ++i) sum += unit.analog[i] * near[i];
    for (const auto& [port, flits] : unit.port) sum += 2 * flits * distances_(node, port);
    return sum;
  }

  const PlacementProblem& problem_;
  Distances distances_;
  std::vector<int> analog_, digital_;      ///< nodes
  std::vector<UnitFlows> flows_;           ///< by unit
  std::vector<std::vector<int>> nearest_;  ///< by node: distances of the other analog nodes in ascending order
};

}  // namespace

std::int64_t least_assignment(const std::vector<std::int64_t>& costs, std::size_t columns) {
  const std::size_t rows = costs.size() / columns;
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::vector<std::int64_t> row_price(rows), column_price(columns), shortest(columns);
  std::vector<std::size_t> row_of(columns, none), before(columns);
  std::vector<char> done(columns);
  for (std::size_t start = 0; start < rows; ++start) {
    // Dijkstra's algorithm from the row to a free column over reduced costs. An occupied column leads to its row.
    std::ranges::fill(shortest, infinite);
    std::ranges::fill(before, none);
    std::ranges::fill(done, 0);
    std::size_t row = start, last = none;
    std::int64_t length = 0;
    while (true) {
      std::size_t next = none;
      for (std::size_t c = 0; c < columns; ++c) {
        if (done[c] != 0) continue;
        const std::int64_t by = length + costs[row * columns + c] - row_price[row] - column_price[c];
        if (by < shortest[c]) {
          shortest[c] = by;
          before[c] = last;
        }
        if (next == none || shortest[c] < shortest[next]) next = c;
      }
      length = shortest[next];
      done[next] = 1;
      last = next;
      if (row_of[next] == none) break;
      row = row_of[next];
    }
    row_price[start] += length;
    for (std::size_t c = 0; c < columns; ++c) {
      if (done[c] == 0 || c == last) continue;
      row_price[row_of[c]] += length - shortest[c];
      column_price[c] -= length - shortest[c];
    }
    for (std::size_t c = last; c != none; c = before[c]) row_of[c] = before[c] == none ? start : row_of[before[c]];
  }
  std::int64_t sum = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    if (row_of[c] != none) sum += costs[row_of[c] * columns + c];
  }
  return sum;
}

std::int64_t traffic_bound(const PlacementProblem& problem, const hw::ChipParameters& chip) { return TrafficBound(problem, chip).bound(); }

}  // namespace mho::mapper
