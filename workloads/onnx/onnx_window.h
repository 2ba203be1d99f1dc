#pragma once

#include <cstdint>
#include <vector>

#include "workloads/graph/network.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// The window of a convolution or pooling over an input of shape `in` ([batch][channels][spatial axes]). Throws UserError unless there are one or two
/// spatial axes with legal lengths.
[[nodiscard]] Window read_window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel);
/// A window over depth, height and width, split in two: one over the depth (stored as height, width 1) and one over height and width.
struct VolumeWindow {
  Window depth, plane;
};
/// The window of an operator over depth, height and width. Throws UserError for lengths that are not legal.
[[nodiscard]] VolumeWindow read_volume_window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel);
/// Shape of the output of a window: [batch][channels][spatial axes]. Throws UserError if the window is larger than the padded input.
[[nodiscard]] Shape windowed_shape(const OnnxNode& node, const Window& window, const Shape& in, std::int64_t channels);

}  // namespace mho::workloads
