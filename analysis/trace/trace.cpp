#include "analysis/trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/json.h"

namespace mho::analysis {

namespace {

constexpr std::size_t buffer_bytes = 1U << 16U;
constexpr int interface_thread = 1000;   // larger than the number of any unit of a node
constexpr int chip_process = 1'000'000;  // larger than any node

/// Exact: a femtosecond is a billionth of a microsecond.
std::string microseconds(base::SimTime time) {
  constexpr std::int64_t per_microsecond = 1'000'000'000;
  std::string text = fmt::format("{}.{:09}", time.femtoseconds() / per_microsecond, time.femtoseconds() % per_microsecond);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string json_text(const std::string& text) { return base::Json(text).dump(); }

std::string_view class_name(hw::MessageClass message_class) {
  switch (message_class) {
    case hw::MessageClass::activation:
      return "activations out";
    case hw::MessageClass::partial_sum:
      return "partial sums out";
    case hw::MessageClass::control:
      break;
  }
  return "credits out";
}

}  // namespace

Trace::Trace(const std::string& path, const std::vector<std::optional<std::string>>& inputs, TraceLimits limits)
    : file_(path, inputs),
      limits_(limits),
      from_(base::SimTime::from(base::Duration(limits.from_s))),
      to_(limits.to_s ? base::SimTime::from(base::Duration(*limits.to_s))
                      : base::SimTime::from_femtoseconds(std::numeric_limits<std::int64_t>::max())) {
  buffer_ = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
}

void Trace::put(std::string_view event) {
  buffer_ += first_ ? "\n" : ",\n";
  first_ = false;
  buffer_ += event;
  if (buffer_.size() < buffer_bytes) return;
  file_.write(buffer_);
  buffer_.clear();
}

void Trace::begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) {
  program_ = &program;
  positions_of_layer_.assign(program.layers.size(), 0);
  for (const hw::Stage& stage : program.stages) {
    if (stage.layer >= 0) positions_of_layer_[static_cast<std::size_t>(stage.layer)] += stage.positions;
  }
  network_ = network;
  std::map<int, std::string> nodes;
  for (const hw::Unit& unit : units) {
    Track track{unit, {}, {}, {}, periphery::UnitState::free, 0, {}};
    for (const auto& stages : unit.stages) {
      std::string name;
      for (const int stage : stages) name += (name.empty() ? "" : " + ") + program_->stages.at(static_cast<std::size_t>(stage)).name;
      track.names.push_back(json_text(name));
      track.positions.push_back(program_->stages.at(static_cast<std::size_t>(stages.front())).positions);
      track.begun.push_back(0);
    }
    tracks_.push_back(std::move(track));
    const auto kind = program_->stages.at(static_cast<std::size_t>(unit.stages.front().front())).kind;
    nodes[unit.node] = kind == hw::Stage::Kind::analog ? "analog" : kind == hw::Stage::Kind::digital ? "digital" : "port";
    put(fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":{}}}}})", unit.node, tracks_.size(), json_text(unit.name)));
  }
  for (const auto& [node, kind] : nodes) {
    put(fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":"multicast out"}}}})", node,
                    interface_thread + hw::message_classes));
    put(fmt::format(R"({{"ph":"M","name":"process_name","pid":{0},"tid":0,"args":{{"name":"node {0}, {1}"}}}})", node, kind));
    put(fmt::format(R"({{"ph":"M","name":"process_sort_index","pid":{0},"tid":0,"args":{{"sort_index":{0}}}}})", node));
    for (int each = 0; each < hw::message_classes; ++each) {
      put(fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":"{}"}}}})", node, interface_thread + each,
                      class_name(static_cast<hw::MessageClass>(each))));
    }
  }
  flows_ = PositionFlows(program, units);
  power_.emplace(program.layers.size());
  begin_counters(program);
}

void Trace::begin_counters(const hw::Program& program) {
  put(fmt::format(R"({{"ph":"M","name":"process_name","pid":{0},"tid":0,"args":{{"name":"chip"}}}})", chip_process));
  put(fmt::format(R"({{"ph":"M","name":"process_sort_index","pid":{0},"tid":0,"args":{{"sort_index":-1}}}})", chip_process));
  at_work_ = {.process = chip_process, .name = json_text("units at work")};
  for (const hw::Stage& stage : program.stages) waiting_.push_back({.process = stage.core, .name = json_text("waiting for " + stage.name)});
}

void Trace::write_counter(const Counter& counter) {
  if (counter.since < from_ || counter.since >= to_) return;
  if (events_ >= limits_.events) {
    cut_ = true;
    return;
  }
  ++events_;
  put(fmt::format(R"({{"ph":"C","pid":{},"tid":0,"ts":{},"name":{},"args":{{"value":{}}}}})", counter.process, microseconds(counter.since),
                  counter.name, counter.value));
}

void Trace::count(Counter& counter, std::int64_t more, base::SimTime time) {
  if (counter.is_new && time > counter.since) write_counter(counter);
  counter.value += more;
  counter.since = time;
  counter.is_new = true;
}

void Trace::arrow(const PositionFlows::Flow& flow, const char* phase, int unit, base::SimTime time) {
  if (events_ >= limits_.events) return;
  ++events_;
  put(fmt::format(R"({{"ph":{},"pid":{},"tid":{},"ts":{},"cat":"position","name":"position","id":"{}.{}"}})", phase,
                  tracks_[static_cast<std::size_t>(unit)].unit.node, unit + 1, microseconds(time), flow.edge, flow.number));
}

