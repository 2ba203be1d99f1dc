#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/search/design_search.h"
#include "base/error.h"
#include "base/json.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// A text of the user's, and where it stands.
struct WrittenText {
  std::string where{};  ///< option, or "file:line:column:"
  std::string text{};
  base::ExitCode code = base::ExitCode::usage;  ///< of its refusal
};

/// What a search is asked for.
struct SearchRequest {
  EvaluationTask task{};                            ///< its last age is meant where a figure has none
  std::vector<WrittenText> minimise{}, maximise{};  ///< figures, with commas between
  std::optional<WrittenText> keep{}, throughput{};  ///< bounds
  std::vector<WrittenText> require{};               ///< "latency <= 10us"
  std::vector<WrittenText> free{}, per_layer{};     ///< "KEY=VALUES", or "KEY,KEY" whose values are proposed
  std::vector<std::string> conditions{};            ///< expressions of SQL over keys that every point fulfils
  std::string engine = "nsga2", accuracy_by = "auto";
  std::size_t evaluations = 500;
  std::optional<std::size_t> confirm{}, check_proxy{};

  /// What the points of a part of the search depend on.
  [[nodiscard]] base::Json json(const std::string& part) const;
};

/// How designs are chosen, and how accuracy is found.
inline std::vector<std::string> engine_words() { return {"nsga2", "ants", "random", "greedy"}; }
inline std::vector<std::string> accuracy_words() { return {"auto", "proxy", "full"}; }

/// Adds what a SEARCH.yaml says. Throws UserError with file:line:column.
void read_search_file(SearchRequest& request, const std::string& path);

/// What is asked for, of each layer of the network what per_layer says. Throws UserError: keys and figures that do not exist, a key twice.
SearchProblem problem_of(const SearchRequest& request, const workloads::Network& network);

}  // namespace mho::analysis
