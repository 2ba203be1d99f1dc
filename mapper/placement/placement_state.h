#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/index.h"
#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

/// A placement that changes move by move; the traffic follows from what a move changes.
class PlacementState {
 public:
  /// As the problem's units stand. References must outlive it.
  PlacementState(const PlacementProblem& problem, const hw::ChipParameters& chip, const Distances& distances);

  /// Flits times routers, as traffic() says.
  [[nodiscard]] std::int64_t traffic() const { return traffic_; }
  [[nodiscard]] const std::vector<int>& nodes() const { return node_; }  ///< by unit
  [[nodiscard]] const std::vector<int>& units_on(int node) const { return units_[base::index(node)]; }
  [[nodiscard]] hw::CoreKind kind(int node) const { return kind_[base::index(node)]; }
  struct Neighbour {
    int unit = 0;
    std::int64_t flits = 0;
  };
  [[nodiscard]] std::span<const Neighbour> neighbours(int unit) const {
    return std::span(neighbours_).subspan(first_[base::index(unit)], first_[base::index(unit) + 1] - first_[base::index(unit)]);
  }

  /// Makes two nodes change what stands on them, with the kinds of their cores, and answers by how much the traffic grows. Neither is a port.
  std::int64_t exchange(int a, int b);
  /// Moves a digital stage to another digital core; has_room() must say that it may.
  std::int64_t shift(int unit, int node);
  [[nodiscard]] bool has_room(int unit, int node) const;

 private:
  /// Flits times routers of all flows of these units. Those between two of them count twice; no move changes how far these are apart.
  [[nodiscard]] std::int64_t traffic_of(std::span<const int> units) const;
  void put(int unit, int node);

  const PlacementProblem& problem_;
  const Distances& distances_;
  std::vector<std::size_t> first_;  ///< by unit: its first in neighbours_
  std::vector<Neighbour> neighbours_;
  std::vector<int> node_;                     ///< by unit
  std::vector<hw::CoreKind> kind_;            ///< by node
  std::vector<std::vector<int>> units_;       ///< by node
  std::vector<PlacementProblem::Load> load_;  ///< by node
  std::vector<int> moving_;                   ///< of an exchange
  std::int64_t traffic_ = 0;
};

}  // namespace mho::mapper
