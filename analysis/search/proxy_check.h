#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/search/accuracy_proxy.h"
#include "analysis/search/space.h"

namespace mho::analysis {

/// A design whose accuracy was predicted and measured.
struct CheckedDesign {
  DesignPoint point{};
  double time_s = 0;
  double predicted = 0, measured = 0;  ///< normalised accuracy
};

/// How well a proxy predicts designs that it was not calibrated on.
struct ProxyCheck {
  std::vector<CheckedDesign> designs{};        ///< design by design, at its ages
  std::size_t refused = 0;                     ///< designs that could not be evaluated
  std::optional<double> rank_correlation{};    ///< over designs, at the last age
  double error = 0;                            ///< root of the mean square, of normalised accuracy
  double full_seconds = 0, proxy_seconds = 0;  ///< for a design, on average
};

/// `full` finds normalised@AGE at `times_s`. Throws UserError where no design can be evaluated.
ProxyCheck check_proxy(AccuracyProxy& proxy, Evaluator& full, const EvaluationTask& task, const std::vector<DesignPoint>& points,
                       const std::vector<double>& times_s);

/// Designs spread evenly over what the settings span, at most `count`, none twice.
std::vector<DesignPoint> spread_designs(const std::vector<FreeSetting>& settings, std::size_t count, std::uint64_t seed);

/// A layer that was made analog, or stayed digital.
struct GreedyStep {
  std::string layer{};
  std::int64_t macs = 0;
  double normalised = 0;  ///< accuracy with it on tiles
  bool analog = false;
};
struct GreedyChoice {
  std::vector<GreedyStep> steps{};
  DesignPoint point{};  ///< the layers that stay digital, added to what the search was given
};

/// The rule of LionHeart (Lammie et al., IEEE Transactions on Emerging Topics in Computing, 2025): every layer is digital at first; in descending
/// order of their multiply-accumulates layers go to tiles one after the other, and each stays there if `figure`, a normalised accuracy, is at least
/// `keep` then.
GreedyChoice greedy_by_macs(const workloads::Network& network, Evaluator& evaluator, const DesignPoint& base, const std::string& figure, double keep);

}  // namespace mho::analysis
