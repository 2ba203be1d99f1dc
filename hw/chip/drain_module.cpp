#include "hw/chip/drain_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <systemc>

#include "base/error.h"
#include "base/progress.h"

namespace mho::hw {
namespace {

/// Runs the kernel until no event is pending.
void drain(const periphery::Timeline& timeline, const ChipModule& chip) {
  constexpr std::int64_t look_up = 20000;  // cycles between two checks for Ctrl-C: a few milliseconds of wall time
  while (sc_core::sc_pending_activity()) {
    base::check_interrupt();
    const std::int64_t until = timeline.time(timeline.now() + look_up).femtoseconds();
    const auto step = static_cast<sc_dt::uint64>(until) - sc_core::sc_time_stamp().value();
    const auto wait = sc_core::sc_time_to_pending_activity().value();
    sc_core::sc_start(sc_core::sc_time::from_value(std::max(step, wait)), sc_core::SC_EXIT_ON_STARVATION);
    if (chip.failure() != nullptr) std::rethrow_exception(chip.failure());
    if (timeline.failure() != nullptr) std::rethrow_exception(timeline.failure());
  }
}

}  // namespace

void drain(ChipModule& chip, const periphery::Timeline& timeline, std::int64_t allowed) {
  chip.restart_waiting();
  chip.allow_inferences(allowed);
  drain(timeline, chip);
  const std::int64_t begun = chip.inferences_begun();
  const std::string waiting = chip.waiting_list(begun);
  if (chip.inferences_left() < begun || !waiting.empty()) {
    throw base::UserError(fmt::format("the simulation came to a standstill in cycle {} with {} of {} inferences finished: {}{}", timeline.now(),
                                      chip.inferences_left(), begun, waiting,
                                      waiting.find("credits (0") == std::string::npos
                                          ? "; a position that they wait for was lost or is never made"
                                          : "; an edge without credits needs a larger capacity, which mapper.buffer_slack gives to all"),
                          base::ExitCode::failed_check);
  }
  const std::string imbalance = chip.imbalance(begun);
  if (!imbalance.empty()) throw base::UserError("the simulation failed a check: " + imbalance, base::ExitCode::failed_check);
}

}  // namespace mho::hw
