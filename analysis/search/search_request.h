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

/// A text given by the user, with its place.
struct WrittenText {
  std::string where{};  ///< option, or "file:line:column:"
  std::string text{};
  base::ExitCode code = base::ExitCode::usage;  ///< exit code if it is refused
};

/// The request of a search.
struct SearchRequest {
  EvaluationTask task{};                            ///< its last age is used for figures without an age
  std::vector<WrittenText> minimise{}, maximise{};  ///< figures, separated by commas
  std::optional<WrittenText> keep{}, throughput{};  ///< bounds
  std::vector<WrittenText> require{};               ///< "latency <= 10us"
  std::vector<WrittenText> free{}, per_layer{};     ///< "KEY=VALUES", or "KEY,KEY" with proposed values
  std::vector<std::string> conditions{};            ///< SQL expressions over keys that every point must fulfil
  std::string engine = "nsga2", accuracy_by = "auto";
  std::size_t evaluations = 500;
  std::optional<std::size_t> confirm{}, check_proxy{};

  /// The settings that the points of a part of the search depend on.
  [[nodiscard]] base::Json json(const std::string& part) const;
};

/// Words for the search algorithm and for the source of accuracies.
inline std::vector<std::string> engine_words() { return {"nsga2", "ants", "random", "greedy"}; }
inline std::vector<std::string> accuracy_words() { return {"auto", "proxy", "full"}; }

/// Adds the settings of a search file (SEARCH.yaml). Throws UserError with file:line:column.
void read_search_file(SearchRequest& request, const std::string& path);

/// The search problem of a request; `per_layer` settings are expanded to each layer of the network. Throws UserError for keys and figures that do not
/// exist and for duplicate keys.
SearchProblem problem_of(const SearchRequest& request, const workloads::Network& network);

}  // namespace mho::analysis
