#pragma once

#include <memory>
#include <vector>

#include "hw/chip/chip_module.h"
#include "hw/chip/simulation.h"
#include "hw/program/phases.h"

namespace mho::hw {

class PhaseFunctional;
class PhaseObservers;

/// A simulation of a program with phases: one inference through all phases, then one batch (with a functional: all requested batches). Each phase
/// begins on an idle chip once the previous phase has finished. So all batches take equally long, apart from the states of arbiters and from repeated
/// products.
class PhasedRun {
 public:
  /// `program` has phases. All arguments outlive the run.
  PhasedRun(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const SimulationOptions& options);
  ~PhasedRun();
  PhasedRun(const PhasedRun&) = delete;
  PhasedRun& operator=(const PhasedRun&) = delete;
  /// Throws std::logic_error if, with a functional, options.inferences is not a multiple of the batch; other errors as simulate().
  SimulationResult run();

 private:
  struct Part {
    PhaseProgram phase;
    std::unique_ptr<ChipModule> chip;
    std::unique_ptr<PhaseFunctional> functional;
    std::int64_t allowed = 0;
    Activity before;
    std::vector<GateActivity> gates_before, gates_left;  ///< at the start of the latest pass, and when its last inference left
  };
  /// Runs `inferences` through all phases. Returns the activity of each phase.
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
