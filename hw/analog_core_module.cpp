#include "hw/analog_core_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace mho::hw {
namespace {

std::int64_t operations(const Stage& stage) {
  std::int64_t sum = 0;
  for (const ElementWork& work : stage.elements) sum += work.operations;
  return sum;
}

}  // namespace

AnalogCoreModule::AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                                   std::vector<StageFlow*> flows, bool shared)
    : CoreModule(name, timeline),
      flows_(std::move(flows)),
      lane_of_(flows_.size()),
      places_(flows_.size(), 0),
      repeated_(flows_.size(), 0),
      integrated_(flows_.size(), 0),
      input_buffer_("input_buffer", flows_.size()),
      output_buffer_("output_buffer", flows_.size()) {
  make_lanes();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    const std::string number = lanes_.size() == 1 ? "" : fmt::format("_{}", i);
    lane.drivers =
        std::make_unique<periphery::DriverModule>(("drivers" + number).c_str(), timeline, tile.dac, flows_[lane.flows[0]]->stage().mvm->inputs);
    lane.tile = std::make_unique<tiles::TileModule>(("tile" + number).c_str(), timeline, tile);
  }
  if (shared) {
    std::vector<std::size_t> all(lanes_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    make_bank(tile, std::move(all));
  } else {
    for (std::size_t i = 0; i < lanes_.size(); ++i) make_bank(tile, {i});
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) connect_lane(i);
}

void AnalogCoreModule::make_lanes() {
  for (std::size_t f = 0; f < flows_.size(); ++f) {
    const auto same =
        std::ranges::find_if(lanes_, [&](const Lane& lane) { return flows_[lane.flows.front()]->stage().mvm->tile == flows_[f]->stage().mvm->tile; });
    lane_of_[f] = static_cast<std::size_t>(same - lanes_.begin());
    if (same == lanes_.end()) lanes_.emplace_back();
    lanes_[lane_of_[f]].flows.push_back(f);
  }
}

void AnalogCoreModule::make_bank(const tiles::TileParameters& tile, std::vector<std::size_t> lanes) {
  std::vector<int> conversions;
  std::vector<periphery::ScaleModule::Work> scaling;
  for (const std::size_t each : lanes) {
    Lane& lane = lanes_[each];
    lane.bank = banks_.size();
    lane.kind = scaling.size();
    const int outputs = flows_[lane.flows[0]]->stage().mvm->outputs;
    std::int64_t most = 0;
    for (const std::size_t flow : lane.flows) most = std::max(most, operations(flows_[flow]->stage()));
    conversions.push_back(outputs * tile.conversions_per_output());
    scaling.push_back({outputs, most});
  }
  const std::string number = lanes.size() == lanes_.size() ? "" : fmt::format("_{}", banks_.size());
  const std::size_t index = banks_.size();
  Bank& bank = banks_.emplace_back();
  bank.lanes = std::move(lanes);
  bank.converters =
      std::make_unique<periphery::AdcModule>(("converters" + number).c_str(), timeline_, tile.adc, tile.conversion_rounds(), std::move(conversions));
  bank.scale = std::make_unique<periphery::ScaleModule>(("scale" + number).c_str(), timeline_, tile.scale, std::move(scaling));
  bank.converters->connect(*bank.scale);
  bank.converters->when_free([this, index] {
    // Converted, so the capacitors take the next charges.
    Lane& lane = lanes_[*banks_[index].converted];
    banks_[index].converted.reset();
    lane.held.reset();
    if (lane.repeated && !lane.to_integrate.empty()) lane.charged_anew = timeline_.now() + lane.drivers->cycles() + lane.tile->cycles();
    lane.tile->retry();
    convert_next(index);
  });
  bank.scale->connect([this, index](std::int64_t) { return finish(index); });
}

