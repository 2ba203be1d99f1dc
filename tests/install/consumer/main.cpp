// Prints what a chip takes for a network and what its tiles make of a product: consumer NETWORK.onnx DESIGN
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "analysis/design/design.h"
#include "analysis/experiment/chip_run.h"
#include "analysis/study/mvm.h"
#include "base/error.h"
#include "workloads/graph/network.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream stream(argv[1], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  try {
    const mho::analysis::Design design = mho::analysis::load_design(std::string(argv[2]), {"tile.adc.bits=7"});
    const mho::analysis::Matrix weights{"weights", 2, 3, {0.5, -0.25, 0.125, 1, 0.75, -1}}, vectors{"inputs", 1, 3, {1, 0.5, -0.5}};
    mho::analysis::analog_products(design, weights, vectors, {},
                                   [](std::span<const float> y) { std::printf("product %.9g %.9g\n", (double)y[0], (double)y[1]); });
    const mho::workloads::Network network = mho::workloads::import_onnx_bytes(bytes, "consumer");
    const mho::analysis::ChipResult result = mho::analysis::simulate_network(design, network, nullptr, {});
    std::printf("latency %.17g\n", result.costs.latency_s);
  } catch (const mho::base::UserError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
  return 0;
}
