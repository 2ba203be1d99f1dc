#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/experiment.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// Adds to every layer which of its values its number formats do not hold, as the evaluation saw it.
void add_format_shares(std::vector<LayerResult>& layers, const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation);

/// A line for each format that does not hold the values of some layers: values beyond its largest number, or all of a layer's below its smallest
/// normal one; of column scales, those that are lost beside the largest.
std::vector<std::string> format_warnings(const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation);

/// What hints at samples that are not what the network was trained on, as pixels that were not scaled: float accuracy that is no better than
/// guessing, and inputs of the first layer on tiles that clip because they lie outside what calibration saw. `result` is complete but for its
/// warnings.
std::vector<std::string> input_warnings(const Result& result, const workloads::Dataset& test);

}  // namespace mho::analysis
