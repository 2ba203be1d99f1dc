#include <stdexcept>

#include "hw/chip/simulation.h"

namespace mho::hw {

// SystemC allows one simulation per process. The module starts mho for simulations, so that it loads without SystemC.
SimulationResult simulate(const Program& /*program*/, const ChipParameters& /*chip*/, const tiles::TileParameters& /*tile*/,
                          const SimulationOptions& /*options*/) {
  throw std::logic_error("the Python module simulates in processes of their own");
}

}  // namespace mho::hw
