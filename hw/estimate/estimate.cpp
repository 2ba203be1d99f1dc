#include "hw/estimate/estimate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "hw/chip/steady_window.h"
#include "hw/estimate/expected_activity.h"
#include "hw/estimate/timed_execution.h"

namespace mho::hw {

namespace {

void check_known(const Program& program, const ChipParameters& chip) {
  const auto refuse = [](const char* what) {
    throw base::UserError(std::string("an estimate does not know ") + what + "; simulate it instead (mho simulate without --fidelity estimate)",
                          base::ExitCode::usage);
  };
  if (!program.phases.empty()) refuse("weights that are programmed in turn (mapper.weights: reloaded)");
  if (chip.core_gating.on || chip.noc.gating.on) refuse("power gating (chip.power_gating, noc.power_gating)");
  if (chip.noc.multicast) refuse("packets to several receivers (noc.multicast: tree)");
}

class Estimate {
 public:
  Estimate(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile)
      : program_(program),
        chip_(chip),
        tile_(tile),
        bound_s_(least_interval_s(program, chip, tile)),
        run_(std::in_place, program, chip, tile, bound_s_) {}

  SimulationResult of(const EstimateOptions& options) {
    SimulationResult result;
    run_->tell_work(options.hears_work);
    run_->allow_inferences(1);
    if (!run_->next_inference()) stand_still();
    result.latency = base::SimTime::from_femtoseconds(run_->now());
    run_->finish();
    run_->tell_work({});
    result.single = activity(0, 1);
    result.single.elapsed = result.latency;
    const double least = busiest_cycles(result.single, chip_);
    if (options.single_only) {
      alone(result);
    } else if (options.one_at_a_time) {
      steady(result, options, 0);
    } else if (!two_at_bound(result, least)) {
      run_.emplace(program_, chip_, tile_, bound_s_);
      steady(result, options, least);
    }
    result.cycles = cycle_of(run_->now());
    return result;
  }

 private:
  static constexpr std::int64_t unlimited = 1'000'000'000;

  /// Completes the result of a single inference.
  static void alone(SimulationResult& result) {
    result.single_only = result.converged = true;
    result.steady = result.window = result.single;
    result.steady_inferences = result.window_inferences = 1;
    result.interval_s = result.latency.seconds();
  }

  /// Whether a unit of a single stage works for `least` cycles of chip.clock, the lower bound of the interval. Such a unit works without a break once
  /// it has started. A link or a unit of several stages may wait in the next inference, if its inputs arrive in bursts.
  [[nodiscard]] bool sole_unit_binds(const Activity& single, double least) const {
    return least > 0 && std::ranges::any_of(single.units, [&](const UnitActivity& unit) {
             const double seconds = static_cast<double>(unit.worked_cycles) / chip_.clock_of(chip_.kind(unit.node)).si();
             return unit.stages.size() == 1 && seconds * chip_.clock.si() >= least;
           });
  }

  /// Whether one interval equals the lower bound; it is then the result. Applies only if few inferences are under way at a time: then two inferences
  /// represent all others.
  bool two_at_bound(SimulationResult& result, double least) {
    constexpr double few = 3;
    if (!sole_unit_binds(result.single, least) || static_cast<double>(cycle_of(run_->now())) > few * least) return false;
    const std::int64_t start = run_->now();
    SteadyWindow completions(least);
    run_->allow_inferences(3);
    for (int i = 0; i < 2; ++i) {
      if (!run_->next_inference()) stand_still();
      completions.add(cycle_of(run_->now()), true);
    }
    if (!equals(completions.cycle(1) - completions.cycle(0), least)) return false;
    describe(result, completions, {.from = 0, .to = 1, .settled = true}, least, start, 1);
    return true;
  }

