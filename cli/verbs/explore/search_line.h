#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/common_options.h"
#include "cli/verb.h"

namespace mho::cli {

/// What the line of `mho search` says.
struct SearchArguments {
  std::optional<std::string> what;  ///< SEARCH.yaml, or a network
  std::optional<std::string> data, design, times;
  std::vector<std::string> set, layer, scalar;
  std::vector<std::string> minimise, maximise, require, constraint, free, per_layer;
  std::optional<std::string> keep, throughput, engine, accuracy_by;
  std::optional<std::size_t> evaluations, confirm, check_proxy, samples;
  std::optional<int> repeats;
  std::optional<std::uint64_t> seed;
  int threads = 1;
  int jobs = 1;
  bool no_cache = false;
  std::string db = "results.db";
  LabelArguments label;
  bool json = false;
};

constexpr const char* usual_age = "1d";

/// What carries out a search. The program mho-search has it; in mho it is null, and the line is handed to that program.
using SearchAction = void (*)(const SearchArguments&, const Invocation&);
SearchAction& search_action();

}  // namespace mho::cli
