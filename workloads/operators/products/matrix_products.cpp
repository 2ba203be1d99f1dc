#include "workloads/operators/products/matrix_products.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/graph/initializer_source.h"
#include "workloads/operators/products/einsum.h"

namespace mho::workloads {

namespace {

/// Product of two activations: [..., M, K] x [..., K, N], broadcasting the leading axes; ascending order over K.
void multiply(Shape a_shape, Shape b_shape, std::span<const float> a, std::span<const float> b, std::span<float> y) {
  if (a_shape.size() == 1) a_shape.insert(a_shape.begin(), 1);
  if (b_shape.size() == 1) b_shape.push_back(1);
  const std::size_t m = static_cast<std::size_t>(a_shape[a_shape.size() - 2]), k = static_cast<std::size_t>(a_shape.back()),
                    n = static_cast<std::size_t>(b_shape.back());
  const std::size_t rank = std::max(a_shape.size(), b_shape.size());
  a_shape.insert(a_shape.begin(), rank - a_shape.size(), 1);
  b_shape.insert(b_shape.begin(), rank - b_shape.size(), 1);
  std::fill(y.begin(), y.end(), 0.0F);
  for (std::size_t item = 0; m * n != 0 && item < y.size() / (m * n); ++item) {
    std::size_t rest = item, a_item = 0, b_item = 0, a_step = 1, b_step = 1;
    for (std::size_t axis = rank - 2; axis-- > 0;) {
      const auto length = static_cast<std::size_t>(std::max(a_shape[axis], b_shape[axis]));
      const std::size_t index = rest % length;
      rest /= length;
      if (a_shape[axis] != 1) a_item += index * a_step;
      if (b_shape[axis] != 1) b_item += index * b_step;
      a_step *= static_cast<std::size_t>(a_shape[axis]);
      b_step *= static_cast<std::size_t>(b_shape[axis]);
    }
    for (std::size_t i = 0; i < m; ++i) {
      float* out = y.data() + (item * m + i) * n;
      for (std::size_t j = 0; j < k; ++j) {
        const float left = a[(a_item * m + i) * k + j];
        const float* right = b.data() + (b_item * k + j) * n;
        for (std::size_t c = 0; c < n; ++c) out[c] += left * right[c];
      }
    }
  }
}

void run_matrix_products(const Operands& in, std::span<float> y) { multiply(in.shape(0), in.shape(1), in.inputs[0], in.inputs[1], y); }

std::int64_t depth(const Network& network, const Node& node) {
  const auto& shape = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  return shape.empty() ? 1 : std::max<std::int64_t>(1, shape.back());
}

/// Axes that are summed over. On tiles: the axis of the matrix's inputs. For two activations: the last axis of the first, and both matrix axes of the
/// second.
std::vector<std::int64_t> summed_over(const Network& network, const Node& node, std::size_t input) {
  if (node.on_tiles()) return {node.product_axis()};
  const auto rank = static_cast<std::int64_t>(network.values[static_cast<std::size_t>(node.inputs.at(input))].shape.size());
  if (input == 0 || rank == 1) return {rank - 1};
  return {rank - 2, rank - 1};
}

using Order = OnnxBuilder::MatrixShape::Order;

/// Identifies a matrix by its constant, orientation and factor.
std::string matrix_key(int constant, bool transposed, float factor) { return fmt::format("{} {} {}", constant, transposed, factor); }

void import_gemm(OnnxBuilder& graph, const OnnxNode& node) {
  const int a = graph.input(node, 0);
  const Shape in = graph.value(a).shape;
  if (graph.value(a).constant) node.fail("its first input is constant; only activations times trained weights (second input) are supported");
  if (node.integer("transA", 0) != 0) node.fail("transA = 1 with activations as first input is not supported: it would sum over the batch axis");
  const ValueInfo& b = graph.weights(node, 1, "its matrix of weights");
  const bool transposed = node.integer("transB", 0) != 0;
  if (in.size() != 2 || b.shape.size() != 2 || in[1] != b.shape[transposed ? 1 : 0]) {
    node.fail(fmt::format("input shape {} does not fit weights of shape {}{}", shape_text(in), shape_text(b.shape), transposed ? " (transB)" : ""));
  }
  const std::int64_t inputs = in[1], outputs = b.shape[transposed ? 0 : 1];
  const float alpha = node.real("alpha", 1.0F), beta = node.real("beta", 1.0F);
  Node layer = node_of(node, matrix_product_operator, MatrixProduct{1}, {a});
  const auto fill = [=](auto& weights, const auto& from) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      for (std::int64_t i = 0; i < inputs; ++i) {
        weights[static_cast<std::size_t>(o * inputs + i)] = from[static_cast<std::size_t>(transposed ? o * inputs + i : i * outputs + o)];
      }
    }
  };
  layer.matrices = {graph.shared_matrix(node, node.name(), matrix_key(graph.input(node, 1), transposed, alpha),
                                        {inputs, outputs, 1, transposed ? Order::outputs_first : Order::inputs_first}, graph.input(node, 1), fill,
                                        alpha)};
  if (graph.has_input(node, 2)) {
    static_cast<void>(graph.constant(node, 2, "its bias"));
    const int given = graph.input(node, 2);
    const bool of_batch = graph.value(given).shape.size() == 2 && graph.batch_of(a) && graph.batch_of(a)->axis == 0 && in[0] == 1;
    const ValueInfo& c = graph.value(of_batch ? graph.one_of_batch(node, given, 0) : given);
    const std::int64_t count = element_count(c.shape);
    const bool by_output = count == outputs && (c.shape.empty() || c.shape.back() == outputs);
    if (c.shape.size() > 2 || (!by_output && count != 1)) {
      node.fail(
          fmt::format("bias of shape {} for {} outputs; one value, or one per output, is legal. Samples are run one by one, so a bias cannot differ "
                      "between the rows of a batch; export the network with a batch of 1 or with one bias for all rows",
                      shape_text(c.shape), outputs));
    }
    graph.check_trained(node, graph.input(node, 2), "its bias");
    layer.bias.resize(static_cast<std::size_t>(outputs));
    for (std::size_t o = 0; o < layer.bias.size(); ++o) layer.bias[o] = beta * c.data[by_output ? o : 0];
    if (by_output) {
      layer.bias_origin = c.origin;
      scale(layer.bias_origin, beta);
    }
  }
  graph.add(node, std::move(layer), {in[0], outputs});
}

