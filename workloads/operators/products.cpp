#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "workloads/onnx/onnx_graph.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {
namespace {

/// Axis of the output along which the outputs of a node on tiles lie; empty where a vector operand dropped it.
std::optional<std::size_t> output_axis(const Node& node, const Shape& in, const Shape& out) {
  if (node.op == Operator::conv) return 1;
  if (in.size() != out.size()) return std::nullopt;
  return static_cast<std::size_t>(node.axis);
}

/// Which constant makes a matrix, and how.
std::string matrix_key(int constant, bool transposed, float factor) { return fmt::format("{} {} {}", constant, transposed, factor); }

}  // namespace

Matrix OnnxGraph::empty_matrix(const OnnxNode& node, const std::string& name, const MatrixShape& shape) {
  if (shape.inputs < 1 || shape.outputs < 1 || shape.inputs > largest_tensor / shape.outputs) {
    node.fail(fmt::format("a matrix of {} outputs and {} inputs is not supported: at least one of each, at most {} elements", shape.outputs,
                          shape.inputs, largest_tensor));
  }
  Matrix made;
  made.name = name;
  made.inputs = static_cast<int>(shape.inputs);
  made.outputs = static_cast<int>(shape.outputs);
  made.groups = static_cast<int>(shape.groups);
  made.weights.assign(static_cast<std::size_t>(shape.inputs) * static_cast<std::size_t>(shape.outputs), 0.0F);
  return made;
}

Matrix& OnnxGraph::own_matrix(Node& node) {
  int& index = node.matrices.at(0);
  const auto users = std::ranges::count_if(network_.nodes, [&](const Node& other) { return std::ranges::count(other.matrices, index) > 0; });
  if (users > 1) {
    Matrix copy = network_.matrices[static_cast<std::size_t>(index)];
    copy.name = node.name;
    network_.matrices.push_back(std::move(copy));
    index = static_cast<int>(network_.matrices.size()) - 1;
  } else {
    std::erase_if(matrix_by_key_, [&](const auto& entry) { return entry.second == index; });
  }
  return network_.matrices[static_cast<std::size_t>(index)];
}

void OnnxGraph::convolution(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  const ValueInfo& kernel = constant(node, 1, "its kernel");
  if (value(x).constant) node.fail("its input is constant; only a trained kernel over activations is supported");
  if (kernel.shape.size() < 3 || kernel.shape.size() != in.size()) {
    node.fail(fmt::format("input shape {} and kernel shape {} do not fit; supported are 1-D and 2-D convolutions", shape_text(in),
                          shape_text(kernel.shape)));
  }
  const std::int64_t groups = node.integer("group", 1), outputs = kernel.shape[0], channels = kernel.shape[1];
  if (groups < 1 || outputs < 1 || groups > outputs || outputs % groups != 0 || channels < 1 || in[1] / groups != channels || in[1] % groups != 0) {
    node.fail(fmt::format(
        "input shape {}, kernel shape {} and group {} do not fit: channels must be group times the kernel's second axis, and outputs a multiple "
        "of group",
        shape_text(in), shape_text(kernel.shape), groups));
  }
  const std::vector<std::int64_t> extent(kernel.shape.begin() + 2, kernel.shape.end());
  if (node.has("kernel_shape") && node.integers("kernel_shape") != extent) {
    node.fail(fmt::format("attribute 'kernel_shape' {} disagrees with its kernel of shape {}", shape_text(node.integers("kernel_shape")),
                          shape_text(kernel.shape)));
  }
  Node conv = node_of(node, {x});
  conv.window = window(node, in, extent);
  Shape out = windowed(node, conv.window, in, outputs);
  const auto run = static_cast<std::size_t>(channels * element_count(extent));
  const std::int64_t inputs = static_cast<std::int64_t>(run) * groups;
  const auto fill = [&](auto& weights, const auto& from) {
    for (std::size_t o = 0; o < static_cast<std::size_t>(outputs); ++o) {
      const std::size_t group = o / static_cast<std::size_t>(outputs / groups);
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(o * run), run,
                  weights.begin() + static_cast<std::ptrdiff_t>(o * static_cast<std::size_t>(inputs) + group * run));
    }
  };
  const std::string key = fmt::format("conv {} {}", input(node, 1), groups);
  conv.matrices = {shared_matrix(node, node.name(), key, {inputs, outputs, groups}, input(node, 1), fill)};
  if (has_input(node, 2)) {
    const ValueInfo& bias = constant(node, 2, "its bias");
    if (element_count(bias.shape) != outputs) node.fail(fmt::format("bias of shape {} for {} outputs", shape_text(bias.shape), outputs));
    conv.bias = bias.data;
    conv.bias_origin = bias.origin;
  }
  add(node, std::move(conv), std::move(out));
}

