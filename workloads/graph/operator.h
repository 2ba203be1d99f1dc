#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// What a digital operator runs on: one sample of every input of its node, in the order of node.inputs; of an operator over frames one frame.
struct Operands {
  const Network& network;
  const Node& node;
  std::span<const std::span<const float>> inputs;
  std::span<const Shape> of_frame{};  ///< shapes of the first input and the output of one frame; empty: those of the network
  [[nodiscard]] const Shape& shape(std::size_t input) const {
    return input == 0 && !of_frame.empty() ? of_frame[0] : network.values[static_cast<std::size_t>(node.inputs[input])].shape;
  }
  [[nodiscard]] const Shape& output_shape() const {
    return of_frame.empty() ? network.values[static_cast<std::size_t>(node.output)].shape : of_frame[1];
  }
};

/// What an operator makes of axis 0 of its first input and output, which is longer than 1 where a network merges frames or tokens into the batch
/// (Reshape to -1, C, H, W). Every operator says one of the two.
enum class LeadingAxis {
  unstated,
  any,     ///< an axis like the others: the node names the axes it works along, or tensors are aligned at their last axes
  frames,  ///< frames, each by itself: the operator runs once for each, and its kernel sees one
};

/// When a position of the output has what it needs of the activations that come in.
enum class Access {
  position,    ///< with the same position of each
  window,      ///< with the positions under its window, Operator::window; without one: with all
  rows,        ///< with the same position where that holds whole rows, Operator::rows; else with all
  joined,      ///< the same, but whole rows of the output
  everything,  ///< with all positions
};

/// Operators that make each element of the output of the elements at the same place of their inputs.
enum class Elementwise {
  no,
  unary,   ///< of one activation; other inputs are constants
  binary,  ///< of two tensors, with broadcasting
  choice,  ///< of three
};

/// Constants of a node that are numbers to be trained.
enum class TrainedConstants {
  none,
  after_first,  ///< all but the first input: gains, tables
  vectors,      ///< those with one axis longer than 1: biases and gains beside the layers
};

/// Rows that an operator works along.
struct Rows {
  std::vector<std::int64_t> axes;  ///< of the first input; empty: none
  bool whole_positions = true;     ///< whether a position that holds whole rows has all it needs
};

/// Where an element of the output is taken from.
struct MovedElement {
  std::size_t input = 0;
  std::int64_t element = -1;  ///< of that input; -1: it is `otherwise`
  float otherwise = 0;
};

/// What the simulator knows of an operator: the facts that execution, the importer, training and the mapper act on. Each is described once, by its
/// family in workloads/operators; a node points to the description.
struct Operator {  // NOLINT(clang-analyzer-optin.performance.Padding): members stand by what they are about
  std::string_view name;

  // Execution.
  /// The call of its digital kernel: makes one sample of the output. Null: it runs on tiles alone.
  void (*run)(const Operands& operands, std::span<float> y) = nullptr;
  /// The output holds the values of the first input in the same order, so nothing is run.
  bool view = false;
  std::string_view why_digital{};  ///< where it is worth a word
  LeadingAxis leading = LeadingAxis::unstated;

  // Element operations (one vector lane, one cycle) per element of the output: a number, or what `count` says.
  std::int64_t operations = 1;
  std::int64_t (*count)(const Network& network, const Node& node) = nullptr;

  // How positions of the output read the inputs.
  Access access = Access::everything;
  Elementwise elementwise = Elementwise::no;
  /// Inputs after the first have one value for each channel, axis 1: they scale and shift it.
  bool constants_by_channel = false;
  /// Tensors of a network with such an operator are planes of channels.
  bool over_planes = false;
  /// Its first input comes together bit by bit: what it makes of all positions is a running sum, product or extreme, and a function of that.
  bool accumulates = false;
  /// Each row of the output reads one row of the first activation and the whole second one.
  bool multiplies_activations = false;
  std::optional<Window> (*window)(const Node& node) = nullptr;
  Rows (*rows)(const Network& network, const Node& node) = nullptr;
  MovedElement (*source)(const Network& network, const Node& node, std::int64_t element) = nullptr;
  /// Whether an output that is larger than its one activation is made of copies of all of it.
  bool (*repeats)(const Network& network, const Node& node) = nullptr;

  // Import and training.
  /// Axes of input `input` along which the operator does not treat all elements alike: it sums, compares, picks or places them, or has a parameter
  /// for each. The batch must lie along none of them. Null: those of `rows` of the first input, or none.
  std::vector<std::int64_t> (*along)(const Network& network, const Node& node, std::size_t input) = nullptr;
  bool places_in_second = false;  ///< its second input names the places along these axes
  /// Axis of the output where the batch is that lies at `axis` of an input of shape `in`; null: shapes are aligned at their last axis.
  std::optional<int> (*batch_axis)(const Node& node, const Shape& in, int axis, const Shape& out) = nullptr;
  bool moves_only = false;  ///< its numbers are those of its inputs at other places
  /// Origin of the `count` numbers that it makes of constants; null: see moves_only, else unknown.
  InitializerSource (*origin)(const Network& network, const Node& node, std::size_t count) = nullptr;
  TrainedConstants trained = TrainedConstants::none;
};

/// Polynomials of degree 6 and a division or two, as the digital operators compute them; counted in multiply-adds.
inline constexpr std::int64_t exponential_operations = 8;

/// Runs a node that is not on tiles for one sample: `inputs` in the order of node.inputs, `y` one sample of the output. A node on tiles is a
/// programmer error.
void run_digital(const Network& network, const Node& node, std::span<const std::span<const float>> inputs, std::span<float> y);

/// What Operator::along says of a node.
std::vector<std::int64_t> axes_along(const Network& network, const Node& node, std::size_t input);
/// How often the node runs for one sample: once for each frame of its first input where its operator is over frames, else once.
std::int64_t frames(const Network& network, const Node& node);
/// Elements of axes [begin, end).
std::size_t elements_between(const Shape& shape, std::size_t begin, std::size_t end);
/// By axis: elements from one place to the next in a tensor of that shape.
Shape row_major_steps(const Shape& shape);
/// Copies x to y of shape `out`, row by row of y; `from_steps`: by axis, elements of x from one place to the next.
void copy_strided(const Shape& out, const Shape& from_steps, std::span<const float> x, std::span<float> y);
/// Elements of the first activation for each of the output, rounded up.
std::int64_t inputs_per_output(const Network& network, const Node& node);

}  // namespace mho::workloads
