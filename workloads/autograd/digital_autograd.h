#pragma once

#include <torch/types.h>

#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// A digital operator on a batch, differentiable. Activations are [batch][shape of one sample], constants have their own shape; `constant[i]` says
/// which input is which. Throws UserError for an operator that training does not know.
torch::Tensor digital_autograd(const Network& network, const Node& node, const std::vector<torch::Tensor>& inputs, std::int64_t batch);

/// A function of one number and its constants, differentiable.
torch::Tensor function_autograd(periphery::digital::Function function, float alpha, float beta, const torch::Tensor& x);

}  // namespace mho::workloads
