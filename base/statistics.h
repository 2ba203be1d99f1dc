#pragma once

#include <cstddef>
#include <cstdint>

namespace mho::base {

/// The value below which a variable with Student's t distribution of `degrees_of_freedom` (at least 1) lies with probability `p`, 0 < p < 1.
/// Throws std::logic_error outside these ranges. Accurate to the last digits of double (Boost.Math).
double student_t_quantile(double degrees_of_freedom, double p);

/// The probability that a variable with Student's t distribution lies at least as far from 0 as `t`. Throws std::logic_error below 1 degree of
/// freedom.
double student_t_two_sided(double degrees_of_freedom, double t);

/// Half the width of the 95 % confidence interval of a mean, in standard errors: the 97.5 % quantile of Student's t for `samples` - 1 degrees of
/// freedom. `samples`: at least 2.
double confidence_95(std::size_t samples);

/// The probability that of `trials` independent ones, each with probability `p`, at most `count` happen. Throws std::logic_error for `p` outside 0..1
/// or fewer than 0 trials.
double binomial_at_most(std::int64_t count, std::int64_t trials, double p);

}  // namespace mho::base
