#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/training_job.h"

namespace mho::analysis {

/// The data's metric for one state of a network, on the validation samples.
struct ScoreRecord {
  double in_float = 0;
  double on_tiles = 0;  ///< mean over recipe.validation.repeats programming instances, at recipe.validation.age_s
};

/// One epoch of a training: means over its steps, with the noise of the training, and the score of its last state.
struct EpochRecord {
  int epoch = 0;  ///< from 1
  double loss = 0;
  double metric = 0;   ///< the data's metric on the training samples
  double rate = 0;     ///< learning rate of the last step
  double noise = 0;    ///< scale of the weight noise in the last step
  double seconds = 0;  ///< wall time, scoring included
  ScoreRecord validation;
};

/// End of a training: all epochs finished, stopped early without improvement, interrupted by Ctrl-C, or failed.
enum class TrainingEnd { finished, stopped, interrupted, failed };
std::string end_name(TrainingEnd end);

/// The record of a training.
struct TrainingRecord {
  TrainingJob job;
  std::vector<EpochRecord> epochs;  ///< including those of earlier, interrupted processes
  double wall_s = 0;                ///< wall time of all processes recorded in the checkpoint
  TrainingEnd end = TrainingEnd::finished;
  std::optional<ScoreRecord> before;  ///< score of the initial network; empty: random weights, or the training ended before it
  std::optional<ScoreRecord> after;   ///< score of the written network
  std::size_t samples = 0;            ///< number of scored samples
  int kept_epoch = 0;                 ///< epoch whose state was written; 0: none was written
  std::optional<std::string> reason;  ///< why it failed or was interrupted
  int exit_code = 0;                  ///< exit code for `reason`
  std::string out_hash;  ///< content hash of the trained network's file, equal to Network::hash of a run with it; empty: none was written
};

/// Why the written network is not useful, as the rest of a sentence: it is no better than guessing, or it lost more than a tenth of the initial
/// network's advantage over guessing. On tiles if it was trained on tiles, else in float. Empty if it is useful.
std::string ruin(const TrainingInputs& inputs, const TrainingRecord& record);

}  // namespace mho::analysis
