// Resampling is separable: each axis on its own, nearest neighbours as picked elements and the other modes as weighted sums of a few taps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workloads/onnx/onnx_graph.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

/// One axis: `out` places over `in`, `scale` as the file says or as the lengths give it.
struct Resampling {
  std::int64_t in = 1, out = 1;
  float scale = 1.0F;
  bool from_lengths = false;  ///< the scale is exactly out / in
};

/// Where place `at` of the output lies on the input. Scales of the file divide in float, as those who wrote 0.6 expect: 3 / 0.6 is 5.
double coordinate(const std::string& transformation, const Resampling& axis, std::int64_t at) {
  const auto place = static_cast<double>(at), in = static_cast<double>(axis.in), out = static_cast<double>(axis.out);
  const auto over_scale = [&](double x) { return axis.from_lengths ? x * in / out : static_cast<double>(static_cast<float>(x) / axis.scale); };
  if (transformation == "asymmetric") return over_scale(place);
  if (transformation == "align_corners") return axis.out > 1 ? place * (in - 1.0) / (out - 1.0) : 0.0;
  if (transformation == "pytorch_half_pixel" && axis.out == 1) return 0.0;
  if (transformation == "tf_half_pixel_for_nn") return over_scale(place + 0.5);
  const double half_pixel = over_scale(place + 0.5) - 0.5;
  if (transformation != "half_pixel_symmetric") return half_pixel;
  // The rounded length leaves a margin, half of it on either side.
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

}  // namespace

void OnnxGraph::resize(const OnnxNode& node) {
  int x = input(node, 0);
  const Shape in = value(x).shape;
  // Upsample, and Resize of version 10, say neither where places lie nor how they round: at their lower corner, and outwards, as runtimes do.
  const bool old = node.proto().op_type() == "Upsample" || opset_ < 11;
  const auto one_of = [&](const char* attribute, const char* otherwise, std::initializer_list<const char*> legal) {
    const std::string text = node.text(attribute, otherwise);
    std::string list;
    for (const char* word : legal) {
      if (text == word) return text;
      list += std::string(list.empty() ? "" : ", ") + word;
    }
    node.fail(fmt::format("{} '{}' is not supported; supported are {}", attribute, text, list));
  };
  const std::string mode = old ? one_of("mode", "nearest", {"nearest", "linear"}) : one_of("mode", "nearest", {"nearest", "linear", "cubic"});
  const std::string transformation =
      old ? "asymmetric"
          : one_of("coordinate_transformation_mode", "half_pixel",
                   {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn"});
  const std::string rounding = old ? "" : one_of("nearest_mode", "round_prefer_floor", {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
  if (node.integer("antialias", 0) != 0) node.fail("antialias 1 is not supported; antialias 0 is");

  std::vector<std::int64_t> axes = node.integers("axes");
  if (axes.empty()) {
    for (std::size_t i = 0; i < in.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  }
  std::vector<Resampling> resampling(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) resampling[i] = {in[i], in[i], 1.0F, true};
  const int scales_at = old ? 1 : 2;
  std::vector<float> scales;
  std::vector<std::int64_t> sizes;
  if (node.proto().op_type() == "Upsample" && opset_ < 9) {
    const auto* attribute = node.find("scales");
    if (attribute == nullptr) node.fail("attribute 'scales' is missing");
    scales.assign(attribute->floats().begin(), attribute->floats().end());
  } else if (has_input(node, scales_at)) {
    scales = constant(node, scales_at, "its scales").data;
  }
  if (scales.empty() && !old && has_input(node, 3)) sizes = constant_integers(node, 3, "its sizes");
  if ((scales.empty() ? sizes.size() : scales.size()) != axes.size()) {
    node.fail(fmt::format("it has {} scales and {} sizes for {} axes; as many of either as there are axes are needed", scales.size(), sizes.size(),
                          axes.size()));
  }
  const std::string policy = one_of("keep_aspect_ratio_policy", "stretch", {"stretch", "not_larger", "not_smaller"});
  double common = 0.0;  // scale of all named axes where the policy keeps the aspect ratio
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
  Shape all;
  for (const Resampling& axis : resampling) all.push_back(axis.out);
  counted(node, all);

  const double a = static_cast<double>(node.real("cubic_coeff_a", -0.75F));
  const bool exclude = node.integer("exclude_outside", 0) != 0;
  int step = 1;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const Resampling& axis = resampling[i];
    if (axis.in == 1 && axis.out == 1) continue;
    if (axis.out == axis.in && (axis.from_lengths || axis.scale == 1.0F) && transformation != "tf_half_pixel_for_nn") continue;
    keep_batch(node, x, static_cast<int>(i), "resamples");
    const auto inside = [&](std::int64_t at) { return std::clamp<std::int64_t>(at, 0, axis.in - 1); };
    std::vector<std::int64_t> indices;
    if (mode == "nearest") {
      const std::string how = old ? (axis.scale < 1.0F ? "ceil" : "floor") : rounding;
      for (std::int64_t at = 0; at < axis.out; ++at) indices.push_back(inside(nearest(how, coordinate(transformation, axis, at))));
      x = take_step(node, x, static_cast<int>(i), std::move(indices), step);
      continue;
    }
    const std::int64_t taps = mode == "linear" ? 2 : 4, before = taps / 2 - 1;
    std::vector<float> weights;
    for (std::int64_t at = 0; at < axis.out; ++at) {
      const double from = coordinate(transformation, axis, at);
      const auto first = static_cast<std::int64_t>(std::floor(from)) - before;
      std::vector<double> shares;
      double sum = 0.0;
      for (std::int64_t tap = first; tap < first + taps; ++tap) {
        const double distance = from - static_cast<double>(tap);
        const bool counts = !exclude || tap == inside(tap);
        shares.push_back(!counts ? 0.0 : mode == "linear" ? 1.0 - std::abs(distance) : cubic(distance, a));
        sum += shares.back();
        indices.push_back(inside(tap));
      }
      for (const double share : shares) weights.push_back(static_cast<float>(exclude ? share / sum : share));
    }
    const auto count = static_cast<std::int64_t>(weights.size());
    Shape out = value(x).shape;
    out[i] = axis.out;
    Node result = node_of(node, {x, add_constant(fmt::format("{}.weights{}", node.name(), i), {count}, std::move(weights))});
    result.op = Operator::interpolate;
    result.axis = static_cast<int>(i);
    result.axes = std::move(indices);
    x = add_step(node, std::move(result), std::move(out), step++);
  }
  conclude(node, x);
}

}  // namespace mho::workloads
