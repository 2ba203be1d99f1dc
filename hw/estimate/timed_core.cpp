#include "hw/estimate/timed_core.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace mho::hw {

namespace {

std::int64_t element_operations(const Stage& stage) {
  return std::accumulate(stage.elements.begin(), stage.elements.end(), std::int64_t{0},
                         [](std::int64_t sum, const ElementWork& work) { return sum + work.operations; });
}

std::int64_t rounds(std::int64_t count, std::int64_t at_once) { return (count + at_once - 1) / at_once; }

}  // namespace

std::int64_t StageCycles::slowest(bool pipelined) const {
  const std::int64_t in_turn = pipelined ? std::max(array, converters) : array + converters;
  return std::max({drivers, in_turn, scale, unit});
}

StageCycles stage_cycles(const Program& program, std::size_t number, const ChipParameters& chip, const tiles::TileParameters& tile) {
  const Stage& stage = program.stages[number];
  StageCycles cycles;
  if (stage.kind == Stage::Kind::analog) {
    const MvmWork& work = *stage.mvm;
    const tiles::TileParameters& own = work.settings == 0 ? tile : program.settings.at(static_cast<std::size_t>(work.settings));
    const base::Clock clock = base::Clock::from(chip.clock_of(CoreKind::analog));
    cycles.drivers = clock.cycles(own.dac.driver_time());
    cycles.array = clock.cycles(own.dac.array_time());
    cycles.converters = clock.cycles(own.conversion_time(work.outputs));
    cycles.scale = rounds(work.outputs, own.scale.lanes) + rounds(element_operations(stage), own.scale.lanes);
  } else if (stage.kind == Stage::Kind::digital) {
    cycles.unit = tile.digital.pipeline_depth + rounds(element_operations(stage), tile.digital.lanes);
  } else {
    cycles.unit = static_cast<std::int64_t>(std::ceil(static_cast<double>(stage.bits_per_position) / chip.port.bits_per_cycle));
  }
  return cycles;
}

namespace {

using Wait = StageController::Wait;

/// Drivers, array, converters and output stage: AnalogCoreModule.
class TimedAnalogCore : public TimedCore {
 public:
  TimedAnalogCore(const CoreClock& clock, std::vector<StageController*> controllers, std::vector<StageCycles> cycles, bool pipelined, bool shared)
      : TimedCore(clock.number, clock.period, clock.now, clock.agenda),
        controllers_(std::move(controllers)),
        cycles_(std::move(cycles)),
        pipelined_(pipelined),
        places_(controllers_.size(), 0),
        integrated_(controllers_.size(), 0),
        slot_of_(controllers_.size(), 0) {
    for (std::size_t f = 0; f < controllers_.size(); ++f) {
      const auto same = std::ranges::find_if(slots_, [&](const Slot& slot) { return tile_of(slot.stages.front()) == tile_of(f); });
      slot_of_[f] = static_cast<std::size_t>(same - slots_.begin());
      if (same == slots_.end()) slots_.emplace_back();
      slots_[slot_of_[f]].stages.push_back(f);
    }
    banks_.resize(shared ? 1 : slots_.size());
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      slots_[s].bank = shared ? 0 : s;
      ++banks_[slots_[s].bank].tiles;
    }
  }

  void done(int unit) override {
    const auto at = static_cast<std::size_t>(unit / kinds);
    switch (unit % kinds) {
      case drivers:
        slots_[at].driven = true;
        return to_array(at);
      case array:
        slots_[at].charged = true;
        return sample(at);
      case converters:
        banks_[at].converted = true;
        return to_scale(at);
      default:
        banks_[at].scaled = true;
        return finish(at);
    }
  }

  void evaluate() override {
    for (StageController* controller : controllers_) controller->pump();
    for (std::size_t b = 0; b < banks_.size(); ++b) {
      if (banks_[b].scaled) finish(b);
      convert_next(b);
    }
    for (std::size_t s = 0; s < slots_.size(); ++s) feed(s);
  }

