#pragma once

#include <string>
#include <vector>

#include "analysis/experiment/experiment.h"

namespace mho::analysis {

/// What hints at samples that are not what the network was trained on, as pixels that were not scaled: float accuracy that is no better than
/// guessing, and inputs of the first layer on tiles that clip because they lie outside what calibration saw. `result` is complete but for its
/// warnings.
std::vector<std::string> input_warnings(const Result& result, const workloads::Dataset& test);

}  // namespace mho::analysis
