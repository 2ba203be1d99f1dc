#include "analysis/cost/roll_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "analysis/cost/failed_check.h"

namespace mho::analysis {

namespace {

void require_positive(double value, const char* name) {
  if (!(value > 0) || !std::isfinite(value)) fail_costs(fmt::format("{} is {}, not a positive number", name, value));
}

void check_inputs(const hw::SimulationResult& simulation, std::int64_t macs) {
  require_positive(simulation.latency.seconds(), "the latency");
  require_positive(simulation.interval_s, "the interval between inferences");
  require_positive(simulation.steady_inferences, "the number of inferences in steady state");
  require_positive(static_cast<double>(macs), "the number of multiply-accumulates on tiles");
}

void check_sums(const RollUp& result) {
  // Rounding errors of a few thousand additions are far below this. A larger difference is an event that is counted twice or lost.
  constexpr double tolerance = 1e-9;
  double blocks = 0;
  for (const auto& block : result.blocks) blocks += block.joule;
  double parts = 0;
  for (const auto& layer : result.layers) parts += layer.total_j;
  for (const auto& block : result.shared) parts += block.joule;
  const double whole = result.energy_per_inference_j;
  if (std::abs(blocks - whole) > tolerance * whole || std::abs(parts - whole) > tolerance * whole) {
    fail_costs(fmt::format("energy does not add up: total {} J, blocks {} J, layers and shared {} J", whole, blocks, parts));
  }
}

/// Computes a RollUp in steps; each step reads the results of the steps before it.
class Sums {
 public:
  Sums(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, const ComponentList& components,
       CostFactors* factors)
      : factors_(factors),
        design_(design),
        program_(program),
        simulation_(simulation),
        inventory_(design, program, components),
        rows_(inventory_),
        events_(inventory_, rows_, program),
        all_on_w_(inventory_.leakage().si()) {}

  RollUp of(std::int64_t macs) {
    result_.latency_s = simulation_.latency.seconds();
    result_.interval_s = simulation_.interval_s;
    result_.throughput_per_s = 1.0 / result_.interval_s;
    sum_leakage();
    sum_blocks();
    sum_single();
    sum_whole();
    result_.average_power_w = result_.energy_per_inference_j / result_.interval_s;
    constexpr double operations_per_mac = 2;  // one multiplication, one addition
    result_.tops_per_watt = operations_per_mac * static_cast<double>(macs) / result_.energy_per_inference_j / tera;
    sum_area();
    result_.efficiencies = efficiencies(design_, program_, inventory_,
                                        {.multiply_accumulates = static_cast<double>(macs),
                                         .interval_s = result_.interval_s,
                                         .event_joule = result_.energy_per_inference_j - leakage_j_,
                                         .leakage_w = result_.leakage_w,
                                         .all_leakage_w = all_on_w_,
                                         .square_metre = result_.area_m2});
    sum_components();
    find_load();
    return std::move(result_);
  }

 private:
  void sum_leakage() {
    result_.gating = gating(design_.chip, inventory_, simulation_.window, simulation_.window.elapsed.seconds(), simulation_.window_inferences);
    leakage_j_ = all_on_w_ * result_.interval_s - (result_.gating ? result_.gating->not_leaked_j : 0);
    result_.leakage_w = result_.gating ? leakage_j_ / result_.interval_s : all_on_w_;
  }

  void sum_blocks() {
    EnergySplit steady = events_.by_layer(simulation_.steady, 1.0 / static_cast<double>(simulation_.steady_inferences));
    steady.shared[rows_.row(leakage_block)] = leakage_j_;
    if (result_.gating) steady.shared[rows_.row(gating_block)] = result_.gating->switched_j;
    Joules blocks = steady.shared;
    for (const Joules& joules : steady.layers) {
      result_.layers.push_back({rows_.listed(joules, false), total(joules)});
      add(blocks, joules, 1.0);
    }
    result_.shared = rows_.listed(steady.shared, false);
    result_.blocks = rows_.listed(blocks, true);
  }

