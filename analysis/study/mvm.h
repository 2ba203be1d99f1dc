#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/study/matrix_file.h"

namespace mho::analysis {

struct MvmOptions {
  int repeats = 1;
  bool reprogram = false;  ///< each repeat is a programming instance of its own; else all read the same one
  double time_s = 1;       ///< seconds after programming
  std::uint64_t seed = 1;
  int threads = 1;  ///< does not change results
};

/// Products of `weights` [outputs][inputs] with `vectors` [batch][inputs] on tiles in the default layout; the weights are used as given. Calibrated
/// input ranges are the largest |x| of each row part. Calls `take` for each repeat in order with its outputs [batch][outputs]. Vector v of repeat r
/// is sample r * batch + v of the noise; with `reprogram`, r is also the programming instance. Throws UserError with code usage for more samples than
/// 32 bits count, and with code failed_check if an output is not finite.
void analog_products(const Design& design, const Matrix& weights, const Matrix& vectors, const MvmOptions& options,
                     const std::function<void(std::span<const float>)>& take);

/// The exact products [batch][outputs], computed by the kernel of the tiles.
std::vector<float> exact_products(const Matrix& weights, const Matrix& vectors);

/// Mean and standard deviation of each output over repeats (divisor n - 1), updated repeat by repeat.
class RepeatStatistics {
 public:
  explicit RepeatStatistics(std::size_t outputs) : mean_(outputs), squares_(outputs) {}
  void add(std::span<const float> outputs);
  [[nodiscard]] double mean(std::size_t output) const { return mean_[output]; }
  /// Needs at least two repeats.
  [[nodiscard]] double deviation(std::size_t output) const;

 private:
  std::uint64_t count_ = 0;
  std::vector<double> mean_, squares_;
};

}  // namespace mho::analysis