void OnnxGraph::gemm(const OnnxNode& node) {
  const int a = input(node, 0);
  const Shape in = value(a).shape;
  if (value(a).constant) node.fail("its first input is constant; only activations times trained weights (second input) are supported");
  if (node.integer("transA", 0) != 0) node.fail("transA = 1 with activations as first input is not supported: it would sum over the batch axis");
  const ValueInfo& b = constant(node, 1, "its matrix of weights");
  const bool transposed = node.integer("transB", 0) != 0;
  if (in.size() != 2 || b.shape.size() != 2 || in[1] != b.shape[transposed ? 1 : 0]) {
    node.fail(fmt::format("input shape {} does not fit weights of shape {}{}", shape_text(in), shape_text(b.shape), transposed ? " (transB)" : ""));
  }
  const std::int64_t inputs = in[1], outputs = b.shape[transposed ? 0 : 1];
  const float alpha = node.real("alpha", 1.0F), beta = node.real("beta", 1.0F);
  Node layer = node_of(node, {a});
  layer.axis = 1;
  const auto fill = [&](auto& weights, const auto& from) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      for (std::int64_t i = 0; i < inputs; ++i) {
        weights[static_cast<std::size_t>(o * inputs + i)] = from[static_cast<std::size_t>(transposed ? o * inputs + i : i * outputs + o)];
      }
    }
  };
  layer.matrices = {shared_matrix(node, node.name(), matrix_key(input(node, 1), transposed, alpha), {inputs, outputs}, input(node, 1), fill, alpha)};
  if (has_input(node, 2)) {
    const ValueInfo& c = constant(node, 2, "its bias");
    const std::int64_t count = element_count(c.shape);
    const bool by_output = count == outputs && (c.shape.empty() || c.shape.back() == outputs);
    if (c.shape.size() > 2 || (!by_output && count != 1)) {
      node.fail(fmt::format("bias of shape {} for {} outputs; one value, or one per output, is supported", shape_text(c.shape), outputs));
    }
    layer.bias.resize(static_cast<std::size_t>(outputs));
    for (std::size_t o = 0; o < layer.bias.size(); ++o) layer.bias[o] = beta * c.data[by_output ? o : 0];
    if (by_output) {
      layer.bias_origin = c.origin;
      scale(layer.bias_origin, beta);
    }
  }
  add(node, std::move(layer), {in[0], outputs});
}

void OnnxGraph::matmul(const OnnxNode& node) {
  const int a = input(node, 0), b = input(node, 1);
  const Shape left = value(a).shape, right = value(b).shape;
  if (left.empty() || right.empty()) node.fail("an operand is a scalar; matrices or vectors are needed");
  const std::size_t left_axis = left.size() - 1, right_axis = right.size() < 2 ? 0 : right.size() - 2;
  if (left[left_axis] != right[right_axis]) {
    node.fail(fmt::format("shapes {} ('{}') and {} ('{}') do not fit: the last axis of the first and the last but one of the second must agree",
                          shape_text(left), value(a).name, shape_text(right), value(b).name));
  }
  const std::int64_t inner = left[left_axis];
  const bool left_constant = value(a).constant, right_constant = value(b).constant;
  const ValueInfo& weights = value(right_constant ? b : a);
  const Shape& in = right_constant ? left : right;
  const std::size_t rank = weights.shape.size();
  // Leading axes of one element do not make several matrices; more elements do, and such a product stays digital.
  const std::int64_t outputs = rank == 1 ? 1 : (right_constant ? weights.shape.back() : weights.shape[rank - 2]);
  const bool one_matrix = element_count(weights.shape) == inner * outputs && rank <= in.size();
  if (left_constant != right_constant && one_matrix && in.size() >= 2) {
    const std::size_t axis = right_constant ? left_axis : right_axis;
    if (is_batch(right_constant ? a : b, static_cast<int>(axis)))
      node.fail(fmt::format("multiplies its constant over the batch axis of its input of shape {}, which is not supported", shape_text(in)));
    Node layer = node_of(node, {right_constant ? a : b});
    const auto fill = [&](auto& matrix, const auto& from) {
      for (std::int64_t o = 0; o < outputs; ++o) {
        for (std::int64_t i = 0; i < inner; ++i) {
          matrix[static_cast<std::size_t>(o * inner + i)] = from[static_cast<std::size_t>(right_constant ? i * outputs + o : o * inner + i)];
        }
      }
    };
    const int source = right_constant ? b : a;
    layer.matrices = {shared_matrix(node, node.name(), matrix_key(source, !right_constant, 1.0F), {inner, outputs}, source, fill)};
    Shape out = in;
    if (rank == 1) {
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(axis));
    } else {
      out[axis] = outputs;
    }
    layer.axis = static_cast<int>(axis);
    add(node, std::move(layer), std::move(out));
    return;
  }
  const auto lead = [](const Shape& shape) { return shape.size() < 2 ? Shape() : Shape(shape.begin(), shape.end() - 2); };
  Shape out = broadcast(node, lead(left), lead(right));
  if (left.size() > 1) out.push_back(left[left.size() - 2]);
  if (right.size() > 1) out.push_back(right.back());
  add(node, node_of(node, {a, b}), std::move(out));
}

