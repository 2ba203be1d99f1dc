#include "workloads/operators/rows/normalization.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>

#include "periphery/digital/elementwise.h"
#include "periphery/digital/lines.h"
#include "periphery/digital/reduction.h"
#include "workloads/graph/initializer_source.h"
#include "workloads/onnx/onnx_bias.h"
#include "workloads/operators/elements/binary.h"
#include "workloads/operators/elements/functions.h"
#include "workloads/operators/rows/reduction.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;
using digital::Binary;
using digital::Function;
using digital::Reduction;

void run_channel_scale(const Operands& in, std::span<float> y) {
  digital::scale_shift(in.inputs[0], in.inputs[1], in.inputs[2], in.inputs[0].size() / in.inputs[1].size(), y);
}

void run_layer(const Operands& in, std::span<float> y) {
  const auto& own = in.node.as<LayerNormalization>();
  const std::size_t row = elements_between(in.shape(0), static_cast<std::size_t>(own.axis), in.shape(0).size());
  for (std::size_t at = 0; at < in.inputs[0].size(); at += row) {
    digital::normalise(in.inputs[0].subspan(at, row), own.epsilon, in.inputs[1], in.inputs[2], y.subspan(at, row));
  }
}

void run_instance(const Operands& in, std::span<float> y) {
  const float epsilon = in.node.as<InstanceNormalization>().epsilon;
  const std::size_t row = elements_between(in.shape(0), 2, in.shape(0).size());
  for (std::size_t at = 0; at < in.inputs[0].size(); at += row) {
    const std::size_t channel = at / row % in.inputs[1].size();
    digital::normalise(in.inputs[0].subspan(at, row), epsilon, in.inputs[1].subspan(channel, 1), in.inputs[2].subspan(channel, 1),
                       y.subspan(at, row));
  }
}

void run_local_response(const Operands& in, std::span<float> y) {
  const auto& own = in.node.as<LocalResponse>();
  const Shape& shape = in.shape(0);
  const digital::Lines channels{elements_between(shape, 0, 1), static_cast<std::size_t>(shape[1]), elements_between(shape, 2, shape.size())};
  digital::local_response(channels, static_cast<std::size_t>(own.size), own.alpha, own.beta, own.bias, in.inputs[0], y);
}

/// A row over several axes needs the whole input.
Rows layer_rows(const Network& network, const Node& node) {
  const auto rank = static_cast<int>(network.values[static_cast<std::size_t>(node.inputs.at(0))].shape.size());
  Rows rows;
  for (int axis = node.as<LayerNormalization>().axis; axis < rank; ++axis) rows.axes.push_back(axis);
  rows.whole_positions = rows.axes.size() == 1;
  return rows;
}

Rows channel_rows(const Network& /*network*/, const Node& /*node*/) { return {{1}}; }

/// The axis of channels: each channel has its own scale and shift.
std::vector<std::int64_t> channels_alone(const Network& network, const Node& node, std::size_t input) {
  const bool any = input == 0 && network.values[static_cast<std::size_t>(node.inputs[0])].shape.size() > 1;
  return any ? std::vector<std::int64_t>{1} : std::vector<std::int64_t>();
}

/// The axis of channels, and those of the planes, which are summed over.
std::vector<std::int64_t> channels_and_planes(const Network& network, const Node& node, std::size_t input) {
  std::vector<std::int64_t> axes;
  const auto rank = static_cast<std::int64_t>(network.values[static_cast<std::size_t>(node.inputs[0])].shape.size());
  for (std::int64_t axis = 1; input == 0 && axis < rank; ++axis) axes.push_back(axis);
  return axes;
}

/// Squares of the neighbours, a power and a division.
std::int64_t neighbours_and_power(const Network& /*network*/, const Node& node) {
  return node.as<LocalResponse>().size + 2 * exponential_operations + 2;
}