void AnalogCoreModule::connect_lane(std::size_t index) {
  Lane& lane = lanes_[index];
  lane.drivers->connect(*lane.tile);
  lane.drivers->when_free([this, index] { feed(index); });
  lane.tile->connect([this, index](std::int64_t) { return sample(index); });
  lane.tile->when_free([this, index] {
    Lane& own = lanes_[index];
    const std::size_t flow = own.to_integrate.front();
    own.to_integrate.pop_front();
    flows_[flow]->consume(integrated_[flow]++);
    own.drivers->retry();
  });
}

bool AnalogCoreModule::sample(std::size_t index) {
  Lane& lane = lanes_[index];
  if (lane.held) return false;
  lane.held = lane.to_integrate.front();
  banks_[lane.bank].sampled.push_back(index);
  convert_next(lane.bank);
  return true;
}

void AnalogCoreModule::convert_next(std::size_t index) {
  Bank& bank = banks_[index];
  if (!bank.converters->free()) return;
  const auto next = std::ranges::find_if(bank.sampled, [&](std::size_t each) {
    const Lane& lane = lanes_[each];
    return !converts_with_place(lane) || flows_[*lane.held]->room(places_[*lane.held]);
  });
  if (next == bank.sampled.end()) return;
  const std::size_t chosen = *next;
  bank.sampled.erase(next);
  Lane& lane = lanes_[chosen];
  if (converts_with_place(lane)) ++places_[*lane.held];
  bank.converted = chosen;
  bank.to_finish.push_back(*lane.held);
  bank.converters->begin(0, lane.kind, repeats(lane));
}

std::int64_t AnalogCoreModule::repeats(Lane& lane) {
  const int products = lane.products.front();
  lane.products.pop_front();
  const std::int64_t more = (products - 1) * (lane.drivers->cycles() + lane.tile->cycles() + banks_[lane.bank].converters->cycles(lane.kind)) +
                            std::max<std::int64_t>(0, lane.charged_anew - timeline_.now());
  lane.repeated = products > 1;
  repeated_[*lane.held] += more;
  return more;
}

bool AnalogCoreModule::finish(std::size_t index) {
  Bank& bank = banks_[index];
  const std::size_t stage = bank.to_finish.front();
  StageFlow& flow = *flows_[stage];
  if (!flow.offer()) {
    flow.wait(StageFlow::Wait::output, timeline_.now());
    return false;
  }
  bank.to_finish.pop_front();
  end_position();
  if (begins_with_place(lane_of(stage)) || converts_with_place(lane_of(stage))) --places_[stage];
  output_buffer_.write(stage, flow.stage().bits_per_position);
  return true;
}

std::size_t AnalogCoreModule::find(const StageFlow& flow) const {
  const auto found = std::ranges::find(flows_, &flow);
  if (found == flows_.end()) throw std::logic_error("an analog core was asked about a stage of another core");
  return static_cast<std::size_t>(found - flows_.begin());
}

void AnalogCoreModule::store(StageFlow& flow, std::int64_t bits) { input_buffer_.write(find(flow), bits); }

void AnalogCoreModule::feed(std::size_t index) {
  Lane& lane = lanes_[index];
  if (lane.drivers->free()) {
    for (std::size_t i = 1; i <= lane.flows.size(); ++i) {
      const std::size_t place = (lane.last + i) % lane.flows.size();
      const std::size_t chosen = lane.flows[place];
      StageFlow& flow = *flows_[chosen];
      if (!flow.inputs_ready() || (begins_with_place(lane) && !flow.room(places_[chosen]))) continue;
      if (!awake()) break;
      begin_position();
      const MvmWork& work = *flow.stage().mvm;
      input_buffer_.read(chosen, static_cast<std::int64_t>(work.inputs) * work.activation_bits);
      lane.to_integrate.push_back(chosen);
      if (begins_with_place(lane)) ++places_[chosen];
      lane.last = place;
      const std::int64_t position = flow.start();
      lane.products.push_back(flow.products());
      lane.drivers->begin(position);
      break;
    }
  }
  using Wait = StageFlow::Wait;
  for (const std::size_t flow : lane.flows) {
    const bool idle = lane.drivers->free() && !(waking() && flows_[flow]->inputs_ready());
    flows_[flow]->wait(waits_for_readers(lane, flow) ? Wait::output : idle ? Wait::input : Wait::none, timeline_.now());
  }
}

