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

/// Trains as a job says and writes its network. Throws UserError: interrupted where a Ctrl-C ended it, else why there is no network.
using Trainer = std::function<void(const TrainingJob&, const TrainingInputs&)>;

/// What retraining the networks of points needs.
struct RetrainingSettings {
  std::string folder{};                 ///< trained networks are kept there; made where it is missing
  std::string_view built_in_network{};  ///< bytes
  std::function<Trainer()> trainer{};   ///< asked for once, where a network is to be trained; throws UserError where none can be
  std::function<void(const std::string&)> say{};
};

/// Points with retrained networks in place of theirs.
struct RetrainedPoints {
  std::vector<NumberedPoint> points{};                          ///< in their order; those without an axis of recipes as they were
  std::vector<std::pair<NumberedPoint, Evaluation>> refused{};  ///< whose training did not give a network, and why
  std::size_t trained = 0, found = 0;                           ///< networks
};

/// Whether an axis of any of the points is `recipe` or a key of one.
bool asks_for_retraining(const std::vector<NumberedPoint>& points);

/// Trains the networks that the axes `recipe` and `recipe.KEY` ask for, each once, and puts their files into the points. A file is named by all that
/// its training depends on, so that one that is there is not trained again. Throws UserError: interrupted, what `trainer` throws, and for a recipe
/// `none` beside keys of one.
RetrainedPoints retrained(const SweepRequest& request, std::vector<NumberedPoint> points, const RetrainingSettings& settings);

}  // namespace mho::analysis
