#pragma once

#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Keys that were set to another value than the default but have no effect, because of other keys or of this subject. One sentence with the reason
/// for each.
std::vector<std::string> idle_keys(const base::Config& config, const Recipe& recipe, const RecipeSubject& subject);

}  // namespace mho::workloads
