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

/// The matrices of a network as one chip holds them: those on tiles programmed, the others exact. One programming is one trajectory through time.
class ProgrammedMatrices {
 public:
  /// `measured` by matrix, by block: conductances in place of programming; null: programmed. Throws UserError for weights that are not finite.
  ProgrammedMatrices(const TiledNetwork& tiled, std::uint64_t seed, std::uint32_t programming, int threads,
                     std::map<std::string, std::vector<tiles::ConductanceExchange>>* measured = nullptr);
  /// Ages all tiles to `seconds` after programming; `time_index` keys the draws. Times only grow.
  void set_time(double seconds, std::uint32_t time_index, int threads);
  /// For tiles::MvmStatistics::power, at the present time.
  void measure_conductances();
  /// Null: multiplied digitally.
  [[nodiscard]] const tiles::AnalogMatrix* on_tiles(std::size_t matrix) const { return analog_[matrix] ? &*analog_[matrix] : nullptr; }
  /// The exact product of a matrix that is not on tiles.
  [[nodiscard]] const tiles::FloatMatrix& exact(std::size_t matrix) const { return *exact_[matrix]; }

 private:
  std::vector<std::optional<tiles::AnalogMatrix>> analog_;
  std::vector<std::optional<tiles::FloatMatrix>> exact_;
};

/// Products with the programmed matrices and nothing else; both references must outlive it.
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
