#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "hw/spec/network_activity.h"

namespace mho::hw {

/// Events of one stage, cycles in the clock of its core. Models count, analysis multiplies by costs.
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
  std::uint64_t port_bits = 0;     ///< source and sink
  std::int64_t busy_cycles = 0;    ///< the stage's slowest unit at work
  std::int64_t repeat_cycles = 0;  ///< of these, products that were repeated because converters clipped; a chip that computes
  std::int64_t shared_cycles = 0;  ///< of these, the slowest unit that it shares with other tiles of its core
  std::int64_t waiting_input_cycles = 0;
  std::int64_t waiting_output_cycles = 0;
  StageActivity& operator+=(const StageActivity& other);
  StageActivity& operator-=(const StageActivity& other);
};

/// What one unit of a core did: the rest of the time it had nothing to do.
struct UnitActivity {
  std::string name;  ///< "drivers", "array", "converters", "scale", "vector unit", "port in", "port out"
  int node = 0;
  std::vector<int> stages{};       ///< whose positions it worked on
  std::int64_t worked_cycles = 0;  ///< of its core's clock
  std::int64_t held_cycles = 0;    ///< its work was finished and the next unit or buffer had no room
};

/// What held up the two ends of an edge.
struct EdgeActivity {
  std::int64_t awaited_cycles = 0;         ///< the consumer waited for its positions
  std::int64_t without_credit_cycles = 0;  ///< the producer had one to send, and no room at the consumer
  EdgeActivity& operator+=(const EdgeActivity& other);
  EdgeActivity& operator-=(const EdgeActivity& other);
};

struct Activity {
  std::vector<StageActivity> stages;  ///< as Program::stages
  std::vector<EdgeActivity> edges;    ///< as Program::edges
  std::vector<UnitActivity> units;
  std::vector<LinkActivity> links;
  std::vector<RouterActivity> routers;  ///< by router
  std::vector<GateActivity> gates;      ///< of what is power gated: routers, then cores, those without a stage too
  std::uint64_t packets = 0;
  std::uint64_t flit_hops = 0;
  base::SimTime elapsed;
  /// Whether products were repeated: then an inference takes as long as its data make it, and there is no steady state.
  [[nodiscard]] bool repeats() const;
};

struct ChipParameters;
/// Seconds for which a link works to pass its flits on.
[[nodiscard]] double seconds_at_work(const LinkActivity& link, const ChipParameters& chip);
/// Cycles of chip.clock for which the busiest unit or link of `activity`, one inference, works: no interval undercuts them for long.
[[nodiscard]] double busiest_cycles(const Activity& activity, const ChipParameters& chip);

/// The events of `all` that are not in `before`, an earlier count of the same chip; the elapsed time stays that of `all`.
[[nodiscard]] Activity since(Activity all, const Activity& before);
[[nodiscard]] std::vector<GateActivity> since(std::vector<GateActivity> all, const std::vector<GateActivity>& before);

/// How long one phase of a program took, and what happened in it.
struct PhaseTime {
  base::SimTime single;  ///< of one inference
  base::SimTime batch;   ///< of one batch
  Activity activity;     ///< of that batch; stages and edges as phase_program has them
};

/// Latency: chip idle, first input element enters the port to last output element leaves it. Interval: steady state, inferences fed back to back, the
/// mean over the window in which they have settled (hw/chip/steady_window.h). Of a program with phases: one inference through all of them, and the
/// time of a batch through all of them over its inferences.
struct SimulationResult {
  Activity single;  ///< one inference, chip idle before
  Activity steady;  ///< the back-to-back phase
  /// From one inference leaving to another, the intervals that the mean is taken over: no filling and no draining. Waits count up to its end.
  Activity window;
  int window_inferences = 0;
  std::vector<PhaseTime> phases;  ///< as Program::phases
  int steady_inferences = 0;
  base::SimTime latency;
  double interval_s = 0;
  bool converged = false;
  bool single_only = false;  ///< nothing was fed back to back: steady state and window are the single inference, the interval its latency
  std::int64_t cycles = 0;   ///< simulated cycles of chip.clock, both phases
  /// What left the chip: [inference * positions of the sink + position], of both phases. Empty without a functional.
  std::vector<std::vector<float>> left;
  double wall_s = 0;

  [[nodiscard]] std::uint64_t flit_hops() const { return single.flit_hops + steady.flit_hops; }  ///< both phases
};

}  // namespace mho::hw
