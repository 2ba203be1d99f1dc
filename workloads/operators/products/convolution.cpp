// A transposed convolution is a product of every input position with the kernel, followed by a digital sum of the overlapping results.
#include "workloads/operators/products/convolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "workloads/graph/initializer_source.h"
#include "workloads/onnx/onnx_window.h"
#include "workloads/operators/elements/binary.h"
#include "workloads/operators/products/matrix_products.h"
#include "workloads/operators/shapes/movement.h"
#include "workloads/operators/shapes/picking.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

/// All axes but the first: the product sums over channels, and windows move over planes.
std::vector<std::int64_t> all_but_frames(const Network& network, const Node& node, std::size_t /*input*/) {
  std::vector<std::int64_t> axes(network.values[static_cast<std::size_t>(node.inputs[0])].shape.size() - 1);
  std::iota(axes.begin(), axes.end(), 1);
  return axes;
}

/// y[c][i s + k d - pad] += x[c, k][i] over height and width.
void overlap_add(const Operands& operands, std::span<float> y) {
  const Window& window = operands.node.as<OverlapAdd>().window;
  const Shape &in = operands.shape(0), &out = operands.output_shape();
  const bool plane = in.size() == 4;
  const std::int64_t height = plane ? in[2] : 1, width = in.back(), out_height = plane ? out[2] : 1, out_width = out.back();
  std::fill(y.begin(), y.end(), 0.0F);
  const float* from = operands.inputs[0].data();
  for (std::int64_t c = 0; c < out[1]; ++c) {
    float* to = y.data() + c * out_height * out_width;
    for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
      for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
        for (std::int64_t i = 0; i < height * width; ++i, ++from) {
          const std::int64_t oy = i / width * window.stride[0] + ky * window.dilation[0] - window.pad_begin[0];
          const std::int64_t ox = i % width * window.stride[1] + kx * window.dilation[1] - window.pad_begin[1];
          if (oy >= 0 && oy < out_height && ox >= 0 && ox < out_width) to[oy * out_width + ox] += *from;
        }
      }
    }
  }
}

void check_groups(const OnnxNode& node, const Shape& in, const Shape& kernel, std::int64_t groups) {
  const std::int64_t outputs = kernel[0], channels = kernel[1];
  const bool divides = groups >= 1 && outputs >= 1 && groups <= outputs && outputs % groups == 0;
  if (divides && channels >= 1 && in[1] / groups == channels && in[1] % groups == 0) return;
  node.fail(fmt::format(
      "input shape {}, kernel shape {} and group {} do not fit: channels must be group times the kernel's second axis, and outputs a multiple "
      "of group",
      shape_text(in), shape_text(kernel), groups));
}

/// Lengths of the kernel along the axes of the window.
std::vector<std::int64_t> kernel_extent(const OnnxNode& node, const Shape& kernel) {
  std::vector<std::int64_t> extent(kernel.begin() + 2, kernel.end());
  if (node.has("kernel_shape") && node.integers("kernel_shape") != extent) {
    node.fail(fmt::format("attribute 'kernel_shape' {} disagrees with its kernel of shape {}", shape_text(node.integers("kernel_shape")),
                          shape_text(kernel)));
  }
  return extent;
}

constexpr std::size_t axes_of_volume = 5;

