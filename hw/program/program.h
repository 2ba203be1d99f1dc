#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/index.h"
#include "hw/spec/message_class.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// One MVM per output position on a tile. Matrices that share a tile take turns, with the rows of the others at 0 V, unless block selectors put them
/// in different lanes.
struct MvmWork {
  int tile = 0;                        ///< logical tile of the Layout
  int tile_row = 0, tile_column = 0;   ///< first row and column of the matrix in the array
  int lane = 0;                        ///< matrices of a tile in different lanes work at once; those in one lane take turns
  int settings = 0;                    ///< index in Program::settings
  int inputs = 0;                      ///< rows driven
  int outputs = 0;                     ///< columns converted
  double conductance_sum_siemens = 0;  ///< sum over all devices of the block
  double mean_drive = 0;               ///< share of full-scale power of the driven rows over the integration
  int activation_bits = 8;             ///< bits of one input element in the input buffer
  /// Whether the two matrices take turns.
  [[nodiscard]] bool same_lane(const MvmWork& other) const { return tile == other.tile && lane == other.lane; }
  /// Whether both use one matrix.
  [[nodiscard]] bool same_place(const MvmWork& other) const {
    return tile == other.tile && tile_row == other.tile_row && tile_column == other.tile_column;
  }
};

/// Programming of one row of weights per position.
struct WriteWork {
  int tile = 0;     ///< logical tile of the Layout
  int rows = 0;     ///< rows of the block, one per position
  int outputs = 0;  ///< weights per row
};

/// Digital work per output position: `operations` element operations.
struct ElementWork {
  std::string operation;  ///< "relu", "add", "maxpool", "accumulate", ...
  std::int64_t operations = 0;
};

/// The work of one core for each output position of a layer, positions in order.
struct Stage {
  enum class Kind { source, analog, digital, sink, programming } kind = Kind::digital;
  std::string name;
  int layer = -1;                      ///< index in Program::layers, -1 for source and sink
  int phase = 0;                       ///< index in Program::phases, if there are phases
  int core = 0;                        ///< mesh node; an analog core runs the stages of the matrices on its tiles, a digital core any number
  int positions = 0;                   ///< output positions per inference
  std::int64_t bits_per_position = 0;  ///< size of one output position, which is buffered until it has been sent to every consumer
  std::optional<MvmWork> mvm;          ///< analog stages
  std::optional<WriteWork> write;      ///< programming stages: on an analog core, without outgoing edges
  std::int64_t operand_bits = 0;       ///< digital stages: bits read from the input buffer per position; 0: each arriving position is read once
  bool memory = false;                 ///< source or sink of data in the memory behind a port; false: of the input or output of the network
  bool cache = false;                  ///< these data are keys and values of a sequence
  std::vector<ElementWork> elements;   ///< digital stages; of analog stages: operations of the output stage after scaling
};

/// "source", "analog", "digital", "sink", "programming".
std::string_view kind_name(Stage::Kind kind);

/// Positions that one stage sends to another.
struct Edge {
  int producer = 0;  ///< index in Program::stages
  int consumer = 0;
  std::int64_t bits_per_position = 0;  ///< payload of one position on this edge
  MessageClass message_class = MessageClass::activation;
  int capacity = 0;  ///< positions of the edge in the consumer's buffer (end-to-end credits)
  /// Producer positions that the edge carries, ascending; null: all. needs and releases count only these.
  std::shared_ptr<const std::vector<std::int32_t>> carried = nullptr;
  /// needs[k]: number of positions of the edge, within the inference, that must have arrived before the consumer starts position k; non-decreasing.
  std::shared_ptr<const std::vector<std::int32_t>> needs;
  /// releases[k]: number of positions of the edge whose buffer is free once position k has been computed; non-decreasing, the last entry is all
  /// positions.
  std::shared_ptr<const std::vector<std::int32_t>> releases;
  /// Offset of the payload in the producer's position. Edges of one producer with the same content and size carry the same values. -1: unlike any
  /// other edge.
  int content = -1;
  /// Whether the edge feeds a state back: the producer is the consumer or a later stage in Program::stages, and the consumer needs the edge only from
  /// its second position on.
  [[nodiscard]] bool sent_back() const { return producer >= consumer && needs->front() == 0; }
  /// Flits of a packet with one position: the header and the payload.
  [[nodiscard]] int flits(int flit_bits) const { return 1 + static_cast<int>(base::groups_of(bits_per_position, flit_bits)); }
  /// The number of positions that the edge carries if the producer has `of_producer`.
  [[nodiscard]] int positions(int of_producer) const { return carried ? static_cast<int>(carried->size()) : of_producer; }
};

/// A layer of the network, for tables by layer; Stage::layer refers to it.
struct Layer {
  std::string name;
  std::string operation;
};

/// A part of a program that runs alone on the chip. No edge leaves it. The next phase begins when the chip is idle.
struct Phase {
  bool programs = false;  ///< true: programs tiles, once per batch; false: computes all inferences of the batch
  std::string name;
};

/// Stages and edges: what the simulated chip executes. The mapper makes it.
struct Program {
  std::vector<Layer> layers;
  std::vector<Stage> stages;
  std::vector<Edge> edges;
  std::vector<tiles::TileParameters> settings;  ///< settings of tiles; the chip's own first
  std::vector<Phase> phases;                    ///< in order; empty: all stages are on the chip all the time
  int batch = 1;                                ///< inferences that pass through the phases together
};

/// "'producer' -> 'consumer'", by the names of the stages.
std::string edge_text(const Program& program, const Edge& edge);

struct ChipParameters;
/// Throws UserError (does_not_fit or failed_check) that names stage and edge if the program cannot run on the chip: a node that does not exist or has
/// the wrong kind of core, faults on tiles (verify_tiles), a table of wrong length or not monotone, a capacity below the largest window that a
/// position needs, a buffer or a memory of a link that is too small, a cycle, a join whose short branch holds fewer positions than the long branch
/// needs, an edge between phases, not one sink or no source of the network, a phase that computes on tiles that the phase before did not program.
void verify(const Program& program, const ChipParameters& chip);

}  // namespace mho::hw
