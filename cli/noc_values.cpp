#include "cli/noc_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/config.h"
#include "base/error.h"
#include "base/number_text.h"

namespace mho::cli {

namespace {

[[noreturn]] void refuse(const std::string& message) { throw base::UserError(message + " (see mho noc --help)", base::ExitCode::usage); }

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
      refuse(fmt::format("--rate {}: '{}' is no load; numbers above 0 are needed, in flits per node and cycle, separated by commas: 0.05,0.1,0.2",
                         text, part));
    }
    if (number->value > packet_flits) {
      refuse(fmt::format("--rate {}: a node creates at most one packet of {} flit{} a cycle; the load must not be above {}", text, packet_flits,
                         packet_flits == 1 ? "" : "s", packet_flits));
    }
    list.push_back(number->value);
  }
  return list;
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
  const std::string nearest = base::nearest_spelling(name, names);
  refuse(
      fmt::format("--traffic {}: there are {}{}", name, fmt::join(names, ", "), nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
}

}  // namespace

std::vector<std::string> noc_assignments(const NocArguments& arguments) {
  std::vector<std::string> set;
  if (arguments.size) {
    const auto sides = parts(*arguments.size, 'x');
    if (sides.size() > 2)
      refuse(fmt::format("--size {}: columns and rows of nodes are needed, such as 8x8, or one number for both", *arguments.size));
    // What the nodes hold is of no interest here; a small grid must not be refused for its cores.
    set.emplace_back("chip.digital_cores=0");
    set.push_back(fmt::format("chip.mesh.width={}", sides.front()));
    set.push_back(fmt::format("chip.mesh.height={}", sides.back()));
  }
  if (arguments.virtual_channels) set.push_back(fmt::format("noc.virtual_channels={}", *arguments.virtual_channels));
  if (arguments.buffer_flits) set.push_back(fmt::format("noc.buffer_flits={}", *arguments.buffer_flits));
  if (arguments.router_stages) set.push_back(fmt::format("noc.router_stages={}", *arguments.router_stages));
  set.insert(set.end(), arguments.set.begin(), arguments.set.end());
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
  if (arguments.samples) options.measurement.settled = options.measurement.most_samples = *arguments.samples;
  options.seed = arguments.seed;
  options.seeds = arguments.seeds;
  options.threads = arguments.threads;
  return options;
}

}  // namespace mho::cli
