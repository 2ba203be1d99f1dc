#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/search/accuracy_proxy.h"
#include "analysis/search/space.h"

namespace mho::analysis {

/// A design with predicted and measured accuracy.
struct CheckedDesign {
  DesignPoint point{};
  double time_s = 0;
  double predicted = 0, measured = 0;  ///< normalised accuracy
};

/// Accuracy of a proxy on designs that it was not calibrated on.
struct ProxyCheck {
  std::vector<CheckedDesign> designs{};        ///< each design at its ages
  std::size_t refused = 0;                     ///< number of designs that could not be evaluated
  std::optional<double> rank_correlation{};    ///< over designs, at the last age
  std::optional<double> error{};               ///< SquaredErrors::root_mean() of the normalised accuracies
  double full_seconds = 0, proxy_seconds = 0;  ///< mean seconds per design
};

/// Compares the proxy with the evaluator `full`, which computes normalised@AGE at `times_s`. Throws UserError if no design can be evaluated.
ProxyCheck check_proxy(AccuracyProxy& proxy, Evaluator& full, const EvaluationTask& task, const std::vector<DesignPoint>& points,
                       const std::vector<double>& times_s);

/// At most `count` distinct designs, spread evenly over the ranges of the settings.
std::vector<DesignPoint> spread_designs(const std::vector<FreeSetting>& settings, std::size_t count, std::uint64_t seed);

/// A step of greedy_by_macs: a layer was tried on tiles.
struct GreedyStep {
  std::string layer{};
  std::int64_t macs = 0;
  double normalised = 0;  ///< normalised accuracy with the layer on tiles
  bool analog = false;
};
struct GreedyChoice {
  std::vector<GreedyStep> steps{};
  DesignPoint point{};  ///< the given base with the layers that stay digital
};

/// The rule of LionHeart (Lammie et al., IEEE Transactions on Emerging Topics in Computing, 2025). All layers are digital at first. Layers are moved
/// to tiles one after the other, in descending order of their multiply-accumulates; a layer stays there if `figure`, a normalised accuracy, is at
/// least `keep`.
GreedyChoice greedy_by_macs(const workloads::Network& network, Evaluator& evaluator, const DesignPoint& base, const std::string& figure, double keep);

}  // namespace mho::analysis
