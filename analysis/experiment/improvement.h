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

/// A chip with one change, and its figures.
struct ImprovementStep {
  std::string resource;             ///< "tiles", "lanes", ...
  std::vector<std::string> change;  ///< "key=value"
  bool fits = false;
  double interval_s = 0, latency_s = 0;
  double square_metre = 0;  ///< area of the whole chip
  double energy_j = 0;      ///< energy of an inference in steady state
  bool full_links = false;  ///< links work nearly all the time; the estimate is too optimistic then
  std::string bound{};      ///< the bottleneck of the interval
};

/// Steps from a design to one that no purchase makes faster.
struct Ladder {
  std::vector<ImprovementStep> rungs;    ///< the first is the initial design
  std::vector<ImprovementStep> choices;  ///< for the first rung: the effect of one more unit of each resource
  Design best;
  std::string end;  ///< reason for the end
  bool interrupted = false;
};

/// A resource, and the changes ("key=value") for one more unit of it.
using Purchase = std::pair<std::string, std::vector<std::string>>;
/// The design with "key=value" assignments. Throws as design_from_text.
Design changed(const Design& design, const std::vector<std::string>& change);
/// The possible purchases for a chip: rows of the mesh with tiles for copies that are a tenth faster (else a quarter more rows), a quarter more
/// digital cores, twice the lanes, width of flits, rate of ports, lanes of the output stage and buffers, half the columns of a converter, copies, and
/// copies that take turns after single positions.
std::vector<Purchase> purchases(const Design& design, const workloads::Network& network);
/// The estimate of a design, with a new mapping. Throws as prepare() and mapping_bounds().
ImprovementStep measured(std::string resource, std::vector<std::string> change, const Design& design, const workloads::Network& network,
                         const mapper::InferenceMode& mode = {});
/// The estimate of a purchase, and the design with it. If the purchase is refused: no design, and `fits` is false. Throws base::Interrupted.
std::pair<ImprovementStep, std::optional<Design>> tried(const Purchase& purchase, const Design& design, const workloads::Network& network,
                                                        const mapper::InferenceMode& mode = {});

/// Relative reduction of the interval over relative increase of the area, both with respect to `now`. 0 if the step does not fit or shortens the
/// interval by less than 1 %, and if links are full, because packets wait longer there than the estimate states.
double gain(const ImprovementStep& now, const ImprovementStep& step);

/// The estimate of a chip as it is, then with each purchase alone, for inferences of `mode`; the mapping is made anew. `tell` is called for each,
/// with their number. Throws as measured(), and base::Interrupted.
std::vector<ImprovementStep> marginal_values(const Design& design, const workloads::Network& network, const mapper::InferenceMode& mode,
                                             const std::function<void(const ImprovementStep&, std::size_t)>& tell);

/// Repeats the step with the largest gain() until no step shortens the interval by 1 %, at most `most` times. `tell` is called for each rung. After a
/// Ctrl-C it returns the rungs so far, at least one.
Ladder improve(const Design& design, const workloads::Network& network, int most, const std::function<void(const ImprovementStep&)>& tell);

}  // namespace mho::analysis
