#pragma once

#include <cstdint>

#include "hw/chip/chip_module.h"

namespace mho::hw {

/// Lets inferences begin up to `allowed` in all and runs the kernel until they have left and everything is at rest. Throws what the chip fails with,
/// and UserError (failed_check) on a standstill, saying who waits for whom, and where flits, credits or positions do not add up; Interrupted on
/// Ctrl-C.
void drain(ChipModule& chip, const periphery::Timeline& timeline, std::int64_t allowed);

}  // namespace mho::hw
