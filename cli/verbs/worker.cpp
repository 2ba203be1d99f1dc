#include "analysis/explore/worker.h"

#include "base/error.h"
#include "cli/embedded.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

Action read_worker_line(Options& options) {
  options.read();
  return [](const Invocation&) {
    const int code = analysis::serve_points(default_network_bytes());
    // What went wrong was said to whom it concerns.
    if (code != 0) throw base::UserError("the worker ended early; mho sweep says why", static_cast<base::ExitCode>(code));
  };
}

}  // namespace

Verb worker_verb() {
  return {.name = "worker", .sentence = "evaluate points for mho sweep, which starts it", .examples = {}, .read = read_worker_line};
}

}  // namespace mho::cli
