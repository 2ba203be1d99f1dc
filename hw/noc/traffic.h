#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/noc/noc.h"

namespace mho::hw {

/// Receivers of synthetic traffic, by the sender's place (x, y) in the grid of nodes.
enum class Traffic {
  uniform,         ///< any node, the sender included
  transpose,       ///< (y, x); square grids only
  neighbor,        ///< (x + 1, y + 1), modulo width and height
  hotspot,         ///< the node in the middle for a share of the packets, else uniform
  bit_complement,  ///< (width - 1 - x, height - 1 - y)
  tornado,         ///< almost half of the width and of the height ahead, modulo width and height
};
/// "uniform", "transpose", ...
std::string_view traffic_name(Traffic traffic);
std::vector<Traffic> all_traffic();

/// Synthetic load. Each node creates a packet with a fixed probability per cycle and keeps it in an unlimited queue until its injection.
struct TrafficLoad {
  Traffic traffic = Traffic::uniform;
  double rate = 0.1;  ///< flits per node and cycle, header included
  int packet_flits = 4;
  double hotspot_share = 0.1;
  bool all_classes = false;  ///< each packet has a random message class; else all are activations
};

/// Plan of a measurement, in cycles. Samples of equal length follow the warm-up. Sampling ends once accepted traffic and mean latency (with
/// `throughput`: accepted traffic alone) change by less than `tolerance` in `converged` consecutive samples, or after `most_samples`. Then, unless
/// `throughput`, the simulation continues under load until all packets created in samples have arrived, for at most 100 samples. If the mean latency
/// exceeds `latency_limit`, the result is unstable and the measurement ends at once.
struct Measurement {
  std::int64_t warm_up = 3000;
  std::int64_t sample = 1000;
  int converged = 3;
  int most_samples = 7;
  double tolerance = 0.05;
  double latency_limit = 500;
  bool throughput = false;
};

/// Times in cycles. Unstable: the latency limit was exceeded or measured packets did not arrive; with `throughput`, less than (1 - tolerance) of the
/// load was accepted.
struct TrafficResult {
  bool stable = true;
  double packet_latency = 0;      ///< from creation to ejection of the tail; mean over packets created in samples
  double network_latency = 0;     ///< the same from the cycle before injection of the head; equal to packet_latency without queueing at the source
  std::int64_t most_latency = 0;  ///< largest latency of a packet
  std::uint64_t packets = 0;      ///< packets measured
  double routers_traversed = 0;   ///< mean
  double accepted = 0;            ///< flits ejected per node and cycle, over the samples
  double accepted_least = 0, accepted_most = 0;  ///< smallest and largest value of a node
  std::int64_t cycles = 0;                       ///< all simulated cycles
  std::uint64_t flit_hops = 0;                   ///< all, warm-up included
  std::optional<double> gated;                   ///< mean share of the cycles in which a router was gated; empty without power gating
  std::uint64_t wakes = 0;                       ///< wake-ups of all routers
  double cpu_s = 0;                              ///< processor time in s
};

/// Simulates one network under one load. All but the processor time of the result is a function of the arguments. Throws UserError for transpose
/// traffic on a grid that is not square and for rates not above 0 or above one packet per node and cycle; Interrupted after Ctrl-C.
TrafficResult measure(const Topology& topology, const NocParameters& parameters, const TrafficLoad& load, const Measurement& measurement,
                      std::uint64_t seed);

}  // namespace mho::hw
