#pragma once

#include <functional>
#include <optional>
#include <string>

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
  double seconds = 0;  ///< of the epoch so far
};

struct TrainingOptions {
  Recipe recipe;
  int threads = 1;
  bool from_scratch = false;  ///< random weights instead of the network's
  std::string checkpoint;     ///< file the state is kept in; empty: nowhere
  std::string fingerprint;    ///< of everything the result depends on: only a checkpoint with the same one is gone on with
  std::function<void(const TrainingProgress&)> report;
};

/// The network with weights trained with the tile model in the forward pass (recipe.hardware.analog false: in float), and with the learned input
/// ranges. Goes on from the checkpoint where there is one, to the same bits as without interruption at the same number of threads. Throws UserError
/// for a network without trainable analog layers, for operators without derivative, and (failed_check) when the training diverges; Interrupted after
/// the state is saved.
Network train(TiledNetwork tiled, const Dataset& data, const TrainingOptions& options);

}  // namespace mho::workloads
