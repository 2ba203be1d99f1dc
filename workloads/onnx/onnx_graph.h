#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workloads/graph/initializer_source.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// One ONNX node while it is being imported: its attributes with their types checked, and messages that say where.
class OnnxNode {
 public:
  OnnxNode(const onnx::NodeProto& proto, std::string file, std::string name);
  [[nodiscard]] const onnx::NodeProto& proto() const { return *proto_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool has(const std::string& attribute) const;
  [[nodiscard]] std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
  [[nodiscard]] float real(const std::string& attribute, float otherwise) const;
  [[nodiscard]] std::string text(const std::string& attribute, const std::string& otherwise) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& attribute) const;  ///< empty where absent
  [[nodiscard]] std::vector<float> reals(const std::string& attribute) const;            ///< empty where absent
  [[nodiscard]] std::vector<std::string> texts(const std::string& attribute) const;      ///< empty where absent
  [[nodiscard]] const onnx::AttributeProto* find(const std::string& attribute) const;
  /// "file: node 'conv1' (Conv)"
  [[nodiscard]] std::string where() const;
  /// Throws UserError "where(): why".
  [[noreturn]] void fail(const std::string& why) const;

 private:
  [[nodiscard]] const onnx::AttributeProto* typed(const std::string& attribute, onnx::AttributeProto::AttributeType type, const char* what) const;
  const onnx::NodeProto* proto_;
  std::string file_;
  std::string name_;
};

/// Builds a Network from an ONNX graph node by node. Operator families live in onnx_*.cpp beside this file.
class OnnxGraph {
 public:
  OnnxGraph(const onnx::ModelProto& model, std::string file, ImportOptions options);
  [[nodiscard]] Network build();

 private:
  using Importer = void (OnnxGraph::*)(const OnnxNode&);
  struct Supported {
    Importer importer;
    Operator op;
  };
  static const std::map<std::string, Supported>& supported();

  // Graph (onnx_graph.cpp).
  void read_opset();
  void read_constants();
  void count_uses();
  std::vector<int> order();
  [[nodiscard]] std::string unique_name(const onnx::NodeProto& proto);
  void import_node(int index);
  [[nodiscard]] Network finish();

  // Where numbers come from (onnx_trace.cpp); nothing without ImportOptions::trace.
  /// Value `index` holds the elements of an initialiser or Constant node of that ONNX element type.
  void trace_source(int index, const std::string& initialiser, int type);
  /// The same for what folding `node` made.
  void trace_folded(const Node& node);
  /// A batch normalisation that is about to go into its producer, and one that stays with scale and shift of these indices.
  void trace_normalised(const OnnxNode& node, Node& producer, const std::vector<double>& scale, const std::vector<double>& shift);
  void trace_normalisation(const OnnxNode& node, int scale, int shift);

  // Inputs and outputs (onnx_inputs.cpp).
  void read_inputs();
  void read_input(const onnx::ValueInfoProto& in, int batch_axis);
  void check_outputs();
  void resolve_outputs();
  [[nodiscard]] int batch_axis_of_input(const onnx::ValueInfoProto& in) const;

