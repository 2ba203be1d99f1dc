#include "cli/verbs.h"

namespace mho::cli {

std::vector<VerbGroup> verb_groups() { return {{"db", "list, show, compare and check the results in a database"}}; }

std::vector<Verb> all_verbs() {
  return {
      run_verb(),         simulate_verb(),  retrain_verb(),  network_verb(),  map_verb(),        tile_verb(),       noc_verb(),
      sensitivity_verb(), mvm_verb(),       wires_verb(),    describe_verb(), validate_verb(),   cost_verb(),       report_verb(),
      sweep_verb(),       search_verb(),    db_list_verb(),  db_show_verb(),  db_compare_verb(), db_improve_verb(), db_front_verb(),
      db_query_verb(),    db_schema_verb(), db_rerun_verb(), db_merge_verb(), db_check_verb(),   db_prune_verb(),   db_cache_verb(),
  };
}

}  // namespace mho::cli
