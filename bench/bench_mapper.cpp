// Times of the mapper and of the estimate without start-up, after reading network and design: partition, copies, buffers, placement, check, estimate.
//   bench_mapper NETWORK.onnx [DESIGN [KEY=VALUE ...]]
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/prepare.h"
#include "hw/estimate/estimate.h"
#include "mapper/mapper.h"
#include "workloads/graph/network.h"

namespace {

using namespace mho;

/// Prints least and median of several runs in milliseconds of processor time, which other processes hardly affect.
void time(const std::string& what, const std::function<void()>& work) {
  constexpr int runs = 5;
  std::vector<double> milliseconds;
  for (int i = 0; i < runs; ++i) {
    const std::clock_t begin = std::clock();
    work();
    milliseconds.push_back(1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  std::ranges::sort(milliseconds);
  fmt::print("{:<44} {:>10.2f} {:>10.2f}\n", what, milliseconds.front(), milliseconds[runs / 2]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "bench_mapper NETWORK.onnx [DESIGN [KEY=VALUE ...]]\n");
    return 2;
  }
  try {
    const std::optional<std::string> name = argc > 2 ? std::optional<std::string>(argv[2]) : std::nullopt;
    const analysis::Design design = analysis::load_design(name, std::vector<std::string>(argv + std::min(argc, 3), argv + argc));
    const workloads::Network network = workloads::import_onnx(argv[1], workloads::ImportOptions{.leave_weights = true});
    fmt::print("{:<44} {:>10} {:>10}\n", "milliseconds", "least", "median");
    const workloads::TiledNetwork tiled = analysis::prepare(design, network);
    time("layout and copies", [&] { static_cast<void>(analysis::prepare(design, network)); });
    mapper::MapperParameters least = design.mapper;
    least.buffers_for_throughput = false;
    std::optional<mapper::Mapping> mapping;
    time("mapping, least buffers", [&] { mapping = mapper::map(tiled, design.chip, least); });
    hw::SimulationResult found;
    const auto estimate = [&] { found = hw::estimate(mapping->program, design.chip, design.tile); };
    time("estimate of that", estimate);
    fmt::print("  {} inferences, one every {:.4g} us\n", found.steady_inferences, found.interval_s * 1e6);
    time("mapping, buffers for throughput", [&] { mapping = mapper::map(tiled, design.chip, design.mapper); });
    time("estimate of that", estimate);
    fmt::print("  {} inferences, one every {:.4g} us\n", found.steady_inferences, found.interval_s * 1e6);
    time("layout, mapping and estimate", [&] {
      const workloads::TiledNetwork fresh = analysis::prepare(design, network);
      found = mapper::estimate(mapper::map(fresh, design.chip, design.mapper), design.chip, design.tile);
    });
    time("the same, conductances known", [&] { found = mapper::estimate(mapper::map(tiled, design.chip, design.mapper), design.chip, design.tile); });
    time("check of the program", [&] { hw::verify(mapping->program, design.chip); });
    fmt::print("{} stages, {} edges\n", mapping->program.stages.size(), mapping->program.edges.size());
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_mapper: {}\n", error.what());
    return 1;
  }
}
