#pragma once

#include <optional>
#include <vector>

#include "analysis/search/accuracy_proxy.h"
#include "analysis/search/design_search.h"
#include "analysis/search/proxy_check.h"

namespace mho::analysis {

/// What a search found.
struct SearchReport {
  SearchProblem problem{};
  const DesignSearch* search = nullptr;  ///< null: only the proxy was checked, or the greedy rule followed
  const AccuracyProxy* proxy = nullptr;  ///< null: accuracy did not matter, or was evaluated in full
  bool untrusted = false;                ///< the proxy misses too much, so accuracy was evaluated in full
  std::vector<LimitPrice> prices{};
  std::vector<SearchedDesign> confirmed{};
  std::optional<ProxyCheck> check{};
  std::optional<GreedyChoice> greedy{};
};

}  // namespace mho::analysis
