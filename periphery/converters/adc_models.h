#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "periphery/converters/adc_survey.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

/// Requirements of a converter.
struct AdcTask {
  int bits = 8;
  base::Duration conversion_time;
};

/// Costs of a converter by a model.
struct AdcEstimate {
  AdcCost cost;
  base::Power leakage;
  base::Duration least_time;         ///< of one conversion in this technology
  Spread spread;                     ///< uncertainty of the costs
  std::vector<std::string> outside;  ///< sentences: parameters of the task outside the range of the model
};

/// Names of the models and of published converters: survey, sar, flash, ramp, cco, isaac, forms, newton.
std::vector<std::string> adc_kinds();
/// Estimates the converter `kind`. Energy rises with bits and rate in every model. Throws std::out_of_range for a name that adc_kinds does not list.
///   survey: the better fifth of stand-alone converters (adc_survey); linear in 2^(bits/2) below 4 bits, where the survey has no converters.
///   sar:    bits + 1 comparisons of 30 fJ, 2^bits unit capacitors of 0.5 fF on the supply, 15 fF of logic a bit; 10 gate delays a comparison.
///   flash:  2^bits - 1 comparators of 30 fJ at once.
///   ramp:   2^bits steps of a shared ramp and counter, 4 fJ a step and column; at least 2 gate delays a step.
///   cco:    an oscillator driven by the current, 2^bits counts of 20 fJ, at least 300 ps a count at 14 nm (Khaddam-Aljameh et al., JSSC 57:1027
///           (2022)).
///   isaac, forms, newton: published parts of 8, 4 and 9 bits at 1.28, 2.1 and 1.28 GS/s and 32 nm, scaled as logic (energy) and with the node
///   (area).
AdcEstimate adc_estimate(std::string_view kind, const AdcTask& task, const Technology& technology);

}  // namespace mho::periphery
