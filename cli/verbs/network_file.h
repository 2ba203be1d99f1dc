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

/// Selects a network and a chip: the network file, the source of lengths for its dynamic axes, and the design.
struct NetworkFile {
  std::optional<std::string> network;  ///< empty: the built-in one
  std::optional<std::string> data;
  std::optional<std::string> shape;  ///< shape of one sample, as typed; empty: that of the data or of the file
  std::optional<std::string> design;
  std::vector<std::string> set, layer, scalar;
  std::optional<std::string> data_input, input_limit;
};

/// Declares NETWORK and the options of the file and of the design.
void add_network_file(Options& options, NetworkFile& file);
/// Throws base::UserError with code usage if an option requires a network and there is none.
void check(const NetworkFile& file);
/// Reads design and network. `leave_weights`: weights need not be held in memory and may be absent.
std::pair<analysis::Design, workloads::Network> read_network_file(const NetworkFile& file, bool leave_weights);

/// The network options of a line of another verb.
struct LineNetwork {
  NetworkFile file;
  SequenceArguments sequence;
};
/// The network options of a line of mho run, and of mho simulate. They throw what Options::read() throws.
LineNetwork network_of_run(Options& options);
LineNetwork network_of_simulate(Options& options);

}  // namespace mho::cli