/// Traces a batch normalisation that is folded into its producer.
void trace_folded(OnnxBuilder& graph, const OnnxNode& node, Node& producer, const std::vector<double>& scale, const std::vector<double>& shift) {
  Matrix& matrix = graph.network().matrices[static_cast<std::size_t>(producer.matrices.at(0))];
  scale_rows(matrix.origin, scale, static_cast<std::size_t>(matrix.inputs));
  // Bias and shift form one trained number: the bias of the producer, or the shift of the normalisation if there is no bias.
  const ValueInfo& own = graph.value(graph.input(node, 2));
  std::vector<float> terms(shift.begin(), shift.end());
  if (producer.bias_origin.known()) {
    scale_rows(producer.bias_origin, scale, 1);
  } else {
    for (std::size_t c = 0; c < terms.size(); ++c) terms[c] = static_cast<float>(producer.bias[c] * scale[c] + shift[c] - own.data[c]);
    producer.bias_origin = own.origin;
  }
  workloads::shift(producer.bias_origin, terms);
}

/// Traces a batch normalisation that stays a node; `scale` and `shift` are its constants.
void trace_kept(OnnxBuilder& graph, const OnnxNode& node, int scale, int shift) {
  const ValueInfo &gain = graph.value(graph.input(node, 1)), &own = graph.value(graph.input(node, 2)), &mean = graph.value(graph.input(node, 3)),
                  &variance = graph.value(graph.input(node, 4));
  const double epsilon = node.real("epsilon", 1e-5F);
  std::vector<double> factors(variance.data.size());
  std::ranges::transform(variance.data, factors.begin(), [&](float v) { return 1 / std::sqrt(static_cast<double>(v) + epsilon); });
  InitializerSource scale_origin = gain.origin, shift_origin = own.origin.offset.empty() ? own.origin : InitializerSource{};
  scale_rows(scale_origin, factors, 1);
  if (shift_origin.known()) {
    shift_origin.offset_times_scale = true;
    std::ranges::transform(mean.data, std::back_inserter(shift_origin.offset), std::negate<>());
  }
  graph.network().values[static_cast<std::size_t>(scale)].origin = std::move(scale_origin);
  graph.network().values[static_cast<std::size_t>(shift)].origin = std::move(shift_origin);
}

/// Factor and addend of each channel.
struct Affine {
  std::vector<double> scale, shift;
};

Affine read_batch_normalization(const OnnxBuilder& graph, const OnnxNode& node, const Shape& shape) {
  if (node.integer("training_mode", 0) != 0) node.fail("training_mode = 1 is not supported; export the network for inference");
  if (graph.opset() < 7 && node.integer("is_test", 0) == 0 && node.makes(1)) {
    node.fail("is_test = 0 with outputs for statistics is training, which is not supported; export the network for inference");
  }
  if (node.integer("spatial", 1) != 1) node.fail("spatial = 0 is not supported");
  if (shape.size() < 2) node.fail(fmt::format("input shape {}; batch and channels are needed", shape_text(shape)));
  const std::array<const char*, 4> names{"scale", "bias", "mean", "variance"};
  std::array<const std::vector<float>*, 4> parameters{};
  for (int i = 0; i < 4; ++i) {
    const ValueInfo& info = graph.constant(node, i + 1, names[static_cast<std::size_t>(i)]);
    if (element_count(info.shape) != shape[1])
      node.fail(fmt::format("{} has shape {} for {} channels", names[static_cast<std::size_t>(i)], shape_text(info.shape), shape[1]));
    graph.check_trained(node, graph.input(node, i + 1), "its " + std::string(names[static_cast<std::size_t>(i)]));
    parameters[static_cast<std::size_t>(i)] = &info.data;
  }
  const double epsilon = node.real("epsilon", 1e-5F);
  const auto channels = static_cast<std::size_t>(shape[1]);
  Affine result{std::vector<double>(channels), std::vector<double>(channels)};
  auto& [scale, shift] = result;
  for (std::size_t c = 0; c < channels; ++c) {
    const double variance = static_cast<double>((*parameters[3])[c]) + epsilon;
    if (!(variance > 0)) node.fail(fmt::format("variance {} of channel {} is not positive", (*parameters[3])[c], c));
    scale[c] = (*parameters[0])[c] / std::sqrt(variance);
    shift[c] = (*parameters[1])[c] - (*parameters[2])[c] * scale[c];
  }
  return result;
}

