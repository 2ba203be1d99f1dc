#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/cores/channel.h"
#include "hw/cores/stage_controller.h"
#include "hw/noc/noc.h"
#include "hw/program/program.h"

namespace mho::hw {

/// Why a chip at rest is not done: which stage waits for whom, a clause for each that has not done its share of `inferences`, "'stage' (3 of 8
/// positions) waits for ..."; empty when all have. `controllers`: as Program::stages.
[[nodiscard]] std::string waiting_list(const Program& program, const std::vector<StageController>& controllers, std::int64_t inferences);

/// What does not add up in a network that has drained: flits, then credits; empty when all do.
[[nodiscard]] std::string imbalance(const Noc& network);

/// What does not add up after `inferences` have drained, credits of edges first, then positions; empty when all do. `channels`: as Program::edges.
[[nodiscard]] std::string imbalance(const Program& program, const std::vector<StageController>& controllers, const std::vector<Channel>& channels,
                                    std::int64_t inferences);

}  // namespace mho::hw
