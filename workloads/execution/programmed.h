#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tiles/analog_matrix.h"
#include "tiles/layer_tiles.h"
#include "workloads/execution/execution.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// The matrices of a network in one programming instance: those on tiles are programmed, the others exact. An instance ages along one trajectory
/// through time.
class ProgrammedMatrices {
 public:
  /// `measured`: conductances instead of programming, by matrix name and block; null: programmed. Throws UserError for weights that are not finite.
  ProgrammedMatrices(const TiledNetwork& tiled, std::uint64_t seed, std::uint32_t programming, int threads,
                     std::map<std::string, std::vector<tiles::ConductanceExchange>>* measured = nullptr);
  /// Ages all tiles to `seconds` after programming; `time_index` keys the draws. Times must not decrease.
  void set_time(double seconds, std::uint32_t time_index, int threads);
  /// Sums conductances at the present time, for tiles::MvmStatistics::power.
  void measure_conductances();
  /// The matrix on tiles; null: multiplied digitally.
  [[nodiscard]] const tiles::AnalogMatrix* on_tiles(std::size_t matrix) const { return analog_[matrix] ? &*analog_[matrix] : nullptr; }
  /// The exact product of a matrix that is not on tiles.
  [[nodiscard]] const tiles::FloatMatrix& exact(std::size_t matrix) const { return *exact_[matrix]; }

 private:
  std::vector<std::optional<tiles::AnalogMatrix>> analog_;
  std::vector<std::optional<tiles::FloatMatrix>> exact_;
};

/// Products with the programmed matrices, without statistics. Both references must outlive it.
class ProgrammedProducts : public Products {
 public:
  ProgrammedProducts(const Network& network, const ProgrammedMatrices& matrices) : network_(network), matrices_(matrices) {}
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int group, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override;

 private:
  const Network& network_;
  const ProgrammedMatrices& matrices_;
};

}  // namespace mho::workloads
