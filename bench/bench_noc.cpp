// Speed of the network simulation on one core: flit-hops and cycles per second of processor time, including the sources of traffic. Each line is the
// best of several runs, because other processes can only slow a run down.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "hw/noc/traffic.h"

namespace mho {
namespace {

struct Case {
  int size;
  double rate;
  int stages;
  bool all_classes;
  std::int64_t cycles;
};

void measure(const Case& one, int repeats) {
  hw::NocParameters noc;  // 3 message classes of 2 virtual channels of 8 flits
  noc.router_stages = one.stages;
  const hw::Topology topology(one.size, one.size, noc);
  const hw::TrafficLoad load{.rate = one.rate, .packet_flits = 4, .all_classes = one.all_classes};
  const hw::Measurement measurement{.warm_up = 0, .sample = one.cycles, .converged = 1, .most_samples = 1, .throughput = true};
  double hops = 0;
  double cycles = 0;
  hw::TrafficResult result;
  for (int i = 0; i < repeats; ++i) {
    result = hw::measure(topology, noc, load, measurement, 1);
    hops = std::max(hops, static_cast<double>(result.flit_hops) / result.cpu_s);
    cycles = std::max(cycles, static_cast<double>(result.cycles) / result.cpu_s);
  }
  fmt::print("| {0} x {0} | {1} | {2} | {3} | {4:.4f} | {5:.1f} | {6:.0f} |\n", one.size, one.stages, one.all_classes ? "all" : "one", one.rate,
             result.accepted, hops / 1e6, cycles / 1e3);
}

}  // namespace
}  // namespace mho

int main(int argc, char** argv) {
  const int repeats = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  fmt::print("| mesh | stages | classes | offered | accepted | M flit-hops/s | k cycles/s |\n| --- | --- | --- | --- | --- | --- | --- |\n");
  const std::vector<mho::Case> cases{
      {8, 0.1, 4, false, 40000},  {8, 0.1, 4, true, 40000},     {8, 0.3, 4, false, 20000},     {8, 0.3, 4, true, 20000},  {8, 0.3, 3, true, 20000},
      {8, 0.3, 5, true, 20000},   {16, 0.1, 4, false, 10000},   {16, 0.1, 4, true, 10000},     {16, 0.3, 4, false, 4000}, {16, 0.3, 4, true, 4000},
      {16, 0.01, 4, true, 40000}, {16, 0.001, 4, true, 400000}, {16, 0.0001, 4, true, 4000000}};
  for (const mho::Case& one : cases) mho::measure(one, repeats);
  return 0;
}