bool AnalogCoreModule::waits_for_readers(const Lane& lane, std::size_t flow) const {
  const Bank& bank = banks_[lane.bank];
  if (converts_with_place(lane))
    return lane.held && bank.converted != static_cast<std::size_t>(&lane - lanes_.data()) && !flows_[flow]->room(places_[flow]);
  return bank.scale->blocked() || (begins_with_place(lane) && flows_[flow]->inputs_ready() && !flows_[flow]->room(places_[flow]));
}

void AnalogCoreModule::evaluate() {
  for (StageFlow* flow : flows_) flow->pump();
  for (std::size_t bank = 0; bank < banks_.size(); ++bank) {
    banks_[bank].scale->retry();
    convert_next(bank);
  }
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) feed(lane);
}

StageActivity AnalogCoreModule::activity(const StageFlow& flow) const {
  const std::size_t index = find(flow);
  const Lane& lane = lane_of(index);
  const Bank& bank = banks_[lane.bank];
  StageActivity activity = common(flow);
  // Every position of a tile costs the same, so a stage's share of the tile's events is that of its positions.
  std::int64_t all = 0;
  for (const std::size_t each : lane.flows) all += flows_[each]->finished();
  const auto share = [&](std::uint64_t events) {
    if (lane.flows.size() == 1) return events;
    return all == 0 ? 0 : events * static_cast<std::uint64_t>(flow.finished()) / static_cast<std::uint64_t>(all);
  };
  activity.mvms = share(lane.tile->mvms());
  activity.dac_conversions = share(lane.drivers->conversions());
  activity.adc_conversions = share(bank.converters->conversions(lane.kind));
  activity.scale_operations = share(bank.scale->operations(lane.kind));
  activity.element_operations =
      lane.flows.size() == 1 ? bank.scale->element_operations(lane.kind) : static_cast<std::uint64_t>(flow.finished() * operations(flow.stage()));
  activity.input_buffer_written_bits = input_buffer_.written_bits(index);
  activity.input_buffer_read_bits = input_buffer_.read_bits(index);
  activity.output_buffer_written_bits = output_buffer_.written_bits(index);
  activity.output_buffer_read_bits = static_cast<std::uint64_t>(flow.output_read_bits());
  const std::int64_t converting = std::max(bank.converters->cycles(lane.kind), bank.scale->cycles(lane.kind));
  const std::int64_t converted = flow.finished() * converting + repeated_[index];
  activity.busy_cycles = std::max(flow.finished() * std::max(lane.drivers->cycles(), lane.tile->cycles()), converted);
  activity.repeat_cycles = repeated_[index];
  if (bank.lanes.size() > 1) activity.shared_cycles = converted;
  return activity;
}

std::vector<CoreModule::OwnUnit> AnalogCoreModule::units() {
  std::vector<OwnUnit> units;
  const auto numbered = [](const char* name, std::size_t i, std::size_t count) { return count == 1 ? name : fmt::format("{} {}", name, i); };
  const auto flows_on = [this](const Lane& lane) {
    std::vector<const StageFlow*> flows;
    for (const std::size_t flow : lane.flows) flows.push_back(flows_[flow]);
    return flows;
  };
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    units.push_back({numbered("drivers", i, lanes_.size()), &lanes_[i].drivers->record(), {flows_on(lanes_[i])}});
    units.push_back({numbered("array", i, lanes_.size()), &lanes_[i].tile->record(), {flows_on(lanes_[i])}});
  }
  for (std::size_t i = 0; i < banks_.size(); ++i) {
    std::vector<std::vector<const StageFlow*>> flows;
    for (const std::size_t lane : banks_[i].lanes) flows.push_back(flows_on(lanes_[lane]));
    units.push_back({numbered("converters", i, banks_.size()), &banks_[i].converters->record(), flows});
    units.push_back({numbered("scale", i, banks_.size()), &banks_[i].scale->record(), flows});
  }
  return units;
}

}  // namespace mho::hw
