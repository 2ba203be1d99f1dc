#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/cost/bands.h"
#include "analysis/cost/core_load.h"
#include "analysis/cost/efficiency.h"
#include "analysis/cost/energy.h"
#include "analysis/cost/gating.h"
#include "analysis/cost/inventory.h"
#include "analysis/design/design.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// Costs of one inference. `total` figures are per inference in steady state unless they say single.
struct RollUp {
  std::vector<LayerEnergy> layers;  ///< as Program::layers
  std::vector<BlockEnergy> shared;  ///< source, sink, network and leakage: what no layer owns
  std::vector<BlockEnergy> blocks;  ///< every block once, summed over layers and shared
  double energy_per_inference_j = 0;
  double single_shot_energy_j = 0;  ///< one inference on an idle chip, leakage over its latency
  double leakage_w = 0;             ///< of the whole chip, mean in steady state
  double latency_s = 0;
  double interval_s = 0;
  double throughput_per_s = 0;
  double average_power_w = 0;
  std::vector<PartArea> areas;
  double area_m2 = 0;
  double tops_per_watt = 0;  ///< 2 * (multiply-accumulates on tiles) per joule, in 10^12; digital operations are not counted
  Efficiencies efficiencies;
  std::vector<ComponentCost> components;  ///< what makes up energy, leakage and area
  std::vector<EventSum> events;           ///< per inference in steady state
  CostBands bands;
  CoreLoad bottleneck;
  std::optional<Gating> gating;  ///< in steady state, where units are power gated
};

/// Multiplies counted events, area and leakage by what each component states. `macs`: multiply-accumulates on tiles per inference. Energy in steady
/// state = events of the back-to-back phase over its inferences + leakage over one interval, with power gating of what was on in the window of steady
/// state. Throws UserError (failed_check) when a result is not a positive finite number, a component states costs that are no numbers, an activity
/// does not belong to the program, or the energies of blocks, layers and total do not add up to 1e-9.
/// `factors`: of the bands, kept for the next chip.
RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs,
               CostFactors* factors = nullptr);
/// The same of other components than those of hw::components.
RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs,
               const ComponentList& components, CostFactors* factors = nullptr);

}  // namespace mho::analysis
