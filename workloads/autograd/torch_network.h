#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

#include "workloads/autograd/analog_product.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// A number that training changes, and where it lives in the network.
struct Parameter {
  enum class Kind { weight, bias, candidate_bias, constant } kind = Kind::weight;
  std::size_t index = 0;  ///< of the matrix, node or value
  std::string name;
  torch::Tensor tensor;
};

/// A network whose numbers are tensors of libtorch: runs batches of samples, differentiably, in float or on tiles.
class TorchNetwork {
 public:
  /// In float.
  explicit TorchNetwork(const Network& network);
  /// On tiles; matrices that are digital are multiplied exactly.
  TorchNetwork(const TiledNetwork& tiled, std::uint64_t seed);
  TorchNetwork(const TorchNetwork&) = delete;
  TorchNetwork& operator=(const TorchNetwork&) = delete;

  struct Batch {
    torch::Tensor samples;  ///< [batch][shape of a sample]
    torch::Tensor lengths;  ///< [batch]; undefined: whole sequences
  };
  /// Called with the output of every node, [batch][...]; what it returns takes its place.
  using Hook = std::function<torch::Tensor(std::size_t node, const torch::Tensor& y)>;

  /// The output, [batch][shape]; a final softmax is left out where `scores`, whose loss takes logarithms itself.
  [[nodiscard]] torch::Tensor forward(const Batch& batch, bool scores, const Hook& hook = {});

  /// Draws the noise of a step. `noise` null or a level of 0: none.
  void begin_step(std::uint32_t number, const tiles::WeightNoise* noise, double level, double drop_connect, bool range_gradients, int threads);

  [[nodiscard]] std::vector<Parameter>& parameters() { return parameters_; }
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] std::vector<TrainedMatrix>& matrices() { return matrices_; }
  [[nodiscard]] const std::vector<TrainedMatrix>& matrices() const { return matrices_; }
  [[nodiscard]] const Network& network() const { return network_; }
  /// Names and tensors of everything that a training changes: parameters, column scales and input ranges.
  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> state() const;
  /// Parameters back into a network of the same structure.
  void copy_into(Network& network) const;
  /// Tensors the network could not be trained without knowing where they come from; see InitializerSource.
  void set_trainable(const std::function<bool(const Parameter&)>& wanted);

 private:
  [[nodiscard]] torch::Tensor recurrent(std::size_t node, const std::vector<torch::Tensor>& inputs, std::int64_t batch);
  [[nodiscard]] torch::Tensor product(std::size_t node, const torch::Tensor& x);
  [[nodiscard]] torch::Tensor step_product(std::size_t node, std::size_t which, std::int64_t position, const torch::Tensor& x);
  void collect_parameters();

  Network network_;  ///< without biases
  Execution execution_;
  std::vector<TrainedMatrix> matrices_;
  std::vector<torch::Tensor> bias_, candidate_bias_;  ///< by node; undefined: none
  std::vector<torch::Tensor> constants_;              ///< by value; undefined: an activation
  std::vector<Parameter> parameters_;
  AnalogStep step_;
};

}  // namespace mho::workloads
