#include "hw/cores/analog_core_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace mho::hw {
namespace {

std::int64_t operations(const Stage& stage) {
  std::int64_t sum = 0;
  for (const ElementWork& work : stage.elements) sum += work.operations;
  return sum;
}

}  // namespace

AnalogCoreModule::AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                                   std::vector<StageController*> controllers, bool shared)
    : CoreModule(name, timeline),
      pipelined_(tile.adc.pipelined),
      controllers_(std::move(controllers)),
      slot_of_(controllers_.size()),
      matrix_of_(controllers_.size()),
      places_(controllers_.size(), 0),
      repeated_(controllers_.size(), 0),
      integrated_(controllers_.size(), 0),
      input_buffer_("input_buffer", controllers_.size()),
      output_buffer_("output_buffer", controllers_.size()) {
  make_slots();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    TileSlot& slot = slots_[i];
    const std::string number = slots_.size() == 1 ? "" : fmt::format("_{}", i);
    std::vector<int> rows;
    for (const std::size_t matrix : slot.matrices) rows.push_back(controllers_[matrix]->stage().mvm->inputs);
    slot.drivers = std::make_unique<periphery::DriverModule>(("drivers" + number).c_str(), timeline, tile.dac, rows);
    slot.tile = std::make_unique<tiles::TileModule>(("tile" + number).c_str(), timeline, tile, rows.size());
    if (!pipelined_) slot.tile->work_while_held();
  }
  if (shared) {
    std::vector<std::size_t> all(slots_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    make_bank(tile, std::move(all));
  } else {
    for (std::size_t i = 0; i < slots_.size(); ++i) make_bank(tile, {i});
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) connect_slot(i);
}

void AnalogCoreModule::make_slots() {
  for (std::size_t f = 0; f < controllers_.size(); ++f) {
    const auto same = std::ranges::find_if(
        slots_, [&](const TileSlot& slot) { return controllers_[slot.controllers.front()]->stage().mvm->same_lane(*controllers_[f]->stage().mvm); });
    slot_of_[f] = static_cast<std::size_t>(same - slots_.begin());
    if (same == slots_.end()) slots_.emplace_back();
    TileSlot& slot = slots_[slot_of_[f]];
    slot.controllers.push_back(f);
    const auto matrix = std::ranges::find_if(
        slot.matrices, [&](std::size_t first) { return controllers_[first]->stage().mvm->same_place(*controllers_[f]->stage().mvm); });
    matrix_of_[f] = static_cast<std::size_t>(matrix - slot.matrices.begin());
    if (matrix == slot.matrices.end()) slot.matrices.push_back(f);
  }
}

void AnalogCoreModule::make_bank(const tiles::TileParameters& tile, std::vector<std::size_t> slots) {
  std::vector<periphery::AdcModule::Work> conversions;
  std::vector<periphery::ScaleModule::Work> scaling;
  for (const std::size_t each : slots) {
    TileSlot& slot = slots_[each];
    slot.bank = banks_.size();
    slot.first_kind = scaling.size();
    for (std::size_t matrix = 0; matrix < slot.matrices.size(); ++matrix) {
      const int outputs = controllers_[slot.matrices[matrix]]->stage().mvm->outputs;
      std::int64_t most = 0;
      for (const StageController* controller : controllers_of(slot, matrix)) most = std::max(most, operations(controller->stage()));
      conversions.push_back({tile.converted_outputs(outputs) * tile.conversions_per_output(), tile.conversion_time(outputs)});
      scaling.push_back({outputs, most});
    }
  }
  const std::string number = slots.size() == slots_.size() ? "" : fmt::format("_{}", banks_.size());
  const std::size_t index = banks_.size();
  Bank& bank = banks_.emplace_back();
  bank.slots = std::move(slots);
  bank.converters = std::make_unique<periphery::AdcModule>(("converters" + number).c_str(), timeline_, conversions);
  bank.scale = std::make_unique<periphery::ScaleModule>(("scale" + number).c_str(), timeline_, tile.scale, std::move(scaling));
  bank.converters->connect(*bank.scale);
  bank.converters->when_free([this, index] {
    // After the conversion the capacitors can hold the next charges.
    TileSlot& slot = slots_[*banks_[index].converted];
    banks_[index].converted.reset();
    slot.held.reset();
    slot.read = !pipelined_;
    if (pipelined_ && slot.repeated && !slot.to_integrate.empty()) slot.charged_anew = timeline_.now() + slot.drivers->cycles() + slot.tile->cycles();
    slot.tile->retry();
    convert_next(index);
  });
  bank.scale->connect([this, index](std::int64_t) { return finish(index); });
}

