#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mapper/lowering/geometry.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// Order of the elements of a tensor in its stream: entry [position * channels + channel] is the index in the tensor's own order.
using Elements = std::shared_ptr<const std::vector<std::int32_t>>;

/// A tensor that is an input (or output) of a stage.
struct StageInput {
  Elements elements;
  int channels = 0;  ///< channels of the stream
  /// The tensor is the transposed sample. workloads::Execution rounds it as a result, but no stage computes it, so each reader rounds the elements
  /// that it reads.
  bool rounded = false;
};

/// A unary node that is fused with a stage. It computes `count` values from the stage's values [from, from + count) and appends them at `made`. They
/// are the elements of the channels of `stream` from `channel_begin` on.
struct FusedOperation {
  int node = -1;
  int from = 0;
  int count = 0;
  int made = 0;  ///< index of its first value among the stage's values
  [[nodiscard]] int to() const { return made + count; }
  StageInput stream;
  int channel_begin = 0;
};

/// The computation of a stage in terms of the network. The values of a position are the stage's own values, then those of its fused operations.
struct StageOperation {
  enum class Kind {
    source,
    state,        ///< a state that the network carries from sample to sample, read from memory
    product,      ///< a block of a matrix; inputs: the node's; recurrent: the state, the signal of the time step, the initial state
    all_product,  ///< a whole matrix, computed digitally
    sum,          ///< sum of the blocks of one column part; inputs: each block
    node,         ///< a digital node; inputs: those of the node that are streams
    gates,        ///< gates of a recurrent node; inputs: x, product of the state, z of reset gates, initial state and cell
    reset_gates,  ///< z and r h of a GRU; inputs: x, product of the state, state, initial state
    sink,
    stored,  ///< writes all values of its producer to memory
    loaded,  ///< reads the values of a stage `stored` from memory
    weights  ///< weights for programming; without values here
  };
  /// Indices of the inputs of recurrent stages with the initial state and cell: of products, and of gates.
  static constexpr std::size_t first_of_product = 2, first_state = 3, first_cell = 4;
  Kind kind = Kind::node;
  int node = -1;
  int stored = -1;        ///< kind loaded: the stage `stored`
  std::size_t which = 0;  ///< index of the matrix among those of the node
  std::size_t block = 0;  ///< number of the block (tiles::MatrixLayout::block)
  int output_begin = 0, output_end = 0;
  Share share{};             ///< share of the positions that the stage computes
  bool complete = true;      ///< its results are outputs of the node, not partial sums
  int own_values = 0;        ///< values per position, without fused operations
  bool accumulates = false;  ///< kind node: each position reads one position of the input; the last one computes the output
  StageInput output{};       ///< kinds node, source and sink
  std::vector<FusedOperation> fused{};
  std::vector<StageInput> inputs{};
};

/// The payload of an edge: a range of its producer's values, which are channels of an input of its consumer.
struct EdgeLoad {
  int input = 0;  ///< index in StageOperation::inputs
  int from = 0;   ///< first value, in the producer's values of a position
  int channel_begin = 0, channel_end = 0;
  bool rows_only = false;  ///< only the elements of the consumer's matrix rows, of an input that is sent as one vector
};

/// The computation of a program, by stage and edge.
struct Dataflow {
  std::vector<StageOperation> stages;  ///< as Program::stages
  std::vector<EdgeLoad> edges;         ///< as Program::edges
  int source_group = 1;                ///< positions of the input in one packet of the source
};

/// Elements of a tensor [channel][position] (channel_major) or [position][channel] (position_major) in a stream of positions.
Elements channel_major(int positions, int channels);
Elements position_major(int positions, int channels);
/// Elements of the output of a product over an axis with `inner` elements behind it: position k, output j is element (k / inner * outputs + j) *
/// inner + k % inner.
Elements product_order(int positions, int outputs, int inner);
/// Elements of the output of a reversed recurrent node: the first position is the last time step.
Elements backwards(int steps, int values);
/// `elements` after a transposition by `axes` of the tensor, of shape `from`.
Elements transposed(const Elements& elements, const workloads::Shape& from, const std::vector<std::int64_t>& axes);
/// Elements of the tensor that consists of channels [begin, end) of the stream, which are the indices [begin, end) along `axis` of the tensor of
/// shape `from`. Throws std::logic_error if they are not.
Elements picked(const Elements& elements, int channels, int begin, int end, const workloads::Shape& from, int axis);

}  // namespace mho::mapper
