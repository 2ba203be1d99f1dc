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
  bool reprogram = false;  ///< every repeat is a programming of its own; else all read the same one
  double time_s = 1;       ///< after programming
  std::uint64_t seed = 1;
  int threads = 1;  ///< never changes a bit
};

/// Products of `weights` [outputs][inputs] with `vectors` [batch][inputs] on the tiles of the default layout, weights as they are. Calibrated input
/// ranges are the largest |x| that each row part sees. Calls `take` for every repeat in order with its outputs [batch][outputs]. Vector v of repeat r
/// is sample r * batch + v of the noise; with `reprogram`, r is also the programming. Throws UserError (usage) for more samples than 32 bits count.
void analog_products(const Design& design, const Matrix& weights, const Matrix& vectors, const MvmOptions& options,
                     const std::function<void(std::span<const float>)>& take);

/// The exact products [batch][outputs], by the kernel of the tiles.
std::vector<float> exact_products(const Matrix& weights, const Matrix& vectors);

/// Mean and standard deviation of every output over repeats (n - 1 in the divisor), taken one repeat at a time.
class RepeatStatistics {
 public:
  explicit RepeatStatistics(std::size_t outputs) : mean_(outputs), squares_(outputs) {}
  void add(std::span<const float> outputs);
  [[nodiscard]] double mean(std::size_t output) const { return mean_[output]; }
  /// Needs two repeats.
  [[nodiscard]] double deviation(std::size_t output) const;

 private:
  std::uint64_t count_ = 0;
  std::vector<double> mean_, squares_;
};

}  // namespace mho::analysis
