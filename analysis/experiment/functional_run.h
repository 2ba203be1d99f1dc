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

/// Options of a functional simulation.
struct FunctionalOptions {
  /// Number of test samples: the first alone, the others back to back. At least 3; with reloaded weights 1 plus whole batches. Empty: 9, or 1 plus
  /// the fewest batches that hold 8, but no more than there are.
  std::optional<std::size_t> inferences;
  double time_s = 1;  ///< time since programming, in seconds
  std::vector<hw::PacketFault> faults{};
};

/// Test samples of a functional simulation.
struct FunctionalRequest {
  const workloads::Dataset* test = nullptr;
  std::size_t first = 0;  ///< first sample; those before it were used for calibration
  FunctionalOptions options;
  std::uint64_t seed = 1;
  int threads = 1;
};

/// Result of a functional simulation.
struct FunctionalResult {
  std::size_t inferences = 0;
  std::size_t outputs = 0;  ///< number of outputs compared with the accuracy path, all equal bit for bit
  double time_s = 0;
  std::uint32_t first_sample = 0;  ///< index in the test set
  /// Costs with the measured activity of the tiles for these samples: driven inputs, actual conductances, number of conversions.
  RollUp costs;
  double pulses = 0;                ///< levels driven, per inference
  double conversions = 0;           ///< per inference, repeated ones included
  double expected_conversions = 0;  ///< per inference, if none were repeated
};

/// Functional simulation of the test samples from `first` on. The matrices are programming instance 0, read at options.time_s, as at the first time
/// of an evaluation with the same seed. Network, mapping and request must outlive this object.
class FunctionalRun {
 public:
  FunctionalRun(const workloads::TiledNetwork& tiled, const mapper::Mapping& mapping, const FunctionalRequest& request);
  /// Options for hw::simulate.
  [[nodiscard]] hw::SimulationOptions simulation();
  /// Compares the outputs with workloads::Execution on the same matrices. Throws UserError with exit code failed_check, naming the first difference,
  /// if any bit differs.
  [[nodiscard]] FunctionalResult check(const hw::SimulationResult& result) const;
  /// Adds the costs of the tiles' measured activity to the result of check(). Throws as roll_up.
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
