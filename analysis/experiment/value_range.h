#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/experiment.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// Adds to each layer the shares of values that its number formats cannot represent, as counted by the evaluation.
void add_format_shares(std::vector<LayerResult>& layers, const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation);

/// A line for each format that cannot represent values of some layers: values beyond its largest number, or all values of a layer below its smallest
/// normal number; for column scales, scales that are lost beside the largest.
std::vector<std::string> format_warnings(const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation);

/// Warnings about samples that differ from the training data, such as pixels without scaling: float accuracy that is no better than guessing, and
/// inputs of the first layer on tiles that clip because they exceed the calibrated range. `result` must be complete except for its warnings.
std::vector<std::string> input_warnings(const Result& result, const workloads::Dataset& test);

}  // namespace mho::analysis
