#pragma once

#include "base/units.h"
#include "periphery/technology/technology.h"

namespace mho::hw {

/// Costs of a router.
struct RouterCost {
  base::Energy buffer_write, buffer_read, crossbar, arbitration;  ///< per flit
  base::Area area;
  base::Power leakage;
};

/// Costs of a router with `ports` ports, `channels` virtual channels per port (all message classes) and `buffer_flits` flits of `flit_bits` bits per
/// channel. Source: DSENT (Sun et al., NOCS 2012), five-port 64-bit routers at 1 GHz and activity 0.25, at 45, 32, 22 and 11 nm, transistors of low
/// threshold at 25 C. Buffer energies, area and leakage are linear in the buffered flits (fitted to 2x4 and 2x8 flits); arbitration is linear in the
/// channels (2x4 and 4x4). All but the arbitration is proportional to the width of a flit, which DSENT follows within 5 % from 32 to 128 bits.
/// Interpolation between technology nodes is log-log. Energies are proportional to the square of the supply over the nominal supply of the node.
/// Area, leakage, crossbar and arbitration energy are proportional to the ports.
RouterCost router_survey(int flit_bits, int channels, int buffer_flits, int ports, const periphery::Technology& technology);

/// Energy of a bit on one millimetre of link. DSENT at activity 0.25: 0.0132, 0.0235, 0.032 and 0.040 pJ at 11, 22, 32 and 45 nm; log-log in between,
/// proportional to the square of the supply over the nominal supply of the node.
base::Energy link_survey(const periphery::Technology& technology);

}  // namespace mho::hw
