#pragma once

#include "base/units.h"

namespace mho::periphery {

struct AdcCost {
  base::Energy energy;  ///< of one conversion
  base::Area area;      ///< of one converter
};

/// Costs of a good converter of this node, rate and resolution: regression of Andrulis et al. (arXiv 2404.06553) over the best fifth of Murmann's
/// survey of published ADCs. Single designs are between a quarter and 3.5 times of it.
AdcCost adc_survey(double technology_nm, base::Frequency rate, int bits);

}  // namespace mho::periphery
