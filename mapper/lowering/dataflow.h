#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mapper/lowering/geometry.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// Where the elements of a tensor lie in the stream that carries it: [position * channels + channel] is an index in the tensor's own order.
using Elements = std::shared_ptr<const std::vector<std::int32_t>>;

/// A tensor as one input of a stage.
struct StageInput {
  Elements elements;
  int channels = 0;  ///< of the stream
  /// The sample with its axes turned: a result like any other on the accuracy path, nothing at all on the chip. Each reader rounds what it takes of
  /// it.
  bool rounded = false;
};

/// A unary node that rides on a stage: it makes `count` more values from those the stage has from `from` on. Its elements are those of the stream's
/// channels from `channel_begin` on.
struct FusedOperation {
  int node = -1;
  int from = 0;
  int count = 0;
  int made = 0;  ///< where its own values begin
  [[nodiscard]] int to() const { return made + count; }
  StageInput stream;
  int channel_begin = 0;
};

/// What a stage of the program computes, in terms of the network. Its values of a position are what it makes itself, then those of its fused.
struct StageOperation {
  enum class Kind {
    source,
    state,        ///< what the network carries from sample to sample, read from memory
    product,      ///< a block of a matrix; inputs: the node's; of a state: the state, what begins the time step, the state before the first
    all_product,  ///< a whole matrix, digitally
    sum,          ///< of the blocks of one column part; inputs: each part
    node,         ///< a digital node; inputs: the node's, those that are streams
    gates,        ///< of a recurrent node; inputs: x, product of the state, z of reset gates, state and cell before the first step
    reset_gates,  ///< z and r h of a GRU; inputs: x, product of the state, state, state before the first step
    sink,
    stored,  ///< all values of its producer, kept in memory
    loaded,  ///< what a stage of the kind before keeps
    weights  ///< their programming, which carries no values here
  };
  /// Inputs of stages of recurrent nodes that bring what the time steps begin with: of products, and of gates.
  static constexpr std::size_t first_of_product = 2, first_state = 3, first_cell = 4;
  Kind kind = Kind::node;
  int node = -1;
  int stored = -1;        ///< of a loaded one: the stage that keeps it
  std::size_t which = 0;  ///< matrix of the node
  std::size_t block = 0;  ///< of all copies, MatrixLayout::block
  int output_begin = 0, output_end = 0;
  Share share{};             ///< of the positions of what it makes
  bool complete = true;      ///< its outputs are those of the node, not a part of their sum
  int own_values = 0;        ///< of a position, fused aside
  bool accumulates = false;  ///< of a node: each position takes in that of its one input, the last one makes the output
  StageInput output{};       ///< of a node, the source and the sink
  std::vector<FusedOperation> fused{};
  std::vector<StageInput> inputs{};
};

/// What an edge carries: a run of its producer's values as channels of an input of its consumer.
struct EdgeLoad {
  int input = 0;  ///< index in StageOperation::inputs
  int from = 0;   ///< in the producer's values of a position
  int channel_begin = 0, channel_end = 0;
  bool rows_only = false;  ///< of all that the source sends at once, the elements of the consumer's rows alone
};

/// The computation that a program carries out, stage by stage and edge by edge.
struct Dataflow {
  std::vector<StageOperation> stages;  ///< as Program::stages
  std::vector<EdgeLoad> edges;         ///< as Program::edges
  int source_group = 1;                ///< positions of the input that the source sends as one
};

/// Elements of a tensor in a stream of `plane` positions: channels first, [channel][position], or row by row, [position][channel].
Elements channel_major(int positions, int channels);
Elements position_major(int positions, int channels);
/// Of the output of a product over an axis that `inner` positions follow: position k, output j is element (k / inner * outputs + j) * inner + k %
/// inner.
Elements product_order(int positions, int outputs, int inner);
/// Of a recurrent node that runs backwards: the first position is the last time step.
Elements backwards(int steps, int values);
/// After a transposition of a tensor of shape `from` by `axes`.
Elements transposed(const Elements& elements, const workloads::Shape& from, const std::vector<std::int64_t>& axes);
/// Of the channels [begin, end), which are the places [begin, end) along `axis` of a tensor of shape `from`, as a tensor of their own.
Elements picked(const Elements& elements, int channels, int begin, int end, const workloads::Shape& from, int axis);

}  // namespace mho::mapper
