#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workloads/data/dataset.h"

namespace mho::workloads {

/// A data set of some samples of `all`, in the given order; `all` must outlive it. `name` is used in tables. Streams must be taken as a whole. The
/// hash covers the hash of `all` and the choice. Throws std::logic_error for an index outside the set.
std::unique_ptr<Dataset> subset_of(const Dataset& all, std::vector<std::uint32_t> samples, std::string name);

/// Divides the samples into two parts, both ascending: the share `held_out`, spread evenly over the set, and the rest. `by_stream`: whole streams are
/// held out (Dataset::stream_length); if the set is one stream, its end is held out. Each part gets at least one sample or stream. Throws UserError
/// for a set that is too small.
struct DividedSamples {
  std::vector<std::uint32_t> rest, held_out;
};
DividedSamples divide(const Dataset& all, double held_out, bool by_stream);

}  // namespace mho::workloads
