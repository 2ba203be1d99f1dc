#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tiles/layer_tiles.h"
#include "tiles/layout.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/evaluation.h"
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

/// Trains the weights of `network` in place with the tile model in the forward pass, and stores the learned input ranges in it. `layout` null only
/// without tiles (recipe.hardware.analog false). Goes on from the checkpoint where there is one, to the same bits as without interruption at the same
/// number of threads. Throws UserError for a network without trainable analog layers, for operators without derivative, and (failed_check) when the
/// training diverges; Interrupted after the state is saved.
void train(Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles, const InputCalibration& calibration, const Dataset& data,
           const TrainingOptions& options);

}  // namespace mho::workloads
