#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/output_file.h"
#include "hw/chip/observer.h"

namespace mho::analysis {

/// Names of the signals of a waveform: the state of every unit ("node_1.converters": 0 free, 1 working, 2 holding finished work), the packets sent
/// and received by every node with units ("node_1.packets_sent"), and the inferences that left ("chip.inferences_left").
std::vector<std::string> signal_names(const std::vector<hw::Unit>& units);

/// Thrown out of a simulation by SignalList.
struct SignalsListed {
  std::vector<std::string> names;
};

/// Lists the signals: ends a simulation at its start by throwing SignalsListed.
class SignalList final : public hw::Observer {
 public:
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override;
  void changed(int /*unit*/, std::size_t /*kind*/, periphery::UnitState /*state*/, std::int64_t /*cycle*/) override {}
  void packet_sent(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void packet_arrived(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void inference_left(std::int64_t /*count*/, base::SimTime /*time*/) override {}
};

/// Writes the signals whose names match the patterns as a value change dump (IEEE 1364, clause 18) in femtoseconds, during the simulation. The
/// constructor throws UserError for a path that cannot be written; begin() throws UserError, which lists the names, for patterns that match nothing.
class Vcd final : public hw::Observer {
 public:
  /// `patterns`: see base::matches_any.
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
    std::string code;  ///< identifier in the file; empty: not chosen
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
