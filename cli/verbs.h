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

/// The group db: each in the file of its second word below verbs/db/.
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

/// Whether this program carries out searches: mho-search does, and mho starts that.
bool searches_here();
/// Makes it so; part of mho-search alone.
void enable_searches();

/// `mho worker`, which mho sweep starts: no verb for people, and in no list.
int serve_worker();

/// A first word that several verbs share.
struct VerbGroup {
  std::string name, sentence;
};
std::vector<VerbGroup> verb_groups();

/// All of them, in the order of `mho --help`.
std::vector<Verb> all_verbs();

}  // namespace mho::cli
