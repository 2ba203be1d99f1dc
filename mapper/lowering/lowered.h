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

/// Stands for the network's input among the names of nodes.
constexpr const char* input_of_network = "(input)";

/// A program whose stages have no cores yet and whose edges hold just their largest windows.
struct Lowered {
  hw::Program program;
  /// By stage: index of the analog tile in Layout order, or none for stages that no tile belongs to.
  std::vector<TilePlacement> tiles;           ///< a block each, in order of their stages; node not yet chosen
  std::optional<Dataflow> dataflow;           ///< without the elements of streams where it is not traced; may be dropped
  std::vector<std::vector<int>> tile_stages;  ///< stages of each entry of `tiles`: one, or one for each node that uses the matrix
  std::map<std::string, int> divided{};       ///< nodes, and input_of_network, whose positions several stages make in turn: how many
};

/// Entries of Lowered::tiles by logical tile, in the order of the first of each.
std::vector<std::vector<std::size_t>> entries_by_tile(const Lowered& lowered);
/// Adds a stage, and its task where there is a dataflow; its index.
int add_stage(Lowered& lowered, hw::Stage stage, StageOperation task);
/// Adds an edge, and what it carries where there is a dataflow.
void add_edge(Lowered& lowered, hw::Edge edge, const EdgeLoad& load);
/// A source or sink of `positions` positions of `bits` bits in the memory behind a port.
hw::Stage memory_stage(hw::Stage::Kind kind, std::string name, int positions, std::int64_t bits);
/// What the edge's consumer needs and drops, and the least capacity for it.
void set_schedule(hw::Edge& edge, const AccessSchedule& schedule);

}  // namespace mho::mapper
