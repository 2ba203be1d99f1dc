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

/// Reads numbers that are not held in memory. Each call reads the file again. Throws UserError if the file cannot be read.
using NumberReader = std::function<std::vector<float>()>;

/// A matrix of trained weights in the form that a tile uses: y = W x. Convolution kernels are flattened in the order (channel, kernel y, kernel x).
/// Grouped convolutions are expanded to one block-diagonal matrix of all groups. Several nodes may share a matrix; it is stored on tiles once.
struct Matrix {
  std::string name;  ///< name of the first node that uses the matrix; unique
  int inputs = 0;
  int outputs = 0;
  int groups = 1;
  bool digital = false;        ///< true: multiplied in a digital core, as the design or an adapter asks
  std::vector<float> weights;  ///< [outputs][inputs]
  InitializerSource origin{};  ///< origin of the weights
  NumberReader reader{};       ///< reads weights that stay in the file (ImportOptions::leave_weights; `weights` is then empty); else empty
};

/// One tensor of the graph; shapes are those of one sample (leading batch axis 1).
struct ValueInfo {
  std::string name;
  Shape shape;
  bool constant = false;
  std::vector<float> data;     ///< constants only
  InitializerSource origin{};  ///< origin of the data
  NumberReader reader{};       ///< reads data that stay in the file (`data` is then empty); else empty
};

struct Operator;

/// One operator in normalised form: attributes resolved for its opset, constants folded, shapes known.
struct Node {
  std::string name;              ///< unique; derived from the first output if the file gives no name
  std::string operation;         ///< ONNX op_type, for tables
  const Operator* op = nullptr;  ///< its description (workloads/graph/operator.h)
  Attributes attributes;         ///< attributes of `op`
  std::vector<int> inputs;       ///< indices of values: activations and constants (on tiles: the activation only)
  int output = -1;
  std::vector<int> matrices;  ///< indices in Network::matrices of the products on tiles; empty: a digital node
  std::vector<float> bias;    ///< [outputs of the matrix] or empty
  InitializerSource bias_origin{};
  [[nodiscard]] bool on_tiles() const { return !matrices.empty(); }
  /// The attributes. Throws std::bad_variant_access if they are of another type.
  template <class Kind>
  [[nodiscard]] const Kind& as() const {
    return std::get<Kind>(attributes);
  }
  /// The window that the operator moves over height and width. Null if it has none. On tiles: null if the matrix multiplies one axis of its input.
  [[nodiscard]] const Window* window() const;
  [[nodiscard]] Window* window();
  /// Null if the node has no time steps.
  [[nodiscard]] const Recurrence* recurrence() const { return std::get_if<Recurrence>(&attributes); }
  [[nodiscard]] Recurrence* recurrence() { return std::get_if<Recurrence>(&attributes); }
  /// For a node on tiles without a window: the axis of the input that the matrix sums over.
  [[nodiscard]] int product_axis() const { return as<MatrixProduct>().axis; }
};

/// A state that a recurrent network carries from one sample of a stream to the next: the output becomes an input of the next sample.
struct CarriedState {
  int input = -1;
  int output = -1;
};

/// A network: values and nodes in topological order. One input takes the sample, one output gives the scores. Further inputs may be the length of a
/// padded sequence and states carried from sample to sample.
struct Network {
  std::string name;
  std::string hash;  ///< hex digest of the file's bytes
  std::vector<ValueInfo> values;
  std::vector<Node> nodes;
  std::vector<Matrix> matrices;
  int input = -1;
  int output = -1;
  std::string batch;      ///< batch axis of the input in the file: "axis 0, N in the file"; empty: not from a file
  Shape sample_shape;     ///< from ImportOptions
  int length_input = -1;  ///< value of the sequence length, one number per sample; -1: none
  std::vector<CarriedState> states;
  std::vector<std::string> unused_outputs;                 ///< outputs of the file that are neither scores nor states
  std::vector<std::string> absent_weights;                 ///< tensors without numbers in the file; stand_in() in onnx_stored.h replaces them
  std::map<std::string, std::vector<float>> input_ranges;  ///< learned in retraining, by name of the matrix: one range for each row part
  [[nodiscard]] const Matrix& matrix(const Node& node, std::size_t which = 0) const;
  [[nodiscard]] std::int64_t weights() const;  ///< trained weights of matrices that are not digital; zeros of grouped expansion not counted
  [[nodiscard]] std::int64_t macs() const;     ///< multiply-accumulates per inference of matrices that are not digital
  [[nodiscard]] std::int64_t positions(const Node& node) const;  ///< output positions (MVMs of one matrix) per inference; 0 without matrices
};

struct ImportOptions {
  Shape sample_shape{};  ///< shape of one sample of the data, without batch axis: sets the length of dynamic axes of the input; empty: unknown
  std::string folder{};  ///< folder of external data; empty: none are read
  std::map<std::string, float> scalars{};  ///< values of inputs with one number that is equal for all samples, by name of the input
  bool trace = false;                      ///< fills every InitializerSource; needs about as much memory as the weights
  /// Large tensors are read each time their numbers are needed and are not held in memory; weights may be absent. For callers that compute no
  /// samples.
  bool leave_weights = false;
  base::InputLimit limit{};  ///< limit on the bytes read
  std::string data_input{};  ///< input that takes the sample; other inputs without state may then be weights; empty: found
};

/// Reads an ONNX file. Throws UserError that names file, node, tensor and shapes, and lists what is supported.
Network import_onnx(const std::string& path, const Shape& sample_shape = {}, bool trace = false, const std::map<std::string, float>& scalars = {});
/// The same with options; `options.folder` is replaced by the folder of the file.
Network import_onnx(const std::string& path, ImportOptions options);
/// The same from the bytes of a file; `name` is used in messages.
Network import_onnx_bytes(std::span<const char> bytes, const std::string& name, const ImportOptions& options = {});

}  // namespace mho::workloads
