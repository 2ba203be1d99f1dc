#include "hw/estimate/timed_execution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <utility>

namespace mho::hw {

TimedExecution::TimedExecution(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile)
    : program_(program),
      chip_(chip),
      tile_(tile),
      network_(program, chip),
      agenda_(network_.period()),
      core_of_(program.stages.size(), -1),
      place_of_(program.stages.size(), 0),
      credits_(program.edges.size(), 0) {
  const auto positions = [&](int stage) { return program.stages[static_cast<std::size_t>(stage)].positions; };
  channels_.reserve(program.edges.size());
  for (const Edge& edge : program.edges)
    channels_.emplace_back(static_cast<int>(channels_.size()), edge, positions(edge.producer), positions(edge.consumer));
  controllers_.reserve(program.stages.size());
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    if (stage.kind == Stage::Kind::source) sources_.push_back(s);
    if (stage.kind == Stage::Kind::sink) sinks_.push_back(s);
    const bool waits_for_memory = stage.kind == Stage::Kind::source && chip.port.latency.si() > 0;
    controllers_.emplace_back(stage, waits_for_memory ? std::max(chip.output_buffer_positions, chip.port.outstanding) : chip.output_buffer_positions,
                              *this);
  }
  for (Channel& channel : channels_) {
    controllers_[static_cast<std::size_t>(channel.edge().producer)].add_output(channel);
    controllers_[static_cast<std::size_t>(channel.edge().consumer)].add_input(channel);
  }
  make_cores();
}

TimedExecution::~TimedExecution() = default;

void TimedExecution::make_cores() {
  struct Plan {
    std::vector<std::size_t> stages, sinks;
  };
  std::map<int, Plan> plans;  // by node
  for (std::size_t s = 0; s < program_.stages.size(); ++s) {
    const Stage& stage = program_.stages[s];
    (stage.kind == Stage::Kind::sink ? plans[stage.core].sinks : plans[stage.core].stages).push_back(s);
  }
  const auto controllers = [&](const std::vector<std::size_t>& stages) {
    std::vector<StageController*> list;
    list.reserve(stages.size());
    for (const std::size_t s : stages) list.push_back(&controllers_[s]);
    return list;
  };
  const auto cycles = [&](const std::vector<std::size_t>& stages) {
    std::vector<StageCycles> list;
    list.reserve(stages.size());
    for (const std::size_t s : stages) list.push_back(stage_cycles(program_, s, chip_, tile_));
    return list;
  };
  for (const auto& [node, plan] : plans) {
    const CoreKind kind = chip_.kind(node);
    const std::int64_t period = period_of(kind == CoreKind::port ? chip_.clock : chip_.clock_of(kind));
    const CoreClock clock{static_cast<int>(cores_.size()), period, now_, agenda_};
    if (kind == CoreKind::analog) {
      const int settings = program_.stages[plan.stages.front()].mvm->settings;
      const tiles::TileParameters& tile = settings == 0 ? tile_ : program_.settings.at(static_cast<std::size_t>(settings));
      cores_.push_back(timed_analog_core(clock, controllers(plan.stages), cycles(plan.stages), tile.adc.pipelined, chip_.shared_converters));
    } else if (kind == CoreKind::digital) {
      cores_.push_back(timed_digital_core(clock, controllers(plan.stages), cycles(plan.stages)));
    } else {
      const std::int64_t latency = base::Clock::from(chip_.clock).cycles(chip_.port.latency);
      cores_.push_back(timed_port(clock, controllers(plan.stages), controllers(plan.sinks), cycles(plan.stages), cycles(plan.sinks), latency,
                                  [this] { position_left_ = true; }));
    }
    periods_.push_back(period);
    for (const auto* stages : {&plan.stages, &plan.sinks}) {
      for (std::size_t i = 0; i < stages->size(); ++i) {
        core_of_[(*stages)[i]] = clock.number;
        place_of_[(*stages)[i]] = i;
      }
    }
  }
  is_woken_.assign(cores_.size(), 0);
}

void TimedExecution::allow_inferences(std::int64_t count) {
  for (const std::size_t source : sources_) {
    controllers_[source].allow_inferences(count);
    wake(static_cast<int>(source));
  }
}

std::int64_t TimedExecution::begun() const {
  std::int64_t begun = 0;
  for (const std::size_t source : sources_) {
    const std::int64_t per_inference = program_.stages[source].positions;
    begun = std::max(begun, (controllers_[source].started() + per_inference - 1) / per_inference);
  }
  return begun;
}

