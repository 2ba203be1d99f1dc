#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Inputs of a digital operator: one sample of every input of its node, in the order of node.inputs. An operator over frames gets one frame of its
/// first input.
struct Operands {
  const Network& network;
  const Node& node;
  std::span<const std::span<const float>> inputs;
  std::span<const Shape> of_frame{};  ///< shapes of one frame of the first input and of the output; empty: the shapes of the network
  [[nodiscard]] const Shape& shape(std::size_t input) const {
    return input == 0 && !of_frame.empty() ? of_frame[0] : network.values[static_cast<std::size_t>(node.inputs[input])].shape;
  }
  [[nodiscard]] const Shape& output_shape() const {
    return of_frame.empty() ? network.values[static_cast<std::size_t>(node.output)].shape : of_frame[1];
  }
};

/// Meaning of axis 0 of an operator's first input and output. The axis is longer than 1 if a network merges frames or tokens into the batch (Reshape
/// to -1, C, H, W). Every operator states `any` or `frames`.
enum class LeadingAxis {
  unstated,
  any,     ///< an axis like the others: the node names the axes that it works along, or tensors are aligned at their last axes
  frames,  ///< independent frames: the operator runs once for each, and its kernel sees one frame
};

/// Which positions of the activations an output position needs.
enum class Access {
  position,    ///< the same position of each input
  window,      ///< the positions under its window (Operator::window); without a window: all
  rows,        ///< the same position if it holds whole rows (Operator::rows); else all
  joined,      ///< the same position if it holds whole rows of the output; else all
  everything,  ///< all positions
};

/// Whether each element of the output depends only on the elements at the same place of the inputs.
enum class Elementwise {
  no,
  unary,   ///< of one activation; other inputs are constants
  binary,  ///< of two tensors, with broadcasting
  choice,  ///< of three
};

/// Which constants of a node are trained.
enum class TrainedConstants {
  none,
  after_first,  ///< all inputs except the first: gains, tables
  vectors,      ///< inputs with one axis longer than 1: biases and gains beside the layers
};

/// The rows that an operator processes as units (softmax, reductions).
struct Rows {
  std::vector<std::int64_t> axes;  ///< axes of the first input that form a row; empty: none
  bool whole_positions = true;     ///< whether a position that holds whole rows is sufficient for its output
};

/// Source of one element of the output of an operator that moves elements.
struct MovedElement {
  std::size_t input = 0;
  std::int64_t element = -1;  ///< index in that input; -1: the element equals `otherwise`
  float otherwise = 0;
};

/// Description of an operator: the properties that execution, importer, training and mapper use. Each operator is described once, by its family in
/// workloads/operators; nodes point to the description.
struct Operator {  // NOLINT(clang-analyzer-optin.performance.Padding): members are grouped by topic
  std::string_view name;

  // Execution.
  /// Calls the digital kernel: computes one sample of the output. Null: the operator runs on tiles only.
  void (*run)(const Operands& operands, std::span<float> y) = nullptr;
  /// The output holds the values of the first input in the same order; nothing is computed.
  bool view = false;
  std::string_view why_digital{};  ///< reason why the operator is digital, for tables; may be empty
  LeadingAxis leading = LeadingAxis::unstated;

  // Element operations (one vector lane, one cycle) per element of the output: `operations`, or the result of `count` if it is set.
  std::int64_t operations = 1;
  std::int64_t (*count)(const Network& network, const Node& node) = nullptr;

  // How positions of the output read the inputs.
  Access access = Access::everything;
  Elementwise elementwise = Elementwise::no;
  /// Inputs after the first hold one value per channel (axis 1): scale and shift.
  bool constants_by_channel = false;
  /// Networks with this operator store tensors as planes of channels.
  bool over_planes = false;
  /// The operator can process its first input position by position: over all positions the result is a function of a running sum, product or extreme.
  bool accumulates = false;
  /// Each row of the output reads one row of the first activation and the whole second one.
  bool multiplies_activations = false;
  std::optional<Window> (*window)(const Node& node) = nullptr;
  Rows (*rows)(const Network& network, const Node& node) = nullptr;
  MovedElement (*source)(const Network& network, const Node& node, std::int64_t element) = nullptr;
  /// Whether the output consists of several whole copies of the only activation. Null: no.
  bool (*repeats)(const Network& network, const Node& node) = nullptr;

  // Import and training.
  /// Axes of input number `input` along which elements are not treated alike: the operator sums, compares, picks or places them, or has one parameter
  /// for each. The batch must not lie on these axes. Null: the axes of `rows` for the first input, none for the others.
  std::vector<std::int64_t> (*along)(const Network& network, const Node& node, std::size_t input) = nullptr;
  bool places_in_second = false;  ///< its second input holds the indices along these axes
  /// Axis of the output that holds the batch if it lies at `axis` of an input of shape `in`. Null: shapes are aligned at their last axis.
  std::optional<int> (*batch_axis)(const Node& node, const Shape& in, int axis, const Shape& out) = nullptr;
  bool moves_only = false;  ///< the output holds numbers of its inputs at other places
  /// Origin of the `count` numbers of the output if the inputs are constants. Null: see moves_only, else unknown.
  InitializerSource (*origin)(const Network& network, const Node& node, std::size_t count) = nullptr;
  TrainedConstants trained = TrainedConstants::none;
};

/// Operations of one exponential: a polynomial of degree 6 and one or two divisions, as digital operators compute it, counted in multiply-adds.
inline constexpr std::int64_t exponential_operations = 8;

/// Runs a digital node for one sample: `inputs` in the order of node.inputs, `y` one sample of the output, row-major. Throws std::logic_error for a
/// node on tiles.
void run_digital(const Network& network, const Node& node, std::span<const std::span<const float>> inputs, std::span<float> y);

/// The result of Operator::along for a node, with its defaults.
std::vector<std::int64_t> axes_along(const Network& network, const Node& node, std::size_t input);
/// Number of runs of the node per sample: one for each frame of its first input if its operator works on frames, else 1.
std::int64_t frames(const Network& network, const Node& node);
/// Number of elements over axes [begin, end): the product of their lengths.
std::size_t elements_between(const Shape& shape, std::size_t begin, std::size_t end);
/// For each axis: number of elements between neighbouring places in a row-major tensor of that shape.
Shape row_major_steps(const Shape& shape);
/// Copies x to y, which has shape `out`, in row-major order of y. `from_steps`: for each axis, number of elements of x between neighbouring places.
void copy_strided(const Shape& out, const Shape& from_steps, std::span<const float> x, std::span<float> y);
/// Number of elements of the first activation per element of the output, rounded up.
std::int64_t inputs_per_output(const Network& network, const Node& node);

}  // namespace mho::workloads
