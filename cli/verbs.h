#pragma once

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

/// All of them, in the order of `mho --help`.
std::vector<Verb> all_verbs();

}  // namespace mho::cli
