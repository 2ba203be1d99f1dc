#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// Adds to every layer which of its values its number formats do not hold, as the evaluation saw it.
void add_format_shares(std::vector<LayerResult>& layers, const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation);

/// A line for each format that does not hold the values of some layers: values beyond its largest number, or all of a layer's below its smallest
/// normal one; of column scales, those that are lost beside the largest.
std::vector<std::string> format_warnings(const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation);

}  // namespace mho::analysis