/// Multiplies each row of [rows][columns] by its scale.
void scale_rows_of(std::vector<float>& weights, const std::vector<double>& scale) {
  const std::size_t row = weights.size() / scale.size();
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = static_cast<float>(weights[k] * scale[k / row]);
}

/// Folds the normalisation into weights and bias of the preceding node on tiles. Returns false if that is impossible.
bool fold_into_producer(OnnxBuilder& graph, const OnnxNode& node, int x, const Affine& affine) {
  const std::size_t index = graph.sole_producer(x);
  if (index == graph.network().nodes.size()) return false;
  Node& producer = graph.network().nodes[index];
  const auto axis = output_axis(graph, producer);
  if (!axis || *axis != 1) return false;
  const auto& [scale, shift] = affine;
  Matrix& matrix = graph.own_matrix(producer);
  std::vector<float>& bias = producer.bias;
  if (bias.empty()) bias.assign(scale.size(), 0.0F);
  if (graph.traced()) trace_folded(graph, node, producer, scale, shift);
  const auto fits = [](float number) { return std::isfinite(number); };
  if (matrix.reader) {
    matrix.reader = [reader = matrix.reader, scale = scale] {
      std::vector<float> weights = reader();
      scale_rows_of(weights, scale);
      return weights;
    };
  } else {
    scale_rows_of(matrix.weights, scale);
  }
  for (std::size_t c = 0; c < scale.size(); ++c) bias[c] = static_cast<float>(bias[c] * scale[c] + shift[c]);
  if (!std::ranges::all_of(bias, fits) || !std::ranges::all_of(matrix.reader ? matrix.reader() : matrix.weights, fits)) {
    node.fail(
        fmt::format("what it makes of the weights or the bias of '{}' (with tensors '{}' and '{}') is beyond float32; check the training of the "
                    "network",
                    producer.name, node.input(1), node.input(4)));
  }
  graph.network().values[static_cast<std::size_t>(x)].name = node.output(0);
  graph.name_output(node, x);
  return true;
}

void import_batch_normalization(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape shape = graph.value(x).shape;
  const Affine affine = read_batch_normalization(graph, node, shape);
  if (fold_into_producer(graph, node, x, affine)) return;
  const auto floats = [](const std::vector<double>& from) { return std::vector<float>(from.begin(), from.end()); };
  const int s = graph.add_constant(node.name() + ".scale", {shape[1]}, floats(affine.scale)),
            t = graph.add_constant(node.name() + ".shift", {shape[1]}, floats(affine.shift));
  if (graph.traced()) trace_kept(graph, node, s, t);
  graph.add(node, node_of(node, channel_scale_operator, ChannelScale{}, {x, s, t}), shape);
}

void import_layer_normalization(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape shape = graph.value(x).shape;
  LayerNormalization own;
  own.axis = normal_axis(node, node.integer("axis", -1), shape.size());
  own.epsilon = node.real("epsilon", 1e-5F);
  std::int64_t row = 1;
  for (std::size_t i = static_cast<std::size_t>(own.axis); i < shape.size(); ++i) row *= shape[i];
  const auto parameter = [&](int index, const char* what, float otherwise) {
    if (!graph.has_input(node, index)) return graph.add_constant(node.name() + "." + what, {1}, {otherwise});
    const ValueInfo& info = graph.constant(node, index, what);
    const auto size = static_cast<std::int64_t>(info.data.size());
    if (size != row && size != 1) node.fail(fmt::format("its {} has {} values; the {} normalised ones or a single one are needed", what, size, row));
    return graph.input(node, index);
  };
  const int scale = parameter(1, "scale", 1.0F), shift = parameter(2, "shift", 0.0F);
  graph.add(node, node_of(node, layer_normalization_operator, own, {x, scale, shift}), shape);
}

