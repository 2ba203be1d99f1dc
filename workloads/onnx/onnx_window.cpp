#include "workloads/onnx/onnx_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

namespace mho::workloads {
namespace {

/// Larger kernels, strides, dilations and paddings are refused. The bound keeps index arithmetic within 32 bits.
constexpr std::int64_t largest_window = 1 << 15;

std::vector<std::int64_t> lengths(const OnnxNode& node, const std::string& attribute, std::size_t count, std::int64_t otherwise, std::int64_t least) {
  std::vector<std::int64_t> result = node.integers(attribute);
  if (result.empty()) result.assign(count, otherwise);
  if (result.size() != count) node.fail(fmt::format("attribute '{}' has {} entries where {} are needed", attribute, result.size(), count));
  for (const std::int64_t length : result) {
    if (length < least || length > largest_window) {
      node.fail(fmt::format("attribute '{}' holds {}; {} to {} is legal", attribute, length, least, largest_window));
    }
  }
  return result;
}

/// One axis of a window.
struct AxisWindow {
  std::int64_t kernel = 1, stride = 1, dilation = 1, begin = 0, end = 0;
};

std::vector<AxisWindow> read_axes(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel) {
  const std::size_t dimensions = kernel.size();
  constexpr std::size_t most_dimensions = 3;
  if (in.size() != dimensions + 2 || dimensions < 1 || dimensions > most_dimensions) {
    node.fail(fmt::format(
        "input shape {} with a kernel of {} axes; supported are 1-D (batch, channels, width), 2-D (batch, channels, height, width) and 3-D (batch, "
        "channels, depth, height, width)",
        shape_text(in), dimensions));
  }
  for (const std::int64_t length : kernel) {
    if (length < 1 || length > largest_window) node.fail(fmt::format("kernel {}; lengths of 1 to {} are legal", shape_text(kernel), largest_window));
  }
  const auto strides = lengths(node, "strides", dimensions, 1, 1), dilations = lengths(node, "dilations", dimensions, 1, 1);
  const auto pads = lengths(node, "pads", 2 * dimensions, 0, 0);
  const std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic != "NOTSET" && automatic != "VALID" && automatic != "SAME_UPPER" && automatic != "SAME_LOWER") {
    node.fail(fmt::format("auto_pad '{}'; legal are NOTSET, VALID, SAME_UPPER and SAME_LOWER", automatic));
  }
  std::vector<AxisWindow> axes;
  for (std::size_t i = 0; i < dimensions; ++i) {
    AxisWindow axis{kernel[i], strides[i], dilations[i]};
    if (automatic == "NOTSET") {
      axis.begin = pads[i];
      axis.end = pads[dimensions + i];
    } else if (automatic != "VALID") {
      const std::int64_t length = in[i + 2], outputs = (length + strides[i] - 1) / strides[i];
      const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - length);
      axis.begin = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
      axis.end = total - axis.begin;
    }
    axes.push_back(axis);
  }
  return axes;
}

/// A window over the last axes: height and width, or width alone.
Window window_over(const OnnxNode& node, std::span<const AxisWindow> axes) {
  Window result;
  result.ceil_mode = node.integer("ceil_mode", 0) != 0;
  result.count_include_pad = node.integer("count_include_pad", 0) != 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = i + 2 - axes.size();  // 1-D operators use the width
    result.kernel[axis] = static_cast<int>(axes[i].kernel);
    result.stride[axis] = static_cast<int>(axes[i].stride);
    result.dilation[axis] = static_cast<int>(axes[i].dilation);
    result.pad_begin[axis] = static_cast<int>(axes[i].begin);
    result.pad_end[axis] = static_cast<int>(axes[i].end);
  }
  return result;
}

}  // namespace

Window read_window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel) {
  const std::vector<AxisWindow> axes = read_axes(node, in, kernel);
  if (axes.size() > 2) node.fail(fmt::format("a kernel of {} axes over an input of shape {} is not supported", axes.size(), shape_text(in)));
  return window_over(node, axes);
}

VolumeWindow read_volume_window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel) {
  const std::vector<AxisWindow> axes = read_axes(node, in, kernel);
  const AxisWindow one;
  const std::vector<AxisWindow> depth{axes.at(0), one};
  return {window_over(node, depth), window_over(node, std::span(axes).subspan(1))};
}

Shape windowed_shape(const OnnxNode& node, const Window& window, const Shape& in, std::int64_t channels) {
  Shape out{in[0], channels};
  for (std::size_t i = 2; i < in.size(); ++i) {
    const std::size_t axis = i + 2 - in.size();
    const std::int64_t begin = window.pad_begin[axis], stride = window.stride[axis];
    const std::int64_t extent = static_cast<std::int64_t>(window.kernel[axis] - 1) * window.dilation[axis] + 1;
    const std::int64_t room = in[i] + begin + window.pad_end[axis] - extent;
    if (room < 0) {
      node.fail(fmt::format("its window of {} (with dilation) is larger than its padded input of {} (input shape {})", extent,
                            in[i] + begin + window.pad_end[axis], shape_text(in)));
    }
    std::int64_t count = (room + (window.ceil_mode ? stride - 1 : 0)) / stride + 1;
    // A window that starts beyond the input and its leading padding covers no element and is dropped.
    if (window.ceil_mode && (count - 1) * stride >= in[i] + begin) --count;
    out.push_back(count);
  }
  return out;
}

}  // namespace mho::workloads
