#include "analysis/study/paired.h"

#include <stdexcept>

#include "analysis/experiment/experiment.h"

namespace mho::analysis {

double student_t(std::size_t degrees_of_freedom) {
  // Closed forms for one and two; then the expansion around the normal quantile (Abramowitz and Stegun 26.7.5).
  if (degrees_of_freedom == 0) throw std::logic_error("student_t: no degrees of freedom");
  if (degrees_of_freedom == 1) return 12.70620;
  if (degrees_of_freedom == 2) return 4.30265;
  constexpr double normal = 1.959964, first = 2.372272, second = 2.822499, third = 2.555850, fourth = 1.589534;
  const double v = 1.0 / static_cast<double>(degrees_of_freedom);
  return normal + v * (first + v * (second + v * (third + v * fourth)));
}

PairedDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) throw std::logic_error("paired_difference: pairs need as many of both");
  std::vector<double> differences(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) differences[k] = a[k] - b[k];
  const auto [mean, sem] = mean_and_error(differences);
  PairedDifference result{mean, sem, {}, {}};
  if (!sem) return result;
  const double reach = student_t(a.size() - 1) * *sem;
  result.low = mean - reach;
  result.high = mean + reach;
  return result;
}

}  // namespace mho::analysis