void import_instance_normalization(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape shape = graph.value(x).shape;
  if (shape.size() < 3) node.fail(fmt::format("needs an input of batch, channels and at least one more axis; it has shape {}", shape_text(shape)));
  const int scale = graph.input(node, 1), shift = graph.input(node, 2);
  const InstanceNormalization own{node.real("epsilon", 1e-5F)};
  for (const auto& [index, what] : {std::pair{1, "scale"}, {2, "shift"}}) {
    const auto size = static_cast<std::int64_t>(graph.constant(node, index, what).data.size());
    if (size != shape[1]) node.fail(fmt::format("its {} has {} values for {} channels", what, size, shape[1]));
  }
  graph.add(node, node_of(node, instance_normalization_operator, own, {x, scale, shift}), shape);
}

void import_group_normalization(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const std::int64_t groups = node.integer("num_groups", 0);
  if (in.size() < 2 || groups < 1 || in[1] % groups != 0) {
    node.fail(fmt::format("input shape {} with {} groups; batch and a number of channels that is a multiple of the groups are needed", shape_text(in),
                          groups));
  }
  // Groups are computed as channels of an instance normalisation. There is one parameter for each group or, in later versions, for each channel.
  const auto size = static_cast<std::int64_t>(graph.constant(node, 1, "scale").data.size());
  if (size != static_cast<std::int64_t>(graph.constant(node, 2, "shift").data.size()) || (size != groups && size != in[1])) {
    node.fail(fmt::format("its scale and shift have {} and {} values; {} of each, one for each group, are needed", size,
                          graph.constant(node, 2, "shift").data.size(), groups));
  }
  constexpr std::int64_t parameters_by_channel = 21;  // operator set from which parameters are given for each channel
  if (graph.opset() >= parameters_by_channel && size != in[1]) {
    node.fail(fmt::format("its scale and shift have {} values; since operator set {} one for each of the {} channels is needed", size,
                          parameters_by_channel, in[1]));
  }
  const bool by_channel = size != groups;
  const auto all = [&](const char* what, float number) {
    return graph.add_constant(fmt::format("{}.{}", node.name(), what), {groups}, std::vector<float>(static_cast<std::size_t>(groups), number));
  };
  int step = 1;
  const int grouped = reshape_step(graph, node, x, {in[0], groups, element_count(in) / in[0] / groups}, step);
  const int scale = by_channel ? all("ones", 1.0F) : graph.input(node, 1), shift = by_channel ? all("zeros", 0.0F) : graph.input(node, 2);
  Node instances = node_of(node, instance_normalization_operator, InstanceNormalization{node.real("epsilon", 1e-5F)}, {grouped, scale, shift});
  const Shape group_shape = graph.value(grouped).shape;
  int made = reshape_step(graph, node, graph.add_step(node, std::move(instances), group_shape, step), in, step);
  if (by_channel) {
    Shape along(in.size() - 1, 1);
    along[0] = in[1];
    made = binary_step(graph, node, Binary::mul, made, reshape_step(graph, node, graph.input(node, 1), along, step), step);
    made = binary_step(graph, node, Binary::add, made, reshape_step(graph, node, graph.input(node, 2), along, step), step);
  }
  conclude(graph, node, made);
}

void import_lp_normalization(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const int axis = normal_axis(node, node.integer("axis", -1), graph.value(x).shape.size());
  const std::int64_t p = node.integer("p", 2);
  if (p != 1 && p != 2) node.fail(fmt::format("p {}; legal are 1 and 2", p));
  int step = 1;
  const int norm = reduce_step(graph, node, p == 1 ? Reduction::l1 : Reduction::l2, x, {axis}, true, step);
  // A row of zeros stays zero.
  const int least = graph.add_constant(node.name() + ".least", {1}, {std::numeric_limits<float>::min()});
  conclude(graph, node, binary_step(graph, node, Binary::div, x, binary_step(graph, node, Binary::maximum, norm, least, step), step));
}

