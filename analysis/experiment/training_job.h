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

/// The job that `mho retrain` gives to `mho-train`.
struct TrainingJob {
  std::string network;              ///< ONNX
  std::optional<std::string> data;  ///< empty: the data of the built-in network
  std::optional<std::string> design;
  std::vector<std::string> set, layer;
  std::optional<std::string> recipe;
  std::vector<std::string> recipe_set;
  std::string out;
  std::optional<int> threads;  ///< empty: chosen for the network
  bool from_scratch = false;
  bool keep_checkpoint = false;
  std::uint64_t input_limit = base::InputLimit::usual;  ///< limit on the bytes read

  [[nodiscard]] std::string json() const;
  static TrainingJob parse(const std::string& json);
};

/// The files of a job, read and checked against each other.
struct TrainingInputs {
  Design design;
  workloads::DataDescription data;
  std::unique_ptr<workloads::Dataset> learned_from;  ///< the part of the training split that is not held out; null: all of it
  std::unique_ptr<workloads::Dataset> judges;        ///< samples on which states are scored
  workloads::TiledNetwork tiled;                     ///< network imported with trace; not calibrated
  workloads::Recipe recipe;
  int threads = 1;
  std::string source;              ///< network file that gets the new weights
  std::string adapted;             ///< bytes of that file with the adapters of the recipe, ONNX; empty: no adapters
  std::string fingerprint;         ///< hash of all inputs of the trained weights except threads and the number of epochs
  std::vector<std::string> files;  ///< files that were read
  [[nodiscard]] const workloads::Dataset& training() const { return learned_from ? *learned_from : *data.training; }
  /// The data on which states are scored: at most recipe.validation.samples, spread evenly over the validation split, else over the samples held out
  /// of the training split, else over the training samples.
  [[nodiscard]] const workloads::Dataset& validation() const { return *judges; }
};

/// Hashes of all weights. Weights in external files are not covered by the hash of the network file.
std::string weights_text(const workloads::Network& network);

/// Reads the files of a job. Throws UserError, also for data without a training split and, if `checked`, for data that are not finite.
TrainingInputs read_inputs(const TrainingJob& job, bool checked);

/// Throws UserError (does_not_fit) for a network that the chip cannot hold, unless the training uses no tiles. It is called before the training, so
/// that the error does not appear after it.
void require_chip(const TrainingInputs& inputs);

}  // namespace mho::analysis
