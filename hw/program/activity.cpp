#include "hw/program/activity.h"

#include <algorithm>
#include <array>

namespace mho::hw {
namespace {

/// Every count, once: what is forgotten here is lost wherever activities are added up.
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

bool Activity::repeats() const {
  return std::ranges::any_of(stages, [](const StageActivity& stage) { return stage.repeat_cycles > 0; });
}

}  // namespace mho::hw
