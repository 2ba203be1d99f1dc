#include "hw/estimate/timed_execution.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace mho::hw {

TimedExecution::TimedExecution(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, double interval_s,
                               bool unhurried)
    : program_(program),
      chip_(chip),
      tile_(tile),
      network_(program, chip, interval_s),
      unhurried_(unhurried),
      sent_at_(unhurried ? program.edges.size() : 0),
      computed_at_(unhurried ? program.stages.size() : 0),
      tile_of_(program.stages.size(), -1),
      server_of_(program.stages.size(), -1),
      client_of_(program.stages.size(), -1),
      asked_(program.stages.size(), 0) {
  const auto positions = [&](int stage) { return program.stages[static_cast<std::size_t>(stage)].positions; };
  edges_.reserve(program.edges.size());
  for (const Edge& edge : program.edges) edges_.emplace_back(edge, positions(edge.producer), positions(edge.consumer), unhurried);
  stages_.reserve(program.stages.size());
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    if (stage.kind == Stage::Kind::source) sources_.push_back(s);
    if (stage.kind == Stage::Kind::sink) sinks_.push_back(s);
    const bool waits_for_memory = stage.kind == Stage::Kind::source && chip.port.latency.si() > 0;
    const int slots = waits_for_memory ? std::max(chip.output_buffer_positions, chip.port.outstanding) : chip.output_buffer_positions;
    const CoreKind kind = chip.kind(stage.core);
    const std::int64_t period = period_of(kind == CoreKind::port ? chip.clock : chip.clock_of(kind));
    TimedStage& timed = stages_.emplace_back(stage, slots, period);
    if (unhurried) timed.spacing = static_cast<std::int64_t>(interval_s * femtoseconds_per_second / stage.positions);
    timed.time = stage_cycles(program, s, chip, tile);
    for (std::int64_t* time : {&timed.time.drivers, &timed.time.array, &timed.time.converters, &timed.time.scale, &timed.time.unit}) *time *= period;
  }
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    stages_[static_cast<std::size_t>(edges_[e].producer())].outputs.push_back(static_cast<int>(e));
    stages_[static_cast<std::size_t>(edges_[e].consumer())].inputs.push_back(static_cast<int>(e));
  }
  for (TimedStage& stage : stages_) stage.count_readers(program);
  completions_.resize(stages_.size());
  make_cores();
  is_woken_.assign(tiles_.size() + stages_.size(), 0);
  // Stages that need no input may begin, such as the first steps of a state that is sent back.
  for (std::size_t s = 0; s < stages_.size(); ++s) wake(static_cast<int>(s));
}

int TimedExecution::make_server(Server::Kind kind, std::vector<int> clients) {
  const auto number = static_cast<int>(servers_.size());
  if (kind != Server::Kind::converters) {
    for (std::size_t c = 0; c < clients.size(); ++c) {
      server_of_[static_cast<std::size_t>(clients[c])] = number;
      client_of_[static_cast<std::size_t>(clients[c])] = static_cast<int>(c);
    }
  }
  servers_.push_back({.kind = kind, .clients = std::move(clients)});
  servers_.back().last = servers_.back().clients.size() - 1;
  return number;
}

void TimedExecution::make_cores() {
  std::map<int, std::vector<int>> stages_of, sinks_of;  // by node
  for (std::size_t s = 0; s < program_.stages.size(); ++s) {
    const Stage& stage = program_.stages[s];
    (stage.kind == Stage::Kind::sink ? sinks_of : stages_of)[stage.core].push_back(static_cast<int>(s));
  }
  for (const auto& [node, stages] : stages_of) {
    const CoreKind kind = chip_.kind(node);
    if (kind == CoreKind::analog) {
      make_analog_core(stages);
    } else {
      make_server(kind == CoreKind::digital ? Server::Kind::vector_unit : Server::Kind::port_in, stages);
    }
  }
  for (const auto& [node, sinks] : sinks_of) make_server(Server::Kind::port_out, sinks);
}