 private:
  enum Unit { drivers, array, converters, scale, kinds };
  struct Slot {
    std::vector<std::size_t> stages;
    std::size_t last = 0, bank = 0;
    std::optional<std::size_t> in_drivers, in_array, held;
    bool driven = false, charged = false;  ///< done, and waits for the next unit
  };
  struct Bank {
    std::size_t tiles = 0;
    std::deque<std::size_t> sampled;                     ///< slots
    std::optional<std::size_t> in_converters, in_scale;  ///< slot; stage
    bool converted = false, scaled = false;
  };
  [[nodiscard]] int tile_of(std::size_t stage) const { return controllers_[stage]->stage().mvm->tile; }
  [[nodiscard]] bool begins_with_place(const Slot& slot) const { return slot.stages.size() > 1; }
  [[nodiscard]] bool converts_with_place(const Slot& slot) const { return slot.stages.size() == 1 && banks_[slot.bank].tiles > 1; }

  void feed(std::size_t index) {
    Slot& slot = slots_[index];
    if (!slot.in_drivers) {
      for (std::size_t i = 1; i <= slot.stages.size(); ++i) {
        const std::size_t place = (slot.last + i) % slot.stages.size(), chosen = slot.stages[place];
        StageController& controller = *controllers_[chosen];
        if (!controller.inputs_ready() || (begins_with_place(slot) && !controller.room(places_[chosen]))) continue;
        if (begins_with_place(slot)) ++places_[chosen];
        slot.last = place;
        controller.start();
        slot.in_drivers = chosen;
        begin(static_cast<int>(index) * kinds + drivers, cycles_[chosen].drivers);
        break;
      }
    }
    for (const std::size_t stage : slot.stages) {
      const bool for_readers =
          banks_[slot.bank].scaled || (slot.held && banks_[slot.bank].in_converters != index && !controllers_[stage]->room(places_[stage]));
      controllers_[stage]->wait(for_readers ? Wait::output : !slot.in_drivers ? Wait::input : Wait::none, cycle());
    }
  }
  void to_array(std::size_t index) {
    Slot& slot = slots_[index];
    if (!slot.driven || slot.in_array) return;
    slot.driven = false;
    slot.in_array = std::exchange(slot.in_drivers, std::nullopt);
    begin(static_cast<int>(index) * kinds + array, cycles_[*slot.in_array].array);
    feed(index);
  }
  void sample(std::size_t index) {
    Slot& slot = slots_[index];
    if (!slot.charged || slot.held) return;
    slot.held = slot.in_array;
    banks_[slot.bank].sampled.push_back(index);
    if (pipelined_) leave_array(index);
    convert_next(slot.bank);
  }
  void leave_array(std::size_t index) {
    Slot& slot = slots_[index];
    const std::size_t stage = *std::exchange(slot.in_array, std::nullopt);
    slot.charged = false;
    controllers_[stage]->consume(integrated_[stage]++);
    to_array(index);
  }
  void convert_next(std::size_t index) {
    Bank& bank = banks_[index];
    if (bank.in_converters) return;
    const auto next = std::ranges::find_if(bank.sampled, [&](std::size_t each) {
      const Slot& slot = slots_[each];
      return !converts_with_place(slot) || controllers_[*slot.held]->room(places_[*slot.held]);
    });
    if (next == bank.sampled.end()) return;
    const std::size_t chosen = *next;
    bank.sampled.erase(next);
    if (converts_with_place(slots_[chosen])) ++places_[*slots_[chosen].held];
    bank.in_converters = chosen;
    begin(static_cast<int>(index) * kinds + converters, cycles_[*slots_[chosen].held].converters);
  }
  void to_scale(std::size_t index) {
    Bank& bank = banks_[index];
    if (!bank.converted || bank.in_scale) return;
    const std::size_t from = *std::exchange(bank.in_converters, std::nullopt);
    bank.converted = false;
    Slot& slot = slots_[from];
    bank.in_scale = std::exchange(slot.held, std::nullopt);
    begin(static_cast<int>(index) * kinds + scale, cycles_[*bank.in_scale].scale);
    if (!pipelined_) leave_array(from);
    sample(from);
    convert_next(index);
  }
  void finish(std::size_t index) {
    Bank& bank = banks_[index];
    const std::size_t stage = *bank.in_scale;
    if (!controllers_[stage]->offer()) return;
    const Slot& slot = slots_[slot_of_[stage]];
    if (begins_with_place(slot) || converts_with_place(slot)) --places_[stage];
    bank.in_scale.reset();
    bank.scaled = false;
    to_scale(index);
  }

