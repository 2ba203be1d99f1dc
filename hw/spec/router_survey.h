#pragma once

#include "base/units.h"
#include "periphery/technology/technology.h"

namespace mho::hw {

struct RouterCost {
  base::Energy buffer_write, buffer_read, crossbar, arbitration;  ///< per flit
  base::Area area;
  base::Power leakage;
};

/// A five-port router at 1 GHz, activity 0.25, by `channels` virtual channels of a port (all classes) of `buffer_flits` flits of `flit_bits`. From
/// DSENT (Sun et al., NOCS 2012) at 45, 32, 22 and 11 nm: 64-bit routers of 2x4 and 2x8 flits give what grows with the buffered flits, 2x4 and 4x4
/// what grows with the channels, linearly extrapolated; all but the arbitration goes with the flit's width, within 5 % from 32 to 128 bits; log-log
/// between the nodes. Energies go with the square of the supply over the node's own. DSENT's transistors are those of low threshold at 25 C.
/// Routers of `ports` ports: area and leakage go with the buffers, so with the ports; the wires of the crossbar and the arbiters as well.
RouterCost router_survey(int flit_bits, int channels, int buffer_flits, int ports, const periphery::Technology& technology);

/// Energy of a bit on one millimetre of link: DSENT at activity 0.25, 0.0132, 0.0235, 0.032 and 0.040 pJ at 11, 22, 32 and 45 nm, log-log between
/// them, with the square of the supply over the node's own.
base::Energy link_survey(const periphery::Technology& technology);

}  // namespace mho::hw
