#include <fmt/format.h>

#include <optional>

#include "analysis/chip_run.h"
#include "analysis/design.h"
#include "analysis/result_json.h"
#include "analysis/store.h"
#include "base/error.h"
#include "cli/embedded.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "workloads/dataset.h"
#include "workloads/network.h"

namespace mho::cli {

namespace {

workloads::Network read_network(const SimulateArguments& arguments, const std::optional<workloads::DataDescription>& data) {
  if (!arguments.network) return workloads::import_onnx_bytes(default_network_bytes(), "strokes");
  workloads::Network network =
      workloads::import_onnx(*arguments.network, arguments.shape.empty() && data ? data->test->sample_shape() : arguments.shape);
  const workloads::Shape& input = network.values[static_cast<std::size_t>(network.input)].shape;
  if (!arguments.shape.empty() && workloads::element_count(input) != workloads::element_count(arguments.shape)) {
    throw base::UserError(fmt::format("--shape {}: {} says that its input has the shape {}; leave --shape out, or give one that agrees",
                                      workloads::shape_text(arguments.shape), *arguments.network, workloads::shape_text(input)));
  }
  return network;
}

}  // namespace

void simulate(const SimulateArguments& arguments, const std::string& command_line) {
  analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  analysis::add_layer_rules(design, arguments.layer);
  const analysis::Store store(arguments.db);
  std::optional<workloads::DataDescription> data;
  if (arguments.data) data = workloads::read_data(*arguments.data);
  if (!arguments.network) data = workloads::default_data();
  const workloads::Network network = read_network(arguments, data);
  analysis::ChipRunOptions options{.samples = arguments.samples, .seed = arguments.seed, .threads = arguments.threads, .compute = {}};
  if (arguments.functional) {
    options.compute.emplace();
    if (arguments.inferences) options.compute->inferences = static_cast<std::size_t>(*arguments.inferences);
    if (arguments.time_s) options.compute->time_s = *arguments.time_s;
  }
  const analysis::ChipResult result = analysis::simulate_network(design, network, data ? &*data : nullptr, options);
  const std::int64_t id = store.add(design, result, {.version = MHO_VERSION, .command = command_line, .options = options});
  if (arguments.json) {
    fmt::print("{}\n", analysis::chip_json(design, result, id).dump(2));
  } else {
    fmt::print("{}", chip_summary(design, result, id, arguments.db));
  }
}

}  // namespace mho::cli
