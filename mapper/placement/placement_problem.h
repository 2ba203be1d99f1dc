#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "hw/spec/topology.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Routers that a packet crosses between two nodes; 0 for the same node. Uses tables by column and row.
class Distances {
 public:
  explicit Distances(const hw::ChipParameters& chip);
  /// Between chips: the sum over all chips of the route.
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
  std::vector<int> across_, down_;         ///< links between two columns, and two rows
};

/// Units of a program with their nodes, and the flows between units: a quadratic assignment problem. The tiles of an analog core are one unit, alone
/// on its core. Each digital stage is one unit; several may share a core. Sources and sinks stay at their ports.
struct PlacementProblem {
  /// Resources of a digital core: bits of its buffer, cycles of its vector unit, flits in and out.
  enum Resource { buffer, cycles, flits_in, flits_out, resources };
  using Load = std::array<std::int64_t, resources>;
  struct Unit {
    hw::CoreKind kind = hw::CoreKind::analog;
    int node = 0;
    Load load{};  ///< of a digital stage, per inference
    std::vector<int> stages{};
  };
  /// Traffic between two units, both directions together.
  struct Flow {
    int a = 0, b = 0;
    std::int64_t flits = 0;  ///< per inference
  };
  std::vector<Unit> units;
  std::vector<Flow> flows;  ///< at most one per pair of units
  Load limit{};             ///< limit of every digital core
};

/// The problem of a placed program. The limits are the largest loads of its digital cores, so that a new placement needs no larger buffer and does
/// not lengthen the interval.
PlacementProblem placement_problem(const hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

/// Sets the cores of the stages of every unit u to nodes[u].
void take_nodes(hw::Program& program, const PlacementProblem& problem, const std::vector<int>& nodes);

/// Flits times routers for one inference, without credits.
std::int64_t traffic(const PlacementProblem& problem, const Distances& distances);
/// The same for a placed program.
std::int64_t traffic(const hw::Program& program, const hw::ChipParameters& chip);

/// Cycles of the vector unit that a digital stage takes for one inference.
std::int64_t digital_cycles(const hw::Stage& stage, const tiles::TileParameters& tile);
/// Time of the arrays of the busiest analog stage for one inference, in cycles of digital cores: work that a digital core may have without
/// lengthening the interval.
double tile_cycles(const hw::Program& program, const hw::ChipParameters& chip);

}  // namespace mho::mapper
