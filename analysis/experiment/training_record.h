#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/training_job.h"

namespace mho::analysis {

/// The data's metric of one state of a network, on the samples that judge the training.
struct ScoreRecord {
  double in_float = 0;
  double on_tiles = 0;  ///< mean over recipe.validation.repeats programmings, at the age that the recipe says
};

/// One epoch of a training: means over its steps, under the noise of the training, and the score of the state that it ended in.
struct EpochRecord {
  int epoch = 0;  ///< from 1
  double loss = 0;
  double metric = 0;   ///< the data's, on the training samples
  double rate = 0;     ///< learning rate of the last step
  double noise = 0;    ///< scale of the weight noise in the last step
  double seconds = 0;  ///< wall time, with the scoring
  ScoreRecord validation;
};

/// How a training ended: after all epochs, before them because nothing improved any more, by a Ctrl-C, or by anything else.
enum class TrainingEnd { finished, stopped, interrupted, failed };
std::string end_name(TrainingEnd end);

/// The course of a training.
struct TrainingRecord {
  TrainingJob job;
  std::vector<EpochRecord> epochs;  ///< with those of processes that were interrupted
  double wall_s = 0;                ///< of all processes, as far as a checkpoint tells of those before
  TrainingEnd end = TrainingEnd::finished;
  std::optional<ScoreRecord> before;  ///< of the network it began with; empty: random weights, or it ended before
  std::optional<ScoreRecord> after;   ///< of the network that was written
  std::size_t samples = 0;            ///< scored
  int kept_epoch = 0;                 ///< that the written network is the state of; 0: none was written
  std::optional<std::string> reason;  ///< why it failed or was interrupted
  int exit_code = 0;                  ///< then
  std::string out_hash;               ///< of the trained network's file, as Network::hash of a run with it; empty: none was written
};

/// Why the network that was written is not worth having, as the rest of a sentence: it is no better than guessing, or lost more than a tenth of what
/// the network it began with was better than guessing. On tiles where it was trained on tiles, else in float. Empty where it is worth it.
std::string ruin(const TrainingInputs& inputs, const TrainingRecord& record);

}  // namespace mho::analysis
