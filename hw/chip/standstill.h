#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/cores/channel.h"
#include "hw/cores/stage_controller.h"
#include "hw/noc/noc.h"
#include "hw/program/program.h"

namespace mho::hw {

/// Explains why a chip without pending events has not finished: for each stage that has not completed `inferences`, a clause "'stage' (3 of 8
/// positions) waits for ...". Empty if all have. `controllers`: as Program::stages.
[[nodiscard]] std::string waiting_list(const Program& program, const std::vector<StageController>& controllers, std::int64_t inferences);

/// The first imbalance of flits or credits in a drained network, as text; empty if there is none.
[[nodiscard]] std::string imbalance(const Noc& network);

/// The first imbalance of edge credits or positions after `inferences` have drained, as text; empty if there is none. `channels`: as Program::edges.
[[nodiscard]] std::string imbalance(const Program& program, const std::vector<StageController>& controllers, const std::vector<Channel>& channels,
                                    std::int64_t inferences);

}  // namespace mho::hw
