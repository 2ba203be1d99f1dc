#pragma once

#include <cstdint>
#include <vector>

#include "workloads/autograd/analog_product.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// The exact product of a node, without bias: [batch][input shape] to [batch][output shape], differentiable.
torch::Tensor float_product(const Network& network, std::size_t node, const torch::Tensor& weight, const torch::Tensor& x);

/// Indices of elements of a product's output whose converter was at its bound, for each row part of the matrix.
using SaturatedPlaces = std::vector<std::vector<std::int64_t>>;

/// The gradient of a product's output, and the elements that converters at their bound block.
struct BlockedGradient {
  torch::Tensor values;
  SaturatedPlaces places;
};

struct Gradients {
  torch::Tensor x;  ///< undefined if not requested
  torch::Tensor weight;
};

/// Gradients of a node's product with the weights of this step (`matrix.effective`). `x`: its input; `seen`: the input clipped to the ranges of the
/// tiles.
Gradients backward_product(const Network& network, const Node& node, const TrainedMatrix& matrix, const torch::Tensor& x, const torch::Tensor& seen,
                           const BlockedGradient& gradient, bool wants_x);

/// The same for one time step of a recurrent node: `seen` [batch][inputs], gradient [batch][outputs].
Gradients backward_step(const TrainedMatrix& matrix, const torch::Tensor& seen, const BlockedGradient& gradient, bool wants_x);

}  // namespace mho::workloads
