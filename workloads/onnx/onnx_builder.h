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

/// Where the batch of a tensor lies: on an axis of its own, or merged with `slower` places before it and the others after it.
struct BatchPlace {
  int axis = 0;
  std::int64_t slower = 1;
};

/// A network while it is made of an ONNX file: what importers of operators ask of it and add to it. Values are numbered as in Network::values.
class OnnxBuilder {
 public:
  OnnxBuilder(std::string file, std::int64_t opset, bool traced) : file_(std::move(file)), opset_(opset), traced_(traced) {}

  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] bool traced() const { return traced_; }  ///< whether origins of numbers are kept
  [[nodiscard]] std::int64_t file_batch() const { return file_batch_; }
  [[nodiscard]] const ValueInfo& value(int index) const { return network_.values[static_cast<std::size_t>(index)]; }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] const Network& network() const { return network_; }

  // Inputs of an ONNX node.
  [[nodiscard]] bool has_input(const OnnxNode& node, int index) const;
  [[nodiscard]] int input(const OnnxNode& node, int index) const;  ///< value index; fails where it is left out
  [[nodiscard]] const ValueInfo& constant(const OnnxNode& node, int index, const std::string& what) const;
  /// The same, of which nothing but the shape is asked: its data may still lie in the file.
  [[nodiscard]] const ValueInfo& weights(const OnnxNode& node, int index, const std::string& what) const;
  /// Reads the data of a constant that lie in the file.
  void load(int value) const;
  [[nodiscard]] std::vector<std::int64_t> constant_integers(const OnnxNode& node, int index, const std::string& what) const;
  [[nodiscard]] std::int64_t constant_integer(const OnnxNode& node, int index, const std::string& what) const;
  /// Axes as an attribute, or since an operator set as input 1.
  [[nodiscard]] std::vector<std::int64_t> axes(const OnnxNode& node, int since_opset) const;
  /// ONNX element type of a node's input as far as the graph shows it, else 0. Values themselves are float throughout.
  [[nodiscard]] int element_type(const OnnxNode& node, int index) const;

  // The batch.
  /// Where it is known to be; operators that append() adds hand it on.
  [[nodiscard]] std::optional<BatchPlace> batch_of(int value) const;
  void note_batch(int value, std::optional<BatchPlace> batch);
  /// Whether the elements of a value are lengths of tensors, or made of them: they are others for another batch.
  [[nodiscard]] bool from_lengths(int value) const { return from_lengths_.contains(value); }
  void note_lengths(int value) { from_lengths_.insert(value); }
  /// How many samples are thought of where what a file does with its batch is asked for: as many as it was exported for, or a number that no length
  /// of a tensor is likely to hold where that is open. 1: the file is for one sample.
  [[nodiscard]] std::int64_t thought_batch() const;
  /// Lengths of x, and numbers of a constant, where that many samples flow; nothing where it is not known.
  [[nodiscard]] std::optional<Shape> shape_in_batch(int x) const;
  [[nodiscard]] std::optional<std::vector<float>> numbers_in_batch(int constant) const;
  void note_in_batch(int constant, std::vector<float> numbers) { in_batch_[constant] = std::move(numbers); }
  void note_shape_in_batch(int constant, Shape shape) { shape_in_batch_[constant] = std::move(shape); }
  /// Whether the shape of a constant may differ in a batch: it was made of lengths, and its numbers there are not known one by one.
  [[nodiscard]] bool shape_from_lengths(int constant) const { return from_lengths(constant) && !in_batch_.contains(constant); }
  /// What the importer of a node made of lengths is known in a batch only if every input that differs there went through the operator itself.
  void keep_in_batch_if_folded(int made, const std::vector<int>& inputs);
  /// Whether a place on the batch axis that the constant names means every sample: it was made of lengths, or the file fixes its batch at 1.
  [[nodiscard]] bool means_every_sample(int constant) const { return file_batch_ == 1 || from_lengths(constant); }
  /// The rule of the batch: samples are run one by one, so no operator may sum, compare, pick or place along the axis that holds them
  /// (Operator::along). append() applies it to every node; importers do so where they add none. Fails where `axis` of the value x is that axis.
  void keep_batch(const OnnxNode& node, int x, std::int64_t axis) const;
  /// A constant whose `axis` has the length of the file's batch, for the one sample that flows here: fails where it differs from sample to sample.
  /// Any other value as it is.
  [[nodiscard]] int one_of_batch(const OnnxNode& node, int value, int axis);

  // Adding to the network.
  [[nodiscard]] int add_constant(const std::string& name, Shape shape, std::vector<float> data);
  /// A constant whose numbers are left where they lie.
  [[nodiscard]] int add_stored(const std::string& name, const StoredView& view);
  /// Adds a node whose output is a new value called `name` and returns its index; folds it when every input is constant.
  int append(const OnnxNode& from, Node node, Shape shape, const std::string& name);
  /// The same for the first output of the ONNX node.
  void add(const OnnxNode& from, Node node, Shape shape);
  /// A node that makes an intermediate value of an operator in several steps, numbered by `step`.
  [[nodiscard]] int add_step(const OnnxNode& from, Node node, Shape shape, int& step);
  /// An output of the ONNX node is a value that exists.
  void name_output(const OnnxNode& node, int value, int output = 0);
  /// Gives the node's output the value x where the last step made it: that takes its name. False where another node did.
  [[nodiscard]] bool take_last_step(const OnnxNode& node, int x);
  /// Whether anything reads the tensor.
  [[nodiscard]] bool is_read(const std::string& name) const { return uses_.contains(name); }
  /// Index of the node on tiles whose output nobody else reads; nodes.size() where other readers exist or none on tiles.
  [[nodiscard]] std::size_t sole_producer(int value) const;

  // Trained numbers.
  /// Fails where a constant of trained numbers holds infinity or no number, with the tensor of the file that does. `or_mask`: a tensor of nothing but
  /// 0 and -infinity is a mask and may pass.
  void check_trained(const OnnxNode& node, int value, const std::string& what, bool or_mask = false) const;

  // Trained matrices.
  struct MatrixShape {
    std::int64_t inputs, outputs, groups = 1;
    /// Where `fill` does no more than that: the source is [outputs][inputs], or [inputs][outputs].
    enum class Order { other, outputs_first, inputs_first } order = Order::other;
  };
  /// Index of the matrix that `key` has made before, else of a new one called `name`: [outputs][inputs] of zeros, into which `fill(to, from)` copies
  /// elements of the constant `source`, and then times `factor`.
  template <class Fill>
  [[nodiscard]] int shared_matrix(const OnnxNode& node, const std::string& name, const std::string& key, const MatrixShape& shape, int source,
                                  const Fill& fill, float factor = 1.0F) {
    if (const auto known = matrix_by_key_.find(key); known != matrix_by_key_.end()) return known->second;
    check_trained(node, source, "its trained weights");
    Matrix made = empty_matrix(node, name, shape);
    const std::size_t count = static_cast<std::size_t>(shape.inputs) * static_cast<std::size_t>(shape.outputs);
    if (const StoredView* view = stored(source)) {
      // The reader outlives the importer of the operator: `fill` holds what it needs by value.
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
  /// The node's matrix to change: a copy where other nodes use it too.
  [[nodiscard]] Matrix& own_matrix(Node& node);

  // What the file says, before and while its nodes are imported.
  /// The value of a tensor of the file; -1: not known yet.
  [[nodiscard]] int find(const std::string& name) const;
  void name_value(const std::string& name, int value) { value_by_name_[name] = value; }
  void note_type(const std::string& name, int type) { types_[name] = type; }
  void note_file_batch(std::int64_t length) { file_batch_ = length; }
  void note_uses(std::map<std::string, int> readers) { uses_ = std::move(readers); }
  /// A tensor has that many readers more.
  void note_readers(const std::string& name, int readers) { uses_[name] += readers; }
  [[nodiscard]] int readers(const std::string& name) const;
  /// Readers of the tensor `name` read the value `made` instead. One of them has been counted for `made` already. `renamed`: the value takes that
  /// name.
  void pass_readers(const std::string& name, int made, bool renamed);
  [[nodiscard]] int type_of(const std::string& name) const;  ///< ONNX element type of a tensor; 0 where it is not known
  /// Nodes that are no nodes of the file are written by the operator set `opset` and imported by `import`.
  using InnerImport = std::function<void(const onnx::NodeProto& proto, const std::string& name)>;
  void import_inner_by(InnerImport import) { inner_ = std::move(import); }
  void import_inner(const onnx::NodeProto& proto, const std::string& name, std::int64_t opset);
  /// The operator set by which nodes are read from now on; returns the one before.
  std::int64_t read_by(std::int64_t opset) { return std::exchange(opset_, opset); }
  /// Value `index` holds the elements of an initialiser or Constant node of that ONNX element type.
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
  /// The result of a node that shows or turns a stored constant.
  [[nodiscard]] std::optional<StoredView> seen_through(const Node& node) const;

  std::string file_;
  std::int64_t opset_;
  bool traced_;
  std::int64_t file_batch_ = 0;               ///< length of the input's batch axis in the file; 0: any
  mutable Network network_;                   ///< numbers that lie in the file are read by whoever asks for them first
  mutable std::map<int, StoredView> stored_;  ///< constants whose numbers lie in the file
  mutable std::set<int> finite_;              ///< constants in the file that were looked through
  std::map<std::string, int> value_by_name_;
  std::map<std::string, int> uses_;  ///< readers by tensor name, those of other names for it included
  std::int64_t made_ = 0;            ///< elements of constants made by folding
  std::map<std::string, int> matrix_by_key_;
  std::map<int, std::vector<int>> folded_from_;  ///< by constant that a node made: its inputs
  std::map<int, BatchPlace> batch_;              ///< by value, where it is known
  std::set<int> from_lengths_;                   ///< values
  std::map<int, std::vector<float>> in_batch_;   ///< by constant of from_lengths_, where it is known: its numbers for thought_batch() samples
  std::map<int, Shape> shape_in_batch_;          ///< by constant whose shape is made of lengths: its shape for thought_batch() samples
  std::string last_from_;                        ///< ONNX node that made the last node
  InnerImport inner_;
  std::map<std::string, int> types_;  ///< ONNX element type by tensor name
};

/// A node of an ONNX node, with its name.
[[nodiscard]] Node node_of(const OnnxNode& from, const Operator& op, Attributes attributes, std::vector<int> inputs);
/// An axis counted from the first; fails where it is outside a tensor of `rank` axes.
[[nodiscard]] int normal_axis(const OnnxNode& node, std::int64_t axis, std::size_t rank);
/// The shape of two that are aligned at their last axis, axes of length 1 repeating; fails where they do not fit.
[[nodiscard]] Shape broadcast(const OnnxNode& node, const Shape& a, const Shape& b);
/// Elements of an output of that shape; fails where there are none or too many.
std::int64_t counted(const OnnxNode& node, const Shape& shape, bool may_be_empty = false);
/// Elements of a shape that the file gives as numbers, which may be anything; fails for negative lengths and too many.
[[nodiscard]] std::size_t bounded_count(const OnnxNode& node, const Shape& shape);

}  // namespace mho::workloads
