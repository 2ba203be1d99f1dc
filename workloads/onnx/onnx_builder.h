#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workloads/graph/initializer_source.h"
#include "workloads/graph/network.h"
#include "workloads/graph/operator.h"
#include "workloads/onnx/onnx_node.h"
#include "workloads/onnx/onnx_stored.h"

namespace mho::workloads {

/// Position of the batch in a tensor: an axis of its own (`slower` = 1), or an axis into which it was merged with `slower` places before it and other
/// places after it.
struct BatchPlace {
  int axis = 0;
  std::int64_t slower = 1;
};

/// Builds a network from an ONNX file. Importers of operators read the file's tensors through it and add nodes and values. Values are numbered as in
/// Network::values. Functions that "fail" throw a UserError that names the node.
class OnnxBuilder {
 public:
  OnnxBuilder(std::string file, std::int64_t opset, bool traced) : file_(std::move(file)), opset_(opset), traced_(traced) {}

  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] bool traced() const { return traced_; }  ///< whether origins of numbers are recorded
  [[nodiscard]] std::int64_t file_batch() const { return file_batch_; }
  [[nodiscard]] const ValueInfo& value(int index) const { return network_.values[static_cast<std::size_t>(index)]; }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] const Network& network() const { return network_; }

  // Inputs of an ONNX node.
  [[nodiscard]] bool has_input(const OnnxNode& node, int index) const;
  [[nodiscard]] int input(const OnnxNode& node, int index) const;  ///< index of the value; fails if the input is absent
  /// The input as a constant with its data. Fails if it is not constant; `what` names it in the message.
  [[nodiscard]] const ValueInfo& constant(const OnnxNode& node, int index, const std::string& what) const;
  /// The same, but only the shape may be used: the data may still be in the file.
  [[nodiscard]] const ValueInfo& weights(const OnnxNode& node, int index, const std::string& what) const;
  /// Reads the data of a constant from the file if they are not in memory yet.
  void load(int value) const;
  /// The elements of a constant input as integers of magnitude up to 2^24; else fails.
  [[nodiscard]] std::vector<std::int64_t> constant_integers(const OnnxNode& node, int index, const std::string& what) const;
  [[nodiscard]] std::int64_t constant_integer(const OnnxNode& node, int index, const std::string& what) const;
  /// The axes of a node: an attribute before opset `since_opset`, input 1 from then on.
  [[nodiscard]] std::vector<std::int64_t> axes(const OnnxNode& node, int since_opset) const;
  /// ONNX element type of a node's input if known, else 0. Values are stored as float in all cases.
  [[nodiscard]] int element_type(const OnnxNode& node, int index) const;

  // The batch.
  /// Position of the batch in a value, if known. append() derives the position for the output of each node.
  [[nodiscard]] std::optional<BatchPlace> batch_of(int value) const;
  void note_batch(int value, std::optional<BatchPlace> batch);
  /// Whether the elements of a value are lengths of tensors or were computed from lengths: they change with the batch size.
  [[nodiscard]] bool from_lengths(int value) const { return from_lengths_.contains(value); }
  void note_lengths(int value) { from_lengths_.insert(value); }
  /// Number of samples assumed when the file's use of the batch is analysed: the batch size that the file was exported for, or, if it is open, a
  /// number that is unlikely to be the length of a tensor. 1: the file is for one sample.
  [[nodiscard]] std::int64_t thought_batch() const;
  /// Shape of x, and numbers of a constant, for thought_batch() samples; empty if unknown.
  [[nodiscard]] std::optional<Shape> shape_in_batch(int x) const;
  [[nodiscard]] std::optional<std::vector<float>> numbers_in_batch(int constant) const;
  void note_in_batch(int constant, std::vector<float> numbers) { in_batch_[constant] = std::move(numbers); }
  void note_shape_in_batch(int constant, Shape shape) { shape_in_batch_[constant] = std::move(shape); }
  /// Whether the shape of a constant may depend on the batch size: the constant was computed from lengths, and its numbers for thought_batch()
  /// samples are unknown.
  [[nodiscard]] bool shape_from_lengths(int constant) const { return from_lengths(constant) && !in_batch_.contains(constant); }
  /// For a constant `made` that an importer computed from lengths: keeps its numbers for thought_batch() samples only if every input that depends on
  /// the batch size was folded through operators into `made`; else discards them.
  void keep_in_batch_if_folded(int made, const std::vector<int>& inputs);
  /// Whether an index on the batch axis, given by the constant, means every sample: it was computed from lengths, or the file fixes the batch at 1.
  [[nodiscard]] bool means_every_sample(int constant) const { return file_batch_ == 1 || from_lengths(constant); }
  /// Checks the batch rule: samples are run one by one, so no operator may sum, compare, pick or place along the axis that holds them
  /// (Operator::along). append() checks every node; importers call this if they add no node. Fails if `axis` of the value x is the batch axis.
  void keep_batch(const OnnxNode& node, int x, std::int64_t axis) const;
  /// For a constant whose `axis` has the length of the file's batch: adds and returns the part of one sample, and fails if samples differ. Any other
  /// value is returned unchanged.
  [[nodiscard]] int one_of_batch(const OnnxNode& node, int value, int axis);

  // Adding to the network.
  [[nodiscard]] int add_constant(const std::string& name, Shape shape, std::vector<float> data);
  /// Adds a constant whose numbers stay in the file.
  [[nodiscard]] int add_stored(const std::string& name, const StoredView& view);
  /// Adds a node with a new output value called `name` and returns the value's index. If every input is constant, the node is folded into a constant.
  int append(const OnnxNode& from, Node node, Shape shape, const std::string& name);
  /// The same; the value becomes the first output of the ONNX node.
  void add(const OnnxNode& from, Node node, Shape shape);
  /// Adds a node for an intermediate value of an ONNX operator that needs several steps. The name ends with the number `step`, which is then
  /// incremented. Returns the value's index.
  [[nodiscard]] int add_step(const OnnxNode& from, Node node, Shape shape, int& step);
  /// Makes an existing value an output of the ONNX node.
  void name_output(const OnnxNode& node, int value, int output = 0);
  /// If the last step of this ONNX node made x, makes x the node's output under the output's name and returns true. Else returns false.
  [[nodiscard]] bool take_last_step(const OnnxNode& node, int x);
  /// Whether any node reads the tensor.
  [[nodiscard]] bool is_read(const std::string& name) const { return uses_.contains(name); }
  /// Index of the node on tiles, not recurrent, that makes the value, if the value has exactly one reader. Else nodes.size().
  [[nodiscard]] std::size_t sole_producer(int value) const;

  // Trained numbers.
  /// Fails if a constant of trained numbers holds infinity or NaN; the message names the tensor of the file. `or_mask`: accepts a tensor of 0 and
  /// -infinity only, which is a mask.
  void check_trained(const OnnxNode& node, int value, const std::string& what, bool or_mask = false) const;

  // Trained matrices.
  struct MatrixShape {
    std::int64_t inputs, outputs, groups = 1;
    /// Order of the source if `fill` only copies it: [outputs][inputs] or [inputs][outputs].
    enum class Order { other, outputs_first, inputs_first } order = Order::other;
  };
  /// Index of the matrix that was made for `key` before, else of a new matrix called `name`. A new matrix is [outputs][inputs]: zeros, into which
  /// `fill(to, from)` copies elements of the constant `source`, then multiplied by `factor`. Fails for numbers that are not finite.
  template <class Fill>
  [[nodiscard]] int shared_matrix(const OnnxNode& node, const std::string& name, const std::string& key, const MatrixShape& shape, int source,
                                  const Fill& fill, float factor = 1.0F) {
    if (const auto known = matrix_by_key_.find(key); known != matrix_by_key_.end()) return known->second;
    check_trained(node, source, "its trained weights");
    Matrix made = empty_matrix(node, name, shape);
    const std::size_t count = static_cast<std::size_t>(shape.inputs) * static_cast<std::size_t>(shape.outputs);
    if (const StoredView* view = stored(source)) {
      // The reader is called after the importer of the operator has returned, so `fill` holds its data by value.
      made.reader = [view = *view, plain = plain_order(*view, shape), fill, factor, count] {
        std::vector<float> weights = read(plain ? *plain : view);
        if (!plain) {
          const std::vector<float> numbers = std::exchange(weights, std::vector<float>(count, 0.0F));
          fill(weights, numbers);
        }
        for (float& weight : weights) weight *= factor;
        return weights;
      };
      network_.matrices.push_back(std::move(made));
      return matrix_by_key_[key] = static_cast<int>(network_.matrices.size()) - 1;
    }
    made.weights.assign(count, 0.0F);
    fill(made.weights, value(source).data);
    if (traced_) made.origin = moved(value(source).origin, made.weights.size(), fill);
    if (factor != 1.0F) {
      for (float& weight : made.weights) weight *= factor;
      scale(made.origin, factor);
    }
    network_.matrices.push_back(std::move(made));
    return matrix_by_key_[key] = static_cast<int>(network_.matrices.size()) - 1;
  }
  /// The node's matrix, for changing it. If other nodes use the matrix, the node gets a copy.
  [[nodiscard]] Matrix& own_matrix(Node& node);

  // Names, types and readers of the file's tensors, set before and during the import of its nodes.
  /// Index of the value of a tensor of the file; -1: not imported yet.
  [[nodiscard]] int find(const std::string& name) const;
  void name_value(const std::string& name, int value) { value_by_name_[name] = value; }
  void note_type(const std::string& name, int type) { types_[name] = type; }
  void note_file_batch(std::int64_t length) { file_batch_ = length; }
  void note_uses(std::map<std::string, int> readers) { uses_ = std::move(readers); }
  /// Adds `readers` to the number of readers of a tensor.
  void note_readers(const std::string& name, int readers) { uses_[name] += readers; }
  [[nodiscard]] int readers(const std::string& name) const;
  /// Counts the readers of the tensor `name` as readers of the value `made`. One of them has been counted for `made` already. `renamed`: the value
  /// takes the name.
  void pass_readers(const std::string& name, int made, bool renamed);
  [[nodiscard]] int type_of(const std::string& name) const;  ///< ONNX element type of a tensor; 0 if unknown
  /// Imports nodes that are not in the file, such as those of an Expansion: they follow opset `opset` and are imported by `import`.
  using InnerImport = std::function<void(const onnx::NodeProto& proto, const std::string& name)>;
  void import_inner_by(InnerImport import) { inner_ = std::move(import); }
  void import_inner(const onnx::NodeProto& proto, const std::string& name, std::int64_t opset);
  /// Sets the opset for the following nodes; returns the previous one.
  std::int64_t read_by(std::int64_t opset) { return std::exchange(opset_, opset); }
  /// Records that value `index` holds the elements of an initialiser or Constant node with the ONNX element type `type`.
  void note_source(int index, const std::string& initialiser, int type);

 private:
  [[nodiscard]] static Matrix empty_matrix(const OnnxNode& node, const std::string& name, const MatrixShape& shape);
  [[nodiscard]] std::optional<BatchPlace> batch_after(const Node& node, const Shape& shape) const;
  void check_batch(const OnnxNode& from, const Node& node, const Shape& shape) const;
  void fold(const OnnxNode& from, const Node& node, std::int64_t count);
  void fold_in_batch(const Node& node);
  [[nodiscard]] std::optional<std::string> not_finite(int value, bool or_mask) const;
  [[nodiscard]] const StoredView* stored(int value) const;
  [[nodiscard]] static std::optional<StoredView> plain_order(const StoredView& view, const MatrixShape& shape);
  /// The result of a node that reshapes or transposes a constant stored in the file, as a view; else empty.
  [[nodiscard]] std::optional<StoredView> seen_through(const Node& node) const;

  std::string file_;
  std::int64_t opset_;
  bool traced_;
  std::int64_t file_batch_ = 0;               ///< batch size of the input in the file; 0: open
  mutable Network network_;                   ///< mutable: numbers in the file are read at their first use
  mutable std::map<int, StoredView> stored_;  ///< constants whose numbers are in the file
  mutable std::set<int> finite_;              ///< constants in the file that were checked for finite numbers
  std::map<std::string, int> value_by_name_;
  std::map<std::string, int> uses_;  ///< number of readers by tensor name, readers of its aliases included
  std::int64_t made_ = 0;            ///< number of elements of constants made by folding
  std::map<std::string, int> matrix_by_key_;
  std::map<int, std::vector<int>> folded_from_;  ///< for each folded constant: the inputs of its node
  std::map<int, BatchPlace> batch_;              ///< by value; absent if unknown
  std::set<int> from_lengths_;                   ///< values
  std::map<int, std::vector<float>> in_batch_;   ///< by constant of from_lengths_, if known: its numbers for thought_batch() samples
  std::map<int, Shape> shape_in_batch_;          ///< by constant whose shape was computed from lengths: its shape for thought_batch() samples
  std::string last_from_;                        ///< name of the ONNX node that added the last node
  InnerImport inner_;
  std::map<std::string, int> types_;  ///< ONNX element type by tensor name
};

/// A node with the name and op_type of the ONNX node.
[[nodiscard]] Node node_of(const OnnxNode& from, const Operator& op, Attributes attributes, std::vector<int> inputs);
/// The axis counted from the first (negative: from the last). Fails if it is outside a tensor of `rank` axes.
[[nodiscard]] int normal_axis(const OnnxNode& node, std::int64_t axis, std::size_t rank);
/// The broadcast shape of two shapes that are aligned at their last axis; axes of length 1 repeat. Fails if lengths differ otherwise.
[[nodiscard]] Shape broadcast(const OnnxNode& node, const Shape& a, const Shape& b);
/// Number of elements of an output of that shape. Fails if it is 0 (unless `may_be_empty`) or above largest_tensor.
std::int64_t counted(const OnnxNode& node, const Shape& shape, bool may_be_empty = false);
/// Number of elements of a shape that the file gives as numbers. Fails for negative lengths and above largest_tensor.
[[nodiscard]] std::size_t bounded_count(const OnnxNode& node, const Shape& shape);

}  // namespace mho::workloads
