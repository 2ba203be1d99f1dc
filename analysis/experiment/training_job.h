#pragma once

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
  int threads = 1;
  bool from_scratch = false;
  std::uint64_t input_limit = base::InputLimit::usual;  ///< of the bytes that are read for it

  [[nodiscard]] std::string json() const;
  static TrainingJob parse(const std::string& json);
};

/// All files of a job, read and checked against each other.
struct TrainingInputs {
  Design design;
  workloads::DataDescription data;
  workloads::TiledNetwork tiled;  ///< the network traced; not calibrated
  workloads::Recipe recipe;
  std::string source;              ///< file the weights are written into again
  std::string fingerprint;         ///< of everything the trained weights depend on
  std::vector<std::string> files;  ///< that were read
};

/// Throws UserError; also for data without a training split.
TrainingInputs read_inputs(const TrainingJob& job);

}  // namespace mho::analysis
