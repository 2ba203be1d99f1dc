#pragma once

#include "base/units.h"

namespace mho::periphery {

struct AdcCost {
  base::Energy energy;  ///< of one conversion
  base::Area area;      ///< of one converter
};

/// A good converter of this node, rate and resolution: the regression of Andrulis et al. (arXiv 2404.06553) over the better fifth of Murmann's survey
/// of published ADCs. Single designs lie a quarter to 3.5 times as high.
AdcCost adc_survey(double technology_nm, base::Frequency rate, int bits);

}  // namespace mho::periphery
