#pragma once

#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {

// Times by hand: in small_chip() and small_tile() a position takes 4 cycles through the port, 3 + 7 + 20 + 4 through an analog core (20 the slowest),
// and its packet of 5 flits over H routers 4 H + 2 + 4 cycles.
inline constexpr std::int64_t port = 4;
inline constexpr std::int64_t core = 3 + 7 + 20 + 4;
inline constexpr std::int64_t slowest = 20;
constexpr std::int64_t packet(int routers) { return 4 * routers + 2 + 4; }
constexpr std::int64_t credit(int routers) { return 4 * routers + 2; }

inline std::int64_t cycles(base::SimTime time) { return time.femtoseconds() / 1000000; }
inline double interval_cycles(const SimulationResult& result) { return result.interval_s * 1e9; }

inline SimulationResult run(const Program& program, const ChipParameters& chip = small_chip(), const tiles::TileParameters& tile = small_tile()) {
  verify(program, chip);
  return simulate(program, chip, tile);
}

}  // namespace mho::hw