void TimedExecution::make_analog_core(const std::vector<int>& stages) {
  const auto work = [&](int stage) -> const MvmWork& { return *program_.stages[static_cast<std::size_t>(stage)].mvm; };
  std::map<std::pair<int, int>, int> number_of;  // tile of the Layout and lane
  std::vector<int> tiles;
  for (const int stage : stages) {
    const auto [found, is_new] = number_of.try_emplace({work(stage).tile, work(stage).lane}, static_cast<int>(tiles_.size()));
    if (is_new) {
      tiles.push_back(found->second);
      tiles_.emplace_back();
    }
    tiles_[static_cast<std::size_t>(found->second)].stages.push_back(stage);
    tile_of_[static_cast<std::size_t>(stage)] = found->second;
  }
  const int settings = work(stages.front()).settings;
  const bool pipelined = (settings == 0 ? tile_ : program_.settings.at(static_cast<std::size_t>(settings))).adc.pipelined;
  const auto add_bank = [&](const std::vector<int>& of) {
    for (const int t : of) tiles_[static_cast<std::size_t>(t)].bank = static_cast<int>(banks_.size());
    banks_.push_back({.tiles = of, .server = of.size() > 1 ? make_server(Server::Kind::converters, of) : -1, .pipelined = pipelined});
  };
  for (const int t : tiles) {
    Tile& tile = tiles_[static_cast<std::size_t>(t)];
    if (tile.stages.size() > 1) tile.drivers = make_server(Server::Kind::drivers, tile.stages);
    if (!chip_.shared_converters) add_bank({t});
  }
  if (chip_.shared_converters) add_bank(tiles);
}

void TimedExecution::allow_inferences(std::int64_t count) {
  allowed_ = count;
  since_ = now_;
  for (const std::size_t source : sources_) wake(static_cast<int>(source));
}

bool TimedExecution::next_inference() {
  while (true) {
    run_woken();
    std::int64_t when = 0;
    bool all = true;
    for (const std::size_t sink : sinks_) {
      const std::vector<std::int64_t>& times = completions_[sink];
      all = all && static_cast<std::int64_t>(times.size()) > left_;
      if (all) when = std::max(when, times[static_cast<std::size_t>(left_)]);
    }
    if (all) {
      now_ = std::max(now_, when);
      ++left_;
      return true;
    }
    if (agenda_.empty()) return false;
    const Entry next = agenda_.front();
    std::ranges::pop_heap(agenda_, [](const Entry& a, const Entry& b) { return a.time != b.time ? a.time > b.time : a.order > b.order; });
    agenda_.pop_back();
    handle(next);
  }
}

void TimedExecution::finish() {
  while (next_inference()) {
  }
  now_ = std::max(now_, latest_);
}

void TimedExecution::wake(int stage) {
  const int tile = tile_of_[static_cast<std::size_t>(stage)];
  const int mover = tile >= 0 ? tile : static_cast<int>(tiles_.size()) + stage;
  if (std::exchange(is_woken_[static_cast<std::size_t>(mover)], 1) == 0) woken_.push_back(mover);
}

void TimedExecution::run_woken() {
  for (std::size_t i = 0; i < woken_.size(); ++i) {
    const int mover = woken_[i];
    is_woken_[static_cast<std::size_t>(mover)] = 0;
    const auto tiles = static_cast<int>(tiles_.size());
    if (mover < tiles) {
      advance_tile(mover);
    } else {
      advance_unit(mover - tiles);
    }
  }
  woken_.clear();
}

// Stages and edges.

std::int64_t TimedExecution::inputs_there(int number) {
  TimedStage& stage = stages_[static_cast<std::size_t>(number)];
  if (stage.inputs.empty()) {
    if (stage.inference >= allowed_) return unknown;
    return std::max(since_, stage.not_before);
  }
  std::int64_t last = stage.not_before;
  for (const int e : stage.inputs) {
    TimedEdge& edge = edges_[static_cast<std::size_t>(e)];
    if (edge.need() > edge.sent()) {
      stage.lacking = e;
      stage.lacking_until = edge.need();
      return unknown;
    }
    if (edge.needs_more()) last = std::max(last, edge.arrival());
  }
  return last;
}

/// The stage starts its next position; all inputs of this position have arrived.
void TimedExecution::begin(int number, std::int64_t inputs, std::int64_t when) {
  TimedStage& stage = stages_[static_cast<std::size_t>(number)];
  latest_ = std::max(latest_, when);
  stage.not_before = when + stage.spacing;
  InferenceWaits& waits = waits_of(stage.inference);
  const bool waited = inputs > stage.idle_since;
  if (waited) waits.input[static_cast<std::size_t>(number)] += inputs - stage.idle_since;
  const std::int64_t since = std::max(inputs, stage.idle_since);
  if (when > since) waits.output[static_cast<std::size_t>(number)] += when - since;
  for (const int e : stage.inputs) {
    TimedEdge& edge = edges_[static_cast<std::size_t>(e)];
    if (waited && edge.needs_more()) waits.awaited[static_cast<std::size_t>(e)] += std::max(std::int64_t{0}, edge.arrival() - stage.idle_since);
    edge.start();
  }
  stage.start();
}

