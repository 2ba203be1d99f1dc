#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "hw/spec/topology.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Routers that a packet crosses between two nodes, 0 where they are one; by tables of the axes.
class Distances {
 public:
  explicit Distances(const hw::ChipParameters& chip);
  /// Between chips: routers of the way over all of them.
  [[nodiscard]] int operator()(int from, int to) const {
    if (from == to) return 0;
    if (topology_.chips() > 1) return topology_.hops(from, to);
    const auto a = static_cast<std::size_t>(from), b = static_cast<std::size_t>(to);
    return 1 + across_[column_[a] * width_ + column_[b]] + down_[row_[a] * height_ + row_[b]];
  }

 private:
  hw::Topology topology_;
  std::size_t width_, height_;
  std::vector<std::size_t> column_, row_;  ///< by node
  std::vector<int> across_, down_;         ///< links between two columns, two rows
};

/// Which units of a program stand where, and what goes between them: a quadratic assignment. The tiles of an analog core are one unit and have the
/// core for themselves; each digital stage is one, and several may share a core; sources and sinks stay at their ports.
struct PlacementProblem {
  /// What a digital core has to share: bits of its buffer, cycles of its vector unit, flits into it and out of it.
  enum Resource { buffer, cycles, flits_in, flits_out, resources };
  using Load = std::array<std::int64_t, resources>;
  struct Unit {
    hw::CoreKind kind = hw::CoreKind::analog;
    int node = 0;
    Load load{};  ///< of a digital stage, for one inference
    std::vector<int> stages{};
  };
  /// Between two units, in either direction.
  struct Flow {
    int a = 0, b = 0;
    std::int64_t flits = 0;  ///< of an inference
  };
  std::vector<Unit> units;
  std::vector<Flow> flows;  ///< one for each pair of units at most
  Load limit{};             ///< of every digital core
};

/// Of a placed program. The limits are what its busiest digital cores have: no interval gets longer for them, and no buffer smaller.
PlacementProblem placement_problem(const hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

/// Puts the stages of every unit on its node.
void take_nodes(hw::Program& program, const PlacementProblem& problem, const std::vector<int>& nodes);

/// Flits times routers for one inference. Packets of credits do not count.
std::int64_t traffic(const PlacementProblem& problem, const Distances& distances);
/// The same of a placed program.
std::int64_t traffic(const hw::Program& program, const hw::ChipParameters& chip);

/// Cycles for one inference that a digital stage keeps its core.
std::int64_t digital_cycles(const hw::Stage& stage, const tiles::TileParameters& tile);
/// Cycles of a digital core for one inference in which the slowest tile makes its products: what digital cores may take and set no longer interval.
double tile_cycles(const hw::Program& program, const hw::ChipParameters& chip);

}  // namespace mho::mapper
