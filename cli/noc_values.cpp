#include "cli/noc_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/design_file/number_text.h"
#include "cli/option_values.h"

namespace mho::cli {

namespace {

std::vector<std::string> parts(const std::string& text, char separator) {
  std::vector<std::string> list;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    list.emplace_back(base::trimmed(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return list;
}

std::vector<double> rates(const std::string& text, int packet_flits) {
  std::vector<double> list;
  for (const std::string& part : parts(text, ',')) {
    const auto number = base::split_number(part);
    if (!number || !number->unit.empty() || !(number->value > 0)) {
      usage(fmt::format("--rate {}: '{}' is no load; numbers above 0 are needed, in flits per node and cycle, separated by commas: 0.05,0.1,0.2",
                        text, part));
    }
    if (number->value > packet_flits) {
      usage(fmt::format("--rate {}: a node creates at most one packet of {} flit{} a cycle; the load must not be above {}", text, packet_flits,
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
    usage(fmt::format("--size {}: columns and rows of nodes are needed, {} to {} each and two nodes at least, such as 8x8, or one number for both",
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

}  // namespace

std::vector<std::string> noc_assignments(const NocArguments& arguments) {
  // The options say more plainly what is meant than keys do, so they have the last word.
  std::vector<std::string> set = arguments.set;
  if (arguments.size) {
    const auto [columns, rows] = grid(*arguments.size);
    // What the nodes hold is of no interest here; a small grid must not be refused for its cores.
    set.emplace_back("chip.digital_cores=0");
    set.push_back(fmt::format("chip.mesh.width={}", columns));
    set.push_back(fmt::format("chip.mesh.height={}", rows));
  }
  if (arguments.virtual_channels) set.push_back(fmt::format("noc.virtual_channels={}", *arguments.virtual_channels));
  if (arguments.buffer_flits) set.push_back(fmt::format("noc.buffer_flits={}", *arguments.buffer_flits));
  if (arguments.router_stages) set.push_back(fmt::format("noc.router_stages={}", *arguments.router_stages));
  return set;
}

analysis::NocStudyOptions noc_options(const NocArguments& arguments) {
  analysis::NocStudyOptions options;
  options.load.packet_flits = arguments.packet_flits;
  options.load.hotspot_share = arguments.hotspot_share;
  options.load.traffic = traffic(arguments.traffic, options.load.hotspot_share);
  options.load.all_classes = arguments.all_classes;
  options.rates = rates(arguments.rates, arguments.packet_flits);
  options.measurement.warm_up = arguments.warm_up;
  options.measurement.sample = arguments.sample;
  options.measurement.throughput = arguments.throughput;
  if (arguments.samples) options.measurement.converged = options.measurement.most_samples = *arguments.samples;
  options.seed = arguments.seed;
  options.seeds = arguments.seeds;
  options.threads = arguments.threads;
  return options;
}

}  // namespace mho::cli