void import_mean_variance_normalization(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  std::vector<std::int64_t> axes = node.has("axes") ? node.integers("axes") : std::vector<std::int64_t>{0, 2, 3};
  for (std::int64_t& axis : axes) axis = normal_axis(node, axis, graph.value(x).shape.size());
  std::ranges::sort(axes);
  int step = 1;
  const int difference = binary_step(graph, node, Binary::sub, x, reduce_step(graph, node, Reduction::mean, x, axes, true, step), step);
  const int variance =
      reduce_step(graph, node, Reduction::mean, binary_step(graph, node, Binary::mul, difference, difference, step), axes, true, step);
  const int deviation = function_step(graph, node, Function::square_root, variance, step);
  // The definition of the operator adds 1e-9 to the deviation.
  const int positive = binary_step(graph, node, Binary::add, deviation, graph.add_constant(node.name() + ".epsilon", {1}, {1e-9F}), step);
  conclude(graph, node, binary_step(graph, node, Binary::div, difference, positive, step));
}

void import_local_response(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  if (in.size() < 2) node.fail(fmt::format("input shape {}; batch and channels are needed", shape_text(in)));
  constexpr std::int64_t largest_size = 1 << 15;
  const std::int64_t size = node.integer("size", 0);
  if (size < 1 || size > largest_size) node.fail(fmt::format("size {}; 1 to {} is legal", size, largest_size));
  const LocalResponse own{size, node.real("alpha", 1e-4F), node.real("beta", 0.75F), node.real("bias", 1.0F)};
  graph.add(node, node_of(node, local_response_operator, own, {x}), in);
}

constexpr std::int64_t normalization_operations = 6;  // sum, square of the difference, sum; difference, scale, shift

}  // namespace

constinit const Operator channel_scale_operator{.name = "channel_scale",
                                                .run = run_channel_scale,
                                                .leading = LeadingAxis::frames,
                                                .operations = 2,  // scale and shift
                                                .access = Access::position,
                                                .elementwise = Elementwise::unary,
                                                .constants_by_channel = true,
                                                .along = channels_alone,
                                                .trained = TrainedConstants::after_first};
constinit const Operator layer_normalization_operator{.name = "layer_normalization",
                                                      .run = run_layer,
                                                      .leading = LeadingAxis::any,
                                                      .operations = normalization_operations,
                                                      .access = Access::rows,
                                                      .rows = layer_rows,
                                                      .trained = TrainedConstants::after_first};
constinit const Operator instance_normalization_operator{.name = "instance_normalization",
                                                         .run = run_instance,
                                                         .leading = LeadingAxis::frames,
                                                         .operations = normalization_operations,
                                                         .along = channels_and_planes,
                                                         .trained = TrainedConstants::after_first};
constinit const Operator local_response_operator{.name = "local_response",
                                                 .run = run_local_response,
                                                 .leading = LeadingAxis::frames,
                                                 .count = neighbours_and_power,
                                                 .access = Access::rows,
                                                 .rows = channel_rows};

const OperatorFamily& normalization_family() {
  static const OperatorFamily family{
      "normalization",
      {&channel_scale_operator, &layer_normalization_operator, &instance_normalization_operator, &local_response_operator},
      {{.op_type = "BatchNormalization", .import = import_batch_normalization, .trained_inputs = 0b11110},
       {.op_type = "GroupNormalization", .import = import_group_normalization, .trained_inputs = 0b110},
       {.op_type = "InstanceNormalization", .import = import_instance_normalization, .trained_inputs = 0b110},
       {.op_type = "LRN", .import = import_local_response},
       {.op_type = "LayerNormalization", .import = import_layer_normalization, .trained_inputs = 0b110},
       {.op_type = "LpNormalization", .import = import_lp_normalization},
       {.op_type = "MeanVarianceNormalization", .import = import_mean_variance_normalization}}};
  return family;
}

}  // namespace mho::workloads
