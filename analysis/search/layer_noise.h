#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

struct LayerNoiseOptions {
  std::uint64_t seed = 1;
  int threads = 1;
  std::size_t samples = 8;        ///< whose products are compared, from the first that may be scored
  std::size_t rows = 128;         ///< at most so many products of each matrix
  std::size_t calibration = 128;  ///< samples that calibrate the input ranges, at most
};

/// What tiles add to the products of each matrix of a network, without running the network on them: matrix by matrix, a few products for inputs that
/// the float network has, over exact ones. What was found for a matrix on tiles with some settings is kept, so that designs that differ in the
/// settings of one layer cost that layer alone.
class LayerNoise {
 public:
  /// Runs the float network once. `network` and `data` must outlive this. Throws UserError for data that do not fit.
  LayerNoise(const workloads::Network& network, const workloads::DataDescription& data, LayerNoiseOptions options);

  /// [time][matrix]: power of what the tiles add over that of the exact products, the reciprocal of the signal-to-noise ratio; 0 of digital matrices,
  /// empty of those that no sample used. One programming, of the seed. Throws UserError as prepare().
  std::vector<std::vector<double>> of(const Design& design, std::span<const double> times_s);

  /// By matrix: power that the network's outputs lose, over that of the exact outputs, for each unit of noise of this matrix, when it alone is on the
  /// tiles of `design` at the age `time_s`: mean of `programmings`. 1 where nothing is added.
  std::vector<double> gains(const Design& design, double time_s, int programmings);

  /// Wall time of the calls of of() alone.
  [[nodiscard]] double seconds() const { return seconds_; }
  [[nodiscard]] const workloads::Network& network() const { return network_; }

 private:
  /// Products of one matrix with exact results.
  struct Captured {
    std::vector<float> x, y;
    std::size_t count = 0;
    double power = 0;
  };
  class Recorder;
  class OneOnTiles;
  void calibrate(const Design& design, workloads::TiledNetwork& tiled);
  [[nodiscard]] std::vector<double> noise_of(const workloads::TiledNetwork& tiled, std::size_t matrix, std::span<const double> times_s,
                                             int programming) const;
  [[nodiscard]] std::vector<float> samples() const;

  const workloads::Network& network_;
  const workloads::DataDescription& data_;
  LayerNoiseOptions options_;
  std::size_t first_ = 0;  ///< sample that is compared
  std::vector<Captured> captured_;
  std::vector<float> outputs_;                                       ///< of the float network
  std::map<std::string, workloads::InputCalibration> calibrations_;  ///< by what they depend on
  std::map<std::string, std::vector<double>> known_;                 ///< by matrix, its settings and times
  double seconds_ = 0;
};

}  // namespace mho::analysis
