#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/improvement.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// Targets of a chip; all given ones must be reached. With only an area: the shortest interval on at most this area.
struct SizingTarget {
  std::optional<double> throughput_per_s, latency_s, square_metre;
};

/// A changed key of the design, with its values before and after.
struct SizedKey {
  std::string key, before, after;
};

/// The smallest chip found for a target.
struct Sizing {
  std::optional<ImprovementStep> as_it_is;  ///< the given chip; empty: the network does not fit on it
  std::optional<ImprovementStep> best;      ///< estimate of `design`; the closest chip if the target is not reached; empty: nothing fits
  std::vector<SizedKey> changes;            ///< keys that differ in `design`: resources that the chip lacks or does not need
  Design design;
  std::string why{};  ///< reason why the target is not reached; empty: it is reached
};

/// Sizes a chip for a network. Starts with the fewest tiles for the throughput (mapper::fewest_tiles, with as many copies as they allow), adds what
/// the chip lacks for one copy of all matrices, and repeats the purchase with the best gain per area until the target is reached. Then reduces
/// digital cores, mesh nodes and buffers as far as the target is still reached. Times are those of hw::estimate; chips with full links are excluded,
/// because the estimate is not valid there. `tell` is called for each chip that is kept.
Sizing size_chip(const Design& design, const workloads::Network& network, const SizingTarget& target,
                 const std::function<void(const ImprovementStep&)>& tell);

}  // namespace mho::analysis
