#pragma once

#include <string>

#include "analysis/experiment/experiment.h"

namespace mho::cli {

/// The scores of single samples of a run as a .npz file: `times_s` [times], `samples` [samples] indices in the test set, `counts` [samples] targets
/// that count, `float` [samples] and `tiles` [times][programmings][samples], the metric of each sample alone. The mean of a row, weighted by the
/// counts, is the metric of that programming. Not a number where a sample has no target.
std::string sample_file(const analysis::Result& result);

/// Throws UserError where the metric is no mean over samples.
void check_sample_file(workloads::Metric metric);

}  // namespace mho::cli
