#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/random.h"
#include "tiles/device/conductances.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// Counts over the MVMs of one matrix. All are sums, so those of several threads can be added.
struct MvmStatistics {
  std::uint64_t vectors = 0;
  std::uint64_t inputs = 0, clipped_inputs = 0;
  std::uint64_t outputs = 0, clipped_outputs = 0;
  periphery::OutsideFormat partial_sums;  ///< before they are rounded
  float largest_output = 0;               ///< largest converted output as a share of the converters' bound; 0 without a bound
  /// Whether to sum up the power of the array. It takes time and needs measure_conductances().
  bool power = false;
  double pulses = 0;          ///< sum of driven levels: length of a pulse, height of an amplitude, number of bits that are set
  double driven_siemens = 0;  ///< sum over rows and MVMs of the row's conductances times its share of full-scale power over the integration
  MvmStatistics& operator+=(const MvmStatistics& other);
};

/// The end of step 11: adds the outputs of one tile to the sum over the tiles of the same outputs. Sums begin with zeros; tiles are added in the
/// order of the layout.
inline void add_contribution(std::span<const float> part, std::span<float> sum) {
  for (std::size_t i = 0; i < part.size(); ++i) sum[i] += part[i];
}

/// One weight matrix on its tiles, each copy separately: programmed once, then read at increasing times. `forward` is const and thread-safe.
/// The bits of an output row depend on that input row, its event and the matrix alone: not on batch, threads or SIMD width.
class AnalogMatrix {
 public:
  /// `weights` [outputs][inputs] row-major, `bias` [outputs] or empty, `input_ranges` one alpha per row part (empty: off).
  /// `exchange` by MatrixLayout::block: filled with target conductances, or measured ones in place of programming; empty: neither.
  /// Throws UserError naming the node for NaN or Inf in weights.
  AnalogMatrix(const TileParameters& parameters, const MatrixLayout& layout, std::span<const float> weights, std::span<const float> bias,
               std::span<const float> input_ranges, std::uint64_t seed, std::uint32_t programming, std::span<ConductanceExchange> exchange = {});
  ~AnalogMatrix();
  AnalogMatrix(AnalogMatrix&&) noexcept;
  AnalogMatrix& operator=(AnalogMatrix&&) noexcept;

  /// Drifts to `seconds` after programming, draws the accumulated read noise of this time, measures the drift compensation
  /// through the noisy path. Call once per time; `time_index`, below 2^31, keys the draws. With tile.upkeep.refresh devices are no older than that;
  /// with tile.upkeep.recalibrate the compensation was measured so long before.
  void set_time(double seconds, std::uint32_t time_index);

  /// Steps 1 to 11 for a batch: `x` [batch][inputs], `events` [batch], `y` [batch][outputs] overwritten.
  void forward(std::span<const float> x, std::span<const base::EventId> events, std::span<float> y, MvmStatistics* statistics = nullptr) const;

  /// What MatrixLayout::block(`block`) adds to forward() for one row: `x` [inputs of the block], `y` [outputs of the block] overwritten.
  void contribute(std::size_t block, std::span<const float> x, const base::EventId& event, std::span<float> y,
                  MvmStatistics* statistics = nullptr) const;

  /// For MvmStatistics::power: sums up the conductances of all devices by row. Call it again after set_time().
  void measure_conductances();
  /// Sum of the conductances of MatrixLayout::block(`block`) as last measured, in siemens.
  [[nodiscard]] double conductance_sum(std::size_t block) const;

  /// Counts of column scales that their format cannot represent.
  [[nodiscard]] periphery::OutsideFormat outside_scales() const;

  /// Drift compensation factor of each block of all copies at the current time.
  [[nodiscard]] std::vector<float> compensation() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The exact product with the same kernel and bias, float32, no nonideality: y = W x + b.
class FloatMatrix {
 public:
  FloatMatrix(int inputs, int outputs, std::span<const float> weights, std::span<const float> bias);
  void forward(std::span<const float> x, std::size_t batch, std::span<float> y) const;

 private:
  struct Packed;
  std::shared_ptr<const Packed> packed_;
  std::vector<float> bias_;
};

/// Sum of target conductances (both devices) in siemens of a block of `weights`, without programming anything; for energy estimates. `unit` is
/// that of scale_unit.
double target_conductance_sum(const TileParameters& parameters, const MatrixLayout& layout, const Block& block, std::span<const float> weights,
                              float unit);

/// The same by input of the block.
std::vector<double> target_row_conductances(const TileParameters& parameters, const MatrixLayout& layout, const Block& block,
                                            std::span<const float> weights, float unit);

}  // namespace mho::tiles
