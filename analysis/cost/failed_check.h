#pragma once

#include <string>

#include "base/error.h"

namespace mho::analysis {

/// Throws UserError (failed_check) for costs that are inconsistent with themselves or with the activity.
[[noreturn]] inline void fail_costs(const std::string& what) {
  throw base::UserError("the costs of this run failed a check: " + what, base::ExitCode::failed_check);
}

}  // namespace mho::analysis