  std::vector<StageController*> controllers_;
  std::vector<StageCycles> cycles_;
  bool pipelined_;
  std::vector<int> places_;
  std::vector<std::int64_t> integrated_;
  std::vector<std::size_t> slot_of_;
  std::vector<Slot> slots_;
  std::vector<Bank> banks_;
};

/// A vector unit that serves whoever has been ready the longest: DigitalCoreModule.
class TimedDigitalCore : public TimedCore {
 public:
  TimedDigitalCore(const CoreClock& clock, std::vector<StageController*> controllers, std::vector<StageCycles> cycles)
      : TimedCore(clock.number, clock.period, clock.now, clock.agenda),
        controllers_(std::move(controllers)),
        cycles_(std::move(cycles)),
        ready_since_(controllers_.size()),
        last_(controllers_.size() - 1),
        touched_(controllers_.size(), 0) {}

  void done(int /*unit*/) override {
    const std::size_t stage = *std::exchange(working_, std::nullopt);
    StageController& controller = *controllers_[stage];
    controller.consume(controller.finished());
    if (!controller.offer()) throw std::logic_error("a timed vector unit finished a position without a place in its output buffer");
    touch(stage);
    evaluate();
  }

  void touch(std::size_t stage) override {
    if (touched_[stage] != 0) return;
    touched_[stage] = 1;
    list_.push_back(stage);
  }

  void evaluate() override {
    for (const std::size_t stage : list_) look(stage);
    list_.clear();
    if (working_) return;
    std::optional<std::size_t> chosen;
    for (std::size_t i = 1; i <= controllers_.size(); ++i) {
      const std::size_t candidate = (last_ + i) % controllers_.size();
      if (ready_since_[candidate] && (!chosen || *ready_since_[candidate] < *ready_since_[*chosen])) chosen = candidate;
    }
    if (!chosen) return;
    ready_since_[*chosen].reset();
    controllers_[*chosen]->start();
    controllers_[*chosen]->wait(Wait::none, cycle());
    working_ = last_ = *chosen;
    begin(0, cycles_[*chosen].unit);
  }

 private:
  void look(std::size_t stage) {
    touched_[stage] = 0;
    StageController& controller = *controllers_[stage];
    controller.pump();
    if (working_ == stage) return controller.watch(cycle());
    const bool inputs = controller.inputs_ready(), ready = inputs && controller.room();
    controller.wait(!inputs ? Wait::input : !ready ? Wait::output : Wait::none, cycle());
    if (!ready) {
      ready_since_[stage].reset();
    } else if (!ready_since_[stage]) {
      ready_since_[stage] = cycle();
    }
  }

  std::vector<StageController*> controllers_;
  std::vector<StageCycles> cycles_;
  std::vector<std::optional<std::int64_t>> ready_since_;
  std::size_t last_;
  std::optional<std::size_t> working_;
  std::vector<char> touched_;
  std::vector<std::size_t> list_;
};

/// Both directions of a port: PortModule.
class TimedPort : public TimedCore {
 public:
  TimedPort(const CoreClock& clock, std::vector<StageController*> sources, std::vector<StageController*> sinks, std::vector<StageCycles> of_sources,
            std::vector<StageCycles> of_sinks, std::int64_t latency, std::function<void()> left)
      : TimedCore(clock.number, clock.period, clock.now, clock.agenda), latency_(latency), left_(std::move(left)) {
    in_ = {std::move(sources), std::move(of_sources), {}, 0, {}, false};
    out_ = {std::move(sinks), std::move(of_sinks), {}, 0, {}, false};
    in_.places.resize(in_.controllers.size(), 0);
    out_.places.resize(out_.controllers.size(), 0);
  }

