#include "periphery/converters/adc_survey.h"

#include <algorithm>

#include "base/elementary.h"

namespace mho::periphery {

AdcCost adc_survey(double technology_nm, base::Frequency rate, int bits) {
  const double log_rate = base::logarithm(rate.si());
  const double log_node = base::logarithm(technology_nm);
  constexpr double log_of_ten = 2.302585092994046;
  const double signal_db = 6.02 * bits + 1.76;  // signal to noise and distortion of a full-scale sine
  const double schreier_db = std::min(213.78 - 2.8719 * log_rate, 128.307 + 3.22051 * bits);
  const double picojoule = 0.5 * base::exponential(-(schreier_db - signal_db) / 10.0 * log_of_ten) *
                           base::exponential(26.0496 + 1.88004 * log_node - 2.82913 * base::logarithm(bits) - 1.4702);
  const double square_micrometre = base::exponential(1.34619 + 0.99328 * log_node + 0.18072 * log_rate + 0.29912 * base::logarithm(picojoule));
  return {base::unit::picojoule * picojoule, base::unit::square_micrometre * square_micrometre};
}

}  // namespace mho::periphery
