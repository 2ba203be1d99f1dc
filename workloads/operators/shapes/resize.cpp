// Resampling is separable by axis. Nearest neighbours are picked elements; other modes are weighted sums of a few taps.
#include "workloads/operators/shapes/resize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

#include "periphery/digital/lines.h"
#include "workloads/operators/shapes/picking.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

void interpolate(const Operands& in, std::span<float> y) {
  const auto& [along, indices] = in.node.as<Interpolation>();
  const auto axis = static_cast<std::size_t>(along);
  const Shape& shape = in.shape(0);
  const periphery::digital::Lines lines{elements_between(shape, 0, axis), static_cast<std::size_t>(shape[axis]),
                                        elements_between(shape, axis + 1, shape.size())};
  periphery::digital::interpolate(lines, indices, in.inputs[1], indices.size() / static_cast<std::size_t>(in.output_shape()[axis]), in.inputs[0], y);
}

std::vector<std::int64_t> resampled_axis(const Network& /*network*/, const Node& node, std::size_t input) {
  return input == 0 ? std::vector<std::int64_t>{node.as<Interpolation>().axis} : std::vector<std::int64_t>();
}

/// One product for each tap.
std::int64_t taps_of(const Network& network, const Node& node) {
  const auto& [axis, indices] = node.as<Interpolation>();
  return static_cast<std::int64_t>(indices.size()) / network.values[static_cast<std::size_t>(node.output)].shape[static_cast<std::size_t>(axis)];
}

/// Resampling of one axis from `in` to `out` places. `scale` is given by the file or computed from the lengths.
struct Resampling {
  std::int64_t in = 1, out = 1;
  float scale = 1.0F;
  bool from_lengths = false;  ///< the scale is exactly out / in
};

/// Coordinate on the input of place `at` of the output. Scales of the file divide in float: 3 / 0.6 gives exactly 5.
double coordinate(const std::string& transformation, const Resampling& axis, std::int64_t at) {
  const auto place = static_cast<double>(at), in = static_cast<double>(axis.in), out = static_cast<double>(axis.out);
  const auto over_scale = [&](double x) { return axis.from_lengths ? x * in / out : static_cast<double>(static_cast<float>(x) / axis.scale); };
  if (transformation == "asymmetric") return over_scale(place);
  if (transformation == "align_corners") return axis.out > 1 ? place * (in - 1.0) / (out - 1.0) : 0.0;
  if (transformation == "pytorch_half_pixel" && axis.out == 1) return 0.0;
  if (transformation == "tf_half_pixel_for_nn") return over_scale(place + 0.5);
  const double half_pixel = over_scale(place + 0.5) - 0.5;
  if (transformation != "half_pixel_symmetric") return half_pixel;
  // The output has a rounded length. The margin to the length by the scale is divided equally between both sides.
  const double wanted = axis.from_lengths ? out : static_cast<double>(axis.scale) * in;
  return in / 2.0 * (1.0 - out / wanted) + half_pixel;
}

std::int64_t nearest(const std::string& mode, double x) {
  if (mode == "floor") return static_cast<std::int64_t>(std::floor(x));
  if (mode == "ceil") return static_cast<std::int64_t>(std::ceil(x));
  return static_cast<std::int64_t>(mode == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5));
}

/// Weight of a neighbour `distance` away in cubic convolution.
double cubic(double distance, double a) {
  const double d = std::abs(distance);
  if (d <= 1.0) return ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0;
  return d < 2.0 ? ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a : 0.0;
}

/// Attributes of the node for all axes.
struct Method {
  bool old = false;  ///< Upsample, and Resize of version 10
  std::string mode, transformation, rounding;
  double cubic_coefficient = 0;
  bool excludes_outside = false;
};

std::string one_of(const OnnxNode& node, const char* attribute, const char* otherwise, std::initializer_list<const char*> legal) {
  std::string text = node.text(attribute, otherwise);
  std::string list;
  for (const char* word : legal) {
    if (text == word) return text;
    list += std::string(list.empty() ? "" : ", ") + word;
  }
  node.fail(fmt::format("{} '{}' is not supported; supported are {}", attribute, text, list));
}

