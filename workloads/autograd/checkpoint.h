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

/// Copies of everything that a training changes, in the order of TorchNetwork::state.
using NetworkState = std::vector<torch::Tensor>;
NetworkState copy_state(const TorchNetwork& model);
void restore_state(TorchNetwork& model, const NetworkState& state);
/// Moves `mean` by the share `weight` towards the model's state; an empty one becomes it.
void move_mean(NetworkState& mean, const TorchNetwork& model, double weight);

/// How far a training is.
struct TrainingCourse {
  std::int64_t step = 0;                 ///< finished ones
  double loss_sum = 0, score_sum = 0;    ///< over the steps of the epoch
  double rate = 0, noise = 0;            ///< of the last step
  double epoch_seconds = 0;              ///< of the epoch that is not finished
  double seconds = 0;                    ///< of all processes together
  std::vector<TrainingProgress> epochs;  ///< finished and scored ones
  std::optional<ValidationScore> before;
  int best_epoch = 0;  ///< from 1; 0: none
  NetworkState best;   ///< after that epoch
  NetworkState mean;   ///< over the last steps; empty: states are not averaged, or there was no step
};

/// What a checkpoint belongs to; see TrainingOptions.
struct CheckpointOwner {
  std::string fingerprint, writer;
};

/// Writes all that the next step depends on, whole or not at all, and on the disk when this returns. Throws UserError.
void save_checkpoint(const std::string& path, const CheckpointOwner& owner, const TrainingCourse& course, const TorchNetwork& model,
                     const torch::optim::Optimizer& optimiser);

struct LoadedCheckpoint {
  TrainingCourse course;
  std::string writer;
};
/// Brings model and optimiser back to where they were. Throws UserError that names the file where it cannot be read, is damaged, or belongs to
/// another training.
LoadedCheckpoint load_checkpoint(const std::string& path, const std::string& fingerprint, TorchNetwork& model, torch::optim::Optimizer& optimiser);

}  // namespace mho::workloads