std::int64_t TimedExecution::inferences_left() const {
  std::int64_t left = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t sink : sinks_) left = std::min(left, controllers_[sink].finished() / program_.stages[sink].positions);
  return left;
}

void TimedExecution::wake(int stage) {
  const int core = core_of_[static_cast<std::size_t>(stage)];
  cores_[static_cast<std::size_t>(core)]->touch(place_of_[static_cast<std::size_t>(stage)]);
  if (is_woken_[static_cast<std::size_t>(core)] != 0) return;
  is_woken_[static_cast<std::size_t>(core)] = 1;
  woken_.push_back(core);
}

/// As in a delta cycle: what a core does may wake others in the same cycle.
void TimedExecution::look() {
  for (std::size_t i = 0; i < woken_.size(); ++i) {
    const auto core = static_cast<std::size_t>(woken_[i]);
    is_woken_[core] = 0;
    cores_[core]->evaluate();
  }
  woken_.clear();
}

void TimedExecution::handle(const Agenda::Entry& entry) {
  if (entry.what == Agenda::What::unit) return cores_[static_cast<std::size_t>(entry.target)]->done(static_cast<int>(entry.value));
  Channel& channel = channels_[static_cast<std::size_t>(entry.target)];
  if (entry.what == Agenda::What::sent) {
    channel.end_send();
    return wake(channel.edge().producer);
  }
  if (entry.what == Agenda::What::granted) {
    channel.grant(entry.value);
    return wake(channel.edge().producer);
  }
  if (!channel.arrive(entry.value)) throw std::logic_error("a position of a timed execution arrived twice");
  wake(channel.edge().consumer);
}

bool TimedExecution::next_inference() {
  look();
  while (!agenda_.empty()) {
    now_ = agenda_.next_time();
    while (!agenda_.empty() && agenda_.next_time() == now_) {
      handle(agenda_.take());
      if (!agenda_.empty() && agenda_.next_time() == now_) continue;
      look();
    }
    if (!std::exchange(position_left_, false)) continue;
    const std::int64_t left = inferences_left();
    if (left <= left_) continue;
    left_ = left;
    return true;
  }
  return false;
}

void TimedExecution::finish() {
  while (next_inference()) {
  }
}

TimedExecution::Counts TimedExecution::counts() {
  Counts counts;
  counts.credits = credits_;
  counts.stages.resize(controllers_.size());
  counts.edges.resize(channels_.size());
  for (std::size_t s = 0; s < controllers_.size(); ++s) {
    StageController& controller = controllers_[s];
    const std::int64_t cycle = now_ / periods_[static_cast<std::size_t>(core_of_[s])];
    controller.watch(cycle);
    counts.stages[s].waiting_input_cycles = controller.waited_input(cycle);
    counts.stages[s].waiting_output_cycles = controller.waited_output(cycle);
    for (std::size_t i = 0; i < controller.inputs().size(); ++i)
      counts.edges[static_cast<std::size_t>(controller.inputs()[i]->index())].awaited_cycles = controller.awaited(i);
    for (std::size_t i = 0; i < controller.outputs().size(); ++i)
      counts.edges[static_cast<std::size_t>(controller.outputs()[i]->index())].without_credit_cycles = controller.without_credit(i);
  }
  return counts;
}

void TimedExecution::send_position(Channel& channel, std::int64_t position, Values /*values*/) {
  const TimedNetwork::Way way = network_.position(static_cast<std::size_t>(channel.index()), now_);
  agenda_.add(way.sent, Agenda::What::sent, channel.index(), 0);
  agenda_.add(way.arrived, Agenda::What::arrived, channel.index(), position);
}

void TimedExecution::send_position(const std::vector<Channel*>& /*channels*/, std::int64_t /*position*/, std::vector<Values> /*values*/) {
  throw std::logic_error("a timed execution sends to one receiver at a time");
}

void TimedExecution::send_credits(Channel& channel, std::int64_t credits) {
  ++credits_[static_cast<std::size_t>(channel.index())];
  agenda_.add(network_.credits(static_cast<std::size_t>(channel.index()), now_), Agenda::What::granted, channel.index(), credits);
}

void TimedExecution::fail(std::exception_ptr why) { std::rethrow_exception(std::move(why)); }

}  // namespace mho::hw
