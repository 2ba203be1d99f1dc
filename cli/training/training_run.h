#pragma once

#include <optional>
#include <string>

#include "analysis/experiment/training_job.h"
#include "analysis/experiment/training_record.h"
#include "base/error.h"

namespace mho::cli {

/// Outcome of a training.
struct TrainingOutcome {
  analysis::TrainingRecord record;
  bool has_begun = false;
  std::optional<base::UserError> failure;
};

/// Path of mho-train. Throws base::UserError that says how to build it.
std::string training_program();

/// Runs `program` (mho-train) and shows its progress. If the training ends without a network, the reason is in TrainingOutcome::failure. Throws
/// UserError if mho-train reports success but has not written the network.
TrainingOutcome run_training(const std::string& program, const analysis::TrainingJob& job, const analysis::TrainingInputs& inputs);

}  // namespace mho::cli
