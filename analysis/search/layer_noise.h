#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/reuse/work_cache.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

struct LayerNoiseOptions {
  std::uint64_t seed = 1;
  int threads = 1;
  std::size_t samples = 8;        ///< samples whose products are compared, from the first scored one on
  std::size_t rows = 128;         ///< largest number of products of each matrix
  std::size_t calibration = 128;  ///< samples that calibrate the input ranges, at most
};

/// Error that tiles add to the products of each matrix, without running the network on them: for each matrix, a few products with inputs from the
/// float network, compared with exact products. Results for a matrix with given tile settings are kept, so a design that changes one layer costs only
/// that layer.
class LayerNoise {
 public:
  /// Runs the float network once. `network` and `data` must outlive this object. Throws UserError for data that do not fit.
  LayerNoise(const workloads::Network& network, const workloads::DataDescription& data, LayerNoiseOptions options);

  /// [time][matrix]: power of the tiles' error over power of the exact products (1 / SNR); 0 for digital matrices, empty for matrices that no sample
  /// used. One programming instance, from the seed. Throws UserError as prepare().
  std::vector<std::vector<double>> of(const Design& design, std::span<const double> times_s);

  /// For each matrix: relative error power at the network's outputs per unit of noise of this matrix, when only this matrix is on the tiles of
  /// `design` at age `time_s`; mean of `programmings` instances. 1 for digital matrices, for matrices that no sample used, and if the tiles add no
  /// error.
  std::vector<double> gains(const Design& design, double time_s, int programmings);

  /// Wall time of the calls of of(), in seconds.
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
  std::size_t first_ = 0;  ///< first sample that is compared
  std::vector<Captured> captured_;
  std::vector<float> outputs_;  ///< outputs of the float network
  MemoryCache calibrations_;
  std::map<std::string, std::vector<double>> known_;  ///< by matrix, tile settings and times
  double seconds_ = 0;
};

}  // namespace mho::analysis