  /// Energy of one inference on an idle chip.
  void sum_single() {
    const std::optional<Gating> alone = gating(design_.chip, inventory_, simulation_.single, result_.latency_s, 1);
    const EnergySplit single = events_.by_layer(simulation_.single, 1.0);
    result_.single_shot_energy_j = total(single.shared) + all_on_w_ * result_.latency_s;
    if (alone) result_.single_shot_energy_j += alone->switched_j - alone->not_leaked_j;
    for (const Joules& joules : single.layers) result_.single_shot_energy_j += total(joules);
    require_positive(result_.single_shot_energy_j, "the energy of a single inference");
  }

  /// Energy of the whole chip, summed by kind of event. It is independent of the sums over blocks and layers, so check_sums() can compare them.
  void sum_whole() {
    result_.energy_per_inference_j =
        events_.of_chip(simulation_.steady) / static_cast<double>(simulation_.steady_inferences) + all_on_w_ * result_.interval_s;
    if (result_.gating) {
      result_.energy_per_inference_j -= saved_by_kind(design_.chip, inventory_, simulation_.window, simulation_.window_inferences);
    }
    require_positive(result_.energy_per_inference_j, "the energy per inference");
    check_sums(result_);
  }

  void sum_area() {
    result_.areas = inventory_.areas();
    for (const PartArea& part : result_.areas) result_.area_m2 += part.square_metre;
    require_positive(result_.area_m2, "the area");
  }

  void sum_components() {
    result_.components = inventory_.costs();
    for (ComponentCost& component : result_.components) {
      const auto block = std::ranges::find(result_.blocks, component.name, &BlockEnergy::block);
      if (block != result_.blocks.end()) component.joule = block->joule;
    }
    result_.events = events_.by_event(simulation_.steady, 1.0 / static_cast<double>(simulation_.steady_inferences));
    check_events();
    result_.bands = cost_bands(result_.components,
                               {.energy_j = result_.energy_per_inference_j,
                                .standing_j = leakage_j_,
                                .leakage_w = all_on_w_,
                                .interval_s = result_.interval_s,
                                .area_m2 = result_.area_m2,
                                .tops_per_watt = result_.tops_per_watt},
                               factors_);
  }

  void check_events() const {
    for (const ComponentCost& component : result_.components) {
      double joule = 0;
      for (const EventSum& sum : result_.events) joule += sum.component == component.name ? sum.joule : 0;
      constexpr double tolerance = 1e-9;
      if (std::abs(joule - component.joule) > tolerance * result_.energy_per_inference_j) {
        fail_costs(fmt::format("energy of {} does not add up: {} J, its events {} J", component.name, component.joule, joule));
      }
    }
  }

  void find_load() {
    result_.bottleneck = busiest_core(program_, design_.chip, simulation_.steady, simulation_.steady_inferences, result_.interval_s);
    // If products are repeated, the duration of an inference depends on its data, and there is no steady state.
    if (!simulation_.steady.repeats() && !simulation_.single_only)
      check_interval(program_, result_.bottleneck, result_.interval_s, simulation_.converged);
  }

  CostFactors* factors_;
  const Design& design_;
  const hw::Program& program_;
  const hw::SimulationResult& simulation_;
  Inventory inventory_;
  BlockRows rows_;
  EventEnergy events_;
  double all_on_w_;  ///< leakage with nothing gated
  double leakage_j_ = 0;
  RollUp result_;
};

}  // namespace

RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs, CostFactors* factors) {
  return roll_up(design, program, simulation, macs, components_of(design), factors);
}

RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs,
               const ComponentList& components, CostFactors* factors) {
  check_inputs(simulation, macs);
  return Sums(design, program, simulation, components, factors).of(macs);
}

}  // namespace mho::analysis
