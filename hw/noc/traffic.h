#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/noc/noc.h"

namespace mho::hw {

/// Where the packets of synthetic traffic go, by the sender's place (x, y) in the grid of nodes.
enum class Traffic {
  uniform,         ///< any node, the sender included
  transpose,       ///< (y, x); square grids only
  neighbor,        ///< (x + 1, y + 1), around the edges
  hotspot,         ///< a share to the node in the middle, the rest uniform
  bit_complement,  ///< (width - 1 - x, height - 1 - y)
  tornado,         ///< almost half way around in each dimension
};
std::string_view traffic_name(Traffic traffic);
std::vector<Traffic> all_traffic();

/// Every node creates packets with a fixed probability a cycle, and keeps them in an unlimited queue until they are injected.
struct TrafficLoad {
  Traffic traffic = Traffic::uniform;
  double rate = 0.1;  ///< flits per node and cycle, header included
  int packet_flits = 4;
  double hotspot_share = 0.1;
  bool all_classes = false;  ///< packets spread over the message classes; else all are activations
};

/// First warm-up, then samples of equal length until the mean latency (or in mode throughput the accepted traffic) changes by less than `tolerance`
/// in `converged` samples on end, or `most_samples` have been taken; then, but for throughput, until every packet created in a sample has arrived,
/// while the sources go on. Above `latency_limit` the network does not keep up: it is not stable, and nothing is waited for.
struct Measurement {
  std::int64_t warm_up = 3000;
  std::int64_t sample = 1000;
  int converged = 3;
  int most_samples = 7;
  double tolerance = 0.05;
  double latency_limit = 500;
  bool throughput = false;
};

struct TrafficResult {
  bool stable = true;
  double packet_latency = 0;                     ///< creation to ejection of the tail, mean of the packets created in samples
  double network_latency = 0;                    ///< the same from the cycle before the head is injected on: equal while nothing waits at the source
  std::int64_t most_latency = 0;                 ///< of a packet
  std::uint64_t packets = 0;                     ///< measured
  double routers_traversed = 0;                  ///< mean
  double accepted = 0;                           ///< flits ejected per node and cycle, over the samples
  double accepted_least = 0, accepted_most = 0;  ///< of a node
  std::int64_t cycles = 0;                       ///< simulated in all
  std::uint64_t flit_hops = 0;                   ///< in all
  std::optional<double> gated;                   ///< share of all cycles in which a router was gated, mean; empty without power gating
  std::uint64_t wakes = 0;                       ///< of gated routers, in all
  double cpu_s = 0;                              ///< processor time of all
};

/// Runs one network under one load. The result but for its processor time is a function of the arguments. Throws UserError for traffic that the grid
/// cannot have and rates above one packet per node and cycle.
TrafficResult measure(const Topology& topology, const NocParameters& parameters, const TrafficLoad& load, const Measurement& measurement,
                      std::uint64_t seed);

}  // namespace mho::hw
