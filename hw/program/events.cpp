#include "hw/program/events.h"

#include <algorithm>
#include <array>

#include "hw/spec/components.h"
#include "periphery/components.h"

namespace mho::hw {

namespace {

template <typename Activity>
struct Counted {
  std::string_view event;
  std::uint64_t Activity::*counter;
};

/// The counter of each event. Only these tables connect the names of costed events to the models.
constexpr std::array stage_events{Counted<StageActivity>{periphery::dac_conversion, &StageActivity::dac_conversions},
                                  Counted<StageActivity>{tiles::mvm, &StageActivity::mvms},
                                  Counted<StageActivity>{periphery::adc_conversion, &StageActivity::adc_conversions},
                                  Counted<StageActivity>{periphery::scale_operation, &StageActivity::scale_operations},
                                  Counted<StageActivity>{input_buffer_written_bit, &StageActivity::input_buffer_written_bits},
                                  Counted<StageActivity>{input_buffer_read_bit, &StageActivity::input_buffer_read_bits},
                                  Counted<StageActivity>{output_buffer_written_bit, &StageActivity::output_buffer_written_bits},
                                  Counted<StageActivity>{output_buffer_read_bit, &StageActivity::output_buffer_read_bits},
                                  Counted<StageActivity>{periphery::element_operation, &StageActivity::element_operations},
                                  Counted<StageActivity>{tiles::programmed_device, &StageActivity::programmed_devices},
                                  Counted<StageActivity>{port_bit, &StageActivity::port_bits}};
constexpr std::array router_events{
    Counted<RouterActivity>{router_write, &RouterActivity::buffer_writes}, Counted<RouterActivity>{router_read, &RouterActivity::buffer_reads},
    Counted<RouterActivity>{crossbar_traversal, &RouterActivity::crossbar_traversals},
    Counted<RouterActivity>{arbitration, &RouterActivity::arbitrations}, Counted<RouterActivity>{link_flit, &RouterActivity::link_flits}};

template <typename Table, typename Activity>
std::uint64_t look_up(const Table& table, std::string_view event, const Activity& activity) {
  const auto found = std::ranges::find(table, event, &Table::value_type::event);
  return found == table.end() ? 0 : activity.*(found->counter);
}

}  // namespace

std::uint64_t count_of(std::string_view event, const StageActivity& activity) { return look_up(stage_events, event, activity); }

std::uint64_t count_of(std::string_view event, const RouterActivity& activity) { return look_up(router_events, event, activity); }

std::uint64_t count_of(std::string_view event, const LinkActivity& activity) {
  return event == chip_link_flit && activity.kind == LinkActivity::Kind::chips ? activity.flits : 0;
}

bool is_counted(std::string_view event) {
  const auto is_event = [event](const auto& counted) { return counted.event == event; };
  return event == chip_link_flit || std::ranges::any_of(stage_events, is_event) || std::ranges::any_of(router_events, is_event);
}

tiles::TileLoad load_of(const MvmWork& work) {
  return {.conductance_sum_siemens = work.conductance_sum_siemens, .mean_drive = work.mean_drive, .driven_rows = work.inputs};
}

}  // namespace mho::hw
