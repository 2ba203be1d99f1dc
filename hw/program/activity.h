#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "hw/spec/network_activity.h"

namespace mho::hw {

/// Counts of the events of one stage; cycles in the clock of its core. Models count events; analysis multiplies them by their costs.
struct StageActivity {
  std::uint64_t positions = 0;
  std::uint64_t mvms = 0;
  std::uint64_t programmed_devices = 0;
  std::uint64_t dac_conversions = 0;
  std::uint64_t adc_conversions = 0;
  std::uint64_t scale_operations = 0;
  std::uint64_t element_operations = 0;
  std::uint64_t input_buffer_written_bits = 0;
  std::uint64_t input_buffer_read_bits = 0;
  std::uint64_t output_buffer_written_bits = 0;
  std::uint64_t output_buffer_read_bits = 0;
  std::uint64_t port_bits = 0;     ///< bits through a port, of a source or sink
  std::int64_t busy_cycles = 0;    ///< cycles in which the slowest unit of the stage works
  std::int64_t repeat_cycles = 0;  ///< part of busy_cycles for products that were repeated because converters clipped; 0 without a functional
  std::int64_t shared_cycles = 0;  ///< cycles of the slowest unit that the stage shares with other tiles of its core
  std::int64_t waiting_input_cycles = 0;
  std::int64_t waiting_output_cycles = 0;
  StageActivity& operator+=(const StageActivity& other);
  StageActivity& operator-=(const StageActivity& other);
};

/// Time of one unit of a core. In the remaining cycles the unit was idle.
struct UnitActivity {
  std::string name;  ///< "drivers", "array", "converters", "scale", "vector unit", "port in", "port out", "programming"; may end in a number
  int node = 0;
  std::vector<int> stages{};       ///< stages that the unit serves
  std::int64_t worked_cycles = 0;  ///< in the clock of its core
  std::int64_t held_cycles = 0;    ///< cycles with finished work for which the next unit or buffer had no space
};

/// Waiting times at the two ends of an edge, each in the clock of the core at that end.
struct EdgeActivity {
  std::int64_t awaited_cycles = 0;         ///< cycles in which the consumer waited for positions of the edge
  std::int64_t without_credit_cycles = 0;  ///< cycles in which the producer had a position to send and no credit
  EdgeActivity& operator+=(const EdgeActivity& other);
  EdgeActivity& operator-=(const EdgeActivity& other);
};

/// Counts of a whole chip over the time `elapsed`.
struct Activity {
  std::vector<StageActivity> stages;  ///< as Program::stages
  std::vector<EdgeActivity> edges;    ///< as Program::edges
  std::vector<UnitActivity> units;
  std::vector<LinkActivity> links;
  std::vector<RouterActivity> routers;  ///< by router
  std::vector<GateActivity> gates;      ///< power gates of routers, then of cores, cores without a stage included
  std::uint64_t packets = 0;
  std::uint64_t flit_hops = 0;
  base::SimTime elapsed;
  /// Whether products were repeated. If so, the duration of an inference depends on its data, and there is no steady state.
  [[nodiscard]] bool repeats() const;
};

struct ChipParameters;
/// Time in s that a link needs for its flits.
[[nodiscard]] double seconds_at_work(const LinkActivity& link, const ChipParameters& chip);
/// Work of the busiest unit or link in `activity`, the activity of one inference, in cycles of chip.clock: a lower bound of the mean interval.
[[nodiscard]] double busiest_cycles(const Activity& activity, const ChipParameters& chip);

/// `all` minus `before`, an earlier activity of the same chip. The elapsed time is that of `all`.
[[nodiscard]] Activity since(Activity all, const Activity& before);
[[nodiscard]] std::vector<GateActivity> since(std::vector<GateActivity> all, const std::vector<GateActivity>& before);

/// Time and activity of one phase of a program.
struct PhaseTime {
  base::SimTime single;  ///< time of one inference
  base::SimTime batch;   ///< time of one batch
  Activity activity;     ///< activity of that batch; stages and edges as in phase_program()
};

/// Result of a simulation or estimate. Latency: time from the first input element entering the port to the last output element leaving it, on an idle
/// chip. Interval: mean over the settled window of inferences that are fed back to back (hw/chip/steady_window.h). With phases, the latency is that
/// of one inference through all phases, and the interval is the time of a batch through all phases divided by its inferences.
struct SimulationResult {
  Activity single;  ///< one inference on an idle chip
  Activity steady;  ///< all inferences back to back
  /// Activity in the intervals over which the mean is taken, without filling and draining. Waits that go on count up to the end of the window.
  Activity window;
  int window_inferences = 0;
  std::vector<PhaseTime> phases;  ///< as Program::phases
  int steady_inferences = 0;
  base::SimTime latency;
  double interval_s = 0;
  bool converged = false;
  bool single_only = false;  ///< one inference only: steady and window equal single, the interval equals the latency
  std::int64_t cycles = 0;   ///< simulated cycles of chip.clock, single and steady
  /// Outputs of the chip, [inference * positions of the sink + position][element], of single and steady. Empty without a functional.
  std::vector<std::vector<float>> left;
  double wall_s = 0;

  [[nodiscard]] std::uint64_t flit_hops() const { return single.flit_hops + steady.flit_hops; }  ///< of single and steady
};

}  // namespace mho::hw