void AnalogCoreModule::connect_slot(std::size_t index) {
  TileSlot& slot = slots_[index];
  slot.drivers->connect(*slot.tile);
  slot.drivers->when_free([this, index] { feed(index); });
  slot.tile->connect([this, index](std::int64_t) { return sample(index); });
  slot.tile->when_free([this, index] {
    TileSlot& own = slots_[index];
    const std::size_t controller = own.to_integrate.front();
    own.to_integrate.pop_front();
    controllers_[controller]->consume(integrated_[controller]++);
    own.drivers->retry();
  });
}

std::vector<const StageController*> AnalogCoreModule::controllers_of(const TileSlot& slot, std::size_t matrix) const {
  std::vector<const StageController*> controllers;
  for (const std::size_t controller : slot.controllers) {
    if (matrix_of_[controller] == matrix) controllers.push_back(controllers_[controller]);
  }
  return controllers;
}

bool AnalogCoreModule::sample(std::size_t index) {
  TileSlot& slot = slots_[index];
  if (std::exchange(slot.read, false)) return true;
  if (slot.held) return false;
  slot.held = slot.to_integrate.front();
  banks_[slot.bank].sampled.push_back(index);
  convert_next(slot.bank);
  return pipelined_;
}

void AnalogCoreModule::convert_next(std::size_t index) {
  Bank& bank = banks_[index];
  if (!bank.converters->free()) return;
  const auto next = std::ranges::find_if(bank.sampled, [&](std::size_t each) {
    const TileSlot& slot = slots_[each];
    return !converts_with_place(slot) || controllers_[*slot.held]->room(places_[*slot.held]);
  });
  if (next == bank.sampled.end()) return;
  const std::size_t chosen = *next;
  bank.sampled.erase(next);
  TileSlot& slot = slots_[chosen];
  if (converts_with_place(slot)) ++places_[*slot.held];
  bank.converted = chosen;
  bank.to_finish.push_back(*slot.held);
  bank.converters->begin(0, kind_of(*slot.held), repeats(slot));
}

std::int64_t AnalogCoreModule::repeats(TileSlot& slot) {
  const int products = slot.products.front();
  slot.products.pop_front();
  const std::int64_t more =
      (products - 1) * (slot.drivers->cycles() + slot.tile->cycles() + banks_[slot.bank].converters->cycles(kind_of(*slot.held))) +
      std::max<std::int64_t>(0, slot.charged_anew - timeline_.now()) +
      (products > 1 && !pipelined_ ? slot.drivers->cycles() : 0);  // the next vector had settled meanwhile and settles again
  slot.repeated = products > 1;
  repeated_[*slot.held] += more;
  return more;
}

bool AnalogCoreModule::finish(std::size_t index) {
  Bank& bank = banks_[index];
  const std::size_t stage = bank.to_finish.front();
  StageController& controller = *controllers_[stage];
  if (!controller.offer()) {
    controller.wait(StageController::Wait::output, timeline_.now());
    return false;
  }
  bank.to_finish.pop_front();
  end_position();
  if (begins_with_place(slot_of(stage)) || converts_with_place(slot_of(stage))) --places_[stage];
  output_buffer_.write(stage, controller.stage().bits_per_position);
  return true;
}

void AnalogCoreModule::store(StageController& controller, std::int64_t bits) { input_buffer_.write(index_of(controller), bits); }

void AnalogCoreModule::feed(std::size_t index) {
  TileSlot& slot = slots_[index];
  if (slot.drivers->free()) {
    for (std::size_t i = 1; i <= slot.controllers.size(); ++i) {
      const std::size_t place = (slot.last + i) % slot.controllers.size();
      const std::size_t chosen = slot.controllers[place];
      StageController& controller = *controllers_[chosen];
      if (!controller.inputs_ready() || (begins_with_place(slot) && !controller.room(places_[chosen]))) continue;
      if (!awake()) break;
      begin_position();
      const MvmWork& work = *controller.stage().mvm;
      input_buffer_.read(chosen, static_cast<std::int64_t>(work.inputs) * work.activation_bits);
      slot.to_integrate.push_back(chosen);
      if (begins_with_place(slot)) ++places_[chosen];
      slot.last = place;
      const std::int64_t position = controller.start();
      slot.products.push_back(controller.products());
      slot.drivers->begin(position, matrix_of_[chosen]);
      break;
    }
  }
  using Wait = StageController::Wait;
  for (const std::size_t controller : slot.controllers) {
    const bool idle = slot.drivers->free() && !(waking() && controllers_[controller]->inputs_ready());
    controllers_[controller]->wait(waits_for_readers(slot, controller) ? Wait::output : idle ? Wait::input : Wait::none, timeline_.now());
  }
}

