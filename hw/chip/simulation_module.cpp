#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <systemc>
#include <utility>

#include "base/error.h"
#include "hw/chip/chip_module.h"
#include "hw/chip/drain_module.h"
#include "hw/chip/phased_run_module.h"
#include "hw/chip/simulation.h"

/// The SystemC library carries its own main and will not load without this symbol; the simulation is started by simulate() instead.
extern "C" int sc_main(int /*argc*/, char* /*argv*/[]) { return 0; }

namespace mho::hw {
namespace {

using base::ExitCode;
using base::UserError;

/// Cycles in which inferences left, and whether their spacing has converged.
class Completions {
 public:
  void add(std::int64_t cycle) { cycles_.push_back(cycle); }
  [[nodiscard]] int count() const { return static_cast<int>(cycles_.size()); }
  [[nodiscard]] std::int64_t last() const { return cycles_.back(); }

  /// The last four intervals agree within 1 %.
  [[nodiscard]] bool converged() const {
    if (cycles_.size() <= intervals) return false;
    std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
    std::int64_t longest = 0;
    for (std::size_t i = cycles_.size() - intervals; i < cycles_.size(); ++i) {
      shortest = std::min(shortest, cycles_[i] - cycles_[i - 1]);
      longest = std::max(longest, cycles_[i] - cycles_[i - 1]);
    }
    constexpr double agreement = 0.01;
    return static_cast<double>(longest - shortest) <= agreement * static_cast<double>(shortest);
  }
  /// First and last cycle of the last four intervals where they have converged, else of the second half of all, over which swings average out, or of
  /// `all` where each has its own length.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> window(bool all, std::size_t& counted) const {
    counted = converged() ? intervals : all ? cycles_.size() - 1 : std::min(std::max(intervals, cycles_.size() / 2), cycles_.size() - 1);
    return {cycles_[cycles_.size() - 1 - counted], cycles_.back()};
  }

 private:
  static constexpr std::size_t intervals = 4;
  std::vector<std::int64_t> cycles_;
};

class Run {
 public:
  Run(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile)
      : clocks_(chip), chip_("chip", clocks_, program, chip, tile) {}
  void compute_with(FunctionalInterface& functional, const std::vector<PacketFault>& faults) { chip_.compute_with(functional, faults); }

  void observe(Observer& observer) { chip_.observe(observer); }

  SimulationResult run(const SimulationOptions& options) {
    SimulationResult result;
    std::int64_t first = 0;
    std::vector<GateActivity> gates;  // as the latest inference left: they go on when it has
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
    Completions completions;
    std::vector<Activity> snapshots;  // as each inference leaves
    const std::int64_t most = 1 + options.maximum_inferences;
    chip_.when_inference_left([&](std::int64_t left) {
      gates = chip_.gates();
      if (options.one_at_a_time && !result.converged) chip_.allow_inferences(std::min(most, left + 1));
      if (result.converged) {
        completions.add(timeline_.now());
        return;
      }
      completions.add(timeline_.now());
      snapshots.push_back(chip_.activity_now());
      if (completions.count() < options.minimum_inferences || !completions.converged()) return;
      result.converged = true;
      chip_.allow_inferences(chip_.inferences_begun());  // finish what is on its way and stop
      measure(result, completions, snapshots);
    });
    drain(chip_, timeline_, options.one_at_a_time ? 2 : most);
    if (!result.converged) measure(result, completions, snapshots);
    result.steady = since(chip_.activity(), result.single);
    result.steady.gates = since(std::move(gates), gates_between);
    result.steady.elapsed = timeline_.time(completions.last()) - timeline_.time(start);
    result.steady_inferences = completions.count();
    result.cycles = timeline_.now();
    result.left.assign(chip_.left().begin(), chip_.left().end());
    return result;
  }

 private:
  /// One inference and nothing after it.
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

  /// What happened in the last intervals.
  void measure(SimulationResult& result, const Completions& completions, const std::vector<Activity>& snapshots) const {
    std::size_t counted = 0;
    const auto [from, to] = completions.window(snapshots.back().repeats(), counted);
    if (counted == 0) return;
    const base::SimTime elapsed = timeline_.time(to) - timeline_.time(from);
    result.interval_s = elapsed.seconds() / static_cast<double>(counted);
    result.window = since(snapshots.back(), snapshots[snapshots.size() - 1 - counted]);
    result.window.elapsed = elapsed;
    result.window_inferences = static_cast<int>(counted);
  }

  Clocks clocks_;
  const periphery::Timeline& timeline_ = clocks_.chip;
  ChipModule chip_;
};

/// Time does not wrap round: what the clocks throw reaches the user as such, also out of the kernel, which makes reports of exceptions.
[[noreturn]] void time_ran_out(std::string_view what) {
  throw UserError(fmt::format("{}; choose faster clocks and shorter times (chip.clock, tile.adc.conversion_time, tile.program.iteration_time where "
                              "weights are reloaded) or a smaller network",
                              what),
                  ExitCode::failed_check);
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
  if (options.minimum_inferences < 2 || options.maximum_inferences < options.minimum_inferences) {
    throw std::logic_error("simulate() needs at least two inferences, and a maximum not below the minimum");
  }
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  const auto begin = std::chrono::steady_clock::now();
  SimulationResult result = simulate_in_time(program, chip, tile, options);
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace mho::hw
