#pragma once

#include <string>
#include <vector>

#include "analysis/study/noc_study.h"
#include "cli/command_line.h"

namespace mho::cli {

/// What `mho noc` was asked for, as settings of the design. Throws base::UserError with code usage for a size that is none.
std::vector<std::string> noc_assignments(const NocArguments& arguments);

/// And as a study. Throws base::UserError with code usage for unknown traffic and rates that are none.
analysis::NocStudyOptions noc_options(const NocArguments& arguments);

}  // namespace mho::cli
