#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

#include "workloads/autograd/analog_product.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// A tensor that training changes, and its place in the network.
struct Parameter {
  enum class Kind { weight, bias, candidate_bias, constant } kind = Kind::weight;
  std::size_t index = 0;  ///< index of the matrix, node or value
  std::string name;
  torch::Tensor tensor;
};

/// A network whose numbers are tensors of libtorch. It runs batches of samples, differentiably, in float or on tiles.
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
  /// Called with the output of every node, [batch][...]; the return value replaces the output.
  using Hook = std::function<torch::Tensor(std::size_t node, const torch::Tensor& y)>;

  /// The output, [batch][shape]. `scores`: a final softmax is left out, for a loss that contains the logarithm.
  [[nodiscard]] torch::Tensor forward(const Batch& batch, bool scores, const Hook& hook = {});

  /// Starts a step: draws its weight noise and clears the statistics. `noise` null or `level` 0: no noise. `drop_connect`: share of weights read as
  /// 0.
  void begin_step(std::uint32_t number, const tiles::WeightNoise* noise, double level, double drop_connect, bool range_gradients, int threads);

  [[nodiscard]] std::vector<Parameter>& parameters() { return parameters_; }
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] std::vector<TrainedMatrix>& matrices() { return matrices_; }
  [[nodiscard]] const std::vector<TrainedMatrix>& matrices() const { return matrices_; }
  [[nodiscard]] const Network& network() const { return network_; }
  /// Names and tensors of everything that a training changes: parameters, column scales with their running means, and input ranges.
  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> state() const;
  /// Copies the parameters to a network of the same structure.
  void copy_into(Network& network) const;
  /// Keeps the parameters for which `wanted` returns true; the others are not trained.
  void set_trainable(const std::function<bool(const Parameter&)>& wanted);

 private:
  [[nodiscard]] torch::Tensor recurrent(std::size_t node, const std::vector<torch::Tensor>& inputs, std::int64_t batch);
  [[nodiscard]] torch::Tensor product(std::size_t node, const torch::Tensor& x);
  [[nodiscard]] torch::Tensor step_product(std::size_t node, std::size_t which, std::int64_t position, const torch::Tensor& x);
  void collect_parameters();

  Network network_;  ///< without biases: `bias_` holds them
  Execution execution_;
  std::vector<TrainedMatrix> matrices_;
  std::vector<torch::Tensor> bias_, candidate_bias_;  ///< by node; undefined: none
  std::vector<torch::Tensor> constants_;              ///< by value; undefined: an activation
  std::vector<Parameter> parameters_;
  AnalogStep step_;
};

}  // namespace mho::workloads
