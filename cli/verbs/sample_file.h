#pragma once

#include <string>

#include "analysis/experiment/experiment.h"

namespace mho::cli {

/// The scores of single samples of a run as the bytes of a .npz file: `times_s` [times] in seconds, `samples` [samples] indices in the test set,
/// `counts` [samples] numbers of targets that count, `float` [samples] and `tiles` [times][programming instances][samples], the metric of each sample
/// (NaN if it has no target). The mean of a row, weighted by the counts, is the metric of that programming instance.
std::string sample_file(const analysis::Result& result);

/// Throws UserError if the metric is not a mean over samples.
void check_sample_file(workloads::Metric metric);

}  // namespace mho::cli
