#include "analysis/study/paired.h"

#include <stdexcept>

#include "analysis/experiment/experiment.h"
#include "base/statistics.h"

namespace mho::analysis {

PairedDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) throw std::logic_error("paired_difference: pairs need as many of both");
  std::vector<double> differences(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) differences[k] = a[k] - b[k];
  const auto [mean, sem] = mean_and_error(differences);
  PairedDifference result{mean, sem, {}, {}};
  if (!sem) return result;
  const double reach = base::confidence_95(a.size()) * *sem;
  result.low = mean - reach;
  result.high = mean + reach;
  return result;
}

}  // namespace mho::analysis
