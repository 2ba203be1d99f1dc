#pragma once

#include <functional>
#include <optional>
#include <string>

#include "workloads/autograd/validation.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Progress report of a training.
struct TrainingProgress {
  std::int64_t step = 0, steps = 0;  ///< finished steps, and all
  int epoch = 0;                     ///< from 1
  double loss = 0, metric = 0;       ///< means since the epoch began, with the noise of the training
  double rate = 0, noise = 0;        ///< values of the last step
  bool ends_epoch = false;
  double seconds = 0;                           ///< time of the epoch so far
  std::optional<ValidationScore> validation{};  ///< score of the state at the end of the epoch
};

/// Settings of a training.
struct TrainingOptions {
  Recipe recipe;
  int threads = 1;
  bool from_scratch = false;             ///< random weights instead of the network's
  const Dataset* validation = nullptr;   ///< data on which states are scored; null: the training data
  const Dataset* calibration = nullptr;  ///< sets input ranges that a state has not learned; null: the training data
  std::string checkpoint;                ///< file for the state; empty: none
  std::string fingerprint;  ///< hash of all inputs of the result except the number of epochs; a checkpoint with another fingerprint is refused
  std::string writer;       ///< program, threads and processor, on which rounding depends; stored in the checkpoint
  std::function<void(const TrainingProgress&)> report;
  std::function<void(double seconds)> resume;             ///< gets the time that earlier processes of this training worked
  std::function<void(const std::string& sentence)> note;  ///< gets a message for the user about a resumed checkpoint
};

struct TrainedNetwork {
  Network network;
  std::optional<ValidationScore> before;  ///< score of the initial network; empty: random weights
  ValidationScore after;                  ///< score of `network`, on programming instances that were not used for selection
  std::size_t samples = 0;                ///< number of scored samples
  int epochs = 0;                         ///< number of finished epochs
  int kept_epoch = 0;                     ///< epoch whose state `network` is, from 1
  bool stopped = false;                   ///< stopped early by validation.patience
};

/// Trains the network with the tile model in the forward pass (recipe.hardware.analog false: in float). Returns it with the trained weights and
/// learned input ranges. `tiled`: the network on the design, with adapters if the recipe has them; its calibration is not used. After each epoch the
/// state is scored. An existing checkpoint is continued, also one of fewer epochs; the result has the same bits as without interruption if `writer`
/// is the same. Throws UserError for a network without trainable analog layers, for operators without derivative, for patterns that match no layer,
/// and with exit code failed_check if the training diverges. Throws Interrupted after the state is saved.
TrainedNetwork train(const TiledNetwork& tiled, const Dataset& data, const TrainingOptions& options);

}  // namespace mho::workloads
