#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/mapping_bounds.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// A chip with one change, and what it brings.
struct ImprovementStep {
  std::string resource;             ///< "tiles", "lanes", ...
  std::vector<std::string> change;  ///< "key=value"
  bool fits = false;
  double interval_s = 0, latency_s = 0;
  double square_metre = 0;  ///< of the whole chip
  double energy_j = 0;      ///< of an inference in steady state
  bool full_links = false;  ///< which the estimate takes too lightly
  std::string bound{};      ///< what sets the interval
};

/// Steps from a design to one that is bound by nothing that can be bought.
struct Ladder {
  std::vector<ImprovementStep> rungs;    ///< the first is the design as it was
  std::vector<ImprovementStep> choices;  ///< of the first rung: what one more of each resource brings
  Design best;
  std::string end;  ///< why it goes no further
  bool interrupted = false;
};

/// A resource and what one more of it is, "key=value".
using Purchase = std::pair<std::string, std::vector<std::string>>;
/// The design with "key=value" assignments. Throws as design_from_text.
Design changed(const Design& design, const std::vector<std::string>& change);
/// What can be bought for a chip: rows of tiles for copies that are a tenth faster, else a quarter more, a quarter more digital cores, twice the
/// lanes, width of flits, rate of ports, lanes of the output stage and buffers, half the columns of a converter, copies, and copies that take turns
/// after single positions.
std::vector<Purchase> purchases(const Design& design, const workloads::Network& network);
/// A design as it is estimated, with the mapping made anew. Throws as prepare() and mapping_bounds().
ImprovementStep measured(std::string resource, std::vector<std::string> change, const Design& design, const workloads::Network& network,
                         const mapper::InferenceMode& mode = {});
/// What a purchase brings, and the design with it; without design, and not `fits`, where it is refused. Throws base::Interrupted.
std::pair<ImprovementStep, std::optional<Design>> tried(const Purchase& purchase, const Design& design, const workloads::Network& network,
                                                        const mapper::InferenceMode& mode = {});

/// How much a step shortens the interval for the area that it takes: shares of what `now` has. 0 where it shortens it by less than 1 %, and where
/// links are full, for packets wait longer there than an estimate knows.
double gain(const ImprovementStep& now, const ImprovementStep& step);

/// A chip as it is, then what each purchase alone makes of it, for inferences of `mode`. As hw::estimate says, with the mapping made anew. `tell`
/// hears each, of how many. Throws as measured(), and base::Interrupted.
std::vector<ImprovementStep> marginal_values(const Design& design, const workloads::Network& network, const mapper::InferenceMode& mode,
                                             const std::function<void(const ImprovementStep&, std::size_t)>& tell);

/// Takes the step that shortens the interval most for its area, again and again, until none shortens it by 1 %, or `most` times. `tell` hears each
/// rung. After a Ctrl-C the rungs so far, of which there is one.
Ladder improve(const Design& design, const workloads::Network& network, int most, const std::function<void(const ImprovementStep&)>& tell);

}  // namespace mho::analysis
