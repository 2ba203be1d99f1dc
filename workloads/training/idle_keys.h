#pragma once

#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Keys that somebody gave another value than the default, and that change nothing beside the other keys and for this subject: each a sentence with
/// the reason.
std::vector<std::string> idle_keys(const base::Config& config, const Recipe& recipe, const RecipeSubject& subject);

}  // namespace mho::workloads
