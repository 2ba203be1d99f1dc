#pragma once

#include <string>

#include "analysis/experiment/experiment.h"

namespace mho::cli {

/// Accuracy at each age of a chip as a table, with the scored data above it and notes below it.
std::string accuracy_text(const analysis::Result& result);

}  // namespace mho::cli