  /// Runs inferences until their interval is known, or the patience ends.
  void steady(SimulationResult& result, const EstimateOptions& options, double least) {
    // With one inference at a time, the first one has left already.
    const std::int64_t start = run_->now(), before = run_->left();
    SteadyWindow completions(least);
    run_->allow_inferences(options.one_at_a_time ? before + 1 : unlimited);
    const bool binds = sole_unit_binds(result.single, least);
    bool done = false, at_bound = false;
    while (!done) {
      if (!run_->next_inference()) stand_still();
      completions.add(cycle_of(run_->now()), true);
      if (options.one_at_a_time) run_->allow_inferences(run_->left() + 1);
      const std::size_t last = completions.count() - 1;
      at_bound = binds && last > 0 && equals(completions.cycle(last) - completions.cycle(last - 1), least);
      done = at_bound || completions.find().settled || halves_agree(completions) || completions.count() >= static_cast<std::size_t>(options.patience);
    }
    SteadyWindow::Window window = completions.find();
    if (!window.settled && halves_agree(completions)) window = {.from = 0, .to = completions.count() - 1, .settled = true};
    if (at_bound) window = {.from = completions.count() - 2, .to = completions.count() - 1, .settled = true};
    describe(result, completions, window, least, start, before);
  }

  /// `before`: inferences that left before those of `completions`.
  void describe(SimulationResult& result, const SteadyWindow& completions, SteadyWindow::Window window, double least, std::int64_t start,
                std::int64_t before) const {
    const auto inferences = static_cast<std::int64_t>(completions.count());
    result.converged = window.settled;
    const double cycles =
        static_cast<double>(completions.cycle(window.to) - completions.cycle(window.from)) / static_cast<double>(window.intervals());
    // No interval is shorter than the load of the busiest unit or link.
    result.interval_s = std::max(cycles, least) / chip_.clock.si();
    result.window = activity(before + static_cast<std::int64_t>(window.from) + 1, before + static_cast<std::int64_t>(window.to) + 1);
    result.window.elapsed =
        base::SimTime::from_femtoseconds(std::llround(result.interval_s * static_cast<double>(window.intervals()) * femtoseconds_per_second));
    result.window_inferences = static_cast<int>(window.intervals());
    result.steady = activity(before, before + inferences);
    result.steady.elapsed = base::SimTime::from_femtoseconds(run_->now() - start);
    result.steady_inferences = static_cast<int>(inferences);
  }

  [[nodiscard]] static bool equals(std::int64_t cycles, double least) {
    constexpr double close = 1e-3;
    return std::abs(static_cast<double>(cycles) - least) <= std::max(1.0, close * least);
  }

  /// Whether both halves have the same mean interval. Intervals that vary permanently, for example with full links, have a mean too.
  [[nodiscard]] static bool halves_agree(const SteadyWindow& completions) {
    constexpr std::size_t least = 3;  // intervals of a half
    constexpr double agreement = 0.01;
    const std::size_t last = completions.count() - 1, half = last / 2;
    if (half < least) return false;
    const std::int64_t before = completions.cycle(last - half) - completions.cycle(last - 2 * half),
                       after = completions.cycle(last) - completions.cycle(last - half);
    return std::abs(static_cast<double>(after - before)) <= agreement * static_cast<double>(before);
  }

  [[nodiscard]] std::int64_t cycle_of(std::int64_t time) const {
    return static_cast<std::int64_t>(std::floor(static_cast<double>(time) / femtoseconds_per_second * chip_.clock.si() + 0.5));
  }

  /// Events and waits of the inferences from `first` up to `end`.
  [[nodiscard]] Activity activity(std::int64_t first, std::int64_t end) const {
    TimedExecution::Waits waits = run_->waits(first, end);
    Activity all = expected_activity(program_, chip_, tile_, run_->network(), end - first, waits.credits);
    for (std::size_t s = 0; s < all.stages.size(); ++s) {
      all.stages[s].waiting_input_cycles = waits.stages[s].waiting_input_cycles;
      all.stages[s].waiting_output_cycles = waits.stages[s].waiting_output_cycles;
    }
    all.edges = std::move(waits.edges);
    return all;
  }

  [[noreturn]] static void stand_still() {
    throw base::UserError("the estimate came to a standstill; the simulation says what waits for what (mho simulate without --fidelity estimate)",
                          base::ExitCode::failed_check);
  }

  const Program& program_;
  const ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  double bound_s_;
  std::optional<TimedExecution> run_;
};

}  // namespace

double least_interval_s(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile) {
  const std::vector<std::uint64_t> no_credits(program.edges.size(), 0);
  return busiest_cycles(expected_activity(program, chip, tile, TimedNetwork(program, chip), 1, no_credits), chip) / chip.clock.si();
}

SimulationResult estimate(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const EstimateOptions& options) {
  check_known(program, chip);
  const auto begin = std::chrono::steady_clock::now();
  SimulationResult result = Estimate(program, chip, tile).of(options);
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace mho::hw
