#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/common_options.h"
#include "cli/verb.h"

namespace mho::cli {

/// Arguments of `mho search`.
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

/// Function that runs a search. It is set in the program mho-search. In mho it is null, and mho starts mho-search with the same line.
using SearchAction = void (*)(const SearchArguments&, const Invocation&);
SearchAction& search_action();

}  // namespace mho::cli
