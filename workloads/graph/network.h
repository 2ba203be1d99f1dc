#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "periphery/digital/functions.h"
#include "periphery/digital/lines.h"
#include "periphery/digital/reduction.h"

namespace mho::workloads {

using Shape = std::vector<std::int64_t>;
std::int64_t element_count(const Shape& shape);
std::string shape_text(const Shape& shape);  ///< "1x3x32x32"

enum class Operator {
  conv,
  gemm,
  matmul,
  add,
  sub,
  mul,
  div,
  power,
  minimum,
  maximum,
  parametric_relu,
  equal,
  greater,
  less,
  both,
  either,
  function,  ///< Node::function of every element
  relu,
  sigmoid,
  tanh,
  softmax,
  log_softmax,
  max_pool,
  average_pool,
  global_pool,  ///< Node::reduction over each plane
  batch_normalization,
  flatten,
  reshape,
  transpose,
  pad,
  concat,
  take,   ///< Node::axes picked along Node::axis
  embed,  ///< rows of the table, the second input, by the whole numbers in the first
  where,  ///< element by element the second input where the first is not 0, else the third
  identity,
  clip,
  reduce,               ///< Node::reduction over Node::axes
  layer_normalization,  ///< over the axes from Node::axis on
  instance_normalization,
  squeeze,
  unsqueeze,
  lstm,  ///< one direction; inputs: projected gates [T][N][gates], h before the first step, for an LSTM c, and where given the length
  gru,
  rnn,
  row_at,  ///< the row of the first input [T][...] before the one whose number is in the second: the last of a sequence of that length
  greater_or_equal,
  less_or_equal,
  exclusive_or,
  modulo,            ///< sign of the divisor
  remainder,         ///< sign of the dividend
  cumulative_sum,    ///< along Node::axis; Node::exclusive without the element itself, Node::reverse from the end
  extreme_index,     ///< place of the maximum or minimum (Node::reduction) along Node::axis, the first of equals, Node::reverse: the last
  top_k,             ///< the most extreme values (Node::reduction) along Node::axis in order, as many as the output has room for
  top_k_indices,     ///< their places
  gather_elements,   ///< along Node::axis by the places in the second input
  gather_nd,         ///< by index tuples in the second input; the first Node::axis axes go together
  scatter_elements,  ///< third input into a copy of the first along Node::axis by the places in the second, as Node::scatter says
  scatter_nd,        ///< the same by index tuples
  interpolate,       ///< along Node::axis, taps Node::axes weighted by the second input, equally many for each output
  overlap_add,       ///< transposed convolution: places what each input position makes, channels x kernel, into the output and adds up
  hardmax,           ///< 1 at the first maximum of each row (Node::axes as in softmax), else 0
  local_response,    ///< x / (epsilon + alpha / n * squares of the n = axes[0] channels around) ^ beta
};

/// Window of a convolution or pooling over height and width (1-D operators have height 1).
struct Window {
  std::array<int, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<int, 2> pad_begin{0, 0}, pad_end{0, 0};
  bool ceil_mode = false;
  bool count_include_pad = false;
};

/// Where the numbers of a tensor of this network came from in its file: number k is factor * (element `element[k]` of the initialiser) + offset[k].
/// Kept only where ImportOptions::trace asks for it.
struct InitializerSource {
  std::string initialiser;            ///< its name, or that of a Constant node's output; empty: computed from several tensors, cannot be written back
  std::vector<std::int64_t> element;  ///< by number; -1: not from the file (the zeros of a grouped matrix), stays offset[k]
  float factor = 1;
  std::vector<float> factors;  ///< by number, times `factor`; empty: ones (a batch normalisation that went into the weights has one for each row)
  std::vector<float> offset;   ///< by number; empty: zeros
  bool offset_times_scale = false;  ///< offset[k] times number k of the scale: the shift of a batch normalisation
  [[nodiscard]] bool known() const { return !initialiser.empty(); }
};

/// A matrix of trained weights in the form a tile wants it: y = W x. Convolution kernels are flattened in (channel, kernel y, kernel x) order;
/// grouped convolutions are expanded block-diagonally over all groups. Several nodes may use one matrix; it lies on tiles once.
struct Matrix {
  std::string name;  ///< of the first node that uses it; unique
  int inputs = 0;
  int outputs = 0;
  int groups = 1;
  bool digital = false;        ///< multiplied digitally, by choice
  std::vector<float> weights;  ///< [outputs][inputs]
  InitializerSource origin{};  ///< of the weights
};

/// What a recurrent node does with its gates (ONNX LSTM, GRU and RNN, one direction of them). Gates in ONNX's order: i, o, f, c; z, r, h; one.
struct Recurrence {
  int hidden = 0;
  bool reverse = false;                                     ///< from the last time step to the first
  bool couples_forget = false;                              ///< LSTM: f = 1 - i
  bool linear_before_reset = false;                         ///< GRU: r scales R_h h, not h
  bool keeps_cell = false;                                  ///< LSTM: outputs are [h, c], else [h]
  float clip = 0;                                           ///< limit of what enters the activations; 0: none
  std::vector<periphery::digital::Activation> activations;  ///< f, g, h of ONNX
  std::vector<float> candidate_bias;                        ///< GRU that is linear before reset: [hidden] inside the scaled bracket; or empty
  std::vector<float> peepholes;                             ///< LSTM: [3 hidden] of i, o, f; or empty
  InitializerSource candidate_origin{}, peephole_origin{};
};

/// One tensor of the graph; shapes are those of one sample (leading batch axis 1).
struct ValueInfo {
  std::string name;
  Shape shape;
  bool constant = false;
  std::vector<float> data;     ///< constants only
  InitializerSource origin{};  ///< of the data
};

/// One operator, already normalised: attributes resolved for its opset, constants folded, shapes known.
struct Node {
  std::string name;       ///< unique; made from the first output where the file gives none
  std::string operation;  ///< ONNX op_type, for tables
  Operator op = Operator::identity;
  std::vector<int> inputs;  ///< indices of values; activations and constants (on tiles: the activation alone)
  int output = -1;
  Window window;
  int axis = 0;                    ///< softmax, concat, take, flatten; gemm and matmul on tiles: the axis of the input that W sums over
  std::vector<std::int64_t> axes;  ///< reduce; neighbouring axes of one softmax row; permutation of transpose; indices of take
  bool keepdims = true;
  float minimum = 0, maximum = 0;  ///< clip
  periphery::digital::Function function = periphery::digital::Function::abs;
  float alpha = 0, beta = 0;  ///< of `function`
  periphery::digital::Reduction reduction = periphery::digital::Reduction::mean;
  float epsilon = 0;  ///< normalisations
  float pad_value = 0;
  std::vector<std::int64_t> pads;  ///< pad: begin of every axis, then end of every axis
  std::vector<int> matrices;       ///< indices in Network::matrices of the products that run on tiles; empty: a digital node
  std::vector<float> bias;         ///< [outputs of the matrix] or empty
  InitializerSource bias_origin{};
  std::optional<Recurrence> recurrence;
  [[nodiscard]] bool on_tiles() const { return !matrices.empty(); }
  bool reverse = false, exclusive = false;
  periphery::digital::Scatter scatter = periphery::digital::Scatter::replace;
};

/// What a recurrent network hands from one sample of a stream to the next: an output becomes an input.
struct CarriedState {
  int input = -1;
  int output = -1;
};

/// A network: values and nodes in topological order. One input takes the sample, one output gives the scores; beside them there may be the length of
/// a padded sequence and states that are carried from sample to sample.
struct Network {
  std::string name;
  std::string hash;  ///< hex digest of the file's bytes
  std::vector<ValueInfo> values;
  std::vector<Node> nodes;
  std::vector<Matrix> matrices;
  int input = -1;
  int output = -1;
  Shape sample_shape;     ///< as ImportOptions gave it
  int length_input = -1;  ///< one number a sample; -1: none
  std::vector<CarriedState> states;
  std::vector<std::string> unused_outputs;                 ///< of the file, beyond those above
  std::map<std::string, std::vector<float>> input_ranges;  ///< learned in retraining: by name of the matrix, one for each of its row parts
  [[nodiscard]] const Matrix& matrix(const Node& node, std::size_t which = 0) const;
  [[nodiscard]] std::int64_t weights() const;                    ///< trained weights on tiles (zeros of grouped expansion not counted)
  [[nodiscard]] std::int64_t macs() const;                       ///< multiply-accumulates on tiles per inference
  [[nodiscard]] std::int64_t positions(const Node& node) const;  ///< output positions (MVMs) per inference of an analog node
};

struct ImportOptions {
  Shape sample_shape{};  ///< of the data, without batch axis: gives dynamic axes of the input their length; empty: unknown
  std::string folder{};  ///< where external data may lie; empty: nowhere
  bool trace = false;    ///< fills every InitializerSource, which takes memory of the order of the weights
};

/// Reads an ONNX file (or its bytes). Throws UserError naming file, node, tensor, shapes and what is supported.
Network import_onnx(const std::string& path, const Shape& sample_shape = {}, bool trace = false);
Network import_onnx_bytes(std::span<const char> bytes, const std::string& name, const ImportOptions& options = {});

}  // namespace mho::workloads
