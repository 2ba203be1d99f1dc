#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "base/json.h"
#include "hw/noc/traffic.h"

namespace mho::analysis {

struct NocStudyOptions {
  hw::TrafficLoad load;       ///< its rate is not used
  std::vector<double> rates;  ///< flits per node and cycle, at least one
  hw::Measurement measurement;
  int seeds = 1;           ///< networks per rate, with seeds one after the other
  std::uint64_t seed = 1;  ///< the first of them
  int threads = 1;         ///< never changes a result
};

/// Mean over seeds; counts and processor time are sums.
struct NocPoint {
  double rate = 0;
  hw::TrafficResult mean;
  double latency_deviation = 0;  ///< of the packet latency between seeds; 0 for one seed
};

/// The network of a design under synthetic traffic.
struct NocStudy {
  std::string design, network;  ///< network: "8x8 mesh, xy routing, ..."
  NocStudyOptions options;
  std::vector<NocPoint> points;  ///< one for each rate
};

/// Throws UserError for loads that the network cannot be offered, and with failed_check when no packet was measured.
NocStudy study_noc(const Design& design, const NocStudyOptions& options);

/// One object with the figures of every rate in "points"; with one rate they stand at the top too.
base::Json noc_study_json(const NocStudy& study);
/// Latency over the stable loads as the text of an SVG file. Throws UserError (failed_check) where none was stable.
std::string noc_study_svg(const NocStudy& study);

}  // namespace mho::analysis
