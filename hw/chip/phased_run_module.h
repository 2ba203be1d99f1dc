#pragma once

#include <memory>
#include <vector>

#include "hw/chip/chip_module.h"
#include "hw/chip/simulation.h"
#include "hw/program/phases.h"

namespace mho::hw {

class PhaseFunctional;
class PhaseObservers;

/// A program whose phases have the chip one after the other: one inference through all of them, then a batch. Each phase begins when the one before
/// is at rest, on an idle chip, so one batch takes as long as the next, but for what arbiters remember of it.
class PhasedRun {
 public:
  /// `program` has phases; all arguments outlive the run.
  PhasedRun(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const SimulationOptions& options);
  ~PhasedRun();
  PhasedRun(const PhasedRun&) = delete;
  PhasedRun& operator=(const PhasedRun&) = delete;
  SimulationResult run();

 private:
  struct Part {
    PhaseProgram phase;
    std::unique_ptr<ChipModule> chip;
    std::unique_ptr<PhaseFunctional> functional;
    std::int64_t allowed = 0;
    Activity before;
    std::vector<GateActivity> gates_before, gates_left;  ///< as it began for the last time, and as the last inference left it
  };
  /// Takes `inferences` through all phases; answers what happened in each.
  std::vector<Activity> pass(std::int64_t inferences);
  [[nodiscard]] std::vector<PacketFault> faults_of(const PhaseProgram& phase) const;
  [[nodiscard]] Activity sum(const std::vector<Activity>& of_phases) const;

  const Program& program_;
  const SimulationOptions& options_;
  Clocks clocks_;
  const periphery::Timeline& timeline_ = clocks_.chip;
  std::vector<Part> parts_;
  std::unique_ptr<PhaseObservers> observers_;
  std::int64_t left_ = 0;  ///< cycle in which the last inference left
};

}  // namespace mho::hw
