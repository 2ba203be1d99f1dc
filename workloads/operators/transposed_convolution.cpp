// Transposed convolutions: a product of every input position with the kernel, and a digital sum where what the positions make overlaps.
#include <fmt/format.h>

#include <algorithm>

#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

void OnnxGraph::transposed_convolution(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  const ValueInfo& kernel = constant(node, 1, "its kernel");
  if (value(x).constant) node.fail("its input is constant; only a trained kernel over activations is supported");
  const std::int64_t groups = node.integer("group", 1);
  const bool fits =
      kernel.shape.size() == in.size() && in.size() >= 3 && in.size() <= 4 && groups >= 1 && kernel.shape[0] == in[1] && in[1] % groups == 0;
  if (!fits) {
    node.fail(fmt::format("input shape {}, kernel shape {} and group {} do not fit; supported are 1-D and 2-D kernels [channels][outputs / group]...",
                          shape_text(in), shape_text(kernel.shape), groups));
  }
  const std::vector<std::int64_t> extent(kernel.shape.begin() + 2, kernel.shape.end());
  if (node.has("kernel_shape") && node.integers("kernel_shape") != extent) {
    node.fail(fmt::format("attribute 'kernel_shape' {} disagrees with its kernel of shape {}", shape_text(node.integers("kernel_shape")),
                          shape_text(kernel.shape)));
  }
  const std::int64_t each = kernel.shape[1], area = element_count(extent), outputs = each * groups;
  Node sum = node_of(node, {});
  sum.window = window(node, in, extent);
  Shape out{1, outputs};
  const std::size_t dimensions = extent.size();
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
    const std::size_t axis = i + 2 - dimensions;
    const std::int64_t stride = sum.window.stride[axis], addition = added.empty() ? 0 : added[i];
    const std::int64_t full = stride * (in[i + 2] - 1) + addition + (extent[i] - 1) * sum.window.dilation[axis] + 1;
    if (addition < 0 || addition >= std::max<std::int64_t>(stride, sum.window.dilation[axis])) {
      node.fail(fmt::format("output_padding {}; it must be below the stride or the dilation", addition));
    }
    std::int64_t length = full - sum.window.pad_begin[axis] - sum.window.pad_end[axis];
    if (!wanted.empty() || same) {
      length = wanted.empty() ? in[i + 2] * stride : wanted[i];
      const std::int64_t cut = std::max<std::int64_t>(full - length, 0), begin = automatic == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
      sum.window.pad_begin[axis] = static_cast<int>(begin);
      sum.window.pad_end[axis] = static_cast<int>(cut - begin);
    }
    if (length < 1) node.fail(fmt::format("its padding leaves an output of length {} (input shape {})", length, shape_text(in)));
    out.push_back(length);
  }

  Node product = node_of(node, {x});
  product.op = Operator::matmul;
  product.axis = 1;
  const std::int64_t rows = outputs * area, channels = in[1], group_rows = each * area, group_channels = channels / groups;
  const auto fill = [&](auto& weights, const auto& from) {
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t group = row / group_rows;
      for (std::int64_t c = group * group_channels; c < (group + 1) * group_channels; ++c) {
        weights[static_cast<std::size_t>(row * channels + c)] = from[static_cast<std::size_t>(c * group_rows + row % group_rows)];
      }
    }
  };
  const std::string key = fmt::format("transposed {} {}", input(node, 1), groups);
  product.matrices = {shared_matrix(node, node.name(), key, {channels, rows, groups}, input(node, 1), fill)};
  Shape made = in;
  made[1] = rows;
  const std::string name = product.name;
  sum.inputs = {append(node, std::move(product), std::move(made), name + ".products")};
  sum.name += ".sum";
  if (!has_input(node, 2)) return add(node, std::move(sum), std::move(out));
  const std::vector<float> bias = constant(node, 2, "its bias").data;
  const InitializerSource bias_origin = value(input(node, 2)).origin;
  if (static_cast<std::int64_t>(bias.size()) != outputs) node.fail(fmt::format("bias of {} values for {} outputs", bias.size(), outputs));
  Node shift = node_of(node, {append(node, std::move(sum), out, name + ".sums")});
  shift.op = Operator::add;
  shift.name += ".bias";
  Shape along(in.size() - 1, 1);
  along[0] = outputs;
  shift.inputs.push_back(add_constant(node.name() + ".bias", std::move(along), bias));
  network_.values.back().origin = bias_origin;
  add(node, std::move(shift), std::move(out));
}

}  // namespace mho::workloads
