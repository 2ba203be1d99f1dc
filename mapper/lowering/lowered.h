#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw/program/program.h"
#include "mapper/lowering/dataflow.h"
#include "mapper/lowering/geometry.h"
#include "mapper/lowering/tile_placement.h"

namespace mho::mapper {

/// Name of the network's input among the names of nodes.
constexpr const char* input_of_network = "(input)";

/// A program before placement: stages have no cores, and the capacity of an edge is its largest window.
struct Lowered {
  hw::Program program;
  std::vector<TilePlacement> tiles;           ///< one entry per block, in order of the stages; `node` is not chosen yet
  std::optional<Dataflow> dataflow;           ///< without the elements of streams unless traced; may be dropped
  std::vector<std::vector<int>> tile_stages;  ///< by entry of `tiles`: its stages, one for each node that uses the matrix
  std::map<std::string, int> divided{};       ///< by node or input_of_network: number of stages that compute its positions in turn, if more than 1
};

/// Indices in Lowered::tiles, grouped by logical tile, in the order of the first entry of each tile.
std::vector<std::vector<std::size_t>> entries_by_tile(const Lowered& lowered);
/// Adds a stage, and its operation if there is a dataflow. Returns its index.
int add_stage(Lowered& lowered, hw::Stage stage, StageOperation task);
/// Adds an edge, and its payload if there is a dataflow.
void add_edge(Lowered& lowered, hw::Edge edge, const EdgeLoad& load);
/// A source or sink in the memory behind a port, with `positions` positions of `bits` bits.
hw::Stage memory_stage(hw::Stage::Kind kind, std::string name, int positions, std::int64_t bits);
/// Sets needs and releases of an edge, and its capacity to the largest window.
void set_schedule(hw::Edge& edge, const AccessSchedule& schedule);

}  // namespace mho::mapper
