#pragma once

#include <torch/types.h>

#include <vector>

#include "workloads/autograd/torch_network.h"
#include "workloads/data/dataset.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// What a network makes of a batch.
struct NetworkOutputs {
  torch::Tensor output;
  std::vector<torch::Tensor> hidden;  ///< of hidden_layers, where they are compared
};
/// Runs a batch; the outputs of hidden layers come along where `with_hidden`.
NetworkOutputs outputs_of(TorchNetwork& model, const TorchNetwork::Batch& batch, bool with_hidden);

/// How far hidden layers are from those of the float network: ||h - t||^2 / ||t||^2 over the whole batch, as the mean over layers. Layers whose
/// outputs are all 0 there do not count.
torch::Tensor hidden_distance(const std::vector<torch::Tensor>& own, const std::vector<torch::Tensor>& taught);

/// What a step makes small: cross entropy over all targets (-1: none at this place), or the mean square where that is the metric, and the distance to
/// the float network as `distillation` says. Outputs [samples][...], `targets` one after the other; `taught` those of the float network, empty
/// where nothing is compared with them.
torch::Tensor loss_of(const Dataset& data, const Recipe::Distillation& distillation, const NetworkOutputs& own, const std::vector<float>& targets,
                      const NetworkOutputs& taught);

/// The data's metric of the outputs of a batch; 0 where it has no target.
double score_of(const Dataset& data, const torch::Tensor& output, const std::vector<float>& targets);

}  // namespace mho::workloads
