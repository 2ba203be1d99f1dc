#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "workloads/data/dataset.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// What a step makes small: cross entropy over all targets (-1: none at this place), or the mean square where that is the metric, and the distance to
/// the float network's outputs as `distillation` says. `output` [samples][...], `targets` one after the other; `teacher` is called where it counts.
torch::Tensor loss_of(const Dataset& data, const Recipe::Distillation& distillation, const torch::Tensor& output, const std::vector<float>& targets,
                      const std::function<torch::Tensor()>& teacher);

/// The data's metric of the outputs of a batch; 0 where it has no target.
double score_of(const Dataset& data, const torch::Tensor& output, const std::vector<float>& targets);

}  // namespace mho::workloads
