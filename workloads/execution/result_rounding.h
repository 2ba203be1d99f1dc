#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "periphery/digital/number_format.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// How results travel between blocks: in a floating-point format, or as integers with one scale for each tensor. The accuracy path and the chip that
/// computes call the same function.
class ResultRounding {
 public:
  /// `scales` are those of integers, as calibrate() found them, and must outlive it; without those of a tensor full scale is 1.
  ResultRounding(const periphery::NumberFormat& format, const ResultScales& scales) : format_(format), scales_(&scales) {}
  void round(std::size_t node, RoundedTensor tensor, std::span<float> values) const;
  /// Rounds values of the network's input. Operators that only move elements pass it on as a result.
  void round_input(std::span<float> values) const;
  /// What round would do.
  [[nodiscard]] periphery::OutsideFormat outside(std::size_t node, RoundedTensor tensor, std::span<const float> values) const;
  [[nodiscard]] const periphery::NumberFormat& format() const { return format_; }
  /// Value of one step of the tensor's integers; 0 for other formats.
  [[nodiscard]] float scale(std::size_t node, RoundedTensor tensor) const;

 private:
  [[nodiscard]] float step(float largest) const;
  periphery::NumberFormat format_;
  const ResultScales* scales_;
};

/// Empty: float32, nothing is rounded. `tiled` must outlive it.
std::optional<ResultRounding> result_rounding(const TiledNetwork& tiled);

/// Largest magnitudes as samples come by; tensors that are made of others' elements alone share theirs. For one thread.
class ResultScaleRecorder {
 public:
  explicit ResultScaleRecorder(const Network& network);
  void see(std::size_t node, RoundedTensor tensor, std::span<const float> values);
  void see_input(std::span<const float> values);
  void operator+=(const ResultScaleRecorder& other);
  /// With the magnitudes of tensors that share theirs made equal.
  [[nodiscard]] ResultScales scales() const;

 private:
  const Network& network_;
  ResultScales seen_;
};

}  // namespace mho::workloads
