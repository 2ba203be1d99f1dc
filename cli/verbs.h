#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace mho::cli {

/// The verbs, each in the file of its name below verbs/.
Verb run_verb();
Verb simulate_verb();
Verb retrain_verb();
Verb network_verb();
Verb map_verb();
Verb tile_verb();
Verb noc_verb();
Verb sensitivity_verb();
Verb mvm_verb();
Verb wires_verb();
Verb describe_verb();
Verb validate_verb();
Verb cost_verb();
Verb report_verb();
Verb sweep_verb();
Verb search_verb();

/// The verbs of the group db, each in the file of its second word below verbs/db/.
Verb db_list_verb();
Verb db_show_verb();
Verb db_compare_verb();
Verb db_improve_verb();
Verb db_front_verb();
Verb db_query_verb();
Verb db_schema_verb();
Verb db_rerun_verb();
Verb db_merge_verb();
Verb db_check_verb();
Verb db_prune_verb();
Verb db_cache_verb();

/// Whether this program runs searches itself: mho-search does; mho starts mho-search.
bool searches_here();
/// Enables searches; part of mho-search only.
void enable_searches();

/// `mho worker`: a process that mho sweep starts. It is not in the lists of verbs.
int serve_worker();

/// A first word shared by several verbs.
struct VerbGroup {
  std::string name, sentence;
};
std::vector<VerbGroup> verb_groups();

/// All verbs, in the order of `mho --help`.
std::vector<Verb> all_verbs();

}  // namespace mho::cli
