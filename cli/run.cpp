#include <fmt/format.h>

#include "analysis/design.h"
#include "analysis/experiment.h"
#include "analysis/result_json.h"
#include "analysis/store.h"
#include "base/error.h"
#include "cli/embedded.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "workloads/dataset.h"
#include "workloads/network.h"

namespace mho::cli {

void run(const RunArguments& arguments, const std::string& command_line) {
  // Everything the user can have got wrong is read before anything long starts; the database too.
  analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  analysis::add_layer_rules(design, arguments.layer);
  const analysis::Store store(arguments.db);
  const workloads::DataDescription data = arguments.data ? workloads::read_data(*arguments.data) : workloads::default_data();
  const workloads::Network network = arguments.network ? workloads::import_onnx(*arguments.network, data.test->sample_shape())
                                                       : workloads::import_onnx_bytes(default_network_bytes(), "strokes");

  const analysis::ExperimentOptions options{.times_s = arguments.times_s,
                                            .repeats = arguments.repeats,
                                            .samples = arguments.samples,
                                            .seed = arguments.seed,
                                            .threads = arguments.threads,
                                            .conductances = arguments.conductances,
                                            .yield_threshold = arguments.yield_threshold};
  const analysis::Result result = analysis::run_experiment(design, network, data, options);
  const std::int64_t id = store.add(design, result, {.version = MHO_VERSION, .command = command_line, .options = options});
  if (arguments.json) {
    fmt::print("{}\n", analysis::result_json(design, result, id).dump(2));
  } else {
    fmt::print("{}", summary(design, result, id, arguments.db));
  }
  if (result.interrupted) {
    throw base::UserError(fmt::format("interrupted; run {} in {} holds the {} of {} programmings that were finished", id, arguments.db,
                                      result.accuracy.front().by_repeat.size(), arguments.repeats),
                          base::ExitCode::interrupted);
  }
}

}  // namespace mho::cli
