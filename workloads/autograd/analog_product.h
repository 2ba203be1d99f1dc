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

/// One matrix of weights while it is trained: its parameters, and what a step gathers beside the gradients of libtorch.
struct TrainedMatrix {
  torch::Tensor weight;                          ///< [outputs][inputs]
  torch::Tensor scales;                          ///< gamma of all blocks, one after the other; analog only
  torch::Tensor scale_squares;                   ///< running means of their squared gradients
  torch::Tensor ranges;                          ///< alpha by row part; analog only
  std::unique_ptr<tiles::TrainingMatrix> tiles;  ///< null: multiplied digitally
  torch::Tensor effective;                       ///< of this step: shows the numbers of `tiles`
  int groups = 1;

  std::vector<InputStatistics> parts;  ///< of this step, by row part
  /// Inputs of the parts, half open, by row part.
  std::vector<std::pair<std::int64_t, std::int64_t>> part_inputs;
};

/// What the analog products of one step need.
struct AnalogStep {
  const Network& network;
  const Execution& execution;  ///< of the network without biases
  std::vector<TrainedMatrix>& matrices;
  bool range_gradients = false;
  int threads = 1;
};

/// y = W x of a node on tiles, [batch][input shape] to [batch][output shape], without bias. Forward is the tile model; backward goes straight through
/// it with the weights of this step, but not through converters at their bound (Rasch et al., Nat. Commun. 14:5282, 2023, Methods): one blocks what
/// goes through its own row part of the matrix, and the other parts pass on.
torch::Tensor analog_product(AnalogStep& step, std::size_t node, const torch::Tensor& x);
/// The same for one time step of matrix `which` of a recurrent node, [batch][hidden] to [batch][outputs].
torch::Tensor analog_step(AnalogStep& step, std::size_t node, std::size_t which, std::int64_t position, const torch::Tensor& x);

}  // namespace mho::workloads
