#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/random.h"
#include "tiles/device/conductances.h"
#include "tiles/device/device.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"
#include "tiles/product.h"

namespace mho::tiles {

/// The keys of the random draws of one block of one matrix.
struct BlockIdentity {
  std::uint64_t seed = 0;
  std::uint64_t node = 0;  ///< base::hash_name of the network node
  std::uint32_t block_row = 0;
  std::uint32_t block_column = 0;
  std::uint32_t programming = 0;
  std::uint32_t copy = 0;
  [[nodiscard]] base::StreamKey key(base::Purpose purpose, std::uint32_t slice, std::uint32_t sign, std::uint32_t time_index) const;
};

/// The cells of one slice of a block: programmed once, then read at increasing times. Its input is weights in [-1, 1]; its output is the weights that
/// the conductances represent at a time.
class CellArray {
 public:
  /// `weights` [inputs][outputs].
  /// `exchange` receives targets or supplies measured conductances. With `selected`, cells that this block does not hold() are disconnected.
  CellArray(const TileParameters& parameters, std::shared_ptr<const Device> device, const BlockIdentity& identity, int slice, int inputs, int outputs,
            std::span<const float> weights, ConductanceExchange* exchange, const Block* selected = nullptr);

  /// Reads every device at `seconds`; `time_index` keys the noise of this reading.
  void read(double seconds, std::uint32_t time_index);

  [[nodiscard]] const PackedWeights& weights() const { return weights_; }
  /// If the signs of weights are read separately: weights() are those of the positive devices, these are those of the negative devices.
  [[nodiscard]] const PackedWeights& negative_weights() const { return negative_weights_; }
  /// For training, which sets the weights of the cells in every step.
  [[nodiscard]] PackedWeights& held() { return weights_; }
  /// Adds the conductances of the devices of each input, read at `seconds` with the noise of `time_index`, to `siemens` [inputs].
  void add_row_conductances(double seconds, std::uint32_t time_index, std::span<double> siemens) const;
  /// Mean magnitude of the weights at the time of the last reading.
  [[nodiscard]] double mean_magnitude() const;
  /// The same right after programming, without the noise of a reading.
  [[nodiscard]] double programmed_magnitude() const;

 private:
  /// Devices of one sign of one pair, or the reference column: their state and stuck devices.
  struct Plane {
    float factor = 1;         ///< of its conductance in the weight
    std::uint32_t slice = 0;  ///< part of the keys of its draws
    std::uint32_t sign = 0;
    std::vector<float> first, second;
    float scale = 1;                                     ///< factor on the conductances read; not 1 if they were divided by it before ageing
    std::vector<std::pair<std::uint32_t, float>> stuck;  ///< device, conductance in uS
  };
  void program_pair(int pair, std::span<const float> weights, ConductanceExchange* exchange);
  Plane programmed(std::uint32_t pair, std::uint32_t sign, float factor, std::span<const float> targets, bool measured) const;
  /// Ageing::resplit_pairs: stores each weight of the two planes, relative to the largest, in one device; the other device becomes 0. Devices keep
  /// their drift exponents.
  void resplit(Plane& positive, Plane& other) const;
  /// Conductances of a plane; with `noise` of this reading, else the mean.
  void conductances(const Plane& plane, double seconds, const std::uint32_t* time_index, std::vector<float>& out) const;
  /// Converts shares of the range in [0, 1] to conductances in uS, rounded to the levels of the device if it has levels.
  void to_targets(std::span<float> shares) const;
  /// Adds the weights of the planes to `values` [inputs][outputs]; conductances are those seen through exact wires if the tile has them.
  void add_weights(std::span<const Plane> planes, double seconds, const std::uint32_t* time_index, std::vector<float>& values) const;
  void through_wires(std::vector<float>& conductances) const;

  TileParameters parameters_;
  std::shared_ptr<const Device> device_;
  BlockIdentity identity_;
  int slice_;
  int inputs_;
  int outputs_;
  std::vector<std::uint32_t> cut_off_;  ///< disconnected cells
  std::vector<Plane> planes_;
  PackedWeights weights_;
  PackedWeights negative_weights_;  ///< empty unless signs are read separately
};

/// Weights of one slice, and the factor of the slice: the sum over slices of factor * weights is the weight rounded to all bits (or the weight itself
/// if there is one slice).
struct SliceWeights {
  float factor = 1;
  std::vector<float> weights;
};
std::vector<SliceWeights> slice_weights(const WeightCoding& coding, std::span<const float> weights);

}  // namespace mho::tiles
