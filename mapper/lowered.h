#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw/program.h"
#include "mapper/dataflow.h"
#include "mapper/geometry.h"
#include "mapper/mapper.h"

namespace mho::mapper {

/// A program whose stages have no cores yet and whose edges hold just their largest windows.
struct Lowered {
  hw::Program program;
  /// By stage: index of the analog tile in Layout order, or none for stages that no tile belongs to.
  std::vector<TilePlacement> tiles;           ///< in order of their stages; node not yet chosen
  std::optional<Dataflow> dataflow;           ///< without the elements of streams where it is not traced; may be dropped
  std::vector<std::vector<int>> tile_stages;  ///< stages of each entry of `tiles`: one, or one for each node that uses the matrix
};

/// Adds a stage, and its task where there is a dataflow; its index.
int add_stage(Lowered& lowered, hw::Stage stage, StageTask task);
/// Adds an edge, and what it carries where there is a dataflow.
void add_edge(Lowered& lowered, hw::Edge edge, const EdgeLoad& load);
/// A source or sink of `positions` positions of `bits` bits in the memory behind a port.
hw::Stage memory_stage(hw::Stage::Kind kind, std::string name, int positions, std::int64_t bits);
/// What the edge's consumer needs and drops, and the least capacity for it.
void set_flow(hw::Edge& edge, const Flow& flow);

}  // namespace mho::mapper
