#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/autograd/torch_network.h"
#include "workloads/autograd/trainer.h"

namespace torch::optim {
class Optimizer;
}

namespace mho::workloads {

/// Copies of all tensors that a training changes, in the order of TorchNetwork::state.
using NetworkState = std::vector<torch::Tensor>;
NetworkState copy_state(const TorchNetwork& model);
void restore_state(TorchNetwork& model, const NetworkState& state);
/// Moves `mean` by the share `weight` towards the model's state. An empty mean becomes a copy of the state.
void move_mean(NetworkState& mean, const TorchNetwork& model, double weight);

/// Progress of a training, as stored in a checkpoint.
struct TrainingCourse {
  std::int64_t step = 0;                 ///< finished steps
  double loss_sum = 0, score_sum = 0;    ///< sums over the steps of the epoch so far
  double rate = 0, noise = 0;            ///< of the last step
  double epoch_seconds = 0;              ///< time spent on the unfinished epoch
  double seconds = 0;                    ///< time of all processes together
  std::vector<TrainingProgress> epochs;  ///< finished and scored epochs
  std::optional<ValidationScore> before;
  int best_epoch = 0;  ///< from 1; 0: none
  NetworkState best;   ///< state after that epoch
  NetworkState mean;   ///< mean over the last steps; empty: states are not averaged, or there was no step
};

/// The training that a checkpoint belongs to; see TrainingOptions.
struct CheckpointOwner {
  std::string fingerprint, writer;
};

/// Writes everything that the next step depends on. The file appears whole or not at all, and is on the disk when this returns. Throws UserError.
void save_checkpoint(const std::string& path, const CheckpointOwner& owner, const TrainingCourse& course, const TorchNetwork& model,
                     const torch::optim::Optimizer& optimiser);

struct LoadedCheckpoint {
  TrainingCourse course;
  std::string writer;
};
/// Restores model and optimiser from a checkpoint. Throws UserError that names the file if it cannot be read, is damaged, or belongs to another
/// training.
LoadedCheckpoint load_checkpoint(const std::string& path, const std::string& fingerprint, TorchNetwork& model, torch::optim::Optimizer& optimiser);

}  // namespace mho::workloads
