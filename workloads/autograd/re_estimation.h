#pragma once

#include <functional>

#include "workloads/autograd/torch_network.h"

namespace mho::workloads {

/// Brings mean and deviation of every channel of the convolutions of `model` back to those of the float network `teacher`, over one batch, by gain
/// and shift of weights and biases (AdaBS: Joshi et al., Nat. Commun. 11:2473, 2020). Channels whose weights are not trained, or serve several nodes,
/// stay.
void re_estimate_channels(TorchNetwork& teacher, TorchNetwork& model, const TorchNetwork::Batch& batch);

}  // namespace mho::workloads