  void done(int unit) override {
    if (unit == out) {
      StageController& sink = *out_.controllers[*std::exchange(out_.moving, std::nullopt)];
      sink.consume(sink.finished());
      sink.offer();
      left_();
      return feed(out_);
    }
    if (unit == here) {
      const std::size_t index = on_their_way_.front();
      on_their_way_.pop_front();
      if (!in_.controllers[index]->offer()) throw std::logic_error("a position came from memory without a place in its output buffer");
      --in_.places[index];
      return feed(in_);
    }
    in_.waits = true;
    move_in();
  }

  void evaluate() override {
    for (StageController* source : in_.controllers) source->pump();
    if (in_.waits) move_in();
    feed(in_);
    feed(out_);
  }

 private:
  enum Unit { in, out, here };
  struct Direction {
    std::vector<StageController*> controllers;
    std::vector<StageCycles> cycles;
    std::vector<int> places;
    std::size_t last = 0;
    std::optional<std::size_t> moving;
    bool waits = false;  ///< for room
  };
  [[nodiscard]] bool with_place(const Direction& direction) const { return &direction == &in_ && (latency_ > 0 || direction.controllers.size() > 1); }
  void move_in() {
    const std::size_t index = *in_.moving;
    if (latency_ > 0) {
      on_their_way_.push_back(index);
      begin(here, latency_);
    } else {
      if (!in_.controllers[index]->offer()) return in_.controllers[index]->wait(Wait::output, cycle());
      if (with_place(in_)) --in_.places[index];
    }
    in_.waits = false;
    in_.moving.reset();
    feed(in_);
  }
  void feed(Direction& direction) {
    const auto may_begin = [&](std::size_t index) {
      return direction.controllers[index]->inputs_ready() && (!with_place(direction) || direction.controllers[index]->room(direction.places[index]));
    };
    if (!direction.moving) {
      for (std::size_t i = 1; i <= direction.controllers.size(); ++i) {
        const std::size_t index = (direction.last + i) % direction.controllers.size();
        if (!may_begin(index)) continue;
        direction.last = index;
        if (with_place(direction)) ++direction.places[index];
        direction.controllers[index]->start();
        direction.moving = index;
        begin(&direction == &in_ ? in : out, direction.cycles[index].unit);
        break;
      }
    }
    for (std::size_t i = 0; i < direction.controllers.size(); ++i) {
      const bool for_readers = direction.waits || (with_place(direction) && direction.controllers[i]->inputs_ready() && !may_begin(i));
      const bool for_input = &direction == &out_ && !direction.moving;
      direction.controllers[i]->wait(for_readers ? Wait::output : for_input ? Wait::input : Wait::none, cycle());
    }
  }

  std::int64_t latency_;
  std::function<void()> left_;
  Direction in_, out_;
  std::deque<std::size_t> on_their_way_;
};

}  // namespace

std::unique_ptr<TimedCore> timed_analog_core(const CoreClock& clock, std::vector<StageController*> controllers, std::vector<StageCycles> cycles,
                                             bool pipelined, bool shared) {
  return std::make_unique<TimedAnalogCore>(clock, std::move(controllers), std::move(cycles), pipelined, shared);
}

std::unique_ptr<TimedCore> timed_digital_core(const CoreClock& clock, std::vector<StageController*> controllers, std::vector<StageCycles> cycles) {
  return std::make_unique<TimedDigitalCore>(clock, std::move(controllers), std::move(cycles));
}

std::unique_ptr<TimedCore> timed_port(const CoreClock& clock, std::vector<StageController*> sources, std::vector<StageController*> sinks,
                                      std::vector<StageCycles> of_sources, std::vector<StageCycles> of_sinks, std::int64_t latency,
                                      std::function<void()> left) {
  return std::make_unique<TimedPort>(clock, std::move(sources), std::move(sinks), std::move(of_sources), std::move(of_sinks), latency,
                                     std::move(left));
}

}  // namespace mho::hw
