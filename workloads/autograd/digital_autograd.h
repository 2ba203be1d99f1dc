#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// A boolean tensor as numbers: 1 for true, 0 for false.
inline torch::Tensor as_numbers(const torch::Tensor& condition) { return condition.to(torch::kFloat32); }

/// Computes a digital operator on a batch, differentiably. Activations are [batch][shape of one sample]; constants keep their shape. Throws UserError
/// for an operator that training does not support.
torch::Tensor digital_autograd(const Network& network, const Node& node, const std::vector<torch::Tensor>& inputs, std::int64_t batch);

/// Whether the node turns scores into probabilities or their logarithms. A loss that contains the logarithm takes the node's input instead.
bool gives_probabilities(const Node& node);

/// A function of one number with its constants, differentiable. Returns an undefined tensor if training does not support it (function_autograd.cpp).
torch::Tensor function_autograd(const periphery::digital::Activation& of, const torch::Tensor& x);

/// The product of matrix `which` of a recurrent node with the state of time step `position`, [batch][hidden].
using StepProduct = std::function<torch::Tensor(std::size_t which, std::int64_t position, const torch::Tensor& x)>;
/// Computes all time steps of a recurrent node, differentiably (recurrent_autograd.cpp). `inputs` as described at Recurrence; `candidate_bias`
/// undefined: none.
torch::Tensor recurrent_autograd(const Network& network, const Node& node, const std::vector<torch::Tensor>& inputs, std::int64_t batch,
                                 const torch::Tensor& candidate_bias, const StepProduct& product);

}  // namespace mho::workloads
