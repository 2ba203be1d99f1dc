#include "workloads/onnx/onnx_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace mho::workloads {
namespace {

/// Kernels, strides, dilations and paddings beyond this are no sensible layer; the bound keeps index arithmetic within 32 bits.
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

}  // namespace

Window read_window(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& kernel) {
  const std::size_t dimensions = kernel.size();
  if (in.size() != dimensions + 2 || dimensions < 1 || dimensions > 2) {
    node.fail(
        fmt::format("input shape {} with a kernel of {} axes; supported are 1-D (batch, channels, width) and 2-D (batch, channels, height, width)",
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
  Window result;
  result.ceil_mode = node.integer("ceil_mode", 0) != 0;
  result.count_include_pad = node.integer("count_include_pad", 0) != 0;
  for (std::size_t i = 0; i < dimensions; ++i) {
    const std::size_t axis = i + 2 - dimensions;  // 1-D operators use the width
    result.kernel[axis] = static_cast<int>(kernel[i]);
    result.stride[axis] = static_cast<int>(strides[i]);
    result.dilation[axis] = static_cast<int>(dilations[i]);
    if (automatic == "NOTSET") {
      result.pad_begin[axis] = static_cast<int>(pads[i]);
      result.pad_end[axis] = static_cast<int>(pads[dimensions + i]);
    } else if (automatic != "VALID") {
      const std::int64_t length = in[i + 2], outputs = (length + strides[i] - 1) / strides[i];
      const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - length);
      const std::int64_t begin = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
      result.pad_begin[axis] = static_cast<int>(begin);
      result.pad_end[axis] = static_cast<int>(total - begin);
    }
  }
  return result;
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
    // A window that would start beyond the input and its leading padding covers nothing.
    if (window.ceil_mode && (count - 1) * stride >= in[i] + begin) --count;
    out.push_back(count);
  }
  return out;
}

}  // namespace mho::workloads
