#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <systemc>
#include <utility>

#include "base/error.h"
#include "hw/chip/chip_module.h"
#include "hw/chip/drain_module.h"
#include "hw/chip/phased_run_module.h"
#include "hw/chip/simulation.h"
#include "hw/chip/steady_window.h"

/// The SystemC library carries its own main and will not load without this symbol; the simulation is started by simulate() instead.
extern "C" int sc_main(int /*argc*/, char* /*argv*/[]) { return 0; }

namespace mho::hw {
namespace {

using base::ExitCode;
using base::UserError;

class Run {
 public:
  Run(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile)
      : chip_parameters_(chip), clocks_(chip), chip_("chip", clocks_, program, chip, tile) {}
  void compute_with(FunctionalInterface& functional, const std::vector<PacketFault>& faults) { chip_.compute_with(functional, faults); }

  void observe(Observer& observer) { chip_.observe(observer); }

  SimulationResult run(const SimulationOptions& options) {
    SimulationResult result;
    std::int64_t first = 0;
    std::vector<GateActivity> gates;  // when the latest inference left; they keep counting afterwards
    chip_.when_inference_left([&](std::int64_t) {
      first = timeline_.now();
      gates = chip_.gates();
      if (options.single_only) result.window = chip_.activity_now();
    });
    drain(chip_, timeline_, 1);
    result.latency = timeline_.time(first);
    result.single = chip_.activity();
    const std::vector<GateActivity> gates_between = std::exchange(result.single.gates, gates);
    result.single.elapsed = result.latency;
    if (options.single_only) return alone(std::move(result));

    const std::int64_t start = timeline_.now();
    SteadyWindow completions(options.one_at_a_time ? 0 : busiest_cycles(result.single, chip_parameters_));
    std::vector<Activity> snapshots;  // when each inference leaves
    bool done = false;
    const std::int64_t most = options.inferences ? 1 + std::int64_t{*options.inferences} : unlimited;
    chip_.when_inference_left([&](std::int64_t left) {
      gates = chip_.gates();
      completions.add(timeline_.now(), !done && (options.one_at_a_time || chip_.inferences_begun() < most));
      if (done) return;
      snapshots.push_back(chip_.activity_now());
      if (options.one_at_a_time) chip_.allow_inferences(std::min(most, left + 1));
      if (options.inferences) return;
      const std::size_t patience = static_cast<std::size_t>(options.patience) * (completions.undercuts() ? longer : 1);
      done = completions.find().settled || completions.count() >= patience;
      if (done) chip_.allow_inferences(chip_.inferences_begun());  // finish the inferences under way and stop
    });
    drain(chip_, timeline_, options.one_at_a_time ? 2 : most);
    measure(result, completions, snapshots);
    result.steady = since(chip_.activity(), result.single);
    result.steady.gates = since(std::move(gates), gates_between);
    result.steady.elapsed = timeline_.time(completions.last()) - timeline_.time(start);
    result.steady_inferences = static_cast<int>(completions.count());
    result.cycles = timeline_.now();
    result.left.assign(chip_.left().begin(), chip_.left().end());
    return result;
  }

 private:
  /// The result of a single inference.
  [[nodiscard]] SimulationResult alone(SimulationResult result) const {
    result.single_only = true;
    result.steady = result.single;
    result.window.gates = result.single.gates;
    result.window.elapsed = result.latency;
    result.steady_inferences = result.window_inferences = 1;
    result.interval_s = result.latency.seconds();
    result.cycles = timeline_.now();
    result.left.assign(chip_.left().begin(), chip_.left().end());
    return result;
  }

  /// Interval and activity in the window of steady state.
  void measure(SimulationResult& result, const SteadyWindow& completions, const std::vector<Activity>& snapshots) const {
    // Repeated products depend on the data: then every inference takes a different time, and there is no settled window.
    const SteadyWindow::Window window = snapshots.back().repeats() ? completions.whole() : completions.find();
    result.converged = window.settled;
    if (window.intervals() == 0) return;
    const base::SimTime elapsed = timeline_.time(completions.cycle(window.to)) - timeline_.time(completions.cycle(window.from));
    result.interval_s = elapsed.seconds() / static_cast<double>(window.intervals());
    result.window = since(snapshots[window.to], snapshots[window.from]);
    result.window.elapsed = elapsed;
    result.window_inferences = static_cast<int>(window.intervals());
  }

  static constexpr std::size_t longer = 100;                ///< factor on the patience while intervals are shorter than a steady state allows
  static constexpr std::int64_t unlimited = 1'000'000'000;  ///< inferences; no practical limit
  const ChipParameters& chip_parameters_;
  Clocks clocks_;
  const periphery::Timeline& timeline_ = clocks_.chip;
  ChipModule chip_;
};

/// Reports an overflow of simulated time to the user. The clocks throw it, directly or through the kernel, which turns exceptions into reports.
[[noreturn]] void time_ran_out(std::string_view what) {
  throw UserError(fmt::format("{}; choose faster clocks and shorter times (chip.clock, tile.adc.conversion_time, tile.program.iteration_time where "
                              "weights are reloaded) or a smaller network",
                              what),
                  ExitCode::does_not_fit);
}

SimulationResult simulate_in_time(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile,
                                  const SimulationOptions& options) {
  try {
    if (!program.phases.empty()) return PhasedRun(program, chip, tile, options).run();
    Run run(program, chip, tile);
    if (options.observer != nullptr) run.observe(*options.observer);
    if (options.functional != nullptr) run.compute_with(*options.functional, options.faults);
    return run.run(options);
  } catch (const std::overflow_error& error) {
    time_ran_out(error.what());
  } catch (const sc_core::sc_report& report) {
    const std::string_view message = report.get_msg();
    if (message.find("simulated time") != std::string_view::npos) time_ran_out(message);
    throw;
  }
}

}  // namespace

SimulationResult simulate(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const SimulationOptions& options) {
  static bool elaborated = false;  // mirrors the kernel's own state, which cannot be reset
  if (elaborated) throw std::logic_error("simulate() was called twice in one process; SystemC elaborates once");
  elaborated = true;
  if (options.inferences.value_or(options.patience) < 2) throw std::logic_error("simulate() needs at least two inferences back to back");
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  const auto begin = std::chrono::steady_clock::now();
  SimulationResult result = simulate_in_time(program, chip, tile, options);
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace mho::hw