Method read_method(const OnnxBuilder& graph, const OnnxNode& node) {
  Method method;
  // The definitions of Upsample, and of Resize in version 10, leave alignment and rounding open. As in common runtimes, places align at their lower
  // corner, and nearest rounds down, or up if the scale is below 1.
  method.old = node.op_type() == "Upsample" || graph.opset() < 11;
  const bool old = method.old;
  method.mode = old ? one_of(node, "mode", "nearest", {"nearest", "linear"}) : one_of(node, "mode", "nearest", {"nearest", "linear", "cubic"});
  method.transformation =
      old ? "asymmetric"
          : one_of(node, "coordinate_transformation_mode", "half_pixel",
                   {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn"});
  method.rounding = old ? "" : one_of(node, "nearest_mode", "round_prefer_floor", {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
  if (node.integer("antialias", 0) != 0) node.fail("antialias 1 is not supported; antialias 0 is");
  method.cubic_coefficient = static_cast<double>(node.real("cubic_coeff_a", -0.75F));
  method.excludes_outside = node.integer("exclude_outside", 0) != 0;
  return method;
}

/// Scales or sizes of the listed axes; one of the two is empty.
struct Targets {
  std::vector<std::int64_t> axes;
  std::vector<float> scales;
  std::vector<std::int64_t> sizes;
};

Targets read_targets(const OnnxBuilder& graph, const OnnxNode& node, std::size_t rank, bool old) {
  Targets targets;
  targets.axes = node.integers("axes");
  if (targets.axes.empty()) {
    for (std::size_t i = 0; i < rank; ++i) targets.axes.push_back(static_cast<std::int64_t>(i));
  }
  const int scales_at = old ? 1 : 2;
  auto& [axes, scales, sizes] = targets;
  if (node.op_type() == "Upsample" && graph.opset() < 7) {
    if (rank != 4) node.fail("before operator set 7 it takes batch, channels, height and width");
    scales = {1.0F, 1.0F, node.real("height_scale", 1.0F), node.real("width_scale", 1.0F)};
  } else if (node.op_type() == "Upsample" && graph.opset() < 9) {
    if (!node.has("scales")) node.fail("attribute 'scales' is missing");
    scales = node.reals("scales");
  } else if (graph.has_input(node, scales_at)) {
    scales = graph.constant(node, scales_at, "its scales").data;
  }
  if (scales.empty() && !old && graph.has_input(node, 3)) sizes = graph.constant_integers(node, 3, "its sizes");
  if ((scales.empty() ? sizes.size() : scales.size()) != axes.size()) {
    node.fail(fmt::format("it has {} scales and {} sizes for {} axes; as many of either as there are axes are needed", scales.size(), sizes.size(),
                          axes.size()));
  }
  return targets;
}

std::vector<Resampling> read_resampling(const OnnxNode& node, const Shape& in, const Targets& targets) {
  auto [axes, scales, sizes] = targets;
  std::vector<Resampling> resampling(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) resampling[i] = {in[i], in[i], 1.0F, true};
  const std::string policy = one_of(node, "keep_aspect_ratio_policy", "stretch", {"stretch", "not_larger", "not_smaller"});
  double common = 0.0;  // scale of all listed axes if the policy keeps the aspect ratio
  for (std::size_t i = 0; i < axes.size(); ++i) {
    axes[i] = normal_axis(node, axes[i], in.size());
    Resampling& axis = resampling[static_cast<std::size_t>(axes[i])];
    if (!scales.empty()) {
      if (!(scales[i] > 0.0F) || !(scales[i] <= 0x1p24F)) node.fail(fmt::format("its scales hold {}; more than 0 is legal", scales[i]));
      axis = {axis.in, static_cast<std::int64_t>(std::floor(scales[i] * static_cast<float>(axis.in))), scales[i], false};
    } else {
      if (sizes[i] < 1) node.fail(fmt::format("its sizes hold {}; 1 or more is legal", sizes[i]));
      axis.out = sizes[i];
      const double scale = static_cast<double>(axis.out) / static_cast<double>(axis.in);
      common = i == 0 ? scale : policy == "not_larger" ? std::min(common, scale) : std::max(common, scale);
    }
  }
  if (!sizes.empty() && policy != "stretch") {
    for (const std::int64_t at : axes) {
      Resampling& axis = resampling[static_cast<std::size_t>(at)];
      axis = {axis.in, static_cast<std::int64_t>(std::floor(common * static_cast<double>(axis.in) + 0.5)), static_cast<float>(common), false};
    }
  }
  return resampling;
}

/// Neighbours and their weights, for every place of the output.
struct Taps {
  std::vector<std::int64_t> indices;
  std::vector<float> weights;
};

Taps weighted_taps(const Method& method, const Resampling& axis) {
  const bool linear = method.mode == "linear";
  const std::int64_t taps = linear ? 2 : 4, before = taps / 2 - 1;
  Taps result;
  for (std::int64_t at = 0; at < axis.out; ++at) {
    const double from = coordinate(method.transformation, axis, at);
    const auto first = static_cast<std::int64_t>(std::floor(from)) - before;
    std::vector<double> shares;
    double sum = 0.0;
    for (std::int64_t tap = first; tap < first + taps; ++tap) {
      const double distance = from - static_cast<double>(tap);
      const std::int64_t inside = std::clamp<std::int64_t>(tap, 0, axis.in - 1);
      const bool counts = !method.excludes_outside || tap == inside;
      shares.push_back(!counts ? 0.0 : linear ? 1.0 - std::abs(distance) : cubic(distance, method.cubic_coefficient));
      sum += shares.back();
      result.indices.push_back(inside);
    }
    for (const double share : shares) result.weights.push_back(static_cast<float>(method.excludes_outside ? share / sum : share));
  }
  return result;
}

int resample_axis(OnnxBuilder& graph, const OnnxNode& node, int x, int number, const Method& method, const Resampling& axis, int& step) {
  if (method.mode == "nearest") {
    const std::string how = method.old ? (axis.scale < 1.0F ? "ceil" : "floor") : method.rounding;
    std::vector<std::int64_t> indices;
    for (std::int64_t at = 0; at < axis.out; ++at) {
      indices.push_back(std::clamp<std::int64_t>(nearest(how, coordinate(method.transformation, axis, at)), 0, axis.in - 1));
    }
    return take_step(graph, node, x, number, std::move(indices), step);
  }
  Taps taps = weighted_taps(method, axis);
  const auto count = static_cast<std::int64_t>(taps.weights.size());
  Shape out = graph.value(x).shape;
  out[static_cast<std::size_t>(number)] = axis.out;
  const int weights = graph.add_constant(fmt::format("{}.weights{}", node.name(), number), {count}, std::move(taps.weights));
  return graph.add_step(node, node_of(node, interpolation_operator, Interpolation{number, std::move(taps.indices)}, {x, weights}), std::move(out),
                        step);
}

void import_resize(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const Method method = read_method(graph, node);
  const std::vector<Resampling> resampling = read_resampling(node, in, read_targets(graph, node, in.size(), method.old));
  Shape all;
  for (const Resampling& axis : resampling) all.push_back(axis.out);
  counted(node, all);
  int step = 1;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const Resampling& axis = resampling[i];
    if (axis.in == 1 && axis.out == 1) continue;
    if (axis.out == axis.in && (axis.from_lengths || axis.scale == 1.0F) && method.transformation != "tf_half_pixel_for_nn") continue;
    x = resample_axis(graph, node, x, static_cast<int>(i), method, axis, step);
  }
  conclude(graph, node, x);
}

}  // namespace

constinit const Operator interpolation_operator{
    .name = "interpolation", .run = interpolate, .leading = LeadingAxis::any, .count = taps_of, .along = resampled_axis};

const OperatorFamily& resize_family() {
  static const OperatorFamily family{
      "resize", {&interpolation_operator}, {{.op_type = "Resize", .import = import_resize}, {.op_type = "Upsample", .import = import_resize}}};
  return family;
}

}  // namespace mho::workloads