/// A constant operand of a product as a matrix of weights.
struct Weights {
  int source;  ///< the constant
  bool right;  ///< the second operand
  std::int64_t inner, outputs;
};

void add_layer(OnnxBuilder& graph, const OnnxNode& node, int x, const Weights& weights) {
  const auto [source, right, inner, outputs] = weights;
  const Shape in = graph.value(x).shape;
  const std::size_t axis = right ? in.size() - 1 : in.size() - 2, rank = graph.value(source).shape.size();
  Node layer = node_of(node, matrix_product_operator, MatrixProduct{static_cast<int>(axis)}, {x});
  const auto fill = [right = right, inner = inner, outputs = outputs](auto& matrix, const auto& from) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      for (std::int64_t i = 0; i < inner; ++i) {
        matrix[static_cast<std::size_t>(o * inner + i)] = from[static_cast<std::size_t>(right ? i * outputs + o : o * inner + i)];
      }
    }
  };
  layer.matrices = {graph.shared_matrix(node, node.name(), matrix_key(source, !right, 1.0F),
                                        {inner, outputs, 1, right ? Order::inputs_first : Order::outputs_first}, source, fill)};
  Shape out = in;
  if (rank == 1) {
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(axis));
  } else {
    out[axis] = outputs;
  }
  graph.add(node, std::move(layer), std::move(out));
}

