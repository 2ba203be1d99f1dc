#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "tiles/training_matrix.h"
#include "workloads/execution/execution.h"
#include "workloads/graph/network.h"
#include "workloads/training/input_ranges.h"

namespace mho::workloads {

/// One matrix of weights during training: its parameters, and data that a step collects besides the gradients of libtorch.
struct TrainedMatrix {
  torch::Tensor weight;                          ///< [outputs][inputs]
  torch::Tensor scales;                          ///< gamma of all blocks, one after the other; analog only
  torch::Tensor scale_squares;                   ///< running means of the squared gradients of the scales
  torch::Tensor ranges;                          ///< alpha of each row part; analog only
  std::unique_ptr<tiles::TrainingMatrix> tiles;  ///< null: multiplied digitally
  torch::Tensor effective;                       ///< weights of this step: refers to the memory of `tiles`
  int groups = 1;

  std::vector<InputStatistics> parts;  ///< statistics of this step, by row part
  /// Range of inputs of each row part: begin, end (excluded).
  std::vector<std::pair<std::int64_t, std::int64_t>> part_inputs;
};

/// Data for the analog products of one step.
struct AnalogStep {
  const Network& network;
  const Execution& execution;  ///< execution of the network without biases
  std::vector<TrainedMatrix>& matrices;
  bool range_gradients = false;
  int threads = 1;
};

/// y = W x of a node on tiles, without bias: [batch][input shape] to [batch][output shape]. The forward pass is the tile model. The backward pass is
/// straight-through with the weights of this step, except at converters at their bound (Rasch et al., Nat. Commun. 14:5282, 2023, Methods): such a
/// converter blocks the gradient through its own row part of the matrix only.
torch::Tensor analog_product(AnalogStep& step, std::size_t node, const torch::Tensor& x);
/// The same for one time step of matrix `which` of a recurrent node, [batch][hidden] to [batch][outputs].
torch::Tensor analog_step(AnalogStep& step, std::size_t node, std::size_t which, std::int64_t position, const torch::Tensor& x);

}  // namespace mho::workloads
