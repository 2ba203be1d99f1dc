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

/// How far a training is.
struct TrainingCourse {
  std::int64_t step = 0;                 ///< finished ones
  double loss_sum = 0, score_sum = 0;    ///< over the steps of the epoch
  std::vector<TrainingProgress> epochs;  ///< finished ones
};

/// Writes all that the next step depends on, whole or not at all, and on the disk when this returns. `fingerprint`: of everything the training is
/// made of. Throws UserError.
void save_checkpoint(const std::string& path, const std::string& fingerprint, const TrainingCourse& course, const TorchNetwork& model,
                     const torch::optim::Optimizer& optimiser);

/// Brings model and optimiser back to where they were. Throws UserError that names the file where it cannot be read, is damaged, or belongs to
/// another training.
TrainingCourse load_checkpoint(const std::string& path, const std::string& fingerprint, TorchNetwork& model, torch::optim::Optimizer& optimiser);

}  // namespace mho::workloads
