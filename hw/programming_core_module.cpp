#include "hw/programming_core_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mho::hw {

WriteModule::WriteModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile, const WriteWork& work)
    : PipelineModule(name, timeline, timeline.clock().cycles(tiles::row_programming_time(tile, work.outputs))),
      row_(static_cast<std::uint64_t>(work.outputs) * static_cast<std::uint64_t>(tiles::devices_per_weight(tile))) {}

ProgrammingCoreModule::ProgrammingCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                                             std::vector<StageFlow*> flows)
    : CoreModule(name, timeline), lanes_(flows.size()) {
  for (std::size_t i = 0; i < flows.size(); ++i) {
    Lane& lane = lanes_[i];
    lane.flow = flows[i];
    lane.writer = std::make_unique<WriteModule>(fmt::format("writer_{}", i).c_str(), timeline, tile, *flows[i]->stage().write);
    lane.writer->connect([this, &lane](std::int64_t row) {
      lane.read_bits += static_cast<std::uint64_t>(lane.flow->consume(row));
      lane.flow->offer();
      end_position();
      return true;
    });
    lane.writer->when_free([this, &lane] { feed(lane); });
  }
}

std::size_t ProgrammingCoreModule::find(const StageFlow& flow) const {
  const auto found = std::ranges::find(lanes_, &flow, &Lane::flow);
  if (found == lanes_.end()) throw std::logic_error("a core that programs its tiles was asked about a stage of another core");
  return static_cast<std::size_t>(found - lanes_.begin());
}

void ProgrammingCoreModule::store(StageFlow& flow, std::int64_t bits) { lanes_[find(flow)].written_bits += static_cast<std::uint64_t>(bits); }

void ProgrammingCoreModule::feed(Lane& lane) {
  using Wait = StageFlow::Wait;
  const bool row = lane.flow->inputs_ready();
  if (lane.writer->free() && row && awake()) {
    begin_position();
    lane.writer->begin(lane.flow->start());
  }
  lane.flow->wait(lane.writer->free() && !(waking() && row) ? Wait::input : Wait::none, timeline_.now());
}

void ProgrammingCoreModule::evaluate() {
  for (Lane& lane : lanes_) feed(lane);
}

StageActivity ProgrammingCoreModule::activity(const StageFlow& flow) const {
  const Lane& lane = lanes_[find(flow)];
  StageActivity activity = common(flow);
  activity.programmed_devices = lane.writer->devices();
  activity.input_buffer_written_bits = lane.written_bits;
  activity.input_buffer_read_bits = lane.read_bits;
  activity.busy_cycles = flow.finished() * lane.writer->cycles();
  return activity;
}

std::vector<CoreModule::OwnUnit> ProgrammingCoreModule::units() {
  std::vector<OwnUnit> units;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    units.push_back({lanes_.size() == 1 ? "programming" : fmt::format("programming {}", i), &lanes_[i].writer->record(), {{lanes_[i].flow}}});
  }
  return units;
}

}  // namespace mho::hw
