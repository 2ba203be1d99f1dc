#include "mapper/placement/placement_state.h"

#include <algorithm>

namespace mho::mapper {

using base::index;

PlacementState::PlacementState(const PlacementProblem& problem, const hw::ChipParameters& chip, const Distances& distances)
    : problem_(problem),
      distances_(distances),
      first_(problem.units.size() + 1),
      units_(index(chip.nodes())),
      load_(index(chip.nodes())),
      traffic_(mapper::traffic(problem, distances)) {
  for (int node = 0; node < chip.nodes(); ++node) kind_.push_back(chip.kind(node));
  for (const PlacementProblem::Flow& flow : problem.flows) {
    ++first_[index(flow.a) + 1];
    ++first_[index(flow.b) + 1];
  }
  for (std::size_t u = 0; u < problem.units.size(); ++u) first_[u + 1] += first_[u];
  neighbours_.resize(first_.back());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (const PlacementProblem::Flow& flow : problem.flows) {
    neighbours_[next[index(flow.a)]++] = {flow.b, flow.flits};
    neighbours_[next[index(flow.b)]++] = {flow.a, flow.flits};
  }
  for (std::size_t u = 0; u < problem.units.size(); ++u) {
    const PlacementProblem::Unit& unit = problem.units[u];
    node_.push_back(unit.node);
    if (unit.kind == hw::CoreKind::port) continue;  // it never moves
    units_[index(unit.node)].push_back(static_cast<int>(u));
    for (std::size_t r = 0; r < unit.load.size(); ++r) load_[index(unit.node)][r] += unit.load[r];
  }
}

std::int64_t PlacementState::traffic_of(std::span<const int> units) const {
  std::int64_t sum = 0;
  for (const int unit : units) {
    for (const Neighbour& other : neighbours(unit)) {
      sum += other.flits * distances_(node_[index(unit)], node_[index(other.unit)]);
    }
  }
  return sum;
}

std::int64_t PlacementState::exchange(int a, int b) {
  std::vector<int>&on_a = units_[index(a)], &on_b = units_[index(b)];
  moving_.assign(on_a.begin(), on_a.end());
  moving_.insert(moving_.end(), on_b.begin(), on_b.end());
  const std::int64_t before = traffic_of(moving_);
  for (const int unit : on_a) node_[index(unit)] = b;
  for (const int unit : on_b) node_[index(unit)] = a;
  const std::int64_t growth = traffic_of(moving_) - before;
  std::swap(on_a, on_b);
  std::swap(load_[index(a)], load_[index(b)]);
  std::swap(kind_[index(a)], kind_[index(b)]);
  traffic_ += growth;
  return growth;
}

bool PlacementState::has_room(int unit, int node) const {
  const PlacementProblem::Load &wanted = problem_.units[index(unit)].load, &used = load_[index(node)];
  for (std::size_t r = 0; r < wanted.size(); ++r) {
    if (used[r] + wanted[r] > problem_.limit[r]) return false;
  }
  return true;
}

void PlacementState::put(int unit, int node) {
  const int from = node_[index(unit)];
  const PlacementProblem::Load& load = problem_.units[index(unit)].load;
  std::erase(units_[index(from)], unit);
  units_[index(node)].push_back(unit);
  for (std::size_t r = 0; r < load.size(); ++r) {
    load_[index(from)][r] -= load[r];
    load_[index(node)][r] += load[r];
  }
  node_[index(unit)] = node;
}

std::int64_t PlacementState::shift(int unit, int node) {
  const std::span one(&unit, 1);
  const std::int64_t before = traffic_of(one);
  put(unit, node);
  const std::int64_t growth = traffic_of(one) - before;
  traffic_ += growth;
  return growth;
}

}  // namespace mho::mapper
