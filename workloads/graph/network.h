#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/design_file/config.h"
#include "base/input_limit.h"
#include "workloads/operators/attributes/attributes.h"
#include "workloads/operators/attributes/origin.h"

namespace mho::workloads {

using Shape = std::vector<std::int64_t>;
std::int64_t element_count(const Shape& shape);
std::string shape_text(const Shape& shape);  ///< "1x3x32x32"

/// Reads numbers that are not held, every time anew. Throws UserError where their file cannot be read.
using NumberReader = std::function<std::vector<float>()>;

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
  NumberReader reader{};       ///< of weights that are left in the file (ImportOptions::leave_weights), `weights` is empty then; empty: of others
};

/// One tensor of the graph; shapes are those of one sample (leading batch axis 1).
struct ValueInfo {
  std::string name;
  Shape shape;
  bool constant = false;
  std::vector<float> data;     ///< constants only
  InitializerSource origin{};  ///< of the data
  NumberReader reader{};       ///< of data that are left in the file, `data` is empty then; empty: of others
};

struct Operator;

/// One operator, already normalised: attributes resolved for its opset, constants folded, shapes known.
struct Node {
  std::string name;              ///< unique; made from the first output where the file gives none
  std::string operation;         ///< ONNX op_type, for tables
  const Operator* op = nullptr;  ///< what it does (workloads/graph/operator.h)
  Attributes attributes;         ///< those that `op` takes
  std::vector<int> inputs;       ///< indices of values; activations and constants (on tiles: the activation alone)
  int output = -1;
  std::vector<int> matrices;  ///< indices in Network::matrices of the products that run on tiles; empty: a digital node
  std::vector<float> bias;    ///< [outputs of the matrix] or empty
  InitializerSource bias_origin{};
  [[nodiscard]] bool on_tiles() const { return !matrices.empty(); }
  /// The attributes, which must be of that type (std::bad_variant_access).
  template <class Kind>
  [[nodiscard]] const Kind& as() const {
    return std::get<Kind>(attributes);
  }
  /// The window over height and width that the operator moves; null: it has none. On tiles: null where the matrix meets one axis of its input.
  [[nodiscard]] const Window* window() const;
  [[nodiscard]] Window* window();
  /// Null where the node has no time steps.
  [[nodiscard]] const Recurrence* recurrence() const { return std::get_if<Recurrence>(&attributes); }
  [[nodiscard]] Recurrence* recurrence() { return std::get_if<Recurrence>(&attributes); }
  /// On tiles, without window: the axis of the input that the matrix sums over.
  [[nodiscard]] int product_axis() const { return as<MatrixProduct>().axis; }
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
  std::string batch;      ///< of the input in the file: "axis 0, N in the file"; empty: not from a file
  Shape sample_shape;     ///< as ImportOptions gave it
  int length_input = -1;  ///< one number a sample; -1: none
  std::vector<CarriedState> states;
  std::vector<std::string> unused_outputs;                 ///< of the file, beyond those above
  std::vector<std::string> absent_weights;                 ///< tensors whose numbers the file lacks; others stand in for them
  std::map<std::string, std::vector<float>> input_ranges;  ///< learned in retraining: by name of the matrix, one for each of its row parts
  [[nodiscard]] const Matrix& matrix(const Node& node, std::size_t which = 0) const;
  [[nodiscard]] std::int64_t weights() const;                    ///< trained weights on tiles (zeros of grouped expansion not counted)
  [[nodiscard]] std::int64_t macs() const;                       ///< multiply-accumulates on tiles per inference
  [[nodiscard]] std::int64_t positions(const Node& node) const;  ///< output positions (MVMs) per inference of an analog node
};

struct ImportOptions {
  Shape sample_shape{};                    ///< of the data, without batch axis: gives dynamic axes of the input their length; empty: unknown
  std::string folder{};                    ///< where external data may lie; empty: nowhere
  std::map<std::string, float> scalars{};  ///< inputs of one number that have the same value for every sample, by name
  bool trace = false;                      ///< fills every InitializerSource, which takes memory of the order of the weights
  /// Large tensors are read when their numbers are needed and not held; weights may be absent. For what computes no samples.
  bool leave_weights = false;
  base::InputLimit limit{};  ///< of the bytes that are read
  std::string data_input{};  ///< name of the input that takes the sample, so that others without state may be weights; empty: found
};

/// Reads an ONNX file (or its bytes). Throws UserError naming file, node, tensor, shapes and what is supported.
Network import_onnx(const std::string& path, const Shape& sample_shape = {}, bool trace = false, const std::map<std::string, float>& scalars = {});
/// `options.folder` is that of the file.
Network import_onnx(const std::string& path, ImportOptions options);
Network import_onnx_bytes(std::span<const char> bytes, const std::string& name, const ImportOptions& options = {});

}  // namespace mho::workloads