bool AnalogCoreModule::waits_for_readers(const TileSlot& slot, std::size_t controller) const {
  const Bank& bank = banks_[slot.bank];
  if (converts_with_place(slot))
    return slot.held && bank.converted != static_cast<std::size_t>(&slot - slots_.data()) && !controllers_[controller]->room(places_[controller]);
  return bank.scale->blocked() ||
         (begins_with_place(slot) && controllers_[controller]->inputs_ready() && !controllers_[controller]->room(places_[controller]));
}

void AnalogCoreModule::evaluate() {
  for (StageController* controller : controllers_) controller->pump();
  for (std::size_t bank = 0; bank < banks_.size(); ++bank) {
    banks_[bank].scale->retry();
    convert_next(bank);
  }
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) feed(slot);
}

StageActivity AnalogCoreModule::activity(const StageController& controller) const {
  const std::size_t index = index_of(controller);
  const TileSlot& slot = slot_of(index);
  const Bank& bank = banks_[slot.bank];
  StageActivity activity = common(controller);
  // Every position of a matrix causes the same events, so they are divided among stages in proportion to their positions.
  const std::size_t matrix = matrix_of_[index], kind = kind_of(index);
  const std::vector<const StageController*> sharers = controllers_of(slot, matrix);
  std::int64_t all = 0;
  for (const StageController* each : sharers) all += each->finished();
  const auto share = [&](std::uint64_t events) {
    if (sharers.size() == 1) return events;
    return all == 0 ? 0 : events * static_cast<std::uint64_t>(controller.finished()) / static_cast<std::uint64_t>(all);
  };
  activity.mvms = share(slot.tile->mvms(matrix));
  activity.dac_conversions = share(slot.drivers->conversions(matrix));
  activity.adc_conversions = share(bank.converters->conversions(kind));
  activity.scale_operations = share(bank.scale->operations(kind));
  activity.element_operations =
      sharers.size() == 1 ? bank.scale->element_operations(kind) : static_cast<std::uint64_t>(controller.finished() * operations(controller.stage()));
  activity.input_buffer_written_bits = input_buffer_.written_bits(index);
  activity.input_buffer_read_bits = input_buffer_.read_bits(index);
  activity.output_buffer_written_bits = output_buffer_.written_bits(index);
  activity.output_buffer_read_bits = static_cast<std::uint64_t>(controller.output_read_bits());
  const std::int64_t converting = std::max(bank.converters->cycles(kind), bank.scale->cycles(kind));
  const std::int64_t converted = controller.finished() * converting + repeated_[index];
  // Without a sample-and-hold, integration and conversion alternate.
  const std::int64_t in_turn = pipelined_ ? 0 : bank.converters->cycles(kind);
  const std::int64_t array = controller.finished() * (slot.tile->cycles() + in_turn) + (pipelined_ ? 0 : repeated_[index]);
  activity.busy_cycles = std::max({controller.finished() * slot.drivers->cycles(), array, converted});
  activity.repeat_cycles = repeated_[index];
  if (bank.slots.size() > 1) activity.shared_cycles = converted;
  return activity;
}

std::vector<CoreModule::OwnUnit> AnalogCoreModule::units() {
  std::vector<OwnUnit> units;
  const auto numbered = [](const char* name, std::size_t i, std::size_t count) { return count == 1 ? name : fmt::format("{} {}", name, i); };
  const auto controllers_on = [this](const TileSlot& slot) {
    std::vector<std::vector<const StageController*>> by_matrix;
    for (std::size_t matrix = 0; matrix < slot.matrices.size(); ++matrix) by_matrix.push_back(controllers_of(slot, matrix));
    return by_matrix;
  };
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    units.push_back({numbered("drivers", i, slots_.size()), &slots_[i].drivers->record(), controllers_on(slots_[i])});
    units.push_back({numbered("array", i, slots_.size()), &slots_[i].tile->record(), controllers_on(slots_[i])});
  }
  for (std::size_t i = 0; i < banks_.size(); ++i) {
    std::vector<std::vector<const StageController*>> controllers;
    for (const std::size_t slot : banks_[i].slots) std::ranges::move(controllers_on(slots_[slot]), std::back_inserter(controllers));
    units.push_back({numbered("converters", i, banks_.size()), &banks_[i].converters->record(), controllers});
    units.push_back({numbered("scale", i, banks_.size()), &banks_[i].scale->record(), controllers});
  }
  return units;
}

}  // namespace mho::hw
