#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// A difference between the inputs of two runs.
struct AskedDifference {
  std::string what{};  ///< a parameter's key, or: network, data, seed, version, fidelity, layers, a key of the options
  Cell first{}, second{};
  std::string unit{};  ///< unit of a parameter
};

/// A figure of both runs.
struct FigureDifference {
  std::string figure{};  ///< column of v_run
  std::string unit{};
  double first = 0, second = 0;
  /// Second over first. For energy, leakage, area and TOPS/W: also the interval that holds 90 % of such pairs of chips, and the probability that the
  /// second is better. Components of one kind have the same factor on both runs.
  double ratio = 0;
  std::optional<double> ratio_low{}, ratio_high{}, better{};
};

/// Accuracies of both runs at one age, in their metric; the difference is second - first.
struct AccuracyDifference {
  double time_s = 0;
  std::string metric{};
  double first = 0, second = 0, difference = 0;
  bool paired = false;                  ///< compared per programming instance: same network, data, samples, seed and number of repeats
  std::optional<double> sem{};          ///< empty: a single programming instance
  std::optional<double> low{}, high{};  ///< 95 % interval: Student's t of the pairs, else Welch's
  std::optional<double> probability{};  ///< p, two-sided: probability of a difference at least as large if there is none
  [[nodiscard]] bool decided() const { return low && (*low > 0 || *high < 0); }
};

struct RunComparison {
  std::int64_t first = 0, second = 0;
  std::vector<AskedDifference> asked{};
  std::vector<FigureDifference> figures{};
  std::vector<AccuracyDifference> accuracies{};  ///< at ages of both runs
  std::vector<std::string> notes{};              ///< figures that cannot be compared, with the reason
};

/// Compares two runs. Throws UserError if there is no such run.
RunComparison compare_runs(const Reader& reader, std::int64_t first, std::int64_t second);

}  // namespace mho::analysis
