#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/design/design.h"
#include "cli/common_options.h"
#include "cli/options.h"
#include "workloads/graph/network.h"

namespace mho::cli {

/// What says which network on which chip: the file, where its dynamic axes get their lengths from, the design.
struct NetworkFile {
  std::optional<std::string> network;  ///< empty: the built-in one
  std::optional<std::string> data;
  std::optional<std::string> shape;  ///< of one sample, as typed; empty: the data's, or the file's
  std::optional<std::string> design;
  std::vector<std::string> set, layer, scalar;
  std::optional<std::string> data_input, input_limit;
};

/// Declares NETWORK and the options of the file and of the design.
void add_network_file(Options& options, NetworkFile& file);
/// Throws base::UserError with code usage where an option goes with a network and there is none.
void check(const NetworkFile& file);
/// Reads both. `leave_weights`: the weights need not be held, nor be there.
std::pair<analysis::Design, workloads::Network> read_network_file(const NetworkFile& file, bool leave_weights);

/// What a line of another verb says of the network that it maps.
struct LineNetwork {
  NetworkFile file;
  SequenceArguments sequence;
};
/// That of a line of mho run, and of mho simulate. They throw what Options::read() throws.
LineNetwork network_of_run(Options& options);
LineNetwork network_of_simulate(Options& options);

}  // namespace mho::cli
