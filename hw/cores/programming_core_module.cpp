#include "hw/cores/programming_core_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mho::hw {

WriteModule::WriteModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile, const WriteWork& work)
    : PipelineModule(name, timeline, timeline.clock().cycles(tiles::row_programming_time(tile, work.outputs))),
      row_(static_cast<std::uint64_t>(tiles::devices_of_row(tile, work.outputs))) {}

ProgrammingCoreModule::ProgrammingCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                                             std::vector<StageController*> controllers)
    : CoreModule(name, timeline), slots_(controllers.size()) {
  for (std::size_t i = 0; i < controllers.size(); ++i) {
    TileSlot& slot = slots_[i];
    slot.controller = controllers[i];
    slot.writer = std::make_unique<WriteModule>(fmt::format("writer_{}", i).c_str(), timeline, tile, *controllers[i]->stage().write);
    slot.writer->connect([this, &slot](std::int64_t row) {
      slot.read_bits += static_cast<std::uint64_t>(slot.controller->consume(row));
      slot.controller->offer();
      end_position();
      return true;
    });
    slot.writer->when_free([this, &slot] { feed(slot); });
  }
}

void ProgrammingCoreModule::store(StageController& controller, std::int64_t bits) {
  slots_[index_of(controller)].written_bits += static_cast<std::uint64_t>(bits);
}

void ProgrammingCoreModule::feed(TileSlot& slot) {
  using Wait = StageController::Wait;
  const bool row = slot.controller->inputs_ready();
  if (slot.writer->free() && row && awake()) {
    begin_position();
    slot.writer->begin(slot.controller->start());
  }
  slot.controller->wait(slot.writer->free() && !(waking() && row) ? Wait::input : Wait::none, timeline_.now());
}

void ProgrammingCoreModule::evaluate() {
  for (TileSlot& slot : slots_) feed(slot);
}

StageActivity ProgrammingCoreModule::activity(const StageController& controller) const {
  const TileSlot& slot = slots_[index_of(controller)];
  StageActivity activity = common(controller);
  activity.programmed_devices = slot.writer->devices();
  activity.input_buffer_written_bits = slot.written_bits;
  activity.input_buffer_read_bits = slot.read_bits;
  activity.busy_cycles = controller.finished() * slot.writer->cycles();
  return activity;
}

std::vector<CoreModule::OwnUnit> ProgrammingCoreModule::units() {
  std::vector<OwnUnit> units;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    units.push_back({slots_.size() == 1 ? "programming" : fmt::format("programming {}", i), &slots_[i].writer->record(), {{slots_[i].controller}}});
  }
  return units;
}

}  // namespace mho::hw
