#pragma once

#include <torch/types.h>

#include <vector>

#include "workloads/autograd/torch_network.h"
#include "workloads/data/dataset.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Outputs of a network for a batch.
struct NetworkOutputs {
  torch::Tensor output;
  std::vector<torch::Tensor> hidden;  ///< outputs of hidden_layers, if they are compared
};
/// Runs a batch. `with_hidden`: also returns the outputs of hidden layers.
NetworkOutputs outputs_of(TorchNetwork& model, const TorchNetwork::Batch& batch, bool with_hidden);

/// Distance of hidden layers from those of the float network: ||h - t||^2 / ||t||^2 over the whole batch, averaged over layers. Layers whose float
/// outputs are all 0 do not count.
torch::Tensor hidden_distance(const std::vector<torch::Tensor>& own, const std::vector<torch::Tensor>& taught);

/// The loss that a step minimises: cross entropy over all targets (ignored: -1), or the mean square error if that is the metric; plus the distance to
/// the float network as `distillation` states (for mean square error: of hidden layers only). Outputs [samples][...]; `targets` of all samples in
/// order; `taught`: outputs of the float network, empty if nothing is compared with them.
torch::Tensor loss_of(const Dataset& data, const Recipe::Distillation& distillation, const NetworkOutputs& own, const std::vector<float>& targets,
                      const NetworkOutputs& taught);

/// The data's metric for the outputs of a batch; 0 if the batch has no target.
double score_of(const Dataset& data, const torch::Tensor& output, const std::vector<float>& targets);

}  // namespace mho::workloads
