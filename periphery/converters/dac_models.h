#pragma once

#include <string>
#include <vector>

#include "base/units.h"
#include "periphery/converters/parameters.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

struct DacEstimate {
  base::Energy energy;        ///< of one read-out, word line excluded
  base::Area area;            ///< of one driver
  base::Duration least_time;  ///< of one level (pulse width) or one read-out (amplitude, bits) in this technology
  Spread spread;
};

/// Costs of an input driver by the coding of inputs (`dac`: bits, coding, times and latches).
///   pulse_width: the 8-bit time-domain converter of TIMELY (Li et al., ISCA 2020), 0.0375 pJ and 240 um2 at 65 nm, by bits; 2 gate delays a level.
///   amplitude:   an 8-bit converter of 1.1 GS/s, 0.291 pJ and 438 um2 at 40 nm, by 2^bits (proportional).
///   bit_serial:  the 1-bit driver of ISAAC (Shafiee et al., ISCA 2016), 3.9 uW at 1.2 GHz and 0.166 um2 at 32 nm, plus one register a bit.
/// Latches for the next vector add a register of 0.009 pJ and 1.5 um2 a bit at 40 nm.
DacEstimate dac_estimate(const DacParameters& dac, int bits, const Technology& technology);

}  // namespace mho::periphery
