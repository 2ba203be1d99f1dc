#pragma once

#include <optional>
#include <string>

#include "analysis/experiment/training_job.h"
#include "analysis/experiment/training_record.h"
#include "base/error.h"

namespace mho::cli {

/// How a training went.
struct TrainingOutcome {
  analysis::TrainingRecord record;
  bool has_begun = false;
  std::optional<base::UserError> failure;
};

/// Where mho-train is. Throws base::UserError that says how to build it.
std::string training_program();

/// Runs `program`, mho-train, with progress on the terminal. What ends a training otherwise than with a network is TrainingOutcome::failure. Throws
/// UserError where mho-train says that it is done and has written nothing.
TrainingOutcome run_training(const std::string& program, const analysis::TrainingJob& job, const analysis::TrainingInputs& inputs);

}  // namespace mho::cli
