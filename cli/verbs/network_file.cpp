#include "cli/verbs/network_file.h"

#include "cli/embedded.h"
#include "cli/option_values.h"
#include "workloads/data/dataset.h"

namespace mho::cli {

void add_network_file(Options& options, NetworkFile& file) {
  options.file("NETWORK", file.network, "trained network, ONNX; without it the built-in one");
  add_data(options, file.data, "; gives dynamic axes their lengths");
  add_shape(options, file.shape);
  add_design(options, file.design);
  add_set(options, file.set);
  add_layer(options, file.layer);
  add_scalar(options, file.scalar);
  add_input_limit(options, file.input_limit);
}

void check(const NetworkFile& file) {
  check_scalar(file.network, file.scalar);
  if (file.network) return;
  if (file.shape) usage("--shape goes with a network; that of the built-in one is known");
  if (file.data && *file.data != workloads::built_in_data) usage("--data goes with a network; the built-in one has data of its own, strokes");
  if (file.data_input) usage("--data-input goes with a network; the built-in one has one input");
}

std::pair<analysis::Design, workloads::Network> read_network_file(const NetworkFile& file, bool leave_weights) {
  const std::vector<std::int64_t> asked = file.shape ? parse_shape(*file.shape) : std::vector<std::int64_t>();
  analysis::Design design = analysis::load_design(file.design, file.set);
  analysis::add_layer_rules(design, file.layer);
  if (!file.network) return {std::move(design), workloads::import_onnx_bytes(default_network_bytes(), "strokes")};
  const base::InputLimit limit = input_limit(file.input_limit);
  workloads::ImportOptions options{.leave_weights = leave_weights, .data_input = file.data_input.value_or("")};
  options.sample_shape = asked;
  if (asked.empty() && file.data) options.sample_shape = workloads::read_data(*file.data, limit).test->sample_shape();
  options.limit = limit;
  options.scalars = parse_scalars(file.scalar);
  return {std::move(design), workloads::import_onnx(*file.network, std::move(options))};
}

}  // namespace mho::cli
