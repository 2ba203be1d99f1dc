#include <fmt/format.h>

#include <optional>

#include "analysis/study/noc_study.h"
#include "base/output_file.h"
#include "cli/common_options.h"
#include "cli/noc_values.h"
#include "cli/option_values.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

constexpr double percent = 100;

/// Stable is what settles below the limit of latency; a run of some thousand cycles can settle on a load of which a part stays behind.
std::string verdict(const analysis::NocPoint& point) {
  constexpr double all_but_chance = 0.98;
  if (!point.mean.stable) return "not stable";
  return point.mean.accepted < all_but_chance * point.rate ? "saturating" : "";
}

std::string curve_text(const analysis::NocStudy& study) {
  constexpr auto right = Table::Align::right;
  const bool several = study.options.seeds > 1;
  const bool gated = study.points.front().mean.gated.has_value();
  std::vector<Table::Align> alignment((several ? 9U : 8U) + (gated ? 1U : 0U), right);
  alignment.push_back(Table::Align::left);
  Table table(alignment);
  std::vector<std::string> head{"offered", "packet latency"};
  if (several) head.emplace_back("+-");
  for (const char* title : {"network latency", "longest", "accepted", "least node", "most", "routers"}) head.emplace_back(title);
  if (gated) head.emplace_back("gated");
  head.emplace_back();
  table.add(head);
  for (const analysis::NocPoint& point : study.points) {
    const hw::TrafficResult& mean = point.mean;
    // Far beyond saturation none of the packets created in the samples may have arrived.
    const auto of_packets = [&](const std::string& text) { return mean.packets > 0 ? text : "-"; };
    std::vector<std::string> row{fmt::format("{:.4g}", point.rate), of_packets(fmt::format("{:.2f}", mean.packet_latency))};
    if (several) row.push_back(of_packets(fmt::format("{:.2f}", point.latency_deviation)));
    row.insert(row.end(), {of_packets(fmt::format("{:.2f}", mean.network_latency)), of_packets(fmt::format("{}", mean.most_latency)),
                           fmt::format("{:.4f}", mean.accepted), fmt::format("{:.4f}", mean.accepted_least),
                           fmt::format("{:.4f}", mean.accepted_most), of_packets(fmt::format("{:.2f}", mean.routers_traversed))});
    if (mean.gated) row.push_back(fmt::format("{:.1f} %", percent * *mean.gated));
    row.push_back(verdict(point));
    table.add(row);
  }
  return table.text();
}

void print(const analysis::NocStudy& study) {
  std::uint64_t flit_hops = 0;
  std::int64_t cycles = 0;
  double seconds = 0;
  for (const analysis::NocPoint& point : study.points) {
    flit_hops += point.mean.flit_hops;
    cycles += point.mean.cycles;
    seconds += point.mean.cpu_s;
  }
  const analysis::NocStudyOptions& options = study.options;
  fmt::print("{} traffic in packets of {} flit{}, {}, chip {}\n", hw::traffic_name(options.load.traffic), options.load.packet_flits,
             options.load.packet_flits == 1 ? "" : "s", study.network, study.design);
  fmt::print("latency in cycles, loads in flits per node and cycle; {}\n\n{}\n",
             options.seeds > 1 ? fmt::format("mean over {} seeds from {}, +- their deviation", options.seeds, options.seed)
                               : fmt::format("seed {}", options.seed),
             curve_text(study));
  fmt::print("{} cycles and {} flit-hops in {:.3g} s of processor time: {}, {}\n", cycles, flit_hops, seconds,
             base::format_si(static_cast<double>(flit_hops) / seconds, "flit-hops/s"),
             base::format_si(static_cast<double>(cycles) / seconds, "cycles/s"));
}

}  // namespace

void noc(const NocArguments& arguments) {
  const analysis::Design design = analysis::load_design(arguments.design, noc_assignments(arguments));
  std::optional<base::OutputFile> svg;
  if (arguments.svg) svg.emplace(*arguments.svg, std::vector{arguments.design});
  const analysis::NocStudy study = analysis::study_noc(design, noc_options(arguments));
  if (arguments.json) {
    fmt::print("{}\n", analysis::noc_study_json(study).dump(2));
  } else {
    print(study);
  }
  if (svg) {
    svg->write(analysis::noc_study_svg(study));
    svg->commit();
  }
}

Command noc_command(Options& options) {
  NocArguments noc;
  add_design(options, noc.design);
  add_set(options, noc.set);
  options.text("--traffic", noc.traffic, "uniform, transpose, neighbor, hotspot, bit_complement or tornado", fmt::format("NAME ({})", noc.traffic));
  options.text("--rate", noc.rates, "loads in flits per node and cycle", fmt::format("LIST ({})", noc.rates));
  options.whole("--packet", noc.packet_flits, "flits of a packet", fmt::format("N ({})", noc.packet_flits), 1, most);
  options.number("--hotspot-share", noc.hotspot_share, "of the packets that go to the hot spot", fmt::format("X ({})", noc.hotspot_share), 0, 1);
  options.flag("--all-classes", noc.all_classes, "spread packets over the message classes; else all are activations");
  options.text("--size", noc.size, "columns and rows of nodes; without it the design's", "8x8");
  const auto add_key = [&](const char* name, std::optional<int>& target, const char* sentence, const char* key) {
    const auto [least, largest] = legal_range(key);
    options.whole(name, target, sentence, "N", least, largest);
  };
  add_key("--vcs", noc.virtual_channels, "virtual channels of a message class; without it the design's", "noc.virtual_channels");
  add_key("--depth", noc.buffer_flits, "flits each of them buffers; without it the design's", "noc.buffer_flits");
  add_key("--stages", noc.router_stages, "router pipeline, 3, 4 or 5; without it the design's", "noc.router_stages");
  options.flag("--throughput", noc.throughput, "measure what is accepted, and wait for no packet");
  options.whole("--warm-up", noc.warm_up, "cycles before the first sample", fmt::format("N ({})", noc.warm_up), 0, most);
  options.whole("--sample", noc.sample, "cycles of a sample", fmt::format("N ({})", noc.sample), 1, most);
  options.whole("--samples", noc.samples, "samples; without it 3 to 7, until the mean changes by less than 5 %", "N", 1, most);
  options.whole("--seeds", noc.seeds, "runs to average over, with seeds from --seed on", fmt::format("N ({})", noc.seeds), 1, most);
  add_seed(options, noc.seed);
  add_threads(options, noc.threads);
  options.file("--svg", noc.svg, "latency over load as a plot");
  options.flag("--json", noc.json, "print one JSON object instead of a table");
  options.read();
  return noc;
}

}  // namespace mho::cli
