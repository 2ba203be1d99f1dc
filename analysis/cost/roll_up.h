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

/// Costs of a network on a chip, per inference in steady state unless stated otherwise.
struct RollUp {
  std::vector<LayerEnergy> layers;  ///< as Program::layers
  std::vector<BlockEnergy> shared;  ///< energy without a layer: source, sink, network and leakage
  std::vector<BlockEnergy> blocks;  ///< by block, summed over layers and shared
  double energy_per_inference_j = 0;
  double single_shot_energy_j = 0;  ///< energy of one inference on an idle chip, with leakage over its latency
  double leakage_w = 0;             ///< mean of the whole chip in steady state
  double latency_s = 0;
  double interval_s = 0;
  double throughput_per_s = 0;
  double average_power_w = 0;
  std::vector<PartArea> areas;
  double area_m2 = 0;
  double tops_per_watt = 0;  ///< 10^12 operations per joule, 2 per multiply-accumulate on tiles; digital operations are not counted
  Efficiencies efficiencies;
  std::vector<ComponentCost> components;  ///< parts of energy, leakage and area
  std::vector<EventSum> events;           ///< per inference in steady state
  CostBands bands;
  CoreLoad bottleneck;
  std::optional<Gating> gating;  ///< in steady state; empty without power gating
};

/// Computes energy, leakage and area from the counted events and the costs of components. `macs`: multiply-accumulates on tiles per inference. Energy
/// in steady state = events of SimulationResult::steady over its inferences + leakage over one interval, minus the savings of power gates in the
/// window. `factors`: cache for the bands. Throws UserError (failed_check) if a result is not a positive finite number, a component has invalid
/// costs, an activity does not fit the program, energies of blocks, layers and total differ by more than 1e-9 of the total, or check_interval()
/// fails.
RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs,
               CostFactors* factors = nullptr);
/// The same with other components than those of hw::components.
RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs,
               const ComponentList& components, CostFactors* factors = nullptr);

}  // namespace mho::analysis