/// A convolution node without window and input: sets matrix and bias and checks the attributes.
Node convolution_node(OnnxBuilder& graph, const OnnxNode& node, int x, const Window& window) {
  const ValueInfo& kernel = graph.weights(node, 1, "its kernel");
  const std::int64_t groups = node.integer("group", 1), outputs = kernel.shape[0];
  const auto run = static_cast<std::size_t>(element_count(kernel.shape) / outputs);
  const std::int64_t inputs = static_cast<std::int64_t>(run) * groups;
  const auto fill = [=](auto& weights, const auto& from) {
    for (std::size_t o = 0; o < static_cast<std::size_t>(outputs); ++o) {
      const std::size_t group = o / static_cast<std::size_t>(outputs / groups);
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(o * run), run,
                  weights.begin() + static_cast<std::ptrdiff_t>(o * static_cast<std::size_t>(inputs) + group * run));
    }
  };
  const std::string key = fmt::format("conv {} {}", graph.input(node, 1), groups);
  Node conv = node_of(node, convolution_operator, Convolution{window}, {x});
  conv.matrices = {graph.shared_matrix(node, node.name(), key, {inputs, outputs, groups}, graph.input(node, 1), fill)};
  if (graph.has_input(node, 2)) {
    const ValueInfo& bias = graph.constant(node, 2, "its bias");
    if (element_count(bias.shape) != outputs) node.fail(fmt::format("bias of shape {} for {} outputs", shape_text(bias.shape), outputs));
    graph.check_trained(node, graph.input(node, 2), "its bias");
    conv.bias = bias.data;
    conv.bias_origin = bias.origin;
  }
  return conv;
}

void check_single(const OnnxNode& node, const Shape& volumes) {
  if (volumes[0] != 1) node.fail(fmt::format("several volumes of one sample, along axis 0 of shape {}, are not supported", shape_text(volumes)));
}

/// Convolution of volumes: one convolution over planes for each depth of the output, with a common matrix. Its channels are the channels of all
/// planes under the kernel.
void convolve_volume(OnnxBuilder& graph, const OnnxNode& node, int x, const std::vector<std::int64_t>& extent) {
  const Shape in = graph.value(x).shape;
  check_single(node, in);
  const auto [depth, plane] = read_volume_window(node, in, extent);
  const std::int64_t outputs = graph.weights(node, 1, "its kernel").shape[0];
  const std::int64_t depths = windowed_shape(node, depth, {1, 1, in[2], 1}, 1)[2];
  const Shape planes = windowed_shape(node, plane, {1, 1, in[3], in[4]}, outputs);
  int step = 1;
  if (depth.pad_begin[0] != 0 || depth.pad_end[0] != 0) {
    Shape padded = in;
    padded[2] += depth.pad_begin[0] + depth.pad_end[0];
    Padding pads{std::vector<std::int64_t>(2 * axes_of_volume, 0), 0.0F};
    pads.pads[2] = depth.pad_begin[0];
    pads.pads[axes_of_volume + 2] = depth.pad_end[0];
    x = graph.add_step(node, node_of(node, pad_operator, std::move(pads), {x}), std::move(padded), step);
  }
  std::vector<int> made;
  for (std::int64_t at = 0; at < depths; ++at) {
    std::vector<std::int64_t> under(static_cast<std::size_t>(depth.kernel[0]), at * depth.stride[0]);
    for (std::size_t tap = 0; tap < under.size(); ++tap) under[tap] += static_cast<std::int64_t>(tap) * depth.dilation[0];
    const int slices = take_step(graph, node, x, 2, std::move(under), step);
    const int channels = reshape_step(graph, node, slices, {1, in[1] * extent[0], in[3], in[4]}, step);
    Node conv = convolution_node(graph, node, channels, plane);
    conv.name = fmt::format("{}.depth{}", node.name(), at);
    const std::string name = conv.name;
    const int one = graph.append(node, std::move(conv), planes, name);
    made.push_back(reshape_step(graph, node, one, {1, outputs, 1, planes[2], planes[3]}, step));
  }
  if (made.size() == 1) return conclude(graph, node, made[0]);
  graph.add(node, node_of(node, concatenation_operator, Concatenation{2}, std::move(made)), {1, outputs, depths, planes[2], planes[3]});
}

void import_conv(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const ValueInfo& kernel = graph.weights(node, 1, "its kernel");
  if (graph.value(x).constant) node.fail("its input is constant; only a trained kernel over activations is supported");
  if (kernel.shape.size() < 3 || kernel.shape.size() != in.size()) {
    node.fail(fmt::format("input shape {} and kernel shape {} do not fit; supported are 1-D, 2-D and 3-D convolutions", shape_text(in),
                          shape_text(kernel.shape)));
  }
  const std::int64_t outputs = kernel.shape[0];
  check_groups(node, in, kernel.shape, node.integer("group", 1));
  const std::vector<std::int64_t> extent = kernel_extent(node, kernel.shape);
  if (in.size() == axes_of_volume) return convolve_volume(graph, node, x, extent);
  const Window window = read_window(node, in, extent);
  Shape out = windowed_shape(node, window, in, outputs);
  graph.add(node, convolution_node(graph, node, x, window), std::move(out));
}

