#pragma once

#include <string>

#include "analysis/experiment/experiment.h"

namespace mho::cli {

/// Accuracy over the ages of a chip as a table, what was scored above it, and notes below it.
std::string accuracy_text(const analysis::Result& result);

}  // namespace mho::cli
