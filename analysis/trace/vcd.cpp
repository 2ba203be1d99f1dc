#include "analysis/trace/vcd.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/design_file/patterns.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

constexpr std::size_t text_bytes = 1U << 16U;
constexpr int counter_bits = 64;

/// Identifiers of a VCD are printable characters; numbers in base 94 give the shortest ones.
std::string code_of(std::size_t number) {
  constexpr std::size_t base = 94;
  constexpr char first = '!';
  std::string code;
  do {
    code += static_cast<char>(first + static_cast<char>(number % base));
    number /= base;
  } while (number > 0);
  return code;
}

std::string unit_signal(const hw::Unit& unit) {
  std::string name = unit.name;
  std::ranges::replace(name, ' ', '_');
  return fmt::format("node_{}.{}", unit.node, name);
}

std::string binary(std::uint64_t value) { return fmt::format("{:b}", value); }

std::set<int> nodes_of(const std::vector<hw::Unit>& units) {
  std::set<int> nodes;
  for (const hw::Unit& unit : units) nodes.insert(unit.node);
  return nodes;
}

}  // namespace

std::vector<std::string> signal_names(const std::vector<hw::Unit>& units) {
  std::vector<std::string> names{"chip.inferences_left"};
  for (const int node : nodes_of(units)) {
    for (const hw::Unit& unit : units) {
      if (unit.node == node) names.push_back(unit_signal(unit));
    }
    names.push_back(fmt::format("node_{}.packets_sent", node));
    names.push_back(fmt::format("node_{}.packets_received", node));
  }
  return names;
}

void SignalList::begin(const hw::Program& /*program*/, const std::vector<hw::Unit>& units, const base::Clock& /*network*/) {
  throw SignalsListed{signal_names(units)};
}

Vcd::Vcd(const std::string& path, const std::vector<std::optional<std::string>>& inputs, std::string patterns)
    : file_(path, inputs), patterns_(std::move(patterns)) {}

void Vcd::begin(const hw::Program& /*program*/, const std::vector<hw::Unit>& units, const base::Clock& /*network*/) {
  units_ = units;
  of_unit_.resize(units.size());
  const std::set<int> nodes = nodes_of(units);
  sent_.resize(static_cast<std::size_t>(*nodes.rbegin()) + 1);
  received_.resize(sent_.size());
  buffer_ = "$comment unit states: 0 free, 1 working, 2 holding finished work $end\n$timescale 1 fs $end\n";
  std::string values;
  const auto declare = [&](Signal& signal, const std::string& full, int bits) {
    if (!base::matches_any(patterns_, full)) return;
    signal.code = code_of(chosen_++);
    signal.bits = bits;
    buffer_ += fmt::format("$var reg {} {} {} $end\n", bits, signal.code, full.substr(full.find('.') + 1));
    values += fmt::format("b0 {}\n", signal.code);
  };
  const auto scope = [&](const std::string& name, const auto& fill) {
    buffer_ += fmt::format("$scope module {} $end\n", name);
    fill();
    buffer_ += "$upscope $end\n";
  };
  scope("chip", [&] { declare(left_, "chip.inferences_left", counter_bits); });
  for (const int node : nodes) {
    scope(fmt::format("node_{}", node), [&] {
      for (std::size_t u = 0; u < units.size(); ++u) {
        if (units[u].node == node) declare(of_unit_[u], unit_signal(units[u]), 2);
      }
      declare(sent_[static_cast<std::size_t>(node)], fmt::format("node_{}.packets_sent", node), counter_bits);
      declare(received_[static_cast<std::size_t>(node)], fmt::format("node_{}.packets_received", node), counter_bits);
    });
  }
  if (chosen_ == 0) {
    const auto names = signal_names(units);
    throw base::UserError(
        fmt::format("--signals {}: no signal has such a name. There are {}, among them {}, {} and {}; --list-signals prints them all", patterns_,
                    names.size(), names[0], names[1], names.back()));
  }
  buffer_ += "$enddefinitions $end\n#0\n$dumpvars\n" + values + "$end\n";
}

void Vcd::set_time(base::SimTime time) {
  if (time == now_) return;
  now_ = time;
  buffer_ += fmt::format("#{}\n", time.femtoseconds());
}

void Vcd::set(Signal& signal, std::uint64_t value, base::SimTime time) {
  if (signal.code.empty() || signal.value == value) return;
  signal.value = value;
  set_time(time);
  buffer_ += fmt::format("b{} {}\n", binary(value), signal.code);
  flush(false);
}

void Vcd::flush(bool all) {
  if (!all && buffer_.size() < text_bytes) return;
  file_.write(buffer_);
  buffer_.clear();
}

void Vcd::changed(int unit, std::size_t /*kind*/, periphery::UnitState state, std::int64_t cycle) {
  const auto index = static_cast<std::size_t>(unit);
  set(of_unit_[index], static_cast<std::uint64_t>(state), units_[index].clock.edge(cycle));
}

void Vcd::packet_sent(const hw::Packet& packet, base::SimTime time) {
  Signal& signal = sent_.at(static_cast<std::size_t>(packet.from));
  set(signal, signal.value + 1, time);
}

void Vcd::packet_arrived(const hw::Packet& packet, base::SimTime time) {
  Signal& signal = received_.at(static_cast<std::size_t>(packet.to));
  set(signal, signal.value + 1, time);
}

void Vcd::inference_left(std::int64_t count, base::SimTime time) { set(left_, static_cast<std::uint64_t>(count), time); }

void Vcd::commit() {
  flush(true);
  file_.commit();
}

}  // namespace mho::analysis
