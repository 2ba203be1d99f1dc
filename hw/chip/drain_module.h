#pragma once

#include <cstdint>

#include "hw/chip/chip_module.h"

namespace mho::hw {

/// Permits `allowed` inferences in total and runs the kernel until no event is pending. Rethrows a failure of the chip. Throws UserError
/// (failed_check) on a deadlock, with the list of what each stage waits for, and on an imbalance of flits, credits or positions; Interrupted after
/// Ctrl-C.
void drain(ChipModule& chip, const periphery::Timeline& timeline, std::int64_t allowed);

}  // namespace mho::hw
