#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"
#include "tiles/product.h"

namespace mho::tiles {

struct MvmStatistics;

/// One block of a weight matrix on one tile: the state of its devices through time and the analog MVM, steps 1 to 10 and the scales of step 11.
class TileArray {
 public:
  /// `weights` is the whole matrix [outputs][matrix_inputs]; the block picks its part. `range` is alpha (1 where there is no range stage).
  TileArray(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float range, std::uint64_t seed,
            std::uint64_t node, std::uint32_t programming);

  void set_time(double seconds, std::uint32_t time_index);

  /// Adds the block's outputs, scaled and rounded to `partial` where that is asked for, to `y` [batch][y_stride], at the block's columns.
  /// `x` [batch][x_stride] is the whole matrix' input. Returns false if an input was not a finite number.
  [[nodiscard]] bool accumulate(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::span<float> y,
                                std::size_t y_stride, bool partial_sum, MvmStatistics* statistics) const;

  [[nodiscard]] double conductance_sum_siemens() const;
  [[nodiscard]] float compensation() const { return compensation_; }

 private:
  [[nodiscard]] base::StreamKey key(base::Purpose purpose, std::uint32_t sign, std::uint32_t time_index) const;
  void program();
  void read_devices(double seconds, std::uint32_t time_index);
  [[nodiscard]] double one_hot_reading(std::uint32_t time_index) const;
  /// Steps 1 to 3 for one row: interleaved kernel input; the norm of the row for constant read noise.
  bool convert_inputs(const float* x, const base::EventId& event, const base::Stream& noise, float* interleaved, float& norm_square,
                      MvmStatistics* statistics) const;
  /// Steps 5 to 10 for one row: `y` holds W x on entry and the converted outputs on return.
  void convert_outputs(std::span<float> y, const float* shaped, const float* load, const float* variance, float norm_square,
                       const base::EventId& event, const base::Stream& noise, std::span<float> normals, MvmStatistics* statistics) const;
  /// Kernel input and outputs of a batch, already range-scaled when `ranged`.
  bool convert(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::uint32_t time_index, std::vector<float>& y,
               MvmStatistics* statistics) const;

  TileParameters parameters_;
  Block block_;
  std::uint64_t seed_;
  std::uint64_t node_;
  std::uint32_t programming_;
  std::uint32_t time_index_ = 0;
  float range_;
  float compensation_ = 1.0F;
  double reference_reading_ = 0.0;
  ProductSelection selection_;
  std::vector<float> scales_;        ///< gamma by output
  std::vector<float> output_scale_;  ///< alpha * gamma * compensation
  std::vector<float> profile_;       ///< p of the IR drop by input
  /// By sign: [input * outputs + output].
  struct Devices {
    std::vector<float> target;      ///< uS
    std::vector<float> programmed;  ///< uS
    std::vector<float> exponent;    ///< nu
    double sum_us = 0;              ///< of the conductances at the current time
  };
  Devices devices_[2];
  PackedWeights weights_;
};

}  // namespace mho::tiles