/// The stage has computed one more position and releases the inputs that it no longer needs.
void TimedExecution::computed(int number, std::int64_t when) {
  TimedStage& stage = stages_[static_cast<std::size_t>(number)];
  if (unhurried_) computed_at_[static_cast<std::size_t>(number)].push_back(when);
  for (const int e : stage.inputs) {
    TimedEdge& edge = edges_[static_cast<std::size_t>(e)];
    const std::int64_t credits = edge.release();
    if (credits == 0) continue;
    const std::int64_t there = network_.credits(static_cast<std::size_t>(e), when);
    latest_ = std::max(latest_, there);
    edge.grant(credits, there);
    ++waits_of(stage.computed / stage.positions).credits[static_cast<std::size_t>(e)];
    send(e);
  }
  ++stage.computed;
}

/// A position enters the output buffer.
void TimedExecution::offer(int number, std::int64_t when) {
  TimedStage& stage = stages_[static_cast<std::size_t>(number)];
  const std::int64_t position = stage.finished;
  stage.finish(when);
  latest_ = std::max(latest_, when);
  for (const int e : stage.outputs) {
    if (edges_[static_cast<std::size_t>(e)].next() == position) send(e);
  }
}

/// Sends all finished positions that have credits.
void TimedExecution::send(int number) {
  TimedEdge& edge = edges_[static_cast<std::size_t>(number)];
  TimedStage& producer = stages_[static_cast<std::size_t>(edge.producer())];
  while (edge.next() < producer.finished && edge.has_credit()) {
    const std::int64_t position = edge.next(), ready = std::max(producer.finished_at(position), edge.free()), credit = edge.credit_time();
    if (credit > ready) waits_of(position / producer.positions).lacking[static_cast<std::size_t>(number)] += credit - ready;
    if (unhurried_) sent_at_[static_cast<std::size_t>(number)].push_back(std::max(ready, credit));
    const TimedNetwork::Way way = network_.position(static_cast<std::size_t>(number), std::max(ready, credit));
    edge.send(way.sent, way.arrived);
    if (producer.sent(position, way.sent) && std::exchange(producer.wants_room, false)) wake(edge.producer());
  }
  TimedStage& consumer = stages_[static_cast<std::size_t>(edge.consumer())];
  if (consumer.lacking == number && consumer.lacking_until <= edge.sent()) {
    consumer.lacking = -1;
    wake(edge.consumer());
  }
}

void TimedExecution::complete(int number, std::int64_t when) {
  TimedStage& sink = stages_[static_cast<std::size_t>(number)];
  if (++sink.finished % sink.positions == 0) completions_[static_cast<std::size_t>(number)].push_back(when);
  latest_ = std::max(latest_, when);
}

TimedExecution::InferenceWaits& TimedExecution::waits_of(std::int64_t inference) {
  while (static_cast<std::int64_t>(waits_.size()) <= inference)
    waits_.push_back({.input = std::vector<std::int64_t>(stages_.size()),
                      .output = std::vector<std::int64_t>(stages_.size()),
                      .awaited = std::vector<std::int64_t>(edges_.size()),
                      .lacking = std::vector<std::int64_t>(edges_.size()),
                      .credits = std::vector<std::uint64_t>(edges_.size())});
  return waits_[static_cast<std::size_t>(inference)];
}

TimedExecution::Waits TimedExecution::waits(std::int64_t first, std::int64_t end) const {
  Waits sum{.stages = std::vector<StageActivity>(stages_.size()),
            .edges = std::vector<EdgeActivity>(edges_.size()),
            .credits = std::vector<std::uint64_t>(edges_.size())};
  for (std::int64_t n = first; n < std::min(end, static_cast<std::int64_t>(waits_.size())); ++n) {
    const InferenceWaits& one = waits_[static_cast<std::size_t>(n)];
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      sum.stages[s].waiting_input_cycles += one.input[s] / stages_[s].period;
      sum.stages[s].waiting_output_cycles += one.output[s] / stages_[s].period;
    }
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      sum.edges[e].awaited_cycles += one.awaited[e] / stages_[static_cast<std::size_t>(edges_[e].consumer())].period;
      sum.edges[e].without_credit_cycles += one.lacking[e] / stages_[static_cast<std::size_t>(edges_[e].producer())].period;
      sum.credits[e] += one.credits[e];
    }
  }
  return sum;
}

}  // namespace mho::hw
