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

/// One MVM per output position on the core's tile. Matrices that share a tile take turns, rows of the others at 0 V, unless selectors of blocks put
/// them in different lanes.
struct MvmWork {
  int tile = 0;                        ///< logical tile of the Layout
  int tile_row = 0, tile_column = 0;   ///< first row and column of the matrix on it
  int lane = 0;                        ///< matrices of a tile in different lanes are selected apart and work at once; those of one take turns
  int settings = 0;                    ///< index in Program::settings
  int inputs = 0;                      ///< rows driven
  int outputs = 0;                     ///< columns converted
  double conductance_sum_siemens = 0;  ///< of all devices of the block
  double mean_drive = 0;               ///< share of full-scale power that the driven rows draw over the integration
  int activation_bits = 8;             ///< of one input element in the input buffer
  /// Whether they take turns.
  [[nodiscard]] bool same_lane(const MvmWork& other) const { return tile == other.tile && lane == other.lane; }
  /// Whether both are of one matrix at one place.
  [[nodiscard]] bool same_place(const MvmWork& other) const {
    return tile == other.tile && tile_row == other.tile_row && tile_column == other.tile_column;
  }
};

/// One row of weights programmed per position.
struct WriteWork {
  int tile = 0;     ///< logical tile of the Layout
  int rows = 0;     ///< of the block, one a position
  int outputs = 0;  ///< weights of a row
};

/// Digital work per output position: `operations` element operations.
struct ElementWork {
  std::string operation;  ///< "relu", "add", "maxpool", "accumulate", ...
  std::int64_t operations = 0;
};

/// What one core does, once per output position, positions in order.
struct Stage {
  enum class Kind { source, analog, digital, sink, programming } kind = Kind::digital;
  std::string name;
  int layer = -1;                      ///< index in Program::layers, -1 for source and sink
  int phase = 0;                       ///< index in Program::phases, where there are any
  int core = 0;                        ///< mesh node; an analog core runs the stages of as many matrices as it has tiles, a digital core any
  int positions = 0;                   ///< output positions per inference
  std::int64_t bits_per_position = 0;  ///< size of one output position, buffered until every consumer has taken it
  std::optional<MvmWork> mvm;          ///< analog stages
  std::optional<WriteWork> write;      ///< programming stages: on an analog core, their positions go no further
  std::int64_t operand_bits = 0;       ///< digital stages: read from the input buffer for one position; 0: every position that comes in, once
  bool memory = false;                 ///< a source or sink of what stays in the memory behind a port; else the network's own input or output
  bool cache = false;                  ///< of these: keys and values of a sequence
  std::vector<ElementWork> elements;   ///< digital stages; on analog stages: what the output stage does after scaling
};

/// "source", "analog", "digital", "sink", "programming".
std::string_view kind_name(Stage::Kind kind);

/// A stream of position vectors from one stage to another.
struct Edge {
  int producer = 0;  ///< index in Program::stages
  int consumer = 0;
  std::int64_t bits_per_position = 0;  ///< payload of one producer position on this edge
  MessageClass message_class = MessageClass::activation;
  int capacity = 0;  ///< positions the consumer's buffer holds (end-to-end credits)
  /// Producer positions that the edge carries, ascending; null: all. What follows counts these alone.
  std::shared_ptr<const std::vector<std::int32_t>> carried = nullptr;
  /// needs[k]: positions of the edge (count, within the inference) that must have arrived before the consumer starts position k; non-decreasing.
  std::shared_ptr<const std::vector<std::int32_t>> needs;
  /// releases[k]: positions of the edge (count) whose buffer is free once position k has been computed; non-decreasing, last = all of them.
  std::shared_ptr<const std::vector<std::int32_t>> releases;
  /// Edges of one producer with the same content and size carry the same values: where they begin in the producer's position. -1: like no other.
  int content = -1;
  /// Whether it sends a state back: a stage that stands at the consumer or behind it in Program::stages makes what is needed from the second position
  /// on.
  [[nodiscard]] bool sent_back() const { return producer >= consumer && needs->front() == 0; }
  /// Flits of a packet with one position: a head, and the payload behind it.
  [[nodiscard]] int flits(int flit_bits) const { return 1 + static_cast<int>(base::groups_of(bits_per_position, flit_bits)); }
  /// How many of the producer's `positions` it carries.
  [[nodiscard]] int positions(int of_producer) const { return carried ? static_cast<int>(carried->size()) : of_producer; }
};

/// A network node as the chip sees it; stages point here for the per-layer table.
struct Layer {
  std::string name;
  std::string operation;
};

/// A part of a program that has the chip to itself: edges do not leave it, and the next begins when it is at rest.
struct Phase {
  bool programs = false;  ///< programs tiles, once whatever the batch; else computes, all inferences of the batch
  std::string name;
};

/// What a chip executes: plain data, made by the mapper, run by the simulation.
struct Program {
  std::vector<Layer> layers;
  std::vector<Stage> stages;
  std::vector<Edge> edges;
  std::vector<tiles::TileParameters> settings;  ///< of tiles; the chip's own first
  std::vector<Phase> phases;                    ///< in their order; empty: all stages at once, for good
  int batch = 1;                                ///< inferences that go through all phases together
};

/// "'producer' -> 'consumer'", by the names of the stages.
std::string edge_text(const Program& program, const Edge& edge);

struct ChipParameters;
/// Throws UserError (exit code does_not_fit or failed_check) naming stage and edge when the program cannot run on the chip: unknown core, two
/// matrices on a tile that overlap or reach beyond it, more tiles on an analog core than it has or with different settings, wrong core kind, table of
/// wrong length or not monotone, capacity below the largest window any position needs, a buffer over its size, a cycle, a join whose short branch
/// holds less than the long branch's depth in positions, an edge from one phase to another.
void verify(const Program& program, const ChipParameters& chip);

}  // namespace mho::hw
