#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/improvement.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// What a chip is to reach, all of what is there. Of an area alone: the shortest interval on no more.
struct SizingTarget {
  std::optional<double> throughput_per_s, latency_s, square_metre;
};

/// A key of the design, before and after.
struct SizedKey {
  std::string key, before, after;
};

/// The smallest chip that was found for a target.
struct Sizing {
  std::optional<ImprovementStep> as_it_is;  ///< empty: the network finds no place on the chip
  std::optional<ImprovementStep> best;      ///< of `design`; the closest where the target is not reached; empty: nothing fits
  std::vector<SizedKey> changes;            ///< all that `design` has in other numbers: what the chip lacks, and what it has in vain
  Design design;
  std::string why{};  ///< the target is not reached; empty: it is
};

/// Sizes a chip for a network. It begins with the fewest tiles for the throughput (mapper::fewest_tiles, copies as many as these allow), adds what
/// the chip lacks for one copy of everything, buys what brings the target closer for its area until it is reached, and then takes the least digital
/// cores, nodes of the mesh and buffers with which it still is. Times are those of hw::estimate, without links that carry more than it knows. `tell`
/// hears every chip that is kept.
Sizing size_chip(const Design& design, const workloads::Network& network, const SizingTarget& target,
                 const std::function<void(const ImprovementStep&)>& tell);

}  // namespace mho::analysis
