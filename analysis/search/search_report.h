#pragma once

#include <optional>
#include <vector>

#include "analysis/search/accuracy_proxy.h"
#include "analysis/search/design_search.h"
#include "analysis/search/proxy_check.h"

namespace mho::analysis {

/// Results of a search.
struct SearchReport {
  SearchProblem problem{};
  const DesignSearch* search = nullptr;  ///< null: only a check of the proxy or the greedy rule was run
  const AccuracyProxy* proxy = nullptr;  ///< null: accuracy is not needed, or was evaluated in full
  bool untrusted = false;                ///< the proxy's error is too large, so accuracy was evaluated in full
  std::vector<LimitPrice> prices{};
  std::vector<SearchedDesign> confirmed{};
  std::optional<ProxyCheck> check{};
  std::optional<GreedyChoice> greedy{};
};

}  // namespace mho::analysis