void import_matmul(OnnxBuilder& graph, const OnnxNode& node) {
  const int a = graph.input(node, 0), b = graph.input(node, 1);
  const Shape left = graph.value(a).shape, right = graph.value(b).shape;
  if (left.empty() || right.empty()) node.fail("an operand is a scalar; matrices or vectors are needed");
  const std::size_t left_axis = left.size() - 1, right_axis = right.size() < 2 ? 0 : right.size() - 2;
  if (left[left_axis] != right[right_axis]) {
    node.fail(fmt::format("shapes {} ('{}') and {} ('{}') do not fit: the last axis of the first and the last but one of the second must agree",
                          shape_text(left), graph.value(a).name, shape_text(right), graph.value(b).name));
  }
  const std::int64_t inner = left[left_axis];
  const bool left_constant = graph.value(a).constant, right_constant = graph.value(b).constant;
  const ValueInfo& weights = graph.value(right_constant ? b : a);
  const Shape& in = right_constant ? left : right;
  const std::size_t rank = weights.shape.size();
  // Leading axes with one element in all leave one matrix.
  const std::int64_t outputs = rank == 1 ? 1 : (right_constant ? weights.shape.back() : weights.shape[rank - 2]);
  const bool one_matrix = element_count(weights.shape) == inner * outputs && rank <= in.size();
  if (left_constant != right_constant && one_matrix && in.size() >= 2) {
    return add_layer(graph, node, right_constant ? a : b, {right_constant ? b : a, right_constant, inner, outputs});
  }
  // Leading axes with more elements: Einsum makes one matrix for each of their places.
  if (left_constant != right_constant && left.size() >= 2 && right.size() >= 2) return add_einsum(graph, node, {a, b}, "...ij,...jk->...ik");
  const auto lead = [](const Shape& shape) { return shape.size() < 2 ? Shape() : Shape(shape.begin(), shape.end() - 2); };
  Shape out = broadcast(node, lead(left), lead(right));
  if (left.size() > 1) out.push_back(left[left.size() - 2]);
  if (right.size() > 1) out.push_back(right.back());
  graph.add(node, node_of(node, matrix_product_operator, MatrixProduct{}, {a, b}), std::move(out));
}

}  // namespace

constinit const Operator matrix_product_operator{.name = "matrix_product",
                                                 .run = run_matrix_products,
                                                 .why_digital = "product of two activations",
                                                 .leading = LeadingAxis::any,
                                                 .count = depth,
                                                 .multiplies_activations = true,
                                                 .along = summed_over};

int add_trained_product(OnnxBuilder& graph, const OnnxNode& node, int x, int weights, const OnnxBuilder::MatrixShape& matrix, Shape out) {
  const std::int64_t groups = matrix.groups;
  const auto row = static_cast<std::size_t>(matrix.inputs / groups), rows = static_cast<std::size_t>(matrix.outputs / groups);
  const auto fill = [row, rows, groups = static_cast<std::size_t>(groups)](auto& to, const auto& from) {
    for (std::size_t o = 0; o < rows * groups; ++o) {
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(o * row), row,
                  to.begin() + static_cast<std::ptrdiff_t>(o * row * groups + o / rows * row));
    }
  };
  const int axis = groups > 1 ? 1 : static_cast<int>(graph.value(x).shape.size()) - 1;
  graph.keep_batch(node, x, axis);
  Node product = node_of(node, matrix_product_operator, MatrixProduct{axis}, {x});
  product.matrices = {graph.shared_matrix(node, node.name(), fmt::format("rows {} {}", weights, groups), matrix, weights, fill)};
  return graph.append(node, std::move(product), std::move(out), node.name() + ".products");
}

const OperatorFamily& matrix_product_family() {
  static const OperatorFamily family{"matrix_products",
                                     {&matrix_product_operator},
                                     {{.op_type = "Gemm", .import = import_gemm, .trained_inputs = 0b110},
                                      {.op_type = "MatMul", .import = import_matmul, .aligned_but = 2, .trained_matrices = 0b10}}};
  return family;
}

}  // namespace mho::workloads
