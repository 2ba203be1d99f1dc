#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// A condition per element as numbers: 1 where it holds, else 0.
inline torch::Tensor as_numbers(const torch::Tensor& condition) { return condition.to(torch::kFloat32); }

/// A digital operator on a batch, differentiable. Activations are [batch][shape of one sample], constants have their own shape. Throws UserError for
/// an operator that training does not know.
torch::Tensor digital_autograd(const Network& network, const Node& node, const std::vector<torch::Tensor>& inputs, std::int64_t batch);

/// Whether the node makes probabilities of scores, or their logarithms: a loss that takes logarithms itself leaves it out.
bool gives_probabilities(const Node& node);

/// A function of one number and its constants, differentiable; undefined where training does not know it (function_autograd.cpp).
torch::Tensor function_autograd(const periphery::digital::Activation& of, const torch::Tensor& x);

/// The product of matrix `which` of a recurrent node with the state of time step `position`, [batch][hidden].
using StepProduct = std::function<torch::Tensor(std::size_t which, std::int64_t position, const torch::Tensor& x)>;
/// All time steps of a recurrent node, differentiable (recurrent_autograd.cpp). `inputs` as Recurrence has them; `candidate_bias` undefined: none.
torch::Tensor recurrent_autograd(const Network& network, const Node& node, const std::vector<torch::Tensor>& inputs, std::int64_t batch,
                                 const torch::Tensor& candidate_bias, const StepProduct& product);

}  // namespace mho::workloads
