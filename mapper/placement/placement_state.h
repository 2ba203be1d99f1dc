#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/index.h"
#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

/// A placement that is changed by moves. The traffic is updated incrementally.
class PlacementState {
 public:
  /// Begins with the nodes of the problem's units. References outlive the object.
  PlacementState(const PlacementProblem& problem, const hw::ChipParameters& chip, const Distances& distances);

  /// Flits times routers, see traffic().
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

  /// Exchanges the units of two nodes, and the kinds of their cores. Returns the change of the traffic. Neither node is a port.
  std::int64_t exchange(int a, int b);
  /// Moves a digital stage to another digital core. Returns the change of the traffic. has_room() must be true.
  std::int64_t shift(int unit, int node);
  [[nodiscard]] bool has_room(int unit, int node) const;

 private:
  /// Flits times routers of all flows of these units. Flows between two of them count twice; no move changes their distance.
  [[nodiscard]] std::int64_t traffic_of(std::span<const int> units) const;
  void put(int unit, int node);

  const PlacementProblem& problem_;
  const Distances& distances_;
  std::vector<std::size_t> first_;  ///< by unit: index of its first entry in neighbours_
  std::vector<Neighbour> neighbours_;
  std::vector<int> node_;                     ///< by unit
  std::vector<hw::CoreKind> kind_;            ///< by node
  std::vector<std::vector<int>> units_;       ///< by node
  std::vector<PlacementProblem::Load> load_;  ///< by node
  std::vector<int> moving_;                   ///< units of the present exchange
  std::int64_t traffic_ = 0;
};

}  // namespace mho::mapper
