#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cost/roll_up.h"
#include "analysis/design/design.h"
#include "hw/chip/simulation.h"
#include "mapper/functional/functional_chip.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// What a chip that computes is to compute.
struct FunctionalOptions {
  /// Test samples: one alone, the others back to back; at least 3, and where weights are reloaded one and whole batches. Empty: nine, or one and the
  /// fewest batches that make as many, but no more than there are.
  std::optional<std::size_t> inferences;
  double time_s = 1;  ///< since programming
  std::vector<hw::PacketFault> faults{};
};

/// Test samples for a chip that computes.
struct FunctionalRequest {
  const workloads::Dataset* test = nullptr;
  std::size_t first = 0;  ///< the samples before it have calibrated
  FunctionalOptions options;
  std::uint64_t seed = 1;
  int threads = 1;
};

/// What a chip that computed found.
struct FunctionalResult {
  std::size_t inferences = 0;
  std::size_t outputs = 0;  ///< compared with the accuracy path, all equal bit for bit
  double time_s = 0;
  std::uint32_t first_sample = 0;  ///< index in the test set
  /// Costs with what the tiles did for these samples: inputs as they were driven, conductances as they were, conversions as often as they took place.
  RollUp costs;
  double pulses = 0;                ///< levels that drivers gave, per inference
  double conversions = 0;           ///< per inference, repeated ones included
  double expected_conversions = 0;  ///< per inference, if none were repeated
};

/// A chip that computes the test samples from `first` on with matrices of its own, programmed as number 0 and read at options.time_s, as the first
/// time of an evaluation of the same seed would be. Network, mapping and request must outlive it.
class FunctionalRun {
 public:
  FunctionalRun(const workloads::TiledNetwork& tiled, const mapper::Mapping& mapping, const FunctionalRequest& request);
  /// What the simulation takes.
  [[nodiscard]] hw::SimulationOptions simulation();
  /// Throws UserError (failed_check) where an output differs from that of workloads::Execution on the same matrices in any bit, naming the first.
  [[nodiscard]] FunctionalResult check(const hw::SimulationResult& result) const;
  /// Adds the costs of what the tiles consumed to what check() found. Throws as roll_up does.
  void measure(const Design& design, const hw::Program& program, const hw::SimulationResult& result, std::int64_t macs,
               FunctionalResult& functional) const;

 private:
  [[nodiscard]] std::vector<float> wanted(const mapper::ChipSample& sample) const;
  const workloads::TiledNetwork& tiled_;
  FunctionalOptions options_;
  workloads::ProgrammedMatrices matrices_;
  std::vector<mapper::ChipSample> samples_;
  mapper::FunctionalChip chip_;
};

}  // namespace mho::analysis