/// Where a transposed convolution places the results of its positions.
struct Placed {
  VolumeWindow windows;  ///< the window over the depth is used for volumes only
  Shape shape;           ///< shape of the output
};

Placed read_placing(const OnnxNode& node, const Shape& in, const std::vector<std::int64_t>& extent, std::int64_t outputs) {
  const std::size_t dimensions = extent.size();
  const bool volume = dimensions == 3;
  Placed result{volume ? read_volume_window(node, in, extent) : VolumeWindow{{}, read_window(node, in, extent)}, {in[0], outputs}};
  const auto per_axis = [&](const char* attribute) {
    std::vector<std::int64_t> list = node.integers(attribute);
    if (!list.empty() && list.size() != dimensions)
      node.fail(fmt::format("attribute '{}' has {} entries where {} are needed", attribute, list.size(), dimensions));
    return list;
  };
  const auto wanted = per_axis("output_shape"), added = per_axis("output_padding");
  const std::string automatic = node.text("auto_pad", "NOTSET");
  const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  for (std::size_t i = 0; i < dimensions; ++i) {
    Window& window = volume && i == 0 ? result.windows.depth : result.windows.plane;
    const std::size_t axis = volume && i == 0 ? 0 : i + 2 - dimensions;
    const std::int64_t stride = window.stride[axis], addition = added.empty() ? 0 : added[i];
    const std::int64_t full = stride * (in[i + 2] - 1) + addition + (extent[i] - 1) * window.dilation[axis] + 1;
    if (addition < 0 || addition >= std::max<std::int64_t>(stride, window.dilation[axis])) {
      node.fail(fmt::format("output_padding {}; it must be below the stride or the dilation", addition));
    }
    std::int64_t length = full - window.pad_begin[axis] - window.pad_end[axis];
    if (!wanted.empty() || same) {
      length = wanted.empty() ? in[i + 2] * stride : wanted[i];
      const std::int64_t cut = std::max<std::int64_t>(full - length, 0), begin = automatic == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
      window.pad_begin[axis] = static_cast<int>(begin);
      window.pad_end[axis] = static_cast<int>(cut - begin);
    }
    if (length < 1) node.fail(fmt::format("its padding leaves an output of length {} (input shape {})", length, shape_text(in)));
    result.shape.push_back(length);
  }
  return result;
}

/// Sums the results of all positions of a volume: first over height and width, separately for each depth and each tap along the depth, then along the
/// depth.
int add_up_volume(OnnxBuilder& graph, const OnnxNode& node, int products, const Placed& placed, const std::vector<std::int64_t>& extent) {
  const Shape in = graph.value(products).shape;  // [1][outputs x kernel][depth][height][width]
  check_single(node, in);
  const Shape& out = placed.shape;
  const std::int64_t area = extent[1] * extent[2], each = out[1] * extent[0];
  int step = 1;
  int x = reshape_step(graph, node, products, {1, each, area, in[2], in[3] * in[4]}, step);
  x = transpose_step(graph, node, x, {0, 1, 3, 2, 4}, step);
  x = reshape_step(graph, node, x, {1, each * in[2] * area, in[3], in[4]}, step);
  x = graph.add_step(node, node_of(node, overlap_add_operator, OverlapAdd{placed.windows.plane}, {x}), {1, each * in[2], out[3], out[4]}, step);
  x = reshape_step(graph, node, x, {1, each, in[2], out[3] * out[4]}, step);
  x = graph.add_step(node, node_of(node, overlap_add_operator, OverlapAdd{placed.windows.depth}, {x}), {1, out[1], out[2], out[3] * out[4]}, step);
  return reshape_step(graph, node, x, out, step);
}

