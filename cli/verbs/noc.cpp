#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "analysis/study/noc_study.h"
#include "base/design_file/number_text.h"
#include "base/index.h"
#include "base/output_file.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct NocArguments {
  std::optional<std::string> design;
  std::vector<std::string> set;
  std::string traffic = "uniform", loads = "0.05,0.1,0.2,0.3,0.35";
  std::optional<std::string> mesh;  ///< grid of nodes; empty, as for the next three options: that of the design
  std::optional<int> virtual_channels, buffer_flits, router_stages;
  int packet_flits = 4;
  double hotspot_share = 0.1;
  bool all_classes = false, accepted = false;
  std::int64_t warm_up = 3000, window = 1000;
  std::optional<int> windows;  ///< empty: until windows agree
  int seeds = 1;
  std::uint64_t seed = 1;
  int threads = 1;
  std::optional<std::string> svg;
  bool json = false;
};

std::vector<std::string> parts(const std::string& text, char separator) {
  std::vector<std::string> list;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    list.emplace_back(base::trimmed(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return list;
}

std::vector<double> loads(const std::string& text, int packet_flits) {
  std::vector<double> list;
  for (const std::string& part : parts(text, ',')) {
    const auto number = base::split_number(part);
    if (!number || !number->unit.empty() || !(number->value > 0)) {
      usage(fmt::format("--load {}: '{}' is no load; numbers above 0 are needed, in flits per node and cycle, separated by commas: 0.05,0.1,0.2",
                        text, part));
    }
    if (number->value > packet_flits) {
      usage(fmt::format("--load {}: a node creates at most one packet of {} flit{} a cycle; the load must not be above {}", text, packet_flits,
                        packet_flits == 1 ? "" : "s", packet_flits));
    }
    list.push_back(number->value);
  }
  return list;
}

/// Columns and rows of "8x8" or "8".
std::pair<int, int> grid(const std::string& text) {
  const auto sides = parts(text, 'x');
  std::array<int, 2> sizes{};
  const auto [least, largest] = legal_range("chip.mesh.width");
  bool legal = sides.size() <= 2;
  for (std::size_t i = 0; legal && i < 2; ++i) {
    const std::string& side = i == 0 ? sides.front() : sides.back();
    const auto [end, error] = std::from_chars(side.data(), side.data() + side.size(), sizes[i]);
    legal = error == std::errc() && end == side.data() + side.size() && sizes[i] >= least && sizes[i] <= largest;
  }
  if (!legal || sizes[0] * sizes[1] < 2) {
    usage(fmt::format("--mesh {}: columns and rows of nodes are needed, {} to {} each and two nodes at least, such as 8x8, or one number for both",
                      text, least, largest));
  }
  return {sizes[0], sizes[1]};
}

hw::Traffic traffic(const std::string& name, double& hotspot_share) {
  std::vector<std::string> names;
  for (const hw::Traffic each : hw::all_traffic()) {
    names.emplace_back(hw::traffic_name(each));
    if (names.back() == name) return each;
  }
  constexpr double tenth = 0.1;
  if (name == "hotspot10") {
    hotspot_share = tenth;
    return hw::Traffic::hotspot;
  }
  usage(fmt::format("--traffic {}: there are {}{}", name, fmt::join(names, ", "), spelling_hint(name, names)));
}

/// The options as settings of the design. Throws base::UserError with code usage for an invalid size.
std::vector<std::string> noc_assignments(const NocArguments& arguments) {
  // Options have precedence over keys: their settings come last.
  std::vector<std::string> set = arguments.set;
  if (arguments.mesh) {
    const auto [columns, rows] = grid(*arguments.mesh);
    // The cores of nodes do not matter here, and their number must not make a small grid illegal.
    set.emplace_back("chip.digital_cores=0");
    set.push_back(fmt::format("chip.mesh.width={}", columns));
    set.push_back(fmt::format("chip.mesh.height={}", rows));
  }
  if (arguments.virtual_channels) set.push_back(fmt::format("noc.virtual_channels={}", *arguments.virtual_channels));
  if (arguments.buffer_flits) set.push_back(fmt::format("noc.buffer_flits={}", *arguments.buffer_flits));
  if (arguments.router_stages) set.push_back(fmt::format("noc.router_stages={}", *arguments.router_stages));
  return set;
}

/// The options of the study. Throws base::UserError with code usage for unknown traffic and invalid loads.
analysis::NocStudyOptions noc_options(const NocArguments& arguments) {
  analysis::NocStudyOptions options;
  options.load.packet_flits = arguments.packet_flits;
  options.load.hotspot_share = arguments.hotspot_share;
  options.load.traffic = traffic(arguments.traffic, options.load.hotspot_share);
  options.load.all_classes = arguments.all_classes;
  options.rates = loads(arguments.loads, arguments.packet_flits);
  options.measurement.warm_up = arguments.warm_up;
  options.measurement.sample = arguments.window;
  options.measurement.throughput = arguments.accepted;
  if (arguments.windows) options.measurement.converged = options.measurement.most_samples = *arguments.windows;
  options.seed = arguments.seed;
  options.seeds = arguments.seeds;
  options.threads = arguments.threads;
  return options;
}

using base::percent;

/// A load is stable if the network settles below the limit of latency. Some thousand cycles can settle although a part of the load is not accepted.
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
    // Far beyond saturation, possibly none of the packets created in the samples has arrived.
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

std::string study_text(const analysis::NocStudy& study) {
  std::uint64_t flit_hops = 0;
  std::int64_t cycles = 0;
  double seconds = 0;
  for (const analysis::NocPoint& point : study.points) {
    flit_hops += point.mean.flit_hops;
    cycles += point.mean.cycles;
    seconds += point.mean.cpu_s;
  }
  const analysis::NocStudyOptions& options = study.options;
  std::string text = fmt::format("{} traffic in packets of {} flit{}, {}, chip {}\n", hw::traffic_name(options.load.traffic),
                                 options.load.packet_flits, options.load.packet_flits == 1 ? "" : "s", study.network, study.design);
  text += fmt::format("latency in cycles, loads in flits per node and cycle; {}\n\n{}\n",
                      options.seeds > 1 ? fmt::format("mean over {} seeds from {}, +- their deviation", options.seeds, options.seed)
                                        : fmt::format("seed {}", options.seed),
                      curve_text(study));
  text += fmt::format("{} cycles and {} flit-hops in {:.3g} s of processor time: {}, {}\n", cycles, flit_hops, seconds,
                      base::format_si(static_cast<double>(flit_hops) / seconds, "flit-hops/s"),
                      base::format_si(static_cast<double>(cycles) / seconds, "cycles/s"));
  return text;
}

/// Runs synthetic traffic on the network of a design and prints latency and accepted load over the offered load.
void noc(const NocArguments& arguments, const Invocation& invocation) {
  const analysis::Design design = analysis::load_design(arguments.design, noc_assignments(arguments));
  std::optional<base::OutputFile> svg;
  if (arguments.svg) svg.emplace(*arguments.svg, std::vector{arguments.design});
  const analysis::NocStudy study = analysis::study_noc(design, noc_options(arguments));
  if (arguments.json) {
    print_json(invocation, arguments.seed, analysis::noc_study_json(study));
  } else {
    print_text(study_text(study));
  }
  if (svg) {
    svg->write(analysis::noc_study_svg(study));
    svg->commit();
    if (!arguments.json) fmt::print("latency over load written to {}\n", *arguments.svg);
  }
}

Action read_noc_line(Options& options) {
  NocArguments arguments;
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  options.text("--traffic", arguments.traffic, "uniform, transpose, neighbor, hotspot, bit_complement or tornado",
               fmt::format("NAME ({})", arguments.traffic));
  options.text("--load", arguments.loads, "loads in flits per node and cycle", fmt::format("LIST ({})", arguments.loads));
  options.renamed("--rate", "--load");
  options.renamed("--size", "--mesh; --size is that of a tile");
  options.renamed("--throughput", "--accepted; throughput is inferences per second everywhere");
  options.renamed("--sample", "--window");
  options.renamed("--samples", "--windows; samples are those of data everywhere");
  options.whole("--packet", arguments.packet_flits, "flits of a packet", fmt::format("N ({})", arguments.packet_flits), 1, most);
  options.number("--hotspot-share", arguments.hotspot_share, "share of the packets that go to the hot spot",
                 fmt::format("X ({})", arguments.hotspot_share), 0, 1);
  options.flag("--all-classes", arguments.all_classes, "spread packets over all message classes; without it all are activations");
  options.text("--mesh", arguments.mesh, "columns and rows of nodes; without it those of the design", "8x8");
  const auto add_key = [&](const char* name, std::optional<int>& target, const char* sentence, const char* key) {
    const auto [least, largest] = legal_range(key);
    options.whole(name, target, sentence, "N", least, largest);
  };
  add_key("--vcs", arguments.virtual_channels, "virtual channels of a message class; without it those of the design", "noc.virtual_channels");
  add_key("--depth", arguments.buffer_flits, "flits that each virtual channel can buffer; without it those of the design", "noc.buffer_flits");
  add_key("--stages", arguments.router_stages, "stages of the router pipeline, 3, 4 or 5; without it those of the design", "noc.router_stages");
  options.flag("--accepted", arguments.accepted, "measure accepted traffic only, without waiting for packets to arrive");
  options.whole("--warm-up", arguments.warm_up, "cycles before the first window", fmt::format("N ({})", arguments.warm_up), 0, most);
  options.whole("--window", arguments.window, "cycles of a measurement window", fmt::format("N ({})", arguments.window), 1, most);
  options.whole("--windows", arguments.windows, "number of windows; without it 3 to 7, until the mean changes by less than 5 %", "N", 1, most);
  options.whole("--seeds", arguments.seeds, "number of runs to average over, with consecutive seeds from --seed",
                fmt::format("N ({})", arguments.seeds), 1, most);
  add_seed(options, arguments.seed);
  add_threads(options, arguments.threads);
  options.output("--svg", arguments.svg, "plot of the result; latency over load", "SVG");
  add_json(options, arguments.json);
  options.read();
  return [arguments](const Invocation& invocation) { noc(arguments, invocation); };
}

}  // namespace

Verb noc_verb() {
  return {.name = "noc",
          .sentence = "simulate synthetic traffic on the network of a chip",
          .examples = {{"mho noc --traffic uniform --load 0.1,0.2,0.3", "latency of the network on chip over its load"}},
          .read = read_noc_line};
}

}  // namespace mho::cli
