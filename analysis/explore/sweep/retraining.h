#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/experiment/training_job.h"
#include "analysis/explore/sweep/sweep_request.h"

namespace mho::analysis {

/// Trains a job and writes its network. Throws UserError with code interrupted after a Ctrl-C, else with the reason why there is no network.
using Trainer = std::function<void(const TrainingJob&, const TrainingInputs&)>;

/// Settings for retraining the networks of points.
struct RetrainingSettings {
  std::string folder{};                 ///< folder of trained networks; created if it is missing
  std::string_view built_in_network{};  ///< bytes
  std::function<Trainer()> trainer{};   ///< called once, if a network must be trained; throws UserError if there is no trainer
  std::function<void(const std::string&)> say{};
};

/// Points with their retrained networks.
struct RetrainedPoints {
  std::vector<NumberedPoint> points{};                          ///< in their order; points without a recipe axis are unchanged
  std::vector<std::pair<NumberedPoint, Evaluation>> refused{};  ///< points whose training gave no network, with the reason
  std::size_t trained = 0, found = 0;                           ///< number of networks trained now, and found in the folder
};

/// Whether any point has the axis `recipe` or `recipe.KEY`.
bool asks_for_retraining(const std::vector<NumberedPoint>& points);

/// Trains the networks that the axes `recipe` and `recipe.KEY` request, each once, and puts their files into the points. File names contain a hash of
/// everything that the training depends on, so an existing file is not trained again. Throws UserError: interrupted, errors of `trainer`, and for
/// recipe `none` together with keys of a recipe.
RetrainedPoints retrained(const SweepRequest& request, std::vector<NumberedPoint> points, const RetrainingSettings& settings);

}  // namespace mho::analysis
