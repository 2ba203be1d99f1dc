#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workloads/data/dataset.h"

namespace mho::workloads {

/// Some samples of a data set, in the given order, as a data set of its own; `all` must outlive it. `name` for tables. Streams that continue each
/// other must be taken as a whole. The hash covers that of `all` and the choice. An index beyond the set is a std::logic_error.
std::unique_ptr<Dataset> subset_of(const Dataset& all, std::vector<std::uint32_t> samples, std::string name);

/// Samples in two parts, both ascending: the share `held_out` of them, spread evenly over the set, and the rest. Where `by_stream`, whole streams
/// (Dataset::stream_length); a set that is one stream gives its end. At least one sample, or stream, in each part. Throws UserError for a set that is
/// too small to be divided.
struct DividedSamples {
  std::vector<std::uint32_t> rest, held_out;
};
DividedSamples divide(const Dataset& all, double held_out, bool by_stream);

}  // namespace mho::workloads