void Trace::arrows(int unit, const Track& track, std::int64_t position, bool is_written) {
  const auto number = static_cast<std::size_t>(unit);
  for (const int stage : track.unit.stages[track.kind]) {
    UnderWay& way = under_way_[{stage, position}];
    if (flows_.begins(stage, number)) way.needed = flows_.needed(stage, position);
    if (is_written) {
      for (const PositionFlows::Flow& flow : way.needed) arrow(flow, R"("f","bp":"e")", unit, track.since);
      way = {.needed = {}, .unit = unit, .begin = track.since};
    }
    if (!flows_.finishes(stage, number)) continue;
    if (way.unit) {
      for (const PositionFlows::Flow& flow : flows_.made(stage, position)) arrow(flow, R"("s")", *way.unit, way.begin);
    }
    under_way_.erase({stage, position});
  }
}

bool Trace::wanted(base::SimTime begin, base::SimTime end) {
  if (end < from_ || begin >= to_ || begin == end) return false;
  if (events_ < limits_.events) return true;
  cut_ = true;
  return false;
}

bool Trace::slice(int process, int thread, base::SimTime begin, base::SimTime end, std::string_view name, std::string_view more) {
  if (!wanted(begin, end)) return false;
  ++events_;
  put(fmt::format(R"({{"ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"name":{}{}}})", process, thread, microseconds(begin), microseconds(end - begin),
                  name, more));
  return true;
}

void Trace::changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) {
  const auto number = static_cast<std::size_t>(unit);
  Track& track = tracks_.at(number);
  const base::SimTime now = track.unit.clock.edge(cycle);
  if (track.state == periphery::UnitState::working) {
    const std::int64_t position = track.begun[track.kind]++;
    const bool is_written = slice(
        track.unit.node, unit + 1, track.since, now, track.names[track.kind],
        fmt::format(R"(,"args":{{"inference":{},"position":{}}})", position / track.positions[track.kind], position % track.positions[track.kind]));
    arrows(unit, track, position, is_written);
    count_made(number, track, position, now);
  } else if (track.state == periphery::UnitState::holding) {
    slice(track.unit.node, unit + 1, track.since, now, R"("holds")", R"(,"cat":"stall")");
  }
  const bool worked = track.state == periphery::UnitState::working, works = state == periphery::UnitState::working;
  if (worked != works) count(at_work_, works ? 1 : -1, now);
  track.state = state;
  track.kind = kind;
  track.since = now;
  if (!works) return;
  for (const int stage : track.unit.stages[kind]) {
    if (!flows_.begins(stage, number)) continue;
    const auto needed = static_cast<std::int64_t>(flows_.needed(stage, track.begun[kind]).size());
    if (needed > 0) count(waiting_.at(static_cast<std::size_t>(stage)), -needed, now);
  }
}

void Trace::count_made(std::size_t unit, const Track& track, std::int64_t position, base::SimTime time) {
  for (const int stage : track.unit.stages[track.kind]) {
    if (!flows_.finishes(stage, unit)) continue;
    for (const PositionFlows::Flow& flow : flows_.made(stage, position)) {
      count(waiting_.at(static_cast<std::size_t>(program_->edges.at(static_cast<std::size_t>(flow.edge)).consumer)), 1, time);
    }
    const int layer = program_->stages.at(static_cast<std::size_t>(stage)).layer;
    if (layer >= 0) power_->finished(static_cast<std::size_t>(layer), time);
  }
}

void Trace::add_power(const EnergyShares& shares) {
  const std::vector<double> watts = power_->watts(shares, positions_of_layer_);
  for (std::size_t part = 0; part < watts.size(); ++part) {
    if (power_->begin_of(part + 1) <= from_ || power_->begin_of(part) >= to_) continue;
    ++events_;
    put(fmt::format(R"({{"ph":"C","pid":{},"tid":0,"ts":{},"name":"power, W","args":{{"value":{:.6g}}}}})", chip_process,
                    microseconds(power_->begin_of(part)), watts[part]));
  }
}

void Trace::packet_sent(const hw::Packet& packet, base::SimTime time) {
  const bool several = !packet.receivers.empty();  // these have a separate message class
  const int message_class = several ? hw::message_classes : static_cast<int>(packet.message_class);
  // The last flit occupies the network cycle that begins now. If the clocks differ, this call can come later than the flit.
  const base::SimTime end = network_->edge(network_->edge_index(time) + 1);
  base::SimTime& last = interfaces_[{packet.from, message_class}];
  const base::SimTime begin = std::max(network_->edge(packet.injected), last);
  last = std::max(end, last);
  const hw::Edge& edge = program_->edges.at(static_cast<std::size_t>(packet.edge));
  const bool credit = packet.message_class == hw::MessageClass::control;
  const hw::Stage& reader = program_->stages.at(static_cast<std::size_t>(credit ? edge.producer : edge.consumer));
  slice(packet.from, interface_thread + message_class, begin, end,
        json_text(several ? fmt::format("to {} readers", packet.receivers.size()) : "to " + reader.name),
        fmt::format(R"(,"args":{{"{}":{},"flits":{},"to node":{}}})", credit ? "credits" : "position", packet.value, packet.flits, packet.to));
}

void Trace::inference_left(std::int64_t count, base::SimTime time) {
  if (time < from_ || time >= to_) return;
  put(fmt::format(R"({{"ph":"i","s":"g","pid":{},"tid":0,"ts":{},"name":"inference {} left"}})", chip_process, microseconds(time), count - 1));
}

void Trace::commit() {
  if (at_work_.is_new) write_counter(at_work_);
  for (const Counter& counter : waiting_) {
    if (counter.is_new) write_counter(counter);
  }
  file_.write(buffer_);
  file_.write(fmt::format("\n],\"otherData\":{{\"events\":{},\"cut\":{}}}}}\n", events_, cut_ ? "true" : "false"));
  file_.commit();
}

}  // namespace mho::analysis
