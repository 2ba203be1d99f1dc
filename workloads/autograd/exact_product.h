#pragma once

#include <cstdint>
#include <vector>

#include "workloads/autograd/analog_product.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// The exact product of a node, without bias, [batch][input shape] to [batch][output shape], differentiable.
torch::Tensor float_product(const Network& network, std::size_t node, const torch::Tensor& weight, const torch::Tensor& x);

/// Elements of a product's output, by row part of its matrix, whose converter in that part was at its bound.
using SaturatedPlaces = std::vector<std::vector<std::int64_t>>;

/// The gradient of a product's output, and what of it its converters block.
struct BlockedGradient {
  torch::Tensor values;
  SaturatedPlaces places;
};

struct Gradients {
  torch::Tensor x;  ///< undefined where it was not wanted
  torch::Tensor weight;
};

/// Gradients of a node's product through the weights of this step (`matrix.effective`); `x` its input, `seen` the same as its tiles saw it.
Gradients backward_product(const Network& network, const Node& node, const TrainedMatrix& matrix, const torch::Tensor& x, const torch::Tensor& seen,
                           const BlockedGradient& gradient, bool wants_x);

/// The same for one time step of a recurrent node: `seen` [batch][inputs], gradient [batch][outputs].
Gradients backward_step(const TrainedMatrix& matrix, const torch::Tensor& seen, const BlockedGradient& gradient, bool wants_x);

}  // namespace mho::workloads
