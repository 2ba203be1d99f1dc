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

/// A rectangle of a matrix on the tile of an analog core. Ranges are half open. `where` of these structures: "file:line:column"; empty where they
/// were not read.
struct SavedBlock {
  int copy = 0;  ///< from 0; in the file from 1, as in the names of stages
  int output_begin = 0, output_end = 0, input_begin = 0, input_end = 0;
  int core = 0;
  std::optional<tiles::BlockPlace> place{};  ///< on a tile that blocks share: its number is any that they have in common; empty: a tile of its own
  std::string where{};
};

struct SavedMatrix {
  std::string name;
  int outputs = 0, inputs = 0;
  int copies = 1, turn = 1;  ///< as tiles::MatrixLayout
  std::vector<SavedBlock> blocks;
  std::string where{};
};

/// A node whose positions several stages make in turn.
struct SavedDivision {
  std::string node;  ///< input_of_network for the input
  int stages = 1;
  std::string where{};
};

/// Stages of one name follow each other as in the program.
struct SavedStage {
  std::string name;
  int core = 0;
  std::string where{};
};

/// Edges between stages of the same names follow each other as in the program.
struct SavedEdge {
  std::string from, to;
  int capacity = 0;  ///< positions
  std::string where{};
};

/// How a network lies on a chip, as a file holds it: blocks of matrices and their cores, stages and their cores, buffers. Stages and edges that are
/// not listed are the mapper's to choose.
struct SavedMapping {
  std::string file, hash;  ///< of its content; empty where it was not read
  std::string network;     ///< its name, for the reader
  InferenceMode mode;
  std::vector<SavedMatrix> matrices;
  std::vector<SavedDivision> divided;
  std::vector<SavedStage> stages;
  std::vector<SavedEdge> edges;
};

/// What the mapper made. Throws UserError (usage) for a program in phases, whose tiles have a place in each.
SavedMapping saved_mapping(const workloads::TiledNetwork& tiled, const hw::Program& program, const std::vector<TilePlacement>& tiles,
                           const std::map<std::string, int>& divided, const InferenceMode& mode);

/// As JSON, a block, stage or edge a line.
std::string mapping_text(const SavedMapping& mapping);

/// Reads such a file; it may have been edited. Throws UserError with file, line, column and key for what is missing, unknown or no number.
SavedMapping read_mapping(const std::string& path);
/// The same from text; `name` stands for the file in messages.
SavedMapping mapping_from_text(const std::string& text, const std::string& name);

}  // namespace mho::mapper
