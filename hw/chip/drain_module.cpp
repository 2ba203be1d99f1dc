#include "hw/chip/drain_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <systemc>
#include <utility>

#include "base/error.h"
#include "base/progress.h"

namespace mho::hw {
std::vector<GateActivity> since(std::vector<GateActivity> all, const std::vector<GateActivity>& before) {
  for (std::size_t g = 0; g < all.size(); ++g) {
    all[g].gated_cycles -= before.at(g).gated_cycles;
    all[g].wakes -= before[g].wakes;
  }
  return all;
}

Activity since(Activity all, const Activity& before) {
  for (std::size_t s = 0; s < all.stages.size(); ++s) all.stages[s] -= before.stages[s];
  for (std::size_t r = 0; r < all.routers.size(); ++r) all.routers[r] -= before.routers[r];
  for (std::size_t e = 0; e < all.edges.size(); ++e) {
    all.edges[e].awaited_cycles -= before.edges[e].awaited_cycles;
    all.edges[e].without_credit_cycles -= before.edges[e].without_credit_cycles;
  }
  for (std::size_t u = 0; u < all.units.size(); ++u) {
    all.units[u].worked_cycles -= before.units[u].worked_cycles;
    all.units[u].held_cycles -= before.units[u].held_cycles;
  }
  for (std::size_t l = 0; l < all.links.size(); ++l) all.links[l].flits -= before.links[l].flits;
  all.gates = since(std::move(all.gates), before.gates);
  all.packets -= before.packets;
  all.flit_hops -= before.flit_hops;
  return all;
}

namespace {

/// Runs the kernel until nothing is left to happen.
void drain(const periphery::Timeline& timeline, const ChipModule& chip) {
  constexpr std::int64_t look_up = 20000;  // cycles between two checks for Ctrl-C: a few milliseconds of wall time
  while (sc_core::sc_pending_activity()) {
    base::check_interrupt();
    const std::int64_t until = timeline.time(timeline.now() + look_up).femtoseconds();
    const auto step = static_cast<sc_dt::uint64>(until) - sc_core::sc_time_stamp().value();
    const auto wait = sc_core::sc_time_to_pending_activity().value();
    sc_core::sc_start(sc_core::sc_time::from_value(std::max(step, wait)), sc_core::SC_EXIT_ON_STARVATION);
    if (chip.failure() != nullptr) std::rethrow_exception(chip.failure());
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