  // What operators use (onnx_graph.cpp).
  [[nodiscard]] bool has_input(const OnnxNode& node, int index) const;
  [[nodiscard]] int input(const OnnxNode& node, int index) const;  ///< value index; fails where it is left out
  [[nodiscard]] const ValueInfo& value(int index) const { return network_.values[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const ValueInfo& constant(const OnnxNode& node, int index, const std::string& what) const;
  [[nodiscard]] std::vector<std::int64_t> constant_integers(const OnnxNode& node, int index, const std::string& what) const;
  [[nodiscard]] int add_constant(const std::string& name, Shape shape, std::vector<float> data);
  /// Adds a node whose first output has `shape`; folds it when every input is constant.
  void add(const OnnxNode& from, Node node, Shape shape);
  /// A node that makes an intermediate value of an operator in several steps; returns its index.
  [[nodiscard]] int add_step(const OnnxNode& from, Node node, Shape shape, int step);
  int append(const OnnxNode& from, Node node, Shape shape, const std::string& name);
  void alias(const OnnxNode& node, int value_index);
  /// Whether `axis` of a value is known to be the batch, along which nothing may be mixed or picked.
  [[nodiscard]] bool is_batch(int value_index, int axis) const;
  [[nodiscard]] std::optional<int> batch_axis_of(const Node& node, const Shape& shape) const;
  [[nodiscard]] static int normal_axis(const OnnxNode& node, std::int64_t axis, std::size_t rank);
  [[nodiscard]] Shape broadcast(const OnnxNode& node, const Shape& a, const Shape& b) const;
  [[nodiscard]] std::size_t sole_producer(int value_index) const;  ///< nodes.size() where other readers exist or none on tiles
  /// Elements of an output of that shape; fails where there are none or too many.
  static std::int64_t counted(const OnnxNode& node, const Shape& shape, bool may_be_empty = false);
  [[nodiscard]] Node node_of(const OnnxNode& from, std::vector<int> inputs) const;

  // Element types, and operators made of several steps (onnx_steps.cpp).
  void note_types(const onnx::NodeProto& proto);
  /// ONNX element type of a node's input as far as the graph shows it, else 0. Values themselves are float throughout.
  [[nodiscard]] int element_type(const OnnxNode& node, int index) const;
  /// Fails where an operator would do `what` ("sorts") along axis 0 of an activation that has length 1 there: that is the batch.
  void keep_batch(const OnnxNode& node, int x, int axis, const std::string& what) const;
  /// Steps within one ONNX node, numbered from 1 by `step`.
  [[nodiscard]] int function_step(const OnnxNode& node, periphery::digital::Function function, int x, int& step);
  [[nodiscard]] int binary_step(const OnnxNode& node, Operator op, int a, int b, int& step);
  [[nodiscard]] int reduce_step(const OnnxNode& node, periphery::digital::Reduction reduction, int x, std::vector<std::int64_t> axes, bool keepdims,
                                int& step);
  [[nodiscard]] int reshape_step(const OnnxNode& node, int x, Shape shape, int& step);
  [[nodiscard]] int transpose_step(const OnnxNode& node, int x, std::vector<std::int64_t> permutation, int& step);
  [[nodiscard]] int take_step(const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, int& step);
  /// Gives the node's output the value x: the last step's takes its name, any other is passed on by a view, so that its readers stay told apart.
  void conclude(const OnnxNode& node, int x);

  // Windows (onnx_windows.cpp).
  [[nodiscard]] Window window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel) const;
  [[nodiscard]] static Shape windowed(const OnnxNode& node, const Window& window, const Shape& in, std::int64_t channels);
  void pooling(const OnnxNode& node);
  void global_pool(const OnnxNode& node);

  // Layers with trained weights (onnx_layers.cpp).
  struct MatrixShape {
    std::int64_t inputs, outputs, groups = 1;
  };
  /// Index of the matrix that `key` has made before, else of a new one called `name`: [outputs][inputs] of zeros, into which `fill(to, from)` copies
  /// elements of the constant `source`, and then times `factor`.
  template <class Fill>
  [[nodiscard]] int shared_matrix(const OnnxNode& node, const std::string& name, const std::string& key, const MatrixShape& shape, int source,
                                  const Fill& fill, float factor = 1.0F) {
    if (const auto known = matrix_by_key_.find(key); known != matrix_by_key_.end()) return known->second;
    Matrix made = empty_matrix(node, name, shape);
    fill(made.weights, value(source).data);
    if (options_.trace) made.origin = moved(value(source).origin, made.weights.size(), fill);
    if (factor != 1.0F) {
      for (float& weight : made.weights) weight *= factor;
      scale(made.origin, factor);
    }
    network_.matrices.push_back(std::move(made));
    return matrix_by_key_[key] = static_cast<int>(network_.matrices.size()) - 1;
  }
  [[nodiscard]] static Matrix empty_matrix(const OnnxNode& node, const std::string& name, const MatrixShape& shape);
  /// The node's matrix to change: a copy where other nodes use it too.
  [[nodiscard]] Matrix& own_matrix(Node& node);
  void convolution(const OnnxNode& node);
  void transposed_convolution(const OnnxNode& node);
  void gemm(const OnnxNode& node);
  void matmul(const OnnxNode& node);
  void batch_normalization(const OnnxNode& node);
  [[nodiscard]] bool fold_bias(const OnnxNode& node);

  // LSTM, GRU and RNN (onnx_recurrent.cpp).
  void recurrent(const OnnxNode& node);
  /// The outputs of one direction: all time steps [T][1][hidden], the last one [1][1][hidden] of h, and of c where it is kept.
  struct Direction {
    int all = -1, last = -1, last_cell = -1;
  };
  [[nodiscard]] Direction recurrent_direction(const OnnxNode& node, int x, int index, int count, bool cell_wanted);
  [[nodiscard]] Recurrence recurrence_of(const OnnxNode& node, int index, int count) const;

  // Element by element and reductions (onnx_elementwise.cpp).
  void binary(const OnnxNode& node);
  void unary(const OnnxNode& node);
  void clip(const OnnxNode& node);
  void softmax(const OnnxNode& node);
  void reduce(const OnnxNode& node);
  void function(const OnnxNode& node);
  void several(const OnnxNode& node);
  void parametric_relu(const OnnxNode& node);
  void modulo(const OnnxNode& node);
  void layer_normalization(const OnnxNode& node);
  void instance_normalization(const OnnxNode& node);

  // Shapes and indices (onnx_plumbing.cpp).
  /// Picks `indices` along an axis; the new value is called `name`. Returns its index.
  [[nodiscard]] int take(const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, const std::string& name);
  void shape_of(const OnnxNode& node);
  void gather(const OnnxNode& node);
  void slice(const OnnxNode& node);
  void split(const OnnxNode& node);
  void constant_of_shape(const OnnxNode& node);
  void expand(const OnnxNode& node);
  void cast(const OnnxNode& node);
  void where(const OnnxNode& node);

  // Elements by their places (onnx_indexing.cpp, onnx_places.cpp).
  void tile(const OnnxNode& node);
  void range(const OnnxNode& node);
  void size_of(const OnnxNode& node);
  void triangle(const OnnxNode& node);
  void cumulative_sum(const OnnxNode& node);
  void extreme_index(const OnnxNode& node);
  void top_k(const OnnxNode& node);
  void non_zero(const OnnxNode& node);
  void blocks_to_space(const OnnxNode& node);
  void gather_elements(const OnnxNode& node);
  void gather_nd(const OnnxNode& node);
  void scatter_elements(const OnnxNode& node);
  void scatter_nd(const OnnxNode& node);
  [[nodiscard]] std::int64_t single(const OnnxNode& node, int index, const std::string& what) const;

  // Resampling (onnx_resize.cpp).
  void resize(const OnnxNode& node);

  // Whole numbers with a scale (onnx_quantise.cpp).
  void quantise(const OnnxNode& node);
  void dequantise(const OnnxNode& node);
  [[nodiscard]] int spread(const OnnxNode& node, int parameter, int x, const std::string& what, int& step);

  // Sums of products by letters (onnx_einsum.cpp).
  void einsum(const OnnxNode& node);

  // Normalisations of less common kinds (onnx_normalise.cpp).
  void group_normalization(const OnnxNode& node);
  void lp_normalization(const OnnxNode& node);
  void mean_variance_normalization(const OnnxNode& node);
  void local_response_normalization(const OnnxNode& node);
  void hardmax(const OnnxNode& node);

  // Shapes (onnx_shapes.cpp).
  void constant_node(const OnnxNode& node);
  void identity(const OnnxNode& node);
  void flatten(const OnnxNode& node);
  void reshape(const OnnxNode& node);
  void transpose(const OnnxNode& node);
  void pad(const OnnxNode& node);
  void concat(const OnnxNode& node);
  void squeeze(const OnnxNode& node);
  void unsqueeze(const OnnxNode& node);
  [[nodiscard]] std::vector<std::int64_t> axes_of(const OnnxNode& node, int since_opset) const;

  const onnx::ModelProto& model_;
  std::string file_;
  ImportOptions options_;
  std::int64_t opset_ = 0;
  std::int64_t file_batch_ = 1;                       ///< length of the input's first axis in the file
  std::map<std::string, std::int64_t> axis_lengths_;  ///< of dynamic axes, by name
  std::string batch_name_;                            ///< of the dynamic batch axis
  Network network_;
  std::map<std::string, int> value_by_name_;
  std::map<std::string, int> uses_;  ///< readers by tensor name, aliases of Identity and Dropout resolved
  std::map<std::string, std::string> alias_root_;
  std::int64_t made_ = 0;  ///< elements of constants made by folding
  std::map<std::string, int> matrix_by_key_;
  std::map<int, int> batch_axis_;     ///< by value, where it is known
  std::map<std::string, int> types_;  ///< ONNX element type by tensor name
  std::set<std::string> node_names_;
  std::vector<std::string> names_;  ///< unique node names, in file order
};

}  // namespace mho::workloads
