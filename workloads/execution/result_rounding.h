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

/// Rounds results to the format in which they are sent between blocks: a floating-point format, or integers with one scale for each tensor. `mho run`
/// and the functional simulation call the same function.
class ResultRounding {
 public:
  /// `scales`: full scales of integers, from calibrate(); must outlive this object. A tensor without an entry has full scale 1.
  ResultRounding(const periphery::NumberFormat& format, const ResultScales& scales) : format_(format), scales_(&scales) {}
  /// Rounds values of a tensor of `node` in place.
  void round(std::size_t node, RoundedTensor tensor, std::span<float> values) const;
  /// Rounds values of the network's input: operators that only move elements may make them results.
  void round_input(std::span<float> values) const;
  /// Counts the values that round() would clip or set to 0.
  [[nodiscard]] periphery::OutsideFormat outside(std::size_t node, RoundedTensor tensor, std::span<const float> values) const;
  [[nodiscard]] const periphery::NumberFormat& format() const { return format_; }
  /// Value of one integer step of the tensor; 0 for other formats.
  [[nodiscard]] float scale(std::size_t node, RoundedTensor tensor) const;

 private:
  [[nodiscard]] float step(float largest) const;
  periphery::NumberFormat format_;
  const ResultScales* scales_;
};

/// The rounding of digital.result_format; empty for float32. `tiled` must outlive it.
std::optional<ResultRounding> result_rounding(const TiledNetwork& tiled);

/// Records the largest magnitude of each tensor over samples. Tensors that only move elements of others share their scale. Not thread-safe.
class ResultScaleRecorder {
 public:
  explicit ResultScaleRecorder(const Network& network);
  /// Records values of a tensor of `node`.
  void see(std::size_t node, RoundedTensor tensor, std::span<const float> values);
  /// Records values of the network's input.
  void see_input(std::span<const float> values);
  void operator+=(const ResultScaleRecorder& other);
  /// The recorded scales. Tensors that share elements get the largest scale of their group.
  [[nodiscard]] ResultScales scales() const;

 private:
  const Network& network_;
  ResultScales seen_;
};

}  // namespace mho::workloads
