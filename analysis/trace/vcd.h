#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/output_file.h"
#include "hw/chip/observer.h"

namespace mho::analysis {

/// Signals that a waveform may show, by name: the state of every unit ("node_1.converters": 0 free, 1 working, 2 holding finished work), the packets
/// sent and received by every node that has units ("node_1.packets_sent"), and the inferences that left ("chip.inferences_left").
std::vector<std::string> signal_names(const std::vector<hw::Unit>& units);

/// Thrown out of a simulation by an observer that was to name signals and nothing else.
struct SignalsListed {
  std::vector<std::string> names;
};

/// Ends a simulation before time starts, with SignalsListed.
class SignalList final : public hw::Observer {
 public:
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override;
  void changed(int /*unit*/, std::size_t /*kind*/, periphery::UnitState /*state*/, std::int64_t /*cycle*/) override {}
  void packet_sent(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void packet_arrived(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void inference_left(std::int64_t /*count*/, base::SimTime /*time*/) override {}
};

/// Writes the signals whose names match as a value change dump (IEEE 1364, clause 18) in femtoseconds, as they change. A path that cannot be written
/// is refused by the constructor, patterns that match nothing by begin(), with the names there are (UserError).
class Vcd final : public hw::Observer {
 public:
  /// `patterns`: as base::matches_any takes them.
  Vcd(const std::string& path, const std::vector<std::optional<std::string>>& inputs, std::string patterns);
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override;
  void changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) override;
  void packet_sent(const hw::Packet& packet, base::SimTime time) override;
  void packet_arrived(const hw::Packet& packet, base::SimTime time) override;
  void inference_left(std::int64_t count, base::SimTime time) override;
  void commit();
  [[nodiscard]] std::size_t signals() const { return chosen_; }

 private:
  struct Signal {
    std::string code;  ///< in the file; empty: not chosen
    int bits = 2;
    std::uint64_t value = 0;
  };
  void set(Signal& signal, std::uint64_t value, base::SimTime time);
  void set_time(base::SimTime time);
  void flush(bool all);
  base::OutputFile file_;
  std::string patterns_;
  std::vector<hw::Unit> units_;
  std::vector<Signal> of_unit_;
  std::vector<Signal> sent_, received_;  ///< by node
  Signal left_;
  std::size_t chosen_ = 0;
  base::SimTime now_;
  std::string buffer_;
};

}  // namespace mho::analysis
