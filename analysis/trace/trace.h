#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/trace/position_flows.h"
#include "analysis/trace/power_profile.h"
#include "base/output_file.h"
#include "hw/chip/observer.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// Limits of a trace.
struct TraceLimits {
  double from_s = 0;
  std::optional<double> to_s;       ///< empty: to the end
  std::int64_t events = 5'000'000;  ///< largest number of events; later ones are left out
};

/// Writes a trace of a simulation for Perfetto and Chrome's viewer: JSON in the Trace Event Format, times in microseconds. A process is a node of the
/// mesh. A thread is one of the node's units (slices: a position is processed, or held because there is no space) or the sending side of its network
/// interface, one for each message class (slices: packets). Arrows lead from the slice that makes a position to the first slice that needs it.
/// Inferences that leave are instants of the process "chip", which has counters of working units and of power. Each node has a counter for each
/// reading stage: positions made but not yet needed. Events are written to the file as they happen. The constructor throws UserError for a path that
/// cannot be written.
class Trace final : public hw::Observer {
 public:
  Trace(const std::string& path, const std::vector<std::optional<std::string>>& inputs, TraceLimits limits);
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override;
  void changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) override;
  void packet_sent(const hw::Packet& packet, base::SimTime time) override;
  void packet_arrived(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void inference_left(std::int64_t count, base::SimTime time) override;
  /// Adds the power over time. Call it once, after the simulation.
  void add_power(const EnergyShares& shares);
  /// Completes the file and moves it to its path.
  void commit();
  /// Number of slices, ends of arrows and counter values.
  [[nodiscard]] std::int64_t events() const { return events_; }
  /// Whether events were left out because of TraceLimits::events.
  [[nodiscard]] bool cut() const { return cut_; }

 private:
  struct Track {
    hw::Unit unit;
    std::vector<std::string> names;       ///< name by kind of work, escaped for JSON
    std::vector<std::int64_t> positions;  ///< positions of an inference, by kind
    std::vector<std::int64_t> begun;      ///< number of begun positions, by kind
    periphery::UnitState state = periphery::UnitState::free;
    std::size_t kind = 0;
    base::SimTime since;
  };
  [[nodiscard]] bool wanted(base::SimTime begin, base::SimTime end);
  /// Writes a slice; returns whether it was written.
  bool slice(int process, int thread, base::SimTime begin, base::SimTime end, std::string_view name, std::string_view more);
  void put(std::string_view event);
  /// A number over time.
  struct Counter {
    int process = 0;
    std::string name;  ///< escaped for JSON
    std::int64_t value = 0;
    base::SimTime since{};
    bool is_new = false;  ///< not written yet
  };
  /// Changes a counter. The file gets only the last value at each instant.
  void count(Counter& counter, std::int64_t more, base::SimTime time);
  void write_counter(const Counter& counter);
  void begin_counters(const hw::Program& program);
  void count_made(std::size_t unit, const Track& track, std::int64_t position, base::SimTime time);
  /// A position of a stage on its way through the stage's units. Units that take no time have no slice; the next unit's slice then gets the ends of
  /// their arrows.
  struct UnderWay {
    std::vector<PositionFlows::Flow> needed{};  ///< flows whose arrows have no end yet
    std::optional<int> unit{};                  ///< unit of the last slice
    base::SimTime begin{};                      ///< begin of that slice
  };
  /// Writes the ends of arrows at the slice of a position that `unit` has finished.
  void arrows(int unit, const Track& track, std::int64_t position, bool is_written);
  void arrow(const PositionFlows::Flow& flow, const char* phase, int unit, base::SimTime time);
  base::OutputFile file_;
  const hw::Program* program_ = nullptr;          ///< valid during the simulation
  std::vector<std::int64_t> positions_of_layer_;  ///< positions of an inference by layer; needed after the simulation
  TraceLimits limits_;
  base::SimTime from_, to_;
  std::vector<Track> tracks_;
  PositionFlows flows_;
  std::optional<PowerProfile> power_;
  std::map<std::pair<int, std::int64_t>, UnderWay> under_way_;  ///< by stage and position
  Counter at_work_;
  std::vector<Counter> waiting_;                             ///< by reading stage
  std::map<std::pair<int, int>, base::SimTime> interfaces_;  ///< node and message class: end of the last slice
  std::optional<base::Clock> network_;
  std::string buffer_;
  bool first_ = true;
  bool cut_ = false;
  std::int64_t events_ = 0;
};

}  // namespace mho::analysis
