#pragma once

#include <string>
#include <vector>

#include "analysis/experiment/training_job.h"

namespace mho::analysis {

/// One epoch of a training: means over its steps, under the noise of the training.
struct EpochRecord {
  int epoch = 0;  ///< from 1
  double loss = 0;
  double metric = 0;   ///< the data's, on the training samples
  double rate = 0;     ///< learning rate of the last step
  double noise = 0;    ///< scale of the weight noise in the last step
  double seconds = 0;  ///< wall time
};

/// The course of a training that was finished.
struct TrainingRecord {
  TrainingJob job;
  std::vector<EpochRecord> epochs;  ///< of this command; those before an interruption are not among them
  double wall_s = 0;
  std::string out_hash;  ///< of the trained network's file, as Network::hash of a run with it
};

}  // namespace mho::analysis
