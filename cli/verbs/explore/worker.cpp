#include "analysis/explore/worker.h"

#include "cli/embedded.h"
#include "cli/verbs.h"

namespace mho::cli {

int serve_worker() { return analysis::serve_points(default_network_bytes()); }

}  // namespace mho::cli
