#pragma once

#include <cstdint>
#include <span>

#include "workloads/network.h"

namespace mho::workloads {

/// The input vectors of an analog node and where its output vectors go, position by position. One sample at a time; positions as in
/// Network::positions, row-major over the output's plane.
class Rows {
 public:
  Rows(const Network& network, const Node& node);
  [[nodiscard]] int inputs() const { return inputs_; }
  [[nodiscard]] int outputs() const { return outputs_; }
  [[nodiscard]] std::int64_t positions() const { return positions_; }
  /// Writes the input vector of `position` (a convolution's in channel, kernel y, kernel x order, zeros for padding) to `row` [inputs].
  void gather(std::span<const float> sample, std::int64_t position, float* row) const;
  /// Puts the output vector `row` [outputs] of `position` where the output tensor of one sample wants it.
  void scatter(const float* row, std::int64_t position, std::span<float> sample) const;

 private:
  void gather_window(std::span<const float> sample, std::int64_t position, float* row) const;

  bool convolution_ = false;
  Window window_;
  int inputs_ = 0;
  int outputs_ = 0;
  std::int64_t positions_ = 0;
  int channels_ = 0, height_ = 1, width_ = 1;  // convolution input
  int output_width_ = 1;
  std::int64_t inner_ = 1;  // elements between neighbours along the axis that is summed
};

}  // namespace mho::workloads
