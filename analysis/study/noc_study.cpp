#include "analysis/study/noc_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/plot/curve_plot.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/statistics.h"

namespace mho::analysis {

namespace {

NocPoint mean_of(double rate, const std::vector<hw::TrafficResult>& results) {
  NocPoint point;
  point.rate = rate;
  hw::TrafficResult& mean = point.mean;
  mean.accepted_least = results.front().accepted_least;
  const auto count = static_cast<double>(results.size());
  double squares = 0;
  for (const hw::TrafficResult& one : results) {
    mean.stable = mean.stable && one.stable;
    mean.packet_latency += one.packet_latency / count;
    squares += one.packet_latency * one.packet_latency;
    mean.network_latency += one.network_latency / count;
    mean.most_latency = std::max(mean.most_latency, one.most_latency);
    mean.packets += one.packets;
    mean.routers_traversed += one.routers_traversed / count;
    mean.accepted += one.accepted / count;
    mean.accepted_least = std::min(mean.accepted_least, one.accepted_least);
    mean.accepted_most = std::max(mean.accepted_most, one.accepted_most);
    mean.cycles += one.cycles;
    mean.flit_hops += one.flit_hops;
    if (one.gated) mean.gated = mean.gated.value_or(0) + *one.gated / count;
    mean.wakes += one.wakes;
    mean.cpu_s += one.cpu_s;
  }
  if (results.size() > 1) {
    const double variance = (squares - count * mean.packet_latency * mean.packet_latency) / (count - 1);
    point.latency_deviation = std::sqrt(std::max(0.0, variance));
  }
  return point;
}

void put(base::Json& json, const NocPoint& point) {
  const hw::TrafficResult& mean = point.mean;
  json["offered_flits_node_cycle"] = point.rate;
  json["stable"] = mean.stable;
  const bool any = mean.packets > 0;  // far beyond saturation, possibly no packet arrived
  json["avg_packet_latency"] = any ? base::Json(mean.packet_latency) : base::Json();
  json["avg_packet_latency_deviation"] = any ? base::Json(point.latency_deviation) : base::Json();
  json["max_packet_latency"] = any ? base::Json(mean.most_latency) : base::Json();
  json["avg_network_latency"] = any ? base::Json(mean.network_latency) : base::Json();
  json["accepted_flits_node_cycle"] = mean.accepted;
  json["accepted_min_node"] = mean.accepted_least;
  json["accepted_max_node"] = mean.accepted_most;
  json["avg_routers_traversed"] = any ? base::Json(mean.routers_traversed) : base::Json();
  json["measured_packets"] = mean.packets;
  json["flit_hops"] = mean.flit_hops;
  json["cycles"] = mean.cycles;
  if (mean.gated) {
    json["gated_share"] = *mean.gated;
    json["wakes"] = mean.wakes;
  }
  json["cpu_s"] = mean.cpu_s;
  json["flit_hops_per_s"] = mean.cpu_s > 0 ? static_cast<double>(mean.flit_hops) / mean.cpu_s : 0.0;
  json["cycles_per_s"] = mean.cpu_s > 0 ? static_cast<double>(mean.cycles) / mean.cpu_s : 0.0;
}

}  // namespace

NocStudy study_noc(const Design& design, const NocStudyOptions& options) {
  const hw::ChipParameters& chip = design.chip;
  const hw::Topology topology(chip.mesh_width, chip.mesh_height, chip.noc);
  NocStudy study{.design = design.name, .network = topology.text(), .options = options, .points = {}};
  const auto seeds = static_cast<std::size_t>(options.seeds);
  std::vector<std::vector<hw::TrafficResult>> results(options.rates.size(), std::vector<hw::TrafficResult>(seeds));
  base::Progress progress("network", options.rates.size() * seeds);
  base::parallel_for(options.rates.size() * seeds, options.threads, [&](std::size_t index) {
    hw::TrafficLoad load = options.load;
    load.rate = options.rates[index / seeds];
    results[index / seeds][index % seeds] = hw::measure(topology, chip.noc, load, options.measurement, options.seed + index % seeds);
    progress.advance();
  });
  for (std::size_t i = 0; i < results.size(); ++i) {
    study.points.push_back(mean_of(options.rates[i], results[i]));
    if (study.points.back().mean.packets > 0 || !study.points.back().mean.stable) continue;
    throw base::UserError(
        fmt::format("at a load of {} no packet was created in the windows; take longer or more windows (--window, --windows), or a higher load",
                    options.rates[i]),
        base::ExitCode::failed_check);
  }
  return study;
}

base::Json noc_study_json(const NocStudy& study) {
  const NocStudyOptions& options = study.options;
  base::Json json;
  json["design"] = study.design;
  json["network"] = study.network;
  json["traffic"] = std::string(hw::traffic_name(options.load.traffic));
  if (options.load.traffic == hw::Traffic::hotspot) json["hotspot_share"] = options.load.hotspot_share;
  json["packet_flits"] = options.load.packet_flits;
  json["message_classes"] = options.load.all_classes ? hw::message_classes : 1;
  json["measure"] = options.measurement.throughput ? "accepted" : "latency";
  json["warm_up_cycles"] = options.measurement.warm_up;
  json["sample_cycles"] = options.measurement.sample;
  json["seed"] = options.seed;
  json["seeds"] = options.seeds;
  // With a single load, its figures are also members of the top level, for scripts that expect one load.
  if (study.points.size() == 1) put(json, study.points.front());
  base::Json::Array points;
  for (const NocPoint& point : study.points) {
    base::Json one;
    put(one, point);
    points.push_back(one);
  }
  json["points"] = points;
  return json;
}

std::string noc_study_svg(const NocStudy& study) {
  const NocStudyOptions& options = study.options;
  Curve packet{.name = options.seeds > 1 ? "packet latency, 95 % interval" : "packet latency", .points = {}},
      inside{.name = "network latency", .points = {}};
  std::vector<NocPoint> points = study.points;
  std::ranges::sort(points, {}, &NocPoint::rate);
  std::optional<CurveEnd> end;
  for (const NocPoint& point : points) {
    // Beyond saturation the latency depends on the length of the run, so these points are not drawn.
    if (point.mean.packets == 0 || !point.mean.stable) {
      if (!end) end = CurveEnd{point.rate, "not stable: "};
      end->name += fmt::format("{}{:.4g}", end->name.ends_with(' ') ? "" : ", ", point.rate);
      continue;
    }
    CurvePoint& one = packet.points.emplace_back(CurvePoint{point.rate, point.mean.packet_latency});
    if (options.seeds > 1) {
      const auto seeds = static_cast<std::size_t>(options.seeds);
      const double reach = base::confidence_95(seeds) * point.latency_deviation / std::sqrt(static_cast<double>(seeds));
      one.low = one.y - reach;
      one.high = one.y + reach;
    }
    inside.points.push_back({point.rate, point.mean.network_latency});
  }
  if (packet.points.empty())
    throw base::UserError("no load was stable, so there is no curve to draw; add lower ones to --load", base::ExitCode::failed_check);
  return curves_svg(
      {.heading = {fmt::format("{} traffic on {}, seed {}", hw::traffic_name(options.load.traffic), study.design, options.seed), {study.network}},
       .x_title = "offered load (flits per node and cycle)",
       .y_title = "mean latency (cycles)"},
      {packet, inside}, end);
}

}  // namespace mho::analysis
