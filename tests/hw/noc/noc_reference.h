#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "hw/noc/traffic.h"

namespace mho::hw {

/// A row of the reference simulator's table.
struct ReferenceRow {
  int size = 0;
  std::string traffic;
  int packet_flits = 0, channels = 0, buffer_flits = 0;
  std::string pipeline;
  double offered = 0;
  enum class Mode { zero, curve, saturated } mode = Mode::curve;
  bool stable = true;
  double latency = 0, accepted = 0, routers = 0;
  double saturation = 0;  ///< accepted in the saturated row of its group

  [[nodiscard]] double load() const { return offered / saturation; }
  [[nodiscard]] std::string group() const {
    return fmt::format("{0}x{0} {1}, {2} flit{3}, {4} x {5}, {6}", size, traffic, packet_flits, packet_flits == 1 ? "" : "s", channels, buffer_flits,
                       pipeline);
  }
};

inline std::vector<ReferenceRow> reference_rows(const std::string& path) {
  std::vector<ReferenceRow> rows;
  std::map<std::string, double> saturation;
  std::istringstream file(base::read_file(path));
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
    const auto number = [&](std::size_t i) { return cells[i].empty() ? 0.0 : std::stod(cells[i]); };
    ReferenceRow row{.size = std::stoi(cells[1]),
                     .traffic = cells[2],
                     .packet_flits = std::stoi(cells[3]),
                     .channels = std::stoi(cells[4]),
                     .buffer_flits = std::stoi(cells[5]),
                     .pipeline = cells[6],
                     .offered = number(7),
                     .mode = cells[8] == "zero"  ? ReferenceRow::Mode::zero
                             : cells[8] == "sat" ? ReferenceRow::Mode::saturated
                                                 : ReferenceRow::Mode::curve,
                     .stable = cells[9] != "0",
                     .latency = number(10),
                     .accepted = number(13),
                     .routers = number(16)};
    if (row.mode == ReferenceRow::Mode::saturated) saturation[row.group()] = row.accepted;
    rows.push_back(row);
  }
  for (ReferenceRow& row : rows) row.saturation = saturation.at(row.group());
  return rows;
}

/// Ours against a row: what is compared, how far off it may be, and how far it is.
struct Comparison {
  std::string band;
  bool of_accepted = false;  ///< else the packet latency
  double reference = 0, ours = 0;
  double tolerance = 0;
  double scatter = 0;  ///< deviation of a single run of ours between seeds
  bool stable = true;  ///< all runs
  [[nodiscard]] double error() const { return ours / reference - 1; }
  [[nodiscard]] bool within() const { return std::abs(error()) <= tolerance; }
  /// The reference is one run. Deviations it lies from the mean of ours; what is random about that mean counts.
  [[nodiscard]] double deviations(int seeds) const { return (ours - reference) / (scatter * std::sqrt(1 + 1.0 / seeds)); }
};

/// Runs of a row with seeds `first`, first + 1, ... Zero load: what differs in the distances of the packets drawn is taken off the reference, as
/// every router more costs exactly the pipeline's stages; the rest is what routers do.
inline Comparison compare(const ReferenceRow& row, int seeds, std::uint64_t first = 1) {
  NocParameters parameters;
  parameters.virtual_channels = row.channels;
  parameters.buffer_flits = row.buffer_flits;
  parameters.router_stages = row.pipeline == "P3s" ? 3 : row.pipeline == "P4" ? 4 : 5;
  const Topology topology(row.size, row.size, parameters);
  TrafficLoad load{.rate = row.offered, .packet_flits = row.packet_flits};
  for (const Traffic traffic : all_traffic()) {
    if (row.traffic.starts_with(traffic_name(traffic))) load.traffic = traffic;
  }
  Measurement measurement;
  measurement.throughput = row.mode == ReferenceRow::Mode::saturated;
  const bool zero = row.mode == ReferenceRow::Mode::zero;
  if (zero) {
    measurement.sample = 5000;
    measurement.converged = measurement.most_samples = 4;
  }
  Comparison result;
  constexpr double one_channel = 1;
  const bool one = row.channels == one_channel;
  result.of_accepted = row.mode == ReferenceRow::Mode::saturated || row.load() > 0.95;
  result.band = zero ? "zero" : row.load() <= 0.5 ? "to 50 %" : row.load() <= 0.85 ? "50 to 85 %" : row.load() <= 0.95 ? "85 to 95 %" : "saturated";
  result.tolerance = zero                 ? 0.01
                     : result.of_accepted ? (one ? 0.05 : 0.03)
                     : row.load() <= 0.5  ? (one ? 0.04 : 0.02)
                     : row.load() <= 0.85 ? 0.05
                                          : 0.15;
  double sum = 0, squares = 0, routers = 0;
  for (int i = 0; i < seeds; ++i) {
    const TrafficResult run = measure(topology, parameters, load, measurement, first + static_cast<std::uint64_t>(i));
    const double value = result.of_accepted ? run.accepted : run.packet_latency;
    sum += value;
    squares += value * value;
    routers += run.routers_traversed / seeds;
    result.stable = result.stable && run.stable;
  }
  result.ours = sum / seeds;
  result.scatter = seeds > 1 ? std::sqrt(std::max(0.0, (squares - sum * sum / seeds) / (seeds - 1))) : 0;
  result.reference = result.of_accepted ? row.accepted : row.latency + (zero ? parameters.router_stages * (routers - row.routers) : 0);
  return result;
}

}  // namespace mho::hw
