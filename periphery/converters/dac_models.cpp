#include "periphery/converters/dac_models.h"

#include <cmath>

#include "periphery/technology/scaling.h"

namespace mho::periphery {

DacEstimate dac_estimate(const DacParameters& dac, int bits, const Technology& technology) {
  constexpr double picojoule = base::unit::picojoule.si(), square_micrometre = base::unit::square_micrometre.si(), driver_spread = 0.5;
  constexpr double published_bits = 8;
  constexpr double register_pj = 0.009, register_um2 = 1.5, register_nm = 45, register_v = 1.0;  // published at 40 nm, scaled from the nearest row
  const double delay = gate_delay(technology).si();
  const double registers = bits * register_pj * picojoule * logic_energy(technology, register_nm, register_v);
  const double registers_area = bits * register_um2 * square_micrometre * logic_area(technology, register_nm);
  DacEstimate estimate;
  estimate.spread = {driver_spread, driver_spread, driver_spread};
  double energy = 0, area = 0, time = dac.read_time.si();
  switch (dac.coding) {
    case InputCoding::pulse_width: {
      constexpr double pj = 0.0375, um2 = 240, nm = 65, v = 1.0, gates = 2;
      energy = pj * picojoule * bits / published_bits * logic_energy(technology, nm, v);
      area = um2 * square_micrometre * bits / published_bits * logic_area(technology, nm);
      estimate.least_time = base::Duration(gates * delay);
      time = dac.time_per_level.si();
      break;
    }
    case InputCoding::amplitude: {
      constexpr double pj = 0.291, um2 = 438, nm = 45, v = 1.0, gates = 20;
      const double codes = std::exp2(bits - published_bits);
      energy = pj * picojoule * codes * logic_energy(technology, nm, v);
      area = um2 * square_micrometre * codes * analog_area(technology, nm);
      estimate.least_time = base::Duration(gates * delay);
      break;
    }
    case InputCoding::bit_serial: {
      constexpr double microwatt = 3.9e-6, hertz = 1.2e9, um2 = 0.166, nm = 32, v = 0.9, gates = 4;
      energy = microwatt / hertz * logic_energy(technology, nm, v) + registers / bits;
      area = um2 * square_micrometre * logic_area(technology, nm) + registers_area;
      estimate.least_time = base::Duration(gates * delay);
      break;
    }
  }
  energy *= sizing(estimate.least_time.si() / time);
  if (dac.latched) {
    energy += registers;
    area += registers_area;
  }
  estimate.energy = base::Energy(energy);
  estimate.area = base::Area(area);
  return estimate;
}

}  // namespace mho::periphery
