#include "hw/program/activity.h"

#include <algorithm>
#include <array>
#include <utility>

#include "hw/spec/parameters.h"

namespace mho::hw {
namespace {

/// Every count, once. A count that is missing here is missing in every sum of activities.
constexpr std::array stage_counts{&StageActivity::positions,
                                  &StageActivity::mvms,
                                  &StageActivity::programmed_devices,
                                  &StageActivity::dac_conversions,
                                  &StageActivity::adc_conversions,
                                  &StageActivity::scale_operations,
                                  &StageActivity::element_operations,
                                  &StageActivity::input_buffer_written_bits,
                                  &StageActivity::input_buffer_read_bits,
                                  &StageActivity::output_buffer_written_bits,
                                  &StageActivity::output_buffer_read_bits,
                                  &StageActivity::port_bits};
constexpr std::array stage_cycles{&StageActivity::busy_cycles, &StageActivity::repeat_cycles, &StageActivity::shared_cycles,
                                  &StageActivity::waiting_input_cycles, &StageActivity::waiting_output_cycles};
static_assert(sizeof(StageActivity) == stage_counts.size() * sizeof(std::uint64_t) + stage_cycles.size() * sizeof(std::int64_t));
constexpr std::array router_counts{&RouterActivity::buffer_writes, &RouterActivity::buffer_reads, &RouterActivity::crossbar_traversals,
                                   &RouterActivity::arbitrations, &RouterActivity::link_flits};
static_assert(sizeof(RouterActivity) == router_counts.size() * sizeof(std::uint64_t));

}  // namespace

StageActivity& StageActivity::operator+=(const StageActivity& other) {
  for (const auto count : stage_counts) this->*count += other.*count;
  for (const auto cycles : stage_cycles) this->*cycles += other.*cycles;
  return *this;
}

StageActivity& StageActivity::operator-=(const StageActivity& other) {
  for (const auto count : stage_counts) this->*count -= other.*count;
  for (const auto cycles : stage_cycles) this->*cycles -= other.*cycles;
  return *this;
}

RouterActivity& RouterActivity::operator+=(const RouterActivity& other) {
  for (const auto count : router_counts) this->*count += other.*count;
  return *this;
}

RouterActivity& RouterActivity::operator-=(const RouterActivity& other) {
  for (const auto count : router_counts) this->*count -= other.*count;
  return *this;
}

EdgeActivity& EdgeActivity::operator+=(const EdgeActivity& other) {
  awaited_cycles += other.awaited_cycles;
  without_credit_cycles += other.without_credit_cycles;
  return *this;
}

EdgeActivity& EdgeActivity::operator-=(const EdgeActivity& other) {
  awaited_cycles -= other.awaited_cycles;
  without_credit_cycles -= other.without_credit_cycles;
  return *this;
}

GateActivity& GateActivity::operator+=(const GateActivity& other) {
  gated_cycles += other.gated_cycles;
  wakes += other.wakes;
  return *this;
}

GateActivity& GateActivity::operator-=(const GateActivity& other) {
  gated_cycles -= other.gated_cycles;
  wakes -= other.wakes;
  return *this;
}

std::vector<GateActivity> since(std::vector<GateActivity> all, const std::vector<GateActivity>& before) {
  for (std::size_t g = 0; g < all.size(); ++g) all[g] -= before.at(g);
  return all;
}

Activity since(Activity all, const Activity& before) {
  for (std::size_t s = 0; s < all.stages.size(); ++s) all.stages[s] -= before.stages[s];
  for (std::size_t r = 0; r < all.routers.size(); ++r) all.routers[r] -= before.routers[r];
  for (std::size_t e = 0; e < all.edges.size(); ++e) all.edges[e] -= before.edges[e];
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

bool Activity::repeats() const {
  return std::ranges::any_of(stages, [](const StageActivity& stage) { return stage.repeat_cycles > 0; });
}

double seconds_at_work(const LinkActivity& link, const ChipParameters& chip) {
  const double flits_per_second = link.kind == LinkActivity::Kind::chips ? chip.link_flits_per_second() : chip.network_frequency().si();
  return static_cast<double>(link.flits) / flits_per_second;
}

double busiest_cycles(const Activity& activity, const ChipParameters& chip) {
  double seconds = 0;
  for (const UnitActivity& unit : activity.units) {
    seconds = std::max(seconds, static_cast<double>(unit.worked_cycles) / chip.clock_of(chip.kind(unit.node)).si());
  }
  for (const LinkActivity& link : activity.links) {
    seconds = std::max(seconds, seconds_at_work(link, chip));
  }
  return seconds * chip.clock.si();
}

}  // namespace mho::hw
