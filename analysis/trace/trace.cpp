#include "analysis/trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/json.h"

namespace mho::analysis {

namespace {

constexpr std::size_t buffer_bytes = 1U << 16U;
constexpr int interface_thread = 1000;  // above the number of any unit of a node

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
}

bool Trace::wanted(base::SimTime begin, base::SimTime end) {
  if (end < from_ || begin >= to_ || begin == end) return false;
  if (events_ < limits_.events) return true;
  cut_ = true;
  return false;
}

void Trace::slice(int process, int thread, base::SimTime begin, base::SimTime end, std::string_view name, std::string_view more) {
  if (!wanted(begin, end)) return;
  ++events_;
  put(fmt::format(R"({{"ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"name":{}{}}})", process, thread, microseconds(begin), microseconds(end - begin),
                  name, more));
}

void Trace::changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) {
  Track& track = tracks_.at(static_cast<std::size_t>(unit));
  const base::SimTime now = track.unit.clock.edge(cycle);
  if (track.state == periphery::UnitState::working) {
    const std::int64_t position = track.begun[track.kind]++;
    slice(track.unit.node, unit + 1, track.since, now, track.names[track.kind],
          fmt::format(R"(,"args":{{"inference":{},"position":{}}})", position / track.positions[track.kind], position % track.positions[track.kind]));
  } else if (track.state == periphery::UnitState::holding) {
    slice(track.unit.node, unit + 1, track.since, now, R"("holds")", R"(,"cat":"stall")");
  }
  track.state = state;
  track.kind = kind;
  track.since = now;
}

void Trace::packet_sent(const hw::Packet& packet, base::SimTime time) {
  const bool several = !packet.receivers.empty();  // in a message class of its own
  const int message_class = several ? hw::message_classes : static_cast<int>(packet.message_class);
  // Its last flit takes the network's cycle that begins now; between two clocks the news comes later than the flit.
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
  put(fmt::format(R"({{"ph":"i","s":"g","pid":0,"tid":0,"ts":{},"name":"inference {} left"}})", microseconds(time), count - 1));
}

void Trace::commit() {
  file_.write(buffer_);
  file_.write(fmt::format("\n],\"otherData\":{{\"events\":{},\"cut\":{}}}}}\n", events_, cut_ ? "true" : "false"));
  file_.commit();
}

}  // namespace mho::analysis
