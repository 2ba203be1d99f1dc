#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "base/input_limit.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/training/recipe.h"

namespace mho::analysis {

/// What `mho retrain` asks `mho-train` for.
struct TrainingJob {
  std::string network;              ///< ONNX
  std::optional<std::string> data;  ///< empty: that of the built-in network
  std::optional<std::string> design;
  std::vector<std::string> set, layer;
  std::optional<std::string> recipe;
  std::vector<std::string> recipe_set;
  std::string out;
  std::optional<int> threads;  ///< empty: as suits the network
  bool from_scratch = false;
  bool keep_checkpoint = false;
  std::uint64_t input_limit = base::InputLimit::usual;  ///< of the bytes that are read for it

  [[nodiscard]] std::string json() const;
  static TrainingJob parse(const std::string& json);
};

/// All files of a job, read and checked against each other.
struct TrainingInputs {
  Design design;
  workloads::DataDescription data;
  std::unique_ptr<workloads::Dataset> learned_from;  ///< what of the training split is not held out; null: all of it
  std::unique_ptr<workloads::Dataset> judges;        ///< the samples that states are scored on
  workloads::TiledNetwork tiled;                     ///< the network traced; not calibrated
  workloads::Recipe recipe;
  int threads = 1;
  std::string source;              ///< file the weights are written into again
  std::string adapted;             ///< that file with the adapters of the recipe, ONNX; empty: it has none
  std::string fingerprint;         ///< of everything the trained weights depend on but threads and the number of epochs
  std::vector<std::string> files;  ///< that were read
  [[nodiscard]] const workloads::Dataset& training() const { return learned_from ? *learned_from : *data.training; }
  /// What states are scored on: at most recipe.validation.samples, spread evenly over the validation split, held out of the training split, or where
  /// there is neither training samples.
  [[nodiscard]] const workloads::Dataset& validation() const { return *judges; }
};

/// Hashes of all weights: those that lie in files beside the network's are not in the hash of that file.
std::string weights_text(const workloads::Network& network);

/// Throws UserError; also for data without a training split, and where `checked` for data that are not finite.
TrainingInputs read_inputs(const TrainingJob& job, bool checked);

/// Throws UserError (does_not_fit) for a network that the chip cannot hold, unless the training uses no tiles: it would only be found out later.
void require_chip(const TrainingInputs& inputs);

}  // namespace mho::analysis
