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

/// What training tells while it runs.
struct TrainingProgress {
  std::int64_t step = 0, steps = 0;  ///< finished, of all
  int epoch = 0;                     ///< from 1
  double loss = 0, metric = 0;       ///< means since the epoch began, under the noise of the training
  double rate = 0, noise = 0;        ///< of the last step
  bool ends_epoch = false;
  double seconds = 0;                           ///< of the epoch so far
  std::optional<ValidationScore> validation{};  ///< of the state that the epoch ended in
};

/// What a training goes on from.
struct TrainingOptions {
  Recipe recipe;
  int threads = 1;
  bool from_scratch = false;             ///< random weights instead of the network's
  const Dataset* validation = nullptr;   ///< what states are scored on; null: the training data
  const Dataset* calibration = nullptr;  ///< sets input ranges where a state has none that were learned; null: the training data
  std::string checkpoint;                ///< file the state is kept in; empty: nowhere
  std::string fingerprint;               ///< of everything the result depends on but the number of epochs: other checkpoints are refused
  std::string writer;                    ///< program, threads and processor, on which roundings depend; kept in the checkpoint
  std::function<void(const TrainingProgress&)> report;
  std::function<void(double seconds)> resume;             ///< told how long the processes before this one worked
  std::function<void(const std::string& sentence)> note;  ///< what the user should know of a checkpoint that is gone on with
};

struct TrainedNetwork {
  Network network;
  std::optional<ValidationScore> before;  ///< of the network that the training began with; empty: random weights
  ValidationScore after;                  ///< of `network`, on programmings by which nothing was chosen
  std::size_t samples = 0;                ///< scored
  int epochs = 0;                         ///< finished
  int kept_epoch = 0;                     ///< that `network` is the state of, from 1
  bool stopped = false;                   ///< by validation.patience
};

/// The network with weights trained with the tile model in the forward pass (recipe.hardware.analog false: in float), and with the learned input
/// ranges. `tiled` is that of the design, with adapters where the recipe has them; its calibration does not count. After each epoch the state is
/// scored. Goes on from the checkpoint where there is one, to the same bits as without interruption where `writer` is the same; one of fewer epochs
/// is gone on with too. Throws UserError for a network without trainable analog layers, for operators without derivative, and (failed_check) when the
/// training diverges; Interrupted after the state is saved.
TrainedNetwork train(const TiledNetwork& tiled, const Dataset& data, const TrainingOptions& options);

}  // namespace mho::workloads