bool OnnxGraph::fold_bias(const OnnxNode& node) {
  for (const int side : {0, 1}) {
    const int x = input(node, side);
    const ValueInfo& term = value(input(node, 1 - side));
    const std::size_t index = sole_producer(x);
    if (!term.constant || index == network_.nodes.size()) continue;
    Node& producer = network_.nodes[index];
    const Shape& out = value(x).shape;
    const auto axis = output_axis(producer, value(producer.inputs[0]).shape, out);
    if (!axis || term.shape.size() > out.size()) continue;
    bool by_output = true;
    for (std::size_t i = 0; i < term.shape.size(); ++i) {
      const std::size_t aligned = out.size() - term.shape.size() + i;
      by_output = by_output && (term.shape[i] == 1 || (aligned == *axis && term.shape[i] == out[aligned]));
    }
    if (!by_output) continue;
    auto& bias = producer.bias;
    const auto outputs = static_cast<std::size_t>(network_.matrix(producer).outputs);
    if (options_.trace) producer.bias_origin = sum(producer.bias_origin, bias, term.origin, term.data, outputs);
    if (bias.empty()) bias.assign(outputs, 0.0F);
    for (std::size_t o = 0; o < bias.size(); ++o) bias[o] += term.data[term.data.size() == 1 ? 0 : o];
    network_.values[static_cast<std::size_t>(x)].name = node.proto().output(0);
    alias(node, x);
    return true;
  }
  return false;
}

void OnnxGraph::batch_normalization(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape shape = value(x).shape;
  if (node.integer("training_mode", 0) != 0) node.fail("training_mode = 1 is not supported; export the network for inference");
  if (node.integer("spatial", 1) != 1) node.fail("spatial = 0 is not supported");
  if (shape.size() < 2) node.fail(fmt::format("input shape {}; batch and channels are needed", shape_text(shape)));
  const std::array<const char*, 4> names{"scale", "bias", "mean", "variance"};
  std::array<const std::vector<float>*, 4> parameters{};
  for (int i = 0; i < 4; ++i) {
    const ValueInfo& info = constant(node, i + 1, names[static_cast<std::size_t>(i)]);
    if (element_count(info.shape) != shape[1])
      node.fail(fmt::format("{} has shape {} for {} channels", names[static_cast<std::size_t>(i)], shape_text(info.shape), shape[1]));
    parameters[static_cast<std::size_t>(i)] = &info.data;
  }
  const double epsilon = node.real("epsilon", 1e-5F);
  const auto channels = static_cast<std::size_t>(shape[1]);
  std::vector<double> scale(channels), shift(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double variance = static_cast<double>((*parameters[3])[c]) + epsilon;
    if (!(variance > 0)) node.fail(fmt::format("variance {} of channel {} is not positive", (*parameters[3])[c], c));
    scale[c] = (*parameters[0])[c] / std::sqrt(variance);
    shift[c] = (*parameters[1])[c] - (*parameters[2])[c] * scale[c];
  }
  const std::size_t index = sole_producer(x);
  if (index != network_.nodes.size()) {
    Node& producer = network_.nodes[index];
    const auto axis = output_axis(producer, value(producer.inputs[0]).shape, shape);
    if (axis && *axis == 1) {
      Matrix& matrix = own_matrix(producer);
      std::vector<float>& bias = producer.bias;
      if (bias.empty()) bias.assign(channels, 0.0F);
      if (options_.trace) trace_normalised(node, producer, scale, shift);
      for (std::size_t c = 0; c < channels; ++c) {
        float* row = matrix.weights.data() + c * static_cast<std::size_t>(matrix.inputs);
        for (int i = 0; i < matrix.inputs; ++i) row[i] = static_cast<float>(row[i] * scale[c]);
        bias[c] = static_cast<float>(bias[c] * scale[c] + shift[c]);
      }
      network_.values[static_cast<std::size_t>(x)].name = node.proto().output(0);
      alias(node, x);
      return;
    }
  }
  const auto floats = [](const std::vector<double>& from) { return std::vector<float>(from.begin(), from.end()); };
  const int s = add_constant(node.name() + ".scale", {shape[1]}, floats(scale)), t = add_constant(node.name() + ".shift", {shape[1]}, floats(shift));
  if (options_.trace) trace_normalisation(node, s, t);
  add(node, node_of(node, {x, s, t}), shape);
}

}  // namespace mho::workloads
