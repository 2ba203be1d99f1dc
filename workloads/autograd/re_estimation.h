#pragma once

#include <functional>

#include "workloads/autograd/torch_network.h"

namespace mho::workloads {

/// Sets mean and standard deviation of every convolution channel of `model` to those of the float network `teacher` over one batch, by a gain (0.5 to
/// 2) and a shift of weights and biases (AdaBS: Joshi et al., Nat. Commun. 11:2473, 2020). Channels stay unchanged if their weights or bias are not
/// trained, or if several nodes use the weights.
void re_estimate_channels(TorchNetwork& teacher, TorchNetwork& model, const TorchNetwork::Batch& batch);

}  // namespace mho::workloads
