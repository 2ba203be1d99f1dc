#include "base/statistics.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <stdexcept>

namespace mho::base {

double student_t_quantile(double degrees_of_freedom, double p) {
  if (!(degrees_of_freedom >= 1) || !(p > 0 && p < 1)) throw std::logic_error("student_t_quantile: at least 1 degree of freedom and 0 < p < 1");
  return boost::math::quantile(boost::math::students_t_distribution<double>(degrees_of_freedom), p);
}

double student_t_two_sided(double degrees_of_freedom, double t) {
  if (!(degrees_of_freedom >= 1)) throw std::logic_error("student_t_two_sided: at least 1 degree of freedom");
  const boost::math::students_t_distribution<double> distribution(degrees_of_freedom);
  return 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(t)));
}

double confidence_95(std::size_t samples) {
  if (samples < 2) throw std::logic_error("confidence_95: one sample has no spread");
  return student_t_quantile(static_cast<double>(samples - 1), 0.975);
}

double binomial_at_most(std::int64_t count, std::int64_t trials, double p) {
  if (!(p >= 0 && p <= 1) || trials < 0) throw std::logic_error("binomial_at_most: a probability and trials from 0 on");
  if (count < 0) return 0;
  if (count >= trials) return 1;
  return boost::math::cdf(boost::math::binomial_distribution<double>(static_cast<double>(trials), p), static_cast<double>(count));
}

}  // namespace mho::base
