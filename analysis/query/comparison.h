#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// What two runs were asked for differently.
struct AskedDifference {
  std::string what{};  ///< a parameter's key, or network, data, seed, version, fidelity, layers and a key of the options
  Cell first{}, second{};
  std::string unit{};  ///< of a parameter
};

/// A figure of both runs.
struct FigureDifference {
  std::string figure{};  ///< column of v_run
  std::string unit{};
  double first = 0, second = 0;
  /// Second over first. Of energy, leakage, area and TOPS/W the interval in which 90 % of such pairs of chips lie, and the probability that the
  /// second is better; components of one kind have the same factor on both.
  double ratio = 0;
  std::optional<double> ratio_low{}, ratio_high{}, better{};
};

/// Accuracies of both runs at one age, in their metric; the difference is second - first.
struct AccuracyDifference {
  double time_s = 0;
  std::string metric{};
  double first = 0, second = 0, difference = 0;
  bool paired = false;                  ///< programming by programming: same network, data, samples and seed, as many programmings
  std::optional<double> sem{};          ///< empty: a single programming
  std::optional<double> low{}, high{};  ///< 95 % interval: Student's t of the pairs, else Welch's
  std::optional<double> probability{};  ///< p, two-sided: of a difference as large where there is none
  [[nodiscard]] bool decided() const { return low && (*low > 0 || *high < 0); }
};

struct RunComparison {
  std::int64_t first = 0, second = 0;
  std::vector<AskedDifference> asked{};
  std::vector<FigureDifference> figures{};
  std::vector<AccuracyDifference> accuracies{};  ///< at ages that both have
  std::vector<std::string> notes{};              ///< what cannot be compared, and why
};

/// Throws UserError: no such run.
RunComparison compare_runs(const Reader& reader, std::int64_t first, std::int64_t second);

}  // namespace mho::analysis
