#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "base/json.h"
#include "hw/noc/traffic.h"

namespace mho::analysis {

struct NocStudyOptions {
  hw::TrafficLoad load;       ///< the traffic; its rate is not used
  std::vector<double> rates;  ///< flits per node and cycle, at least one
  hw::Measurement measurement;
  int seeds = 1;           ///< simulations per rate, with consecutive seeds
  std::uint64_t seed = 1;  ///< first seed
  int threads = 1;         ///< does not change results
};

/// Result at one rate: mean over seeds; counts and processor time are sums.
struct NocPoint {
  double rate = 0;
  hw::TrafficResult mean;
  double latency_deviation = 0;  ///< standard deviation of the packet latency between seeds; 0 for one seed
};

/// The network on chip of a design under synthetic traffic.
struct NocStudy {
  std::string design, network;  ///< network: "8x8 mesh, xy routing, ..."
  NocStudyOptions options;
  std::vector<NocPoint> points;  ///< one for each rate
};

/// Simulates the network at each rate. Throws UserError for loads that the network cannot get, and with exit code failed_check if no packet was
/// measured.
NocStudy study_noc(const Design& design, const NocStudyOptions& options);

/// A JSON object with the figures of each rate in "points"; with a single rate also at the top level.
base::Json noc_study_json(const NocStudy& study);
/// Latency over load as the text of an SVG file, for stable loads. Throws UserError with exit code failed_check if none is stable.
std::string noc_study_svg(const NocStudy& study);

}  // namespace mho::analysis
