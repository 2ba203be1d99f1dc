#include "cli/verbs.h"

namespace mho::cli {

std::vector<Verb> all_verbs() {
  return {
      run_verb(),         simulate_verb(), retrain_verb(), network_verb(),  map_verb(),      tile_verb(), noc_verb(),
      sensitivity_verb(), mvm_verb(),      wires_verb(),   describe_verb(), validate_verb(), cost_verb(), report_verb(),
  };
}

}  // namespace mho::cli