void import_conv_transpose(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const ValueInfo& kernel = graph.weights(node, 1, "its kernel");
  if (graph.value(x).constant) node.fail("its input is constant; only a trained kernel over activations is supported");
  const std::int64_t groups = node.integer("group", 1);
  const bool fits = kernel.shape.size() == in.size() && in.size() >= 3 && in.size() <= axes_of_volume && groups >= 1 && kernel.shape[0] == in[1] &&
                    in[1] % groups == 0;
  if (!fits) {
    node.fail(
        fmt::format("input shape {}, kernel shape {} and group {} do not fit; supported are 1-D, 2-D and 3-D kernels [channels][outputs / group]...",
                    shape_text(in), shape_text(kernel.shape), groups));
  }
  const std::vector<std::int64_t> extent = kernel_extent(node, kernel.shape);
  const std::int64_t each = kernel.shape[1], area = element_count(extent), outputs = each * groups;
  const Placed placed = read_placing(node, in, extent, outputs);
  const Shape& out = placed.shape;
  Node product = node_of(node, matrix_product_operator, MatrixProduct{1}, {x});
  const std::int64_t rows = outputs * area, channels = in[1], group_rows = each * area, group_channels = channels / groups;
  const auto fill = [=](auto& weights, const auto& from) {
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t group = row / group_rows;
      for (std::int64_t c = group * group_channels; c < (group + 1) * group_channels; ++c) {
        weights[static_cast<std::size_t>(row * channels + c)] = from[static_cast<std::size_t>(c * group_rows + row % group_rows)];
      }
    }
  };
  const std::string key = fmt::format("transposed {} {}", graph.input(node, 1), groups);
  product.matrices = {graph.shared_matrix(node, node.name(), key, {channels, rows, groups}, graph.input(node, 1), fill)};
  Shape made = in;
  made[1] = rows;
  const std::string name = product.name;
  const int products = graph.append(node, std::move(product), std::move(made), name + ".products");
  const bool volume = in.size() == axes_of_volume;
  const int added = volume ? add_up_volume(graph, node, products, placed, extent) : -1;
  Node sum = node_of(node, overlap_add_operator, OverlapAdd{placed.windows.plane}, {products});
  sum.name += ".sum";
  if (!graph.has_input(node, 2)) return volume ? graph.name_output(node, added) : graph.add(node, std::move(sum), out);
  const std::vector<float> bias = graph.constant(node, 2, "its bias").data;
  const InitializerSource bias_origin = graph.value(graph.input(node, 2)).origin;
  graph.check_trained(node, graph.input(node, 2), "its bias");
  if (static_cast<std::int64_t>(bias.size()) != outputs) node.fail(fmt::format("bias of {} values for {} outputs", bias.size(), outputs));
  const int sums = volume ? added : graph.append(node, std::move(sum), out, name + ".sums");
  Shape along(in.size() - 1, 1);
  along[0] = outputs;
  const int term = graph.add_constant(node.name() + ".bias", std::move(along), bias);
  graph.network().values.back().origin = bias_origin;
  Node shift = binary_node(node, periphery::digital::Binary::add, sums, term);
  shift.name += ".bias";
  graph.add(node, std::move(shift), out);
}

}  // namespace

constinit const Operator convolution_operator{.name = "convolution", .leading = LeadingAxis::frames, .over_planes = true, .along = all_but_frames};
constinit const Operator overlap_add_operator{
    .name = "overlap_add", .run = overlap_add, .leading = LeadingAxis::frames, .count = inputs_per_output, .along = all_but_frames};

const OperatorFamily& convolution_family() {
  static const OperatorFamily family{"convolution",
                                     {&convolution_operator, &overlap_add_operator},
                                     {{.op_type = "Conv", .import = import_conv, .trained_inputs = 0b110},
                                      {.op_type = "ConvTranspose", .import = import_conv_transpose, .trained_inputs = 0b110}}};
  return family;
}

}  // namespace mho::workloads
