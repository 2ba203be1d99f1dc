#pragma once

#include <cstdint>
#include <vector>

#include "workloads/graph/network.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// The window of a convolution or pooling over an input of shape `in`. Fails for other than one or two axes and lengths that are not legal.
[[nodiscard]] Window read_window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel);
/// A window over depth, height and width: one along the depth, as the height of planes of any width, and one over height and width.
struct VolumeWindow {
  Window depth, plane;
};
[[nodiscard]] VolumeWindow read_volume_window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel);
/// What such a window makes of the input; fails where it is larger than the padded input.
[[nodiscard]] Shape windowed_shape(const OnnxNode& node, const Window& window, const Shape& in, std::int64_t channels);

}  // namespace mho::workloads
