#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw/program/program.h"
#include "mapper/lowering/inference_mode.h"
#include "mapper/lowering/lowered.h"
#include "mapper/lowering/tile_placement.h"
#include "tiles/layout.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// A rectangle of a matrix on a tile of an analog core. Ranges are half open. `where` of these structures: "file:line:column"; empty if they do not
/// come from a file.
struct SavedBlock {
  int copy = 0;  ///< from 0; in files from 1, as in the names of stages
  int output_begin = 0, output_end = 0, input_begin = 0, input_end = 0;
  int core = 0;
  std::optional<tiles::BlockPlace> place{};  ///< place on a shared tile, whose number only identifies it among the blocks; empty: a tile of its own
  std::string where{};
};

struct SavedMatrix {
  std::string name;
  int outputs = 0, inputs = 0;
  int copies = 1, turn = 1;  ///< see tiles::MatrixLayout
  std::vector<SavedBlock> blocks;
  std::string where{};
};

/// A node whose positions several stages compute in turn.
struct SavedDivision {
  std::string node;  ///< name of the node, or input_of_network
  int stages = 1;
  std::string where{};
};

/// Core of a stage. Stages of equal names are in the order of the program.
struct SavedStage {
  std::string name;
  int core = 0;
  std::string where{};
};

/// Capacity of an edge. Edges between stages of equal names are in the order of the program.
struct SavedEdge {
  std::string from, to;
  int capacity = 0;  ///< in positions
  std::string where{};
};

/// A mapping as stored in a file: blocks of matrices with their cores, stages with their cores, capacities of edges. The mapper chooses for stages
/// and edges that are not listed.
struct SavedMapping {
  std::string file, hash;  ///< path, and hash of the content; empty if it does not come from a file
  std::string network;     ///< name of the network, for information
  InferenceMode mode;
  std::vector<SavedMatrix> matrices;
  std::vector<SavedDivision> divided;
  std::vector<SavedStage> stages;
  std::vector<SavedEdge> edges;
};

/// The mapping of a mapped program. Throws UserError (usage) for a program with phases, whose tiles have no single place.
SavedMapping saved_mapping(const workloads::TiledNetwork& tiled, const hw::Program& program, const std::vector<TilePlacement>& tiles,
                           const std::map<std::string, int>& divided, const InferenceMode& mode);

/// The mapping as JSON, with one line per block, stage or edge.
std::string mapping_text(const SavedMapping& mapping);

/// Reads a file of mapping_text(), which may have been edited. Throws UserError with file, line, column and key for a missing or unknown key or a
/// value that is not legal.
SavedMapping read_mapping(const std::string& path);
/// The same from text; `name` stands for the file in messages.
SavedMapping mapping_from_text(const std::string& text, const std::string& name);

}  // namespace mho::mapper
